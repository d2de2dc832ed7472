"""`manage.py action add`: an action or a payment for a lead's timeline; `push actions` sends it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from access.models import Team
from leads.models import Lead
from leads.phones import PhoneReader
from sync import lead_actions
from sync.enqueueing import CannotSend
from sync.providers.base import PAYMENT
from telecrm_admin.management import finding
from telecrm_admin.management.mixed import MixedCommand

OF_PAYMENT = ("status", "currency", "amount")


class Command(MixedCommand):
    """Actions from the command line."""

    help = "Write an action or a payment for a lead; `push actions --account NAME` sends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["add"])
        parser.add_argument("phone", help="the lead's number")
        parser.add_argument("kind", help=f"the action's code, such as 1001, or {PAYMENT}")
        parser.add_argument(
            "values",
            nargs="*",
            metavar="KEY=VALUE",
            help="fields by API name (note=..., cost:number=1500); of a payment status, currency, "
            "amount",
        )
        parser.add_argument("--account", required=True)
        parser.add_argument("--list", default="", help="where the number stands in several lists")
        parser.add_argument("--created-on", default="", metavar="DD/MM/YYYY HH:MM")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        account = finding.account(options["account"])
        lead = _lead(account.team, options["phone"], options["list"])
        try:
            drafted = lead_actions.drafted(lead, account, _written(options))
        except CannotSend as refusal:
            raise CommandError(str(refusal)) from refusal
        action = lead_actions.keep(drafted, by=None)
        facts = {"action": action.pk, "lead": lead.pk, "kind": action.kind}
        line = f"{action} waits. Send it: push actions --account {account.name}"
        self.stdout.write(json.dumps(facts) if options["json"] else line)


def _written(options: dict[str, Any]) -> lead_actions.Written:
    values = finding.pairs(options["values"])
    kind = options["kind"]
    if kind.upper() != PAYMENT:
        return lead_actions.Written(kind, values, options["created_on"])
    if unknown := sorted(set(values) - set(OF_PAYMENT)):
        raise CommandError(
            f"A payment has no {', '.join(unknown)}; it has {', '.join(OF_PAYMENT)}."
        )
    status, currency, amount = (values.get(key, "") for key in OF_PAYMENT)
    return lead_actions.Written(PAYMENT, status=status, currency=currency, amount=amount)


def _lead(team: Team, written: str, in_list: str) -> Lead:
    """Return the team's lead with a number, in one list."""
    phone = PhoneReader(team.country).read(written)
    if not phone.e164:
        raise CommandError(f"{written}: {phone.words}")
    found = Lead.objects.filter(team=team, phone=phone.e164, deleted_at=None)
    if in_list:
        found = found.filter(lead_list=finding.lead_list(in_list, team))
    leads: list[Lead] = list(found.select_related("team", "lead_list")[:2])
    if len(leads) > 1:
        raise CommandError(f"{phone.e164} stands in several lists. Say --list NAME.")
    if not leads:
        raise CommandError(f"No lead has the number {phone.e164}. Import or add it first.")
    return leads[0]
