"""`manage.py part set-id LIST N UUID`: give a list part the id TeleCMI shows for it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.db import transaction

from access import audit
from campaigns import adding, ids
from leads.models import ListPart
from telecrm_admin.management import finding
from telecrm_admin.management.desk import DeskCommand


class Command(DeskCommand):
    """Parts of lists at a provider."""

    help = "Give a part of a list the id the provider shows for it; a campaign needs it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["set-id"])
        parser.add_argument("list")
        parser.add_argument("number", type=int, metavar="N")
        parser.add_argument("uuid", metavar="UUID")
        parser.add_argument("--account", default=None)
        parser.add_argument("--team", default=None)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the id, unless it is one of ours or another part's."""
        part = _part(options)
        try:
            with transaction.atomic():
                ids.set_one(part, UUID(options["uuid"]))
                audit.record("part.id", actor=None, target=part.lead_list, part=part.wire_name)
        except ids.NotAnId as trouble:
            raise CommandError(str(trouble)) from trouble
        except ValueError as trouble:
            raise CommandError(
                f"{options['uuid']} is not an id. "
                "It looks like 550e8400-e29b-41d4-a716-446655440000."
            ) from trouble
        facts = {
            "part": part.number,
            "wire_name": part.wire_name,
            "id": str(part.provider_leads_id),
        }
        line = f"{part.wire_name} has the id {part.provider_leads_id}."
        self.stdout.write(json.dumps(facts) if options["json"] else line)


def _part(options: dict[str, Any]) -> ListPart:
    team = finding.team(options["team"]) if options["team"] else None
    lead_list = finding.lead_list(options["list"], team)
    found = ListPart.objects.filter(lead_list=lead_list, number=options["number"])
    if options["account"]:
        found = found.filter(account=finding.account(options["account"], lead_list.team))
    parts = list(found.select_related("account", "lead_list")[:2])
    if len(parts) > 1:
        raise CommandError("Several accounts have this part. Say which one with --account.")
    if not parts:
        count = lead_list.parts.count()
        account = options["account"] or "TeleCMI"
        raise CommandError(adding.no_part(lead_list, account, options["number"], count))
    return parts[0]
