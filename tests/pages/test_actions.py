"""Actions and payments for a lead's timeline at Telecrm, written on a page or the command line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.models import Account
from access.roles import Role
from leads.models import Lead
from sync.models import Delivery, LeadAction, Push
from tests.factories import LeadListFactory, UserFactory
from tests.pages.test_lists import text_of
from tests.reliability.conftest import drain
from tests.sandbox_server import TELECRM, Sandbox
from tests.test_sending_elsewhere import account
from tests.test_sending_leads import leads, push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def telecrm(sandbox: Sandbox) -> Account:
    """A workspace that holds one lead, sent a moment ago."""
    lead_list = LeadListFactory.create(name="Q2")
    made = account(sandbox, "telecrm", {k: v for k, v in TELECRM.items() if k != "sync_token"})
    leads(lead_list, 1)
    push("list", "Q2", "--account", "Main")
    return made


@pytest.fixture
def manager(client: Client, telecrm: Account) -> Client:
    client.force_login(UserFactory.create(team=telecrm.team))
    return client


def page(lead: Lead, what: str = "") -> str:
    return f"/leads/{lead.pk}/actions/new/{what}"


def typed(**values: str) -> dict[str, Any]:
    return {"account": Account.objects.get().pk, "click": "one", "kind": "1002", **values}


def last_body(sandbox: Sandbox) -> dict[str, Any]:
    body: dict[str, Any] = sandbox.journal("telecrm")[-1]["body"]
    return body


def test_an_action_is_written_once_and_sent_with_each_value_in_its_type(
    manager: Client, sandbox: Sandbox
) -> None:
    lead = Lead.objects.get()
    lines = "note: called back: wants EMI\ncost (number): 1,500.50\nvisited_on (date): 1/6/2026"
    form = typed(fields_text=lines, created_on="01/06/2026 10:30")
    for _press in (1, 2):
        assert manager.post(page(lead), form).status_code == 302
    assert LeadAction.objects.count() == Push.objects.filter(lead_list=None).count() == 1
    long_ago = "2026-01-01T00:00:00Z"  # the ten seconds to cancel are over
    Push.objects.update(starts_at=long_ago)
    Delivery.objects.update(next_at=long_ago)
    drain()
    assert last_body(sandbox) == {
        "fields": {"phone": lead.phone},
        "actions": [
            {
                "type": "ACTION_1002",
                "fields": {
                    "note": "called back: wants EMI",
                    "cost": 1500.5,
                    "visited_on": "01/06/2026 00:00:00",
                },
                "created_on": "01/06/2026 10:30:00",
            }
        ],
    }
    story = text_of(manager.get(f"/leads/{lead.pk}/story/").content)
    assert "Action 1002" in story


def test_a_payment_is_written_in_money_and_asked_for_what_it_lacks(
    manager: Client, sandbox: Sandbox
) -> None:
    lead = Lead.objects.get()
    form = typed(amount="0", currency="INR", status="COMPLETED")
    refused = manager.post(page(lead, "?what=payment"), form)
    assert refused.status_code == 422
    assert "write a number above 0" in text_of(refused.content)
    refused = manager.post(page(lead, "?what=payment"), {**form, "amount": "5.005"})
    assert "more than two decimals" in text_of(refused.content)
    assert not LeadAction.objects.exists()
    manager.post(page(lead, "?what=payment"), form | {"amount": "5,000"})
    action = LeadAction.objects.get()
    assert (action.kind, str(action.payment_amount)) == ("PAYMENT", "5000.00")
    assert "Payment of 5,000.00 INR" in text_of(manager.get(f"/leads/{lead.pk}/story/").content)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": ""}, "Action: Fill this in."),
        ({"kind": "not a code!"}, "code is missing. Telecrm shows it"),
        ({"fields_text": "cost (colour): 5"}, "“cost (colour)” is no field"),
        ({"fields_text": "cost (number): five"}, "is not a plain number"),
        ({"created_on": "31/02/2026"}, "is not a date"),
    ],
)
def test_what_telecrm_would_drop_is_refused_where_it_was_written(
    values: dict[str, str], words: str, manager: Client
) -> None:
    answer = manager.post(page(Lead.objects.get()), typed(**values))
    assert answer.status_code == 422
    assert words in text_of(answer.content)
    assert not LeadAction.objects.exists()


def test_a_lead_that_is_not_there_yet_goes_there_first(manager: Client) -> None:
    old = Lead.objects.get()
    lead = Lead.objects.create(team=old.team, lead_list=old.lead_list, phone="+919800000777")
    answer = manager.post(page(lead), typed())
    assert "is not at Main yet" in text_of(answer.content)


def test_the_buttons_stand_where_a_timeline_is_kept_and_one_may_send(
    manager: Client, client: Client, telecrm: Account
) -> None:
    story = f"/leads/{Lead.objects.get().pk}/story/"
    assert "Record a payment" in text_of(manager.get(story).content)
    Account.objects.update(provider="telecmi")
    assert "Record a payment" not in text_of(manager.get(story).content)
    Account.objects.update(provider="telecrm")
    client.force_login(UserFactory.create(team=telecrm.team, team__role=Role.VIEWER))
    assert "Record a payment" not in text_of(client.get(story).content)
    assert client.get(page(Lead.objects.get())).status_code == 403


def test_the_command_line_writes_and_sends_the_same(telecrm: Account, sandbox: Sandbox) -> None:
    phone = Lead.objects.get().phone
    words = ("action", "add", phone, "1002", "note=met", "cost:number=15", "--account", "Main")
    out = io.StringIO()
    call_command(*words, "--json", stdout=out)
    assert json.loads(out.getvalue())["kind"] == "1002"
    paid = ("PAYMENT", "amount=5000", "currency=INR", "status=COMPLETED")
    call_command("action", "add", phone, *paid, "--account", "Main", stdout=io.StringIO())
    assert push("actions", "--account", "Main")["accepted"] == 2
    bodies = [one["body"]["actions"][0] for one in sandbox.journal("telecrm")[-2:]]
    assert {body["type"] for body in bodies} == {"ACTION_1002", "PAYMENT"}
    with pytest.raises(CommandError, match="A payment has no note"):
        call_command("action", "add", phone, *paid, "note=x", "--account", "Main")
    with pytest.raises(CommandError, match="No lead has the number"):
        call_command("action", "add", "+919811111111", "1002", "--account", "Main")


def test_a_refused_action_is_written_anew_and_needs_nobody_any_more(
    manager: Client, sandbox: Sandbox
) -> None:
    lead = Lead.objects.get()
    body = '{"error": {"code": "INVALID_REQUEST", "message": "cost is no number"}}'
    refusal = {"provider": "telecrm", "kind": "custom", "status": 400, "body": body, "times": 1}
    sandbox.faults([refusal])
    manager.post(page(lead), typed(fields_text="note: EMI\ncost: a lot"))
    Push.objects.update(starts_at="2026-01-01T00:00:00Z")
    drain()
    old = LeadAction.objects.get()
    problem = next(
        fix["url"] for fix in manager.get("/problems/").context["fixes"] if "action" in fix["title"]
    )
    grid = manager.get(problem).content.decode()
    assert "cost is no number" in grid
    again = page(lead, f"?again={old.pk}")
    assert f'href="{again}"' in grid
    form = manager.get(again).content.decode()
    assert "note: EMI" in form
    assert "cost: a lot" in form
    for _ in range(2):
        manager.post(again, typed(fields_text="note: EMI\ncost (number): 9", click="two"))
    assert LeadAction.objects.filter(deleted_at=None).get() != old
    assert "Nothing needs you." in text_of(manager.get("/problems/").content)
    elsewhere = page(Lead.objects.get(), "?again=999999")
    assert manager.get(elsewhere).status_code == 200
