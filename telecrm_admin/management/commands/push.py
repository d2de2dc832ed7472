"""`manage.py push`: send a list, the phone book, a campaign or actions, and wait for the end."""

from __future__ import annotations

import json
import secrets
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from campaigns.models import Campaign
from sync import looks, partial, planning, summary
from sync.enqueueing import AllThere, CannotSend
from sync.ledger import COUNTERS
from sync.models import Delivery, LeadAction, Push, State
from sync.work import Crew
from telecrm_admin.management import finding
from telecrm_admin.management.desk import DeskCommand

CREW = 6
TIMED_OUT = 3


class Command(DeskCommand):
    """Plan a send and, with --wait, drive the ledger until every record rests or ends."""

    help = "Send saved records to an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list", "contacts", "campaign", "actions"])
        parser.add_argument("name", nargs="?", default="", help="list or campaign")
        parser.add_argument("--account", default="")
        parser.add_argument("--team", default=None)
        parser.add_argument(
            "--first", type=finding.count, default=None, help="only the first N leads"
        )
        parser.add_argument("--parts", default="", help="of the parts that wait: 1-3 or 2,5")
        parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
        parser.add_argument("--wait", action="store_true", help="until every record rests or ends")
        parser.add_argument("--timeout", type=float, default=3600.0, help="seconds; exit 3 after")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            push = self._plan(options)
        except AllThere as fine:
            if fine.push is None:
                self._all_there(str(fine), as_json=options["json"])
                return
            push = fine.push  # on its way: follow it, as if it had been planned now
        except CannotSend as refusal:
            raise CommandError(str(refusal)) from refusal
        in_time = self._wait(push, options["timeout"]) if options["wait"] else True
        push.refresh_from_db()
        self._report(push, as_json=options["json"])
        self._judge(push, in_time=in_time)

    def _plan(self, options: dict[str, Any]) -> Push:
        team = finding.team(options["team"]) if options["team"] else None
        click = secrets.token_hex(16)
        what = options["what"]
        if what == "campaign":
            return planning.plan_campaign(_campaign(options["name"]), by=None, click_token=click)
        account = finding.account(options["account"], team)
        if what == "contacts":
            return planning.plan_contacts(account.team, account, by=None, click_token=click)
        if what == "actions":
            actions = LeadAction.objects.filter(
                team=account.team, deleted_at=None, standings=None
            ).order_by("pk")
            return planning.plan_actions(list(actions), account, by=None, click_token=click)
        return planning.plan_list(
            finding.lead_list(options["name"], team),
            account,
            by=None,
            click_token=click,
            first=options["first"],
            parts=_parts(options["parts"]),
            options=finding.pairs(options["option"]),
        )

    def _all_there(self, words: str, *, as_json: bool) -> None:
        counts = dict.fromkeys(("total", *COUNTERS.values(), "held", "waiting"), 0)
        self.stdout.write(json.dumps({"push": None, **counts}) if as_json else words)

    def _wait(self, push: Push, timeout: float) -> bool:
        """Drive the ledger until `push` is at rest; False when the time ran out first."""
        until = time.monotonic() + timeout
        with Crew(CREW, [push.account_id]):
            while not _at_rest(push):
                if time.monotonic() >= until:
                    return False
                time.sleep(0.1)
        connections.close_all()
        return True

    def _report(self, push: Push, *, as_json: bool) -> None:
        text = json.dumps(summary.figures(push)) if as_json else summary.sentence(push)
        self.stdout.write(text)

    def _judge(self, push: Push, *, in_time: bool) -> None:
        stop = summary.stop_of(push)
        if stop and push.waiting:
            quote = f' It said: "{stop.quote}".' if stop.quote else ""
            raise CommandError(f"{push.account.name} is stopped: {stop.reason}{quote}")
        if not in_time:
            self.stderr.write(_why_late(push))
            sys.exit(TIMED_OUT)


def _parts(text: str) -> list[int]:
    numbers = partial.read_parts(text) if text else []
    if numbers is None:
        raise CommandError(f"--parts {text}: write numbers of parts, such as 1-3 or 2,5.")
    return numbers


def _campaign(name: str) -> Campaign:
    found: Campaign | None = (
        Campaign.objects.filter(name=name, deleted_at=None).order_by("-pk").first()
    )
    if found is None:
        raise CommandError(f"There is no campaign {name}. Add it with `campaign add`.")
    return found


def _at_rest(push: Push) -> bool:
    push.refresh_from_db()
    if push.waiting == 0:
        return not looks.first_is_due(push)
    stopped = push.paused_at or summary.stop_of(push)
    return bool(stopped) and not push.deliveries.filter(state=State.SENDING).exists()


def _why_late(push: Push) -> str:
    """Say what the send still waits for."""
    waiting = Delivery.objects.filter(push=push, state=State.RETRY_WAIT).order_by("next_at").first()
    if waiting is None:
        return f"{push.waiting:,} records still wait for {push.account.name}; they go on alone."
    return (
        f"{push.waiting:,} records still wait for {push.account.name}: {waiting.reason} "
        f"Next try {waiting.next_at:%H:%M:%S} UTC."
    )
