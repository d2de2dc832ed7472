"""`manage.py sign_in_link [NAME]`: for the first person, and for whoever nobody else can let in."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.audit import record
from access.models import User
from telecrm_admin import first_user


class Command(BaseCommand):
    """Print a one-time sign-in link."""

    help = (
        "Print a link that signs a person in once. Without a name: the installation's first user."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whom the link is for."""
        parser.add_argument("name", nargs="?", default="", help="the sign-in name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it; what was made before for the same person ends with it."""
        person = named(options["name"]) if options["name"] else first_user.first_user()
        with transaction.atomic():
            record("person.link", actor=None, target=person, team=person.teams.first())
            link = first_user.sign_in_link(person, "http://127.0.0.1:8000")
        told = {"name": person.username, "link": link}
        line = f"{person.username} signs in, once within three days: {link}"
        self.stdout.write(json.dumps(told) if options["json"] else line)


def named(name: str) -> User:
    """Return the person who signs in as `name`. Raises CommandError."""
    person = User.objects.filter(username__iexact=name, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody signs in as {name}.")
    return person
