"""Twenty presses of one lever at once: one act, one line in the log, one send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from access.models import Account, AuditEvent
from leads.models import LeadList
from sync import levers
from sync.enqueueing import CannotSend
from sync.last_word import left_to_send
from sync.models import Decision, Delivery, DeliveryItem, Push, Standing, State
from sync.planning import plan_list
from tests.factories import LeadListFactory
from tests.reliability.conftest import in_parallel
from tests.test_sending_leads import leads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def push(account: Callable[..., Account], lead_list: LeadList) -> Push:
    leads(lead_list, 20)
    return plan_list(lead_list, account(), by=None, click_token="a")


def settle(state: State) -> None:
    """Let every record have ended, or rest, in `state`."""
    Delivery.objects.update(state=state)
    DeliveryItem.objects.update(state=state)
    Standing.objects.update(state=state)


def lines(kind: str) -> int:
    return AuditEvent.objects.filter(kind=kind).count()


def test_a_send_is_paused_and_goes_on_once(push: Push) -> None:
    assert in_parallel(20, lambda _: levers.pause(push, None)) == [True] * 20
    assert in_parallel(20, lambda _: levers.resume(push, None)) == [True] * 20
    assert (lines("send.paused"), lines("send.resumed")) == (1, 1)


def test_a_send_is_taken_back_once(push: Push) -> None:
    assert sum(in_parallel(20, lambda _: levers.cancel(push, None))) == 20
    push.refresh_from_db()
    assert (push.cancelled, push.waiting, lines("send.cancelled")) == (20, 0, 1)


def test_an_unknown_is_decided_once(push: Push) -> None:
    settle(State.UNCERTAIN)
    one = push.deliveries.all()[0]
    ends = in_parallel(20, lambda n: levers.decide(one, "there", f"Seen by {n}", None))
    assert sum(end is None for end in ends) == 1
    assert sum(isinstance(end, CannotSend) for end in ends) == 19
    assert (Decision.objects.count(), lines("decided")) == (1, 1)


@pytest.mark.parametrize("click", ["once", "click {}"])
def test_refused_records_of_two_lists_go_again_once(push: Push, click: str) -> None:
    other = LeadListFactory.create(team=push.team, name="Q3")
    leads(other, 20)
    plan_list(other, push.account, by=None, click_token="b")
    settle(State.REJECTED)
    items = left_to_send(DeliveryItem.objects.all())

    def press(number: int) -> Any:
        token = click.format(number)
        return levers.send_all_again(items.all(), by=None, click_token=token)

    ends = in_parallel(20, press)
    assert all(isinstance(end, list | CannotSend) for end in ends)
    assert Push.objects.filter(again_of__isnull=False).count() == 2
    assert DeliveryItem.objects.filter(state=State.QUEUED).count() == 40
