"""A Smartflo clone whose reply was lost: it is looked for, and never repeated by a machine."""

from __future__ import annotations

from typing import Any

import pytest

from leads.models import LeadList
from sync import clock, levers, work
from sync.models import Attempt, Delivery, DeliveryItem, Look, Push, State
from sync.planning import plan_list
from tests.sandbox_server import Sandbox
from tests.test_sending_leads import leads, push
from tests.verifying.conftest import MakeAccount, deliver, look_around

pytestmark = pytest.mark.django_db(transaction=True)

CLONE = ("--option", "duplicate_option=clone")
LOST: dict[str, Any] = {"provider": "smartflo", "endpoint": "leads/bulk", "times": 1}


def rows(sandbox: Sandbox) -> list[Any]:
    """The rows of the practice list."""
    (lists,) = (one["lists"] for one in sandbox.state("smartflo")["accounts"].values())
    found = lists.values() if isinstance(lists, dict) else lists
    return [row for one in found for row in one["rows"]]


def sent(sandbox: Sandbox) -> int:
    """How many uploads arrived."""
    return sum(one["method"] == "POST" for one in sandbox.journal("smartflo"))


def test_rows_that_arrived_are_seen_and_settled_within_the_same_wait(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo")
    leads(lead_list, 3)
    sandbox.faults([{**LOST, "kind": "drop_after_commit"}])
    summary = push("list", "Q2", "--account", "Main", *CLONE)
    delivery = Delivery.objects.get()
    assert (summary["delivered"], summary["uncertain"]) == (3, 0)
    assert (delivery.state, delivery.evidence, delivery.payload) == ("delivered", "verified", "")
    assert (sent(sandbox), len(rows(sandbox))) == (1, 3)
    reads = list(Attempt.objects.filter(endpoint="read_back").order_by("number"))
    assert [one.number for one in reads] == [2, 3, 4]
    assert all(one.http_status == 200 and one.finished_at for one in reads)
    assert not Look.objects.exists()
    assert all(len(one) == 24 for one in DeliveryItem.objects.values_list("remote_id", flat=True))


@pytest.mark.usefixtures("at_once")
def test_rows_that_are_not_seen_stay_unsure_and_are_never_sent_again(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo")
    leads(lead_list, 2)
    sandbox.faults([{**LOST, "kind": "reset_before"}])
    summary = push("list", "Q2", "--account", "Main", *CLONE)
    assert summary["uncertain"] == 2
    look_around()
    deliver()
    delivery = Delivery.objects.get()
    assert (delivery.state, sent(sandbox), rows(sandbox)) == (State.UNCERTAIN, 1, [])
    assert "Looked for 4 times at Smartflo: not seen." in delivery.reason
    assert set(DeliveryItem.objects.values_list("reason", flat=True)) == {delivery.reason}
    assert delivery.payload  # a person may still send the same bytes again
    assert not Look.objects.exists()


@pytest.mark.usefixtures("at_once")
def test_an_entry_from_before_the_try_is_not_taken_for_the_new_one(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    first = account("smartflo")
    leads(lead_list, 1)
    push("list", "Q2", "--account", "Main", *CLONE)
    item = DeliveryItem.objects.get()
    sandbox.faults([{**LOST, "kind": "reset_before"}])
    levers.send_again([item], by=None, click_token="again", copies_accepted=True)
    deliver()
    look_around()
    again = Delivery.objects.get(push__click_token="again")
    assert first.provider == "smartflo"
    assert (again.state, len(rows(sandbox))) == (State.UNCERTAIN, 1)


BLIND = {"provider": "smartflo", "endpoint": "leads/read", "kind": "custom", "body": "[]"}


def test_rows_seen_later_are_settled_then(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo")
    leads(lead_list, 3)
    sandbox.faults([{**LOST, "kind": "drop_after_commit"}, {**BLIND, "times": 1}])
    summary = push("list", "Q2", "--account", "Main", *CLONE)
    assert (summary["delivered"], summary["uncertain"]) == (2, 1)
    Look.objects.update(due_at=clock.now())
    look_around()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.push.delivered, sent(sandbox)) == ("delivered", 3, 1)


def test_sending_again_after_some_were_seen_sends_only_the_others(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo")
    leads(lead_list, 3)
    sandbox.faults([{**LOST, "kind": "drop_after_commit"}, {**BLIND, "times": 1}])
    push("list", "Q2", "--account", "Main", *CLONE)
    levers.decide(Delivery.objects.get(), "send_again", "Not in the portal", None)
    deliver()
    bodies = [one["body"] for one in sandbox.journal("smartflo") if one["method"] == "POST"]
    assert [len(body["data"]) for body in bodies] == [3, 1]
    assert Push.objects.get().waiting == 0


def test_a_list_that_cannot_be_read_leaves_it_to_a_person(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo")
    leads(lead_list, 1)
    broken = {"provider": "smartflo", "endpoint": "leads/read", "kind": "500_before", "times": -1}
    sandbox.faults([{**LOST, "kind": "drop_after_commit"}, broken])
    summary = push("list", "Q2", "--account", "Main", *CLONE)
    assert summary["uncertain"] == 1
    assert Look.objects.get().misses == 1
    levers.decide(Delivery.objects.get(), "there", "Seen in the portal", None)
    Look.objects.update(due_at="2026-01-01T00:00Z")
    look_around()
    assert Delivery.objects.get().state == State.DELIVERED
    assert not Look.objects.exists()


@pytest.mark.usefixtures("at_once")
def test_looks_that_never_get_an_answer_end(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo")
    leads(lead_list, 1)
    broken = {"provider": "smartflo", "endpoint": "leads/read", "kind": "html_200", "times": 3}
    gone = {"provider": "smartflo", "endpoint": "leads/read", "kind": "reset_before", "times": -1}
    sandbox.faults(
        [{**LOST, "kind": "drop_after_commit"}, gone | {"times": 3}, broken | {"kind": "empty_200"}]
    )
    push("list", "Q2", "--account", "Main", *CLONE)
    look_around()
    assert Delivery.objects.get().state == State.UNCERTAIN
    assert not Look.objects.exists()
    assert not Attempt.objects.filter(result=Attempt.Result.IN_FLIGHT).exists()


def test_more_than_25_rows_are_left_to_a_person(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo")
    leads(lead_list, 26)
    sandbox.faults([{**LOST, "kind": "drop_after_commit"}])
    summary = push("list", "Q2", "--account", "Main", *CLONE)
    assert summary["uncertain"] == 26
    assert not Look.objects.exists()


def test_an_account_may_be_told_not_to_look(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo", settings={"look_up": "off"})
    leads(lead_list, 1)
    sandbox.faults([{**LOST, "kind": "drop_after_commit"}])
    assert push("list", "Q2", "--account", "Main", *CLONE)["uncertain"] == 1
    assert not Look.objects.exists()


def test_draining_stays_for_the_first_look(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    owner = account("smartflo")
    leads(lead_list, 1)
    sandbox.faults([{**LOST, "kind": "drop_after_commit"}])
    plan_list(lead_list, owner, by=None, click_token="a", options={"duplicate_option": "clone"})
    deliver()
    assert work.anything_due()
    look_around()
    assert not work.anything_due()
    assert Push.objects.get().delivered == 1
