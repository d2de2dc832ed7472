"""`manage.py backup FILE`: everything in one file, while work goes on."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from telecrm_admin import backups


class Command(BaseCommand):
    """Write the database and the uploads to a file."""

    help = (
        "Write the database and the uploaded files to FILE (.tar.gz), while work goes on. Keep "
        "SECRET_KEY and FIELD_ENCRYPTION_KEYS elsewhere: they are not in it, and it needs them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, or say why not."""
        try:
            facts = backups.make(options["file"])
        except (backups.CannotBackUp, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        line = f"{options['file']}: {facts.bytes:,} bytes, with {facts.uploads:,} uploaded files."
        self.stdout.write(json.dumps(asdict(facts)) if options["json"] else line)
