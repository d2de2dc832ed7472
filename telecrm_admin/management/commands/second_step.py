"""`manage.py second_step reset NAME`: for the administrator whom nobody else can let in again."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access import second_factor
from access.models import User


class Command(BaseCommand):
    """Take away somebody's second step."""

    help = "Take away a person's second step at sign-in: the phone and the codes are lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["reset"])
        parser.add_argument("name", help="the sign-in name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset it, or say why there is nothing to reset."""
        person = User.objects.filter(username__iexact=options["name"]).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {options['name']}.")
        if not second_factor.remove(person, by=None):
            raise CommandError(f"{person.username} has no second step.")
        line = f"{person.username} signs in without a second step now."
        self.stdout.write(json.dumps({"reset": person.username}) if options["json"] else line)
