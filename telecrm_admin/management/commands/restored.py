"""`manage.py restored`: to be run once after a backup was put back, before any worker."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sync import restoring


class Command(BaseCommand):
    """Let what waited in the backup rest as "not sure": it may have been sent since."""

    help = "Run once after putting a backup back: nothing that waited in it goes again by itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        records = restoring.doubt_everything(None)
        if options["json"]:
            self.stdout.write(json.dumps({"not_sure": records}))
            return
        self.stdout.write(f"{records:,} records that waited now rest as not sure. Decide on Today.")
