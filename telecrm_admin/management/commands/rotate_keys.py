"""`manage.py rotate_keys`: encrypt every stored secret with the first of FIELD_ENCRYPTION_KEYS."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access import audit, key_rotation


class Command(BaseCommand):
    """Bring all secrets under the newest key, so that older keys can be dropped."""

    help = (
        "Encrypt every stored secret again with the first key of FIELD_ENCRYPTION_KEYS. Put the "
        "new key in front, keep the old ones, restart, run this, then remove the old ones. "
        "Stopping it in the middle loses nothing: run it again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate row by row and say what became of each; unreadable ones fail at the end."""
        done = key_rotation.rotate_all()
        audit.record("keys.rotated", actor=None, count=done.rotated)
        if options["json"]:
            self.stdout.write(json.dumps(done.as_json()))
        else:
            self.stdout.write(
                f"{done.rotated} secrets now under the first key, {done.current} already were."
            )
        if done.unreadable:
            raise CommandError(
                f"{len(done.unreadable)} could not be read with any key: "
                f"{', '.join(done.unreadable[:20])}. Enter them again, or add the key they need."
            )
        if not options["json"]:
            self.stdout.write("The other keys may be removed from FIELD_ENCRYPTION_KEYS.")
