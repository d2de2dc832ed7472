"""Every documented status line of the five seeds, through the whole house: end, quote, sentence."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from access.models import Account, Hold
from leads.models import Contact, LeadList
from sync.models import Delivery, DeliveryItem, Push
from tests.factories import LeadListFactory, TeamFactory
from tests.reliability.conftest import drain
from tests.sandbox_server import SMARTFLO, TELECMI, TELECRM, Sandbox
from tests.test_sending_elsewhere import campaign  # noqa: F401 - a fixture
from tests.test_sending_leads import leads, push

pytestmark = pytest.mark.django_db(transaction=True)

STOPPED = "stopped"
LEADS = [
    (200, "Leads Added Successfully", "delivered"),
    (400, "Duplicate lead_id Found", "rejected"),
    (400, "lead_id Already Exists", "rejected"),
    (400, "Duplicate Phone Numbers Found", "rejected"),
    (400, "Lead Name Already Exists", "rejected"),
    (404, "Account Not Found (Invalid secret or inet_no)", STOPPED),
    (422, "Schema validation failed (e.g., missing required field)", "rejected"),
]
CONTACT = [
    (200, "Contact added successfully", "delivered"),
    (400, "Invalid request parameters / Validation error", "rejected"),
    (404, "Authenticated user record not found", STOPPED),
    (409, "Duplicate contact detected within the organization", "already_there"),
    (500, "Something went wrong!", "retry_wait"),
]
CAMPAIGN = [
    (200, "Campaign created successfully", "delivered"),
    (400, "Campaign Name Already Exists", "rejected"),
    (400, "Leads ID Not Found", "rejected"),
    (400, "Lead already mapped to another campaign", "rejected"),
    (400, "Invalid agent IDs", "rejected"),
    (400, "User already mapped to another campaign", "rejected"),
    (404, "App Not Found", STOPPED),
    (422, "Validation Failed (e.g., missing required field or invalid format)", "rejected"),
    (500, "Internal Server Error", "retry_wait"),
]


def answers(sandbox: Sandbox, provider: str, endpoint: str, status: int, body: Any) -> None:
    """Let the sandbox answer the next request to `endpoint` with `body`."""
    rule = {
        "provider": provider,
        "endpoint": endpoint,
        "kind": "custom",
        "status": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
        "times": -1,
    }
    sandbox.faults([rule], replace=True)


def judge(expected: str, said: str, *words: str) -> Delivery:
    """Send, and check the end, the quote and that our sentence is there."""
    call_command("push", *words, stdout=io.StringIO())
    drain()
    delivery = Delivery.objects.order_by("-pk")[0]
    assert said == delivery.quote
    assert len(delivery.reason) > 15
    if expected == STOPPED:
        hold = Hold.objects.get(released_at=None)
        assert hold.quote == said
        assert delivery.state == "queued"
        return delivery
    assert delivery.state == expected
    assert not Hold.objects.exists()
    item = DeliveryItem.objects.filter(delivery=delivery)[0]
    assert item.state == ("queued" if expected == "retry_wait" else expected)
    return delivery


def an_account(sandbox: Sandbox, provider: str, values: dict[str, Any], team: Any) -> Account:
    """An account called "Main"."""
    return Account.objects.create(
        team=team,
        provider=provider,
        name="Main",
        base_url=sandbox.base_url(provider),
        credentials={key: str(value) for key, value in values.items()},
        pace=100,
    )


@pytest.fixture
def lead_list() -> LeadList:
    """A list called Q2 that knows its Smartflo list."""
    return LeadListFactory.create(
        team=TeamFactory.create(), name="Q2", provider_settings={"smartflo_list_id": "441940"}
    )


@pytest.mark.parametrize(("status", "said", "expected"), LEADS)
def test_each_line_of_seed_000_ends_as_documented(
    sandbox: Sandbox, lead_list: LeadList, status: int, said: str, expected: str
) -> None:
    an_account(sandbox, "telecmi", TELECMI, lead_list.team)
    leads(lead_list, 2)
    answers(sandbox, "telecmi", "leads/add-custom", status, {"code": status, "msg": said})
    judge(expected, said, "list", "Q2", "--account", "Main")


@pytest.mark.parametrize(("status", "said", "expected"), CONTACT)
def test_each_line_of_seed_001_ends_as_documented(
    sandbox: Sandbox, lead_list: LeadList, status: int, said: str, expected: str
) -> None:
    owner = an_account(sandbox, "telecmi", TELECMI, lead_list.team)
    Contact.objects.create(
        team=owner.team, phone="+919812345678", first_name="Ravi", last_name="Iyer"
    )
    answers(sandbox, "telecmi", "contact/add", status, {"code": status, "msg": said})
    judge(expected, said, "contacts", "--account", "Main")


@pytest.mark.parametrize(("status", "said", "expected"), CAMPAIGN)
@pytest.mark.usefixtures("campaign")
def test_each_line_of_seed_003_ends_as_documented(
    sandbox: Sandbox, status: int, said: str, expected: str
) -> None:
    answers(sandbox, "telecmi", "campaign/create", status, {"code": status, "msg": said})
    judge(expected, said, "campaign", "Q2 calls")


def test_telecrm_takes_a_lead_without_confirming_it(sandbox: Sandbox, lead_list: LeadList) -> None:
    an_account(sandbox, "telecrm", TELECRM, lead_list.team)
    leads(lead_list, 1)
    push("list", "Q2", "--account", "Main")
    assert Delivery.objects.get().state == "accepted"
    assert Push.objects.get().accepted == 1


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"success": True, "message": "Leads created"}, "accepted"),
        (200, {"Success": True, "Message": "Leads created"}, "accepted"),
        (200, {"success": False, "message": "Bad list"}, "rejected"),
        (400, {"success": True, "message": "Bad list"}, "rejected"),
        (401, {"success": False, "message": "Unauthorized"}, STOPPED),
        (429, {"success": "false", "message": "Too many requests."}, "retry_wait"),
    ],
)
def test_smartflo_means_what_its_status_says_first(
    sandbox: Sandbox, lead_list: LeadList, status: int, body: dict[str, Any], expected: str
) -> None:
    an_account(sandbox, "smartflo", {"token": SMARTFLO["token"]}, lead_list.team)
    leads(lead_list, 1)
    answers(sandbox, "smartflo", "leads/bulk", status, body)
    said = body.get("message") or body["Message"]
    judge(expected, said, "list", "Q2", "--account", "Main")
