"""`manage.py person export|erase NUMBER`: what a person may ask for, from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.models import Team
from leads.phones import PhoneReader
from sync import erasing, person
from telecrm_admin.management import finding


class Command(BaseCommand):
    """Everything about one number, or nothing any more."""

    help = (
        "export: print everything a team holds about a phone number, as JSON. erase: empty all of "
        "it for good, keep the number from ever being called, and name who still holds a copy."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["export", "erase"])
        parser.add_argument("number", help="+91 98200 12345; without a country it is the team's")
        parser.add_argument("--team", default=None)
        parser.add_argument("--json", action="store_true", help="export prints JSON anyway")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it, or erase it and say what stays elsewhere."""
        team = finding.team(options["team"])
        read = PhoneReader(team.country).read(options["number"])
        if not read.e164:
            raise CommandError(f"{options['number']}: {read.words}")
        if options["verb"] == "export":
            found = person.take_out(team, read.e164, by=None)
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        self._erase(team, read.e164, as_json=options["json"])

    def _erase(self, team: Team, phone: str, *, as_json: bool) -> None:
        try:
            done = erasing.erase(team, phone, by=None)
        except erasing.NotYet as trouble:
            raise CommandError(str(trouble)) from trouble
        holders = [str(one) for one in done.holders]
        if as_json:
            facts = {"leads": done.leads, "contacts": done.contacts, "sent": done.sent}
            self.stdout.write(json.dumps({**facts, "held_by": holders}))
            return
        self.stdout.write(f"{done.leads} leads and {done.contacts} phone book entries erased.")
        for holder in holders:
            self.stdout.write(f"Still there, to be deleted by hand: {holder}")
