"""`manage.py campaign add`: plan a campaign by the same table as the form."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from access.models import Account
from campaigns import adding, choices, dialers, ids, payload, sentence
from campaigns.models import Campaign
from campaigns.written import from_key_values
from leads.models import LeadList
from telecrm_admin.management import finding
from telecrm_admin.management.mixed import MixedCommand


class Command(MixedCommand):
    """Campaigns from the command line."""

    help = (
        "Add a campaign as a draft; `push campaign NAME` creates it at the dialer. What the page "
        "only notes on a draft (hours that are over, a field that is empty) is refused here: "
        "nobody looks at it again before it is created."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["add"])
        parser.add_argument("name")
        parser.add_argument(
            "values",
            nargs="*",
            metavar="KEY=VALUE",
            help=f"{', '.join(dialers.BY_NAME)}; timezone takes a place or an offset",
        )
        parser.add_argument("--list", required=True)
        parser.add_argument("--account", default=None)
        parser.add_argument("--team", default=None)
        parser.add_argument("--part", type=int, default=None, help="1, 2, ... of a list in parts")
        parser.add_argument("--defaults", action="store_true", help="fill what is not given")
        parser.add_argument("--reason", default="", help="why it calls outside the calling hours")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Save the draft and say it in one sentence."""
        team = finding.team(options["team"]) if options["team"] else None
        lead_list = finding.lead_list(options["list"], team)
        account = _account(lead_list, options["account"])
        given = finding.pairs(options["values"])
        written = from_key_values({"name": options["name"], **given}, defaults=options["defaults"])
        try:
            part = adding.choose_part(lead_list, account, options["part"])
            campaign = adding.add(written, lead_list, account, part, reason=options["reason"])
        except (adding.CannotAdd, ids.NotAnId) as trouble:
            raise CommandError(f"{options['name']} was not added. {trouble}") from trouble
        self._say(campaign, as_json=options["json"])

    def _say(self, campaign: Campaign, *, as_json: bool) -> None:
        sent = payload.body(campaign)
        if as_json:
            self.stdout.write(json.dumps(_facts(campaign, sent)))
            return
        leads = campaign.part.lead_count if campaign.part else None
        words = sentence.plain(sentence.sentence(sent, leads, campaign.time_zone))
        self.stdout.write(f"{campaign.wire_name} is a draft. {words}")


def _facts(campaign: Campaign, sent: dict[str, Any]) -> dict[str, Any]:
    return {
        "campaign": campaign.pk,
        "name": campaign.name,
        "wire_name": campaign.wire_name,
        "state": campaign.state,
        "list": campaign.lead_list.name,
        "account": campaign.account.name,
        "part": campaign.part.number if campaign.part else None,
        "sent": sent,
    }


def _account(lead_list: LeadList, name: str | None) -> Account:
    if name:
        return finding.account(name, lead_list.team)
    found = list(choices.accounts(lead_list.team)[:2])
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError("There is no TeleCMI account yet. Add one: account add telecmi NAME ...")
    raise CommandError("There are several TeleCMI accounts. Say which one with --account.")
