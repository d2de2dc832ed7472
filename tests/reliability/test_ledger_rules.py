"""Rules of the ledger that a first draft of it broke: each test is one of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.models import Account, Hold
from leads import editing
from leads.models import Contact, Lead, LeadList, ListPart
from sync import (
    claiming,
    clock,
    crashpoints,
    gate,
    levers,
    limits,
    outcomes,
    results,
    sending,
    sweeping,
)
from sync.enqueueing import CannotSend, NothingToSend
from sync.models import Attempt, Delivery, DeliveryItem, Gate, LeadAction, Push, Standing, State
from sync.planning import plan_actions, plan_contacts, plan_list
from tests.factories import UserFactory
from tests.reliability.conftest import drain, in_parallel
from tests.sandbox_server import Sandbox
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db(transaction=True)


def sent_now(push: Push) -> Push:
    """Return `push` as it stands."""
    return Push.objects.get(pk=push.pk)


def test_a_worker_that_dies_before_the_request_leaves_says_so_and_blames_no_provider(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    leads(lead_list, 1)
    plan_list(lead_list, account(), by=None, click_token="a")
    assert claiming.claim() is not None
    Delivery.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert sweeping.sweep() == 1
    delivery = Delivery.objects.get()
    assert delivery.state == State.RETRY_WAIT
    assert "worker stopped before this left" in delivery.reason
    assert Gate.objects.get().failures_in_row == 0


def test_a_worker_frozen_after_its_intent_sends_nothing_when_it_wakes_late(
    account: Callable[..., Account],
    lead_list: LeadList,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    leads(lead_list, 1)
    plan_list(lead_list, account(), by=None, click_token="a")
    settings.LEDGER_TIME_SCALE = 100
    nap = limits.wait(limits.LEASE - limits.LEASE_MARGIN).total_seconds() + 0.1
    points = {"intent_after_commit": lambda: time.sleep(nap)}
    monkeypatch.setattr(crashpoints, "_act", lambda name: points.get(name, lambda: None)())
    claim = claiming.claim()
    assert claim is not None
    sending.send(claim)
    assert sandbox.journal("telecrm") == []
    assert Attempt.objects.get().result == Attempt.Result.NEVER_SENT


@pytest.mark.usefixtures("no_waiting")
def test_a_record_that_makes_our_own_code_fail_ends_and_stops_no_worker(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    leads(lead_list, 2)
    owner = account()
    push = plan_list(lead_list, owner, by=None, click_token="a")
    Delivery.objects.filter(number=1).update(options={"columns": 7})  # nothing reads this
    drain()
    push = sent_now(push)
    assert (push.failed, push.accepted, push.waiting) == (1, 1, 0)
    assert "could not be put together" in DeliveryItem.objects.get(state=State.FAILED).reason


@pytest.mark.usefixtures("no_waiting")
def test_a_login_that_never_connects_gives_up_like_any_other_request(
    account: Callable[..., Account],
) -> None:
    owner = account("telecmi")
    owner.credentials = {
        "inet_no": "1111112",
        "secret": "s3cret",
        "user_id": "5001_1111112",
        "password": "practice-password",
    }
    owner.base_url = "http://127.0.0.1:1"
    owner.save()
    Contact.objects.create(team=owner.team, phone="+919812345678", first_name="A", last_name="B")
    push = plan_contacts(owner.team, owner, by=None, click_token="a")
    drain()
    assert sent_now(push).failed == 1
    assert Attempt.objects.count() == 9


@pytest.mark.usefixtures("no_waiting")
def test_what_was_on_its_way_at_a_cancel_is_not_tried_again(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 1)
    push = plan_list(lead_list, account(), by=None, click_token="a")
    claim = claiming.claim()
    assert claim is not None
    levers.cancel(push, None)
    sandbox.faults([{"provider": "telecrm", "kind": "429", "times": 1}])
    sending.send(claim)
    drain()
    sweeping.sweep()
    push = sent_now(push)
    assert (push.cancelled, push.waiting) == (1, 0)
    assert len(sandbox.journal("telecrm")) == 1


def test_a_cancelled_send_in_doubt_keeps_its_bytes_for_a_decision(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 2)
    push = plan_list(lead_list, account("telecmi"), by=None, click_token="a")
    sandbox.faults([{"provider": "telecmi", "kind": "drop_after_commit", "times": 1}])
    drain()
    assert levers.cancel(push, None) == 0
    delivery = Delivery.objects.get()
    assert delivery.state == State.UNCERTAIN
    levers.decide(delivery, "send_again", "The portal shows nothing.", None)
    drain()
    first, second = (entry["sha256"] for entry in sandbox.journal("telecmi"))
    assert first == second
    assert sent_now(push).delivered == 2


def test_a_refusal_of_what_a_person_sent_once_more_leaves_the_first_try_in_doubt(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 2)
    clone = account("smartflo", settings={"list_id": "441940", "duplicate_option": "clone"})
    push = plan_list(lead_list, clone, by=None, click_token="a")
    sandbox.faults([{"provider": "smartflo", "kind": "drop_after_commit", "times": 1}])
    drain()
    levers.decide(Delivery.objects.get(), "send_again", "The portal shows nothing.", None)
    refusal = {"status": 400, "body": '{"success": false, "message": "List is locked"}'}
    sandbox.faults([{"provider": "smartflo", "kind": "custom", **refusal}])
    drain()
    push = sent_now(push)
    assert (push.uncertain, push.rejected) == (2, 0)
    told = DeliveryItem.objects.first()
    assert told
    assert "refused this now. An earlier try got no answer" in told.reason
    assert told.quote == "List is locked"


def test_the_same_record_is_never_planned_twice_by_two_send_again_clicks(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 1)
    owner = account("telecmi")
    rule = {
        "kind": "custom",
        "status": 400,
        "body": '{"code":400,"msg":"Duplicate Phone Numbers Found"}',
    }
    sandbox.faults([{"provider": "telecmi", "times": 1, **rule}])
    plan_list(lead_list, owner, by=None, click_token="a")
    drain()
    refused = list(DeliveryItem.objects.filter(state=State.REJECTED).select_related("delivery"))
    levers.send_again(refused, by=None, click_token="b")
    with pytest.raises(NothingToSend, match="sent again already"):
        levers.send_again(refused, by=None, click_token="c")
    drain()
    assert Push.objects.count() == 2


def test_an_uncertain_record_that_was_sent_again_is_not_let_go_a_second_time(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    leads(lead_list, 1)
    push = plan_list(lead_list, account("telecmi"), by=None, click_token="a")
    Delivery.objects.update(state=State.UNCERTAIN)
    DeliveryItem.objects.update(state=State.UNCERTAIN)
    items = list(DeliveryItem.objects.select_related("delivery"))
    levers.send_again(items, by=None, click_token="b", copies_accepted=True)
    old = push.deliveries.get()
    with pytest.raises(CannotSend):
        levers.decide(old, "send_again", "Not seen", None)
    levers.decide(old, "not_there", "Not seen", None)


@pytest.mark.postgres
def test_twenty_parallel_clicks_of_one_button_make_one_send(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    leads(lead_list, 50)
    owner = account("telecmi")
    ends = in_parallel(20, lambda _: plan_list(lead_list, owner, by=None, click_token="once").pk)
    assert set(ends) == {Push.objects.get().pk}
    assert DeliveryItem.objects.count() == 50


@pytest.mark.postgres
def test_parallel_sends_of_the_same_payment_make_one_payment(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    leads(lead_list, 1)
    action = LeadAction.objects.create(team=lead_list.team, lead=Lead.objects.get(), kind="1001")
    owner = account()

    def click(number: int) -> Any:
        return plan_actions([action], owner, by=None, click_token=f"click {number}")

    ends = in_parallel(4, click)
    assert sum(isinstance(end, Push) for end in ends) == 1
    assert sum(isinstance(end, NothingToSend) for end in ends) == 3


def test_every_action_of_a_lead_waits_for_the_leads_own_fields(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    leads(lead_list, 1)
    owner = account()
    fields = plan_list(lead_list, owner, by=None, click_token="a").deliveries.get()
    lead = Lead.objects.get()
    actions = [
        LeadAction.objects.create(team=lead_list.team, lead=lead, kind=kind)
        for kind in ("1001", "1002")
    ]
    push = plan_actions(actions, owner, by=None, click_token="b")
    assert [one.waits_for for one in push.deliveries.all()] == [fields, fields]


def test_a_refused_lead_goes_again_with_the_list_once_it_was_edited(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 1)
    owner = account()
    rule = {"kind": "custom", "status": 400, "body": '{"error":{"code":"INVALID_LEAD"}}'}
    sandbox.faults([{"provider": "telecrm", "times": 1, **rule}])
    plan_list(lead_list, owner, by=None, click_token="a")
    drain()
    with pytest.raises(NothingToSend):
        plan_list(lead_list, owner, by=None, click_token="b")
    lead = Lead.objects.get()
    editing.save(lead, {"first_name": "Asha"}, by=UserFactory.create(), seen=editing.stamp(lead))
    assert plan_list(lead_list, owner, by=None, click_token="c").total == 1


def test_a_deleted_contact_that_an_earlier_try_may_have_brought_is_not_sure(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    owner = account("telecmi")
    for n in range(2):
        Contact.objects.create(
            team=owner.team, phone=f"+91981234567{n}", first_name="A", last_name="B"
        )
    push = plan_contacts(owner.team, owner, by=None, click_token="a")
    Delivery.objects.update(had_unknown=True, payload="")  # as a child of a split is
    Contact.objects.filter(phone="+919812345670").update(deleted_at=timezone.now())
    drain()
    push = sent_now(push)
    assert (push.uncertain, push.delivered, push.cancelled) == (1, 1, 0)


def test_stragglers_of_an_outage_open_the_breaker_once() -> None:
    row = Gate(failures_in_row=4)
    now = timezone.now()
    for _ in range(4):
        gate.note_failure(row, now)
    assert row.openings == 1


def test_several_answers_too_fast_at_once_halve_the_pace_once() -> None:
    row = Gate()
    now = timezone.now()
    for _ in range(4):
        gate.note_too_fast(row, now, timedelta(seconds=5))
    assert row.rate_factor == 0.5


def test_a_late_refusal_of_the_old_token_does_not_stop_the_new_one(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 1)
    owner = account()
    good = owner.credentials
    owner.credentials = {**good, "token": "the old one"}
    owner.save()
    push = plan_list(lead_list, owner, by=None, click_token="a")
    left = claiming.claim()
    assert left is not None
    owner.credentials = good
    owner.save()
    sending.send(left)
    assert sandbox.journal("telecrm")[-1]["status"] == 401
    assert not Hold.objects.exists()
    drain()
    assert sent_now(push).accepted == 1


def test_one_probe_at_a_time_finds_out_whether_a_provider_is_back(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    leads(lead_list, 3)
    owner = account()
    plan_list(lead_list, owner, by=None, click_token="a")
    lead = Lead.objects.order_by("-pk")[0]
    action = LeadAction.objects.create(team=lead_list.team, lead=lead, kind="1001")
    plan_actions([action], owner, by=None, click_token="b")
    Delivery.objects.update(waits_for=None)
    Gate.objects.update(openings=1)
    assert claiming.claim() is not None
    assert claiming.claim() is None


def test_codes_of_any_length_are_kept(account: Callable[..., Account], lead_list: LeadList) -> None:
    leads(lead_list, 1)
    plan_list(lead_list, account(), by=None, click_token="a")
    claim = claiming.claim()
    assert claim is not None
    settlement = outcomes.Settlement(State.REJECTED, code="A_CODE_OF_THE_PROVIDER" * 9)
    results.settle(claim.delivery, claim.token, None, settlement)
    assert len(Delivery.objects.get().code) == 60


@pytest.mark.parametrize("verdict", ["there", "not_there"])
def test_a_decision_of_a_person_is_the_last_word(
    account: Callable[..., Account], lead_list: LeadList, verdict: str
) -> None:
    leads(lead_list, 1)
    push = plan_list(lead_list, account("telecmi"), by=None, click_token="a")
    Delivery.objects.update(state=State.UNCERTAIN)
    DeliveryItem.objects.update(state=State.UNCERTAIN)
    levers.decide(push.deliveries.get(), verdict, "Seen in the portal", None)
    state = {"there": State.DELIVERED, "not_there": State.FAILED}[verdict]
    assert Standing.objects.get().state == state
    assert bool(ListPart.objects.get().sent_at) is (verdict == "there")
    with pytest.raises(CannotSend, match="settled meanwhile"):
        levers.decide(push.deliveries.get(), verdict, "Seen in the portal", None)
