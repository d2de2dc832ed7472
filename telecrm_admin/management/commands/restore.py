"""`manage.py restore FILE`: put a backup back, with nothing sent a second time."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from telecrm_admin import backups


class Command(BaseCommand):
    """Replace the database and the uploads by those of a backup."""

    help = (
        "Put a backup of `backup` back. Stop `up` and every worker first. What waited in it rests "
        "as not sure, for it may have been sent since; everybody signs in again."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="give up what is here now")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Put it back, or say why not."""
        try:
            done = backups.restore(options["file"], replace=options["replace"])
        except (backups.CannotBackUp, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        if options["json"]:
            self.stdout.write(json.dumps(done.as_json()))
            return
        self.stdout.write(f"Put back as of {done.made_at}, with {done.uploads:,} uploaded files.")
        if done.not_sure:
            self.stdout.write(
                f"{done.not_sure:,} records that waited then are not sure now. Decide on Today."
            )
        if done.unreadable_secrets:
            self.stdout.write(
                f"{done.unreadable_secrets} secrets need a key that FIELD_ENCRYPTION_KEYS lacks."
            )
