"""Managers, time, faults and dying workers in any order: the ledger's promises hold after each.

`make test` tries 50 stories of 30 steps on SQLite and 12 on PostgreSQL, `make nightly` 1,000.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from access.models import Account, Hold, Team
from leads import do_not_call, editing
from leads.models import Lead, LeadList
from sync import crashpoints, levers, sending, sweeping, work
from sync.enqueueing import CannotSend
from sync.models import (
    ENDS,
    WAITING,
    Attempt,
    Decision,
    Delivery,
    DeliveryItem,
    LeadAction,
    Push,
    State,
)
from sync.planning import plan_actions, plan_list
from tests.crash.endpoints import texts
from tests.reliability.conftest import moved_time
from tests.reliability.model_providers import FAULTS, Providers
from tests.sandbox_server import SMARTFLO, TELECMI, TELECRM

STORIES = int(os.environ.get("LEDGER_STORIES", "50"))
LEADS = 3
ACCOUNTS = ("telecmi", "telecrm", "overwrite", "clone")
NUMBERS = st.integers(0, LEADS - 1)
POINTS = tuple(
    point for point in crashpoints.POINTS if point.split("_")[0] not in ("push", "chunk")
)
THERE = (State.DELIVERED, State.ACCEPTED, State.ALREADY_THERE)


class Killed(BaseException):
    """The worker of the model dies: nothing after this instant happens."""


def updates(item: DeliveryItem) -> bool:
    """Whether sending a record again only updates what is there."""
    return item.delivery.account.name in ("telecrm", "overwrite") and item.action is None


class Story(RuleBasedStateMachine):
    """One team with four accounts, three leads, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = ExitStack()
        self.clock = self.undo.enter_context(
            time_machine.travel(datetime(2026, 11, 20, 5, tzinfo=UTC), tick=False)
        )
        self.undo.enter_context(connection.execute_wrapper(moved_time))
        self.undo.enter_context(transaction.atomic())
        self.undo.callback(transaction.set_rollback, True)
        self.providers = Providers()
        before = sending.talk_through(self.providers)
        self.undo.callback(sending.talk_through, before)
        self.clicks = 0

    @initialize()
    def begin(self) -> None:
        """Make the team, its accounts and its leads."""
        team = Team.objects.create(name="Saarthi")
        self.list = LeadList.objects.create(team=team, name="Q2", lead_count=LEADS)
        values: dict[str, Any] = {"telecmi": TELECMI, "telecrm": TELECRM}
        for name in ACCOUNTS:
            Account.objects.create(
                team=team,
                name=name,
                provider=name if name in values else "smartflo",
                base_url="https://provider.example",
                credentials=texts(values.get(name, {"token": SMARTFLO["token"]})),
                settings={"list_id": "441940", "duplicate_option": name},
                pace=1_000_000,
            )
        for n in range(LEADS):
            Lead.objects.create(
                team=team, lead_list=self.list, phone=f"+91980000000{n}", first_name="v1"
            )

    def click(self) -> str:
        """Return a token no click had before."""
        self.clicks += 1
        return f"click {self.clicks}"

    def lead(self, n: int) -> Lead:
        """Return the n-th lead."""
        return Lead.objects.get(phone=f"+91980000000{n}")

    @rule(n=NUMBERS)
    def edit(self, n: int) -> None:
        """A manager corrects a lead."""
        lead = self.lead(n)
        name = {"first_name": f"v{lead.version + 1}"}
        editing.save(lead, name, by=None, seen=editing.stamp(lead))

    @rule(n=NUMBERS)
    def delete(self, n: int) -> None:
        """A manager deletes a lead."""
        editing.delete(self.lead(n), by=None)

    @rule(n=NUMBERS, blocked=st.booleans())
    def block(self, n: int, blocked: bool) -> None:
        """A number goes on the do-not-call list, or off it."""
        lead = self.lead(n)
        if blocked:
            do_not_call.add(lead.team, [lead.phone], by=None)
        else:
            do_not_call.remove(lead.team, lead.phone, by=None, reason="asked again")

    @rule(name=st.sampled_from(ACCOUNTS))
    def send(self, name: str) -> None:
        """A manager sends the list to an account."""
        self.tried(
            lambda: plan_list(
                self.list, Account.objects.get(name=name), by=None, click_token=self.click()
            )
        )

    @rule(n=NUMBERS)
    def pay(self, n: int) -> None:
        """A payment is written on a lead's timeline."""
        made = LeadAction.objects.create(
            team=self.list.team,
            lead=self.lead(n),
            kind="PAYMENT",
            payment_status="COMPLETED",
            payment_currency="INR",
            payment_amount=f"{5000 + self.clicks}.00",
        )
        account = Account.objects.get(name="telecrm")
        self.tried(lambda: plan_actions([made], account, by=None, click_token=self.click()))

    @rule(fault=st.sampled_from(FAULTS))
    def deliver(self, fault: str) -> None:
        """A worker sends one delivery; its answer is the fault's."""
        self.providers.fault = fault
        work.deliver_one()

    @rule()
    def deliver_all(self) -> None:
        """Workers send what is due."""
        self.providers.fault = "none"
        while work.deliver_one():
            pass

    @rule(point=st.sampled_from(POINTS), fault=st.sampled_from(FAULTS))
    def die(self, point: str, fault: str) -> None:
        """A worker dies at a named instant of sending or sweeping."""
        self.providers.fault = fault

        def act(name: str) -> None:
            if name == point:
                raise Killed

        crashpoints.arm(act)
        try:
            with transaction.atomic():
                sweeping.sweep()
            work.deliver_one()
        except Killed:
            pass
        finally:
            crashpoints.arm(lambda name: None)

    @rule(seconds=st.sampled_from([1, 6, 40, 100, 700, 4000, 30_000, 90_000]))
    def wait(self, seconds: int) -> None:
        """Time passes, and the sweeper comes by."""
        self.clock.shift(timedelta(seconds=seconds))
        sweeping.sweep()

    @rule(which=st.integers(0, 3), lever=st.sampled_from(["pause", "resume", "cancel"]))
    def pull(self, which: int, lever: str) -> None:
        """A manager pauses, resumes or cancels one of the last sends."""
        for push in Push.objects.order_by("-pk")[which : which + 1]:
            getattr(levers, lever)(push, None)

    @rule(again=st.booleans())
    def decide(self, again: bool) -> None:
        """A person looks at the provider and says the truth, or lets it go again."""
        for delivery in Delivery.objects.filter(state=State.UNCERTAIN).order_by("pk")[:1]:
            doubtful = delivery.items.filter(state=State.UNCERTAIN)
            there = [self.there(item) > 0 for item in doubtful]
            verdict = "there" if all(there) else "not_there"
            if again or any(there) is not all(there):
                verdict = "send_again"
            self.decided(delivery, verdict)

    def decided(self, delivery: Delivery, verdict: str) -> None:
        """Decide one delivery that is in doubt."""
        self.tried(lambda: levers.decide(delivery, verdict, "looked it up", None))

    @rule()
    def send_again(self) -> None:
        """A manager sends the records of the last ended request again, accepting copies."""
        ended = Delivery.objects.filter(state__in=(*ENDS, State.UNCERTAIN)).order_by("-pk").first()
        items = list(ended.items.select_related("delivery")) if ended else []
        if items:
            self.tried(
                lambda: levers.send_again(
                    items, by=None, click_token=self.click(), copies_accepted=True
                )
            )

    @rule()
    def release(self) -> None:
        """An administrator lets stopped accounts go on."""
        for hold in Hold.objects.filter(released_at=None):
            levers.release_account(hold.account, None)

    def tried(self, act: Callable[[], object]) -> None:
        """Do what a person asked for; a refusal in words is fine."""
        try:
            with transaction.atomic():
                act()
        except CannotSend as refusal:
            self.said = str(refusal)

    def there(self, item: DeliveryItem) -> int:
        """Return how many copies of a record its account has."""
        if item.action:
            what = f"paid {item.action.payment_amount:.2f}"
        else:
            what = item.lead.phone[-10:] if item.lead else ""
        return self.providers.copies[item.delivery.account_id, what]

    @invariant()
    def nothing_was_promised_in_vain(self) -> None:
        """No request broke a promise as it left."""
        assert self.providers.wrong == []

    @invariant()
    def machines_make_no_copies(self) -> None:
        """There are never more copies than sends that people asked for."""
        asked: Counter[tuple[int, str]] = Counter()
        found: dict[tuple[int, str], int] = {}
        items = DeliveryItem.objects.select_related("delivery", "lead", "action")
        for item in items:
            what = (item.delivery.account_id, str(item.action_id or item.lead_id))
            again = item.delivery.decisions.filter(verdict=Decision.Verdict.SEND_AGAIN).count()
            asked[what] += 1 + again
            found[what] = self.there(item)
        for what, copies in found.items():
            assert copies <= asked[what], f"I3 {copies} copies of {what}"

    @invariant()
    def counters_are_true(self) -> None:
        """Each send's counters agree with its records."""
        for push in Push.objects.all():
            states = Counter(
                DeliveryItem.objects.filter(delivery__push=push).values_list("state", flat=True)
            )
            ended = {one: states.pop(one, 0) for one in (*ENDS, State.UNCERTAIN)}
            del ended[State.SPLIT]
            assert {one: getattr(push, one) for one in ended} == ended
            assert push.waiting == states.total()

    @invariant()
    def ends_are_true(self) -> None:
        """What ended as there is there; what never ended so, and is not in doubt, is not.

        A refused repeat of a write that only updates is an end: an older version may be there.
        """
        items = DeliveryItem.objects.select_related("delivery__account", "lead", "action")
        doubt = {
            (item.delivery.account_id, item.action_id or item.lead_id)
            for item in items
            if item.state in (*THERE, State.UNCERTAIN, State.QUEUED)
            or (item.delivery.had_unknown and updates(item))
        }
        for item in items:
            if item.state in THERE:
                assert self.there(item), f"I4 {item} is not there"
            elif (item.delivery.account_id, item.action_id or item.lead_id) not in doubt:
                assert not self.there(item), f"I4 {item} is there"
            assert item.state == State.QUEUED or item.reason, f"I10 {item} has no reason"

    def teardown(self) -> None:
        """Let everything go on, without faults, and see it come to rest."""
        try:
            if Team.objects.exists():
                self.come_to_rest()
        finally:
            self.undo.close()

    def come_to_rest(self) -> None:
        """Nothing stays on its way for ever (I2, I6)."""
        self.release()
        for push in Push.objects.exclude(paused_at=None):
            levers.resume(push, None)
        for _ in range(12):
            self.wait(15_000)
            self.deliver_all()
            for delivery in Delivery.objects.filter(state=State.UNCERTAIN):
                self.decided(delivery, "not_there")
        assert not Delivery.objects.filter(state__in=(*WAITING, State.SENDING)).exists(), "I2"
        assert not Attempt.objects.filter(result=Attempt.Result.IN_FLIGHT).exists(), "I6"


@pytest.mark.crash
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.django_db
def test_no_story_breaks_a_promise() -> None:
    tell(STORIES)


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db
def test_no_story_breaks_a_promise_on_postgresql() -> None:
    tell(12)


def tell(stories: int) -> None:
    """Try that many stories."""
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=stories,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
