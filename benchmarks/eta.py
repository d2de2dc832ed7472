"""How true the estimate is: real sends to the sandbox, asked all the time when they will end.

    manage.py benchmark eta [--seconds N]

Seven cases, two at a time, an account each and one worker for both. The error is |told end - real
end| over the whole time of the send, at every 5 % of it after the first; `before` is the figure
shown before sending. Each account has sent a little before, as any has on its second day. What
nobody can foresee (a 429) counts from the moment it has happened.
"""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from access.models import Account
from benchmarks.practice import Practice, fork, practice
from leads.models import Lead, LeadList
from sync import eta
from sync.models import LeadAction, Push
from sync.planning import plan_actions, plan_list
from sync.providers.base import RecordKind
from sync.selecting import endpoint_for
from sync.timetable import Limit
from sync.work import deliver_one

PACE = 4.0
AT_ONCE = 2
LOOK_EVERY = 1.0
WARM = 3  # records an account has sent before
PATIENCE = 4  # times the planned length, then it is given up


@dataclass
class Case:
    """One account with its sends; `told` are (when, send, told end, limit) by the estimate.

    `counts_from`: the moment of something nobody could foresee.
    """

    name: str
    account: Account
    limit: Limit
    pushes: list[Push] = field(default_factory=list)
    before: float = 0.0
    told: list[tuple[datetime, int, datetime, Limit | None]] = field(default_factory=list)
    counts_from: datetime | None = None

    def look(self) -> bool:
        """Note what is told of each send now; False when all are through."""
        running = [
            push
            for push in Push.objects.filter(pk__in=[one.pk for one in self.pushes])
            if push.finished_at is None
        ]
        for push in running:
            found = eta.of_push(push)
            if found.at:
                self.told.append((timezone.now(), push.pk, found.at, found.limit))
        return bool(running)

    def figures(self) -> Iterator[tuple[str, float]]:
        """Return the worst error, the error before sending, and how often the limit was named."""
        yield f"{self.name}: worst error at every 5 %", max(self._errors())
        if self.counts_from is None:
            last = Push.objects.get(pk=self.pushes[-1].pk)
            through = last.finished_at or timezone.now()
            took = (through - self.pushes[0].created_at).total_seconds()
            yield f"{self.name}: error before sending", abs(self.before - took) / took
        named = [limit for at, _push, _end, limit in self.told if self._counts(at)]
        share = sum(limit is self.limit for limit in named) / len(named)
        yield f"{self.name}: told that it is {self.limit.value}", share

    def _counts(self, at: datetime) -> bool:
        return self.counts_from is None or at > self.counts_from

    def _errors(self) -> Iterator[float]:
        for push in Push.objects.filter(pk__in=[one.pk for one in self.pushes]):
            end = push.finished_at or timezone.now()
            whole = (end - push.starts_at).total_seconds()
            marks = [push.starts_at + timedelta(seconds=whole * n / 20) for n in range(1, 20)]
            mine = [told for told in self.told if told[1] == push.pk and self._counts(told[0])]
            for mark in marks:
                after = [told for told in mine if told[0] >= mark]
                if after and after[0][0] - mark < timedelta(seconds=whole / 20):
                    yield abs((after[0][2] - end).total_seconds()) / whole


@dataclass
class Desk:
    """Where the cases are set up; `numbers` keeps their leads apart."""

    house: Practice
    seconds: int
    numbers: int = 0

    def leads(self, count: int) -> LeadList:
        """Make a list of new leads."""
        self.numbers += 1_000_000
        return self.house.leads(count, self.numbers)

    def case(self, name: str, provider: str, pace: float, limit: Limit, **settings: str) -> Case:
        """Open an account for a case."""
        return Case(name, self.house.account(provider, pace, **settings), limit)

    def warm(self, case: Case, seconds: float = 0.0) -> None:
        """Let the account send a little, answered after `seconds`."""
        made = self.leads(WARM)
        if seconds:
            self.fault(made, "delay", -1, seconds=seconds)
        plan_list(made, case.account, by=None, click_token=f"eta {time.time_ns()}")
        if case.account.provider == "telecrm":
            actions = self.actions(made)
            plan_actions(actions, case.account, by=None, click_token=f"eta {time.time_ns()}")
        while Push.objects.filter(account=case.account, finished_at=None).exists():
            if not deliver_one([case.account.pk]):
                time.sleep(0.05)

    def actions(self, about: LeadList) -> list[LeadAction]:
        """Make a payment for each lead of a list."""
        return LeadAction.objects.bulk_create(
            LeadAction(
                team=self.house.team,
                lead=lead,
                kind="PAYMENT",
                payment_status="COMPLETED",
                payment_currency="INR",
                payment_amount="5000.00",
            )
            for lead in Lead.objects.filter(lead_list=about)
        )

    def send(self, case: Case, *lists: LeadList, slow: float = 0.0) -> Case:
        """Send lists one behind the other."""
        self.warm(case, slow)
        for made in lists:
            endpoint = endpoint_for(case.account, RecordKind.LEAD)
            case.before = eta.before(case.account, made.lead_count, endpoint).seconds or 0.0
            token = f"eta {time.time_ns()}"
            case.pushes.append(plan_list(made, case.account, by=None, click_token=token))
        return case

    def fault(self, made: LeadList, kind: str, times: int = 1, **more: Any) -> None:
        """Let something happen to requests about the leads of a list."""
        first = Lead.objects.filter(lead_list=made).order_by("pk")[0].phone
        rule = {"kind": kind, "match": first[1:7], "times": times, **more}
        self.house.ask("POST", "faults", [rule])


