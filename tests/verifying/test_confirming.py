"""Given and not confirmed: looked up at the provider later, and settled by what is seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.models import Hold
from leads import editing
from leads.models import Lead, LeadList
from sync import clock, gate, limits, verifying, work
from sync.models import Attempt, Delivery, DeliveryItem, Gate, Look, Push, Standing, State
from sync.planning import plan_list
from tests.factories import UserFactory
from tests.sandbox_server import TELECRM, Sandbox
from tests.test_sending_leads import leads, push
from tests.verifying.conftest import MakeAccount, deliver, look_around

pytestmark = pytest.mark.django_db(transaction=True)


def test_waiting_for_a_send_does_not_wait_for_its_confirmation(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("telecrm")
    leads(lead_list, 2)
    assert push("list", "Q2", "--account", "Main")["accepted"] == 2
    assert not verifying.look_once()
    first = Look.objects.all()[0]
    assert first.due_at - first.began_at == timedelta(minutes=2)
    assert len(sandbox.journal("telecrm")) == 2


@pytest.mark.usefixtures("at_once")
def test_a_lead_that_telecrm_has_is_confirmed(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    owner = account("telecrm")
    leads(lead_list, 3)
    push("list", "Q2", "--account", "Main")
    look_around()
    done = Push.objects.get()
    assert (done.delivered, done.accepted, done.waiting) == (3, 0, 0)
    assert set(Delivery.objects.values_list("evidence", "payload")) == {("verified", "")}
    assert Standing.objects.filter(account=owner, state="delivered").count() == 3
    assert set(Lead.objects.values_list("push_state", flat=True)) == {"at"}
    assert DeliveryItem.objects.all()[0].reason == "Looked up at Telecrm: it is there."
    assert "practice-sync" not in str(list(Attempt.objects.values()))


def test_the_story_of_a_request_tells_when_it_is_looked_up_and_what_was_seen(
    account: MakeAccount, lead_list: LeadList, client: Client
) -> None:
    account("telecrm")
    leads(lead_list, 1)
    push("list", "Q2", "--account", "Main")
    client.force_login(UserFactory.create(team=lead_list.team))
    url = reverse("sync:sent_one", args=[Delivery.objects.get().pk])
    assert "It is looked up next" in client.get(url).text
    Look.objects.update(due_at=clock.now())
    look_around()
    page = client.get(url).text
    assert "Looked up: it is there" in page
    assert "Try 2:" not in page
    assert "It is looked up next" not in page


@pytest.mark.usefixtures("at_once")
def test_what_telecrm_did_not_keep_is_named(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("telecrm", field_map={"lead": {"budget_in_lakh": "comment"}})
    leads(lead_list, 1)
    Lead.objects.update(comment="40")
    push("list", "Q2", "--account", "Main")
    look_around()
    item = DeliveryItem.objects.get()
    assert item.state == State.DELIVERED
    assert item.reason == "Looked up at Telecrm: it is there, but without budget_in_lakh."


@pytest.mark.usefixtures("at_once")
def test_a_lead_that_is_not_there_after_the_last_look_was_dropped(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("telecrm")
    leads(lead_list, 1)
    sandbox.switch("telecrm", processing_seconds=9999)
    push("list", "Q2", "--account", "Main")
    look_around()
    delivery, item = Delivery.objects.get(), DeliveryItem.objects.get()
    assert (delivery.state, delivery.code) == (State.REJECTED, "not_found")
    assert (item.state, item.cause) == (State.REJECTED, "telecrm-not-found")
    assert "probably dropped" in item.reason
    assert Attempt.objects.filter(endpoint="lead_search").count() == len(limits.LOOKS)
    done = Push.objects.get()
    assert (done.rejected, done.accepted) == (1, 0)


@pytest.mark.usefixtures("at_once")
def test_a_refused_sync_token_stops_the_looking_and_not_the_leads(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("telecrm", {**TELECRM, "sync_token": "not-the-one"})
    leads(lead_list, 2)
    assert push("list", "Q2", "--account", "Main")["accepted"] == 2
    verifying.look_once()
    hold = Hold.objects.get()
    assert (hold.credential, hold.cause) == ("sync", "telecrm-sync-token")
    assert not verifying.look_once()
    Lead.objects.create(team=lead_list.team, lead_list=lead_list, phone="+919811111111")
    assert push("list", "Q2", "--account", "Main")["accepted"] == 1


@pytest.mark.parametrize(
    ("provider", "values", "wishes"),
    [
        ("telecrm", {k: v for k, v in TELECRM.items() if k != "sync_token"}, {}),
        ("telecrm", None, {"look_up": "off"}),
        ("telecmi", None, {}),
    ],
)
def test_accounts_without_the_means_or_the_wish_are_not_looked_at(
    account: MakeAccount,
    lead_list: LeadList,
    provider: str,
    values: dict[str, Any] | None,
    wishes: dict[str, str],
) -> None:
    account(provider, values, settings=wishes)
    leads(lead_list, 1)
    push("list", "Q2", "--account", "Main")
    assert not Look.objects.exists()
    assert Delivery.objects.get().payload == ""


@pytest.mark.usefixtures("at_once")
def test_an_older_send_says_nothing_about_a_lead_that_was_sent_again(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    owner = account("telecrm")
    leads(lead_list, 1)
    sandbox.switch("telecrm", processing_seconds=9999)
    plan_list(lead_list, owner, by=None, click_token="a")
    deliver()
    Standing.objects.update(state=State.REJECTED)
    lead = Lead.objects.get()
    editing.save(lead, {"first_name": "Meera"}, by=None, seen=editing.stamp(lead))
    plan_list(lead_list, owner, by=None, click_token="b")
    deliver()
    assert Look.objects.count() == 2
    Look.objects.filter(delivery__push__click_token="b").update(
        due_at=clock.now() + limits.wait(99)
    )
    look_around()
    assert Delivery.objects.get(push__click_token="a").state == State.ACCEPTED
    assert Standing.objects.get().state == State.ACCEPTED
    assert Look.objects.get().delivery.push.click_token == "b"


@pytest.mark.usefixtures("at_once")
def test_a_look_of_a_worker_that_died_is_made_again(
    account: MakeAccount, lead_list: LeadList
) -> None:
    leads(lead_list, 1)
    plan_list(lead_list, account("telecrm"), by=None, click_token="a")
    deliver()
    look = Look.objects.get()
    number = Attempt.objects.count() + 1
    Attempt.objects.create(delivery=look.delivery, number=number, endpoint="lead_search")
    Look.objects.update(token="dead", due_at=clock.now() + timedelta(seconds=90))
    assert not verifying.look_once()
    Look.objects.update(due_at=clock.now())
    look_around()
    assert Delivery.objects.get().state == State.DELIVERED
    assert not Attempt.objects.filter(result=Attempt.Result.IN_FLIGHT).exists()


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("status", [429, 503])
def test_a_look_that_is_asked_to_wait_keeps_everything_else_waiting(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList, status: int
) -> None:
    leads(lead_list, 2)
    owner = account("telecrm")
    plan_list(lead_list, owner, by=None, click_token="a", first=1)
    deliver()
    slow = {"kind": "custom", "status": status, "headers": {"Retry-After": "600"}, "body": "{}"}
    sandbox.faults([{"provider": "telecrm", "times": 1, **slow}])
    assert verifying.look_once()
    plan_list(lead_list, owner, by=None, click_token="b")
    assert not work.deliver_one()
    assert timedelta(seconds=590) < Gate.objects.get().slot_at - clock.now()


@pytest.mark.usefixtures("at_once")
def test_a_few_smartflo_rows_are_confirmed_and_a_large_upload_is_not_sampled(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    owner = account("smartflo")
    leads(lead_list, 30)
    plan_list(lead_list, owner, by=None, click_token="few", first=4)
    deliver()
    plan_list(lead_list, owner, by=None, click_token="many")
    deliver()
    look_around()
    states = dict(Delivery.objects.values_list("push__click_token", "state"))
    assert states == {"few": State.DELIVERED, "many": State.ACCEPTED}


@pytest.mark.usefixtures("at_once")
def test_rows_of_a_list_that_are_not_seen_stay_given(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    account("smartflo")
    leads(lead_list, 2)
    sandbox.switch("smartflo", batch_seconds=9999)
    push("list", "Q2", "--account", "Main")
    look_around()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.payload) == (State.ACCEPTED, "")
    assert "Looked for 3 times at Smartflo: not seen." in delivery.reason


def test_looks_take_a_tenth_of_the_pace_while_something_waits(
    account: MakeAccount, lead_list: LeadList
) -> None:
    owner = account("telecrm", pace=10)
    now = clock.now()
    account_gate = Gate.objects.create(account=owner, slot_at=now, look_slot_at=now)
    endpoint = gate.endpoint_of(owner, "leads")
    gate.reserve_look(account_gate, owner, endpoint, now, busy=True)
    assert account_gate.look_slot_at - now == timedelta(seconds=1)
    gate.reserve_look(account_gate, owner, endpoint, now, busy=False)
    assert account_gate.look_slot_at - now == timedelta(seconds=0.2)
    assert account_gate.slot_at - now == timedelta(seconds=0.2)
    assert not gate.may_look(account_gate, now)


@pytest.mark.usefixtures("at_once")
def test_an_expired_sign_in_is_renewed_for_a_look(
    sandbox: Sandbox, account: MakeAccount, lead_list: LeadList
) -> None:
    owner = account("smartflo", {"email": "practice@example.com", "password": "practice-password"})
    leads(lead_list, 1)
    push("list", "Q2", "--account", "Main")
    sandbox.expire("smartflo")
    look_around()
    assert Delivery.objects.get().state == State.DELIVERED
    owner.refresh_from_db()
    assert owner.credentials["token"] not in str(list(Attempt.objects.values()))