def run(seconds: int) -> dict[str, float]:
    """Play all cases for about `seconds` and return their figures."""
    with practice() as house, tempfile.TemporaryDirectory() as folder:
        desk = Desk(house, seconds)
        figures: dict[str, float] = {}
        for start in range(0, len(CASES), AT_ONCE):
            cases = [make(desk) for make in CASES[start : start + AT_ONCE]]
            worker = fork([case.account.pk for case in cases], Path(folder))
            try:
                _watch(desk, cases)
            finally:
                worker.end(signal.SIGKILL)
            figures |= dict(figure for case in cases for figure in case.figures())
    return figures


def _watch(desk: Desk, cases: list[Case]) -> None:
    """Look at the estimates until all is through; half way, ask one case for less speed."""
    began, asked = time.monotonic(), False
    while [case for case in cases if case.look()]:
        passed = time.monotonic() - began
        if cases[-1].limit is Limit.SLOWED and passed > desk.seconds / 2 and not asked:
            asked = True
            _ask_for_less(desk, cases[-1])
        if passed > desk.seconds * PATIENCE:
            raise TimeoutError("The sends did not end.")
        time.sleep(LOOK_EVERY)


def _ask_for_less(desk: Desk, case: Case) -> None:
    made = case.pushes[0].lead_list
    if made:
        desk.fault(made, "429", retry_after="5")
        case.counts_from = timezone.now() + timedelta(seconds=2)


def one_send(desk: Desk) -> Case:
    """One list, one by one, at the account's pace."""
    count = int(desk.seconds * PACE)
    return desk.send(desk.case("one send", "telecrm", PACE, Limit.PACE), desk.leads(count))


def slow_answers(desk: Desk) -> Case:
    """Every answer takes two seconds: four places make two a second."""
    made = desk.leads(desk.seconds * 2)
    desk.fault(made, "delay", -1, seconds=2)
    return desk.send(desk.case("slow answers", "telecrm", 20, Limit.ANSWERS), made, slow=2)


def one_slow_answer(desk: Desk) -> Case:
    """One answer of eight seconds somewhere in the run."""
    made = desk.leads(int(desk.seconds * PACE))
    middle = Lead.objects.filter(lead_list=made).order_by("pk")[made.lead_count // 2].phone
    rule = {"kind": "delay", "match": middle[1:], "times": 1, "seconds": 8}
    desk.house.ask("POST", "faults", [rule])
    return desk.send(desk.case("one slow answer", "telecrm", PACE, Limit.PACE), made)


def three_sends(desk: Desk) -> Case:
    """Three lists queued at one account."""
    lists = [desk.leads(int(desk.seconds * PACE / 3)) for _ in range(3)]
    return desk.send(desk.case("three sends", "telecrm", PACE, Limit.PACE), *lists)


def two_endpoints(desk: Desk) -> Case:
    """Leads and actions of one account share its pace."""
    case = desk.case("two endpoints", "telecrm", PACE, Limit.PACE)
    desk.send(case, desk.leads(int(desk.seconds * PACE * 2 / 3)))
    made = desk.actions(desk.leads(int(desk.seconds * PACE / 3)))
    token = f"eta {time.time_ns()}"
    endpoint = endpoint_for(case.account, RecordKind.ACTION)
    case.before = eta.before(case.account, len(made), endpoint).seconds or 0.0
    case.pushes.append(plan_actions(made, case.account, by=None, click_token=token))
    return case


def batches(desk: Desk) -> Case:
    """Five hundred leads a request, a request every two seconds."""
    made = desk.leads(desk.seconds // 2 * 500)
    case = desk.case("batches", "smartflo", 0.5, Limit.PACE, duplicate_option="skip")
    return desk.send(case, made)


def retry_after(desk: Desk) -> Case:
    """A 429 with Retry-After in the middle: five seconds of rest, then half the pace."""
    count = int(desk.seconds * PACE)
    return desk.send(desk.case("429", "telecrm", PACE, Limit.SLOWED), desk.leads(count))


CASES = (
    one_send,
    slow_answers,
    one_slow_answer,
    three_sends,
    two_endpoints,
    batches,
    retry_after,
)
