"""The other calls through the house: Telecrm, Smartflo, phone book, campaign, actions."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError

from access.models import Account
from campaigns.models import Agent, Campaign, CampaignAgent
from leads.models import Contact, Lead, LeadList, ListPart
from sync import levers
from sync.models import Attempt, Delivery, DeliveryItem, LeadAction
from tests.factories import LeadListFactory, TeamFactory
from tests.sandbox_server import SMARTFLO, TELECMI, TELECMI_USER, TELECRM, Sandbox
from tests.test_sending_leads import leads, push, telecmi

pytestmark = pytest.mark.django_db(transaction=True)


def account(sandbox: Sandbox, provider: str, values: dict[str, Any], pace: float = 100) -> Account:
    """An account of the sandbox at `provider`, called "Main"."""
    team = TeamFactory.create() if not LeadList.objects.exists() else LeadList.objects.get().team
    return Account.objects.create(
        team=team,
        provider=provider,
        name="Main",
        base_url=sandbox.base_url(provider),
        credentials={key: str(value) for key, value in values.items()},
        pace=pace,
    )


@pytest.fixture
def lead_list() -> LeadList:
    """A list called Q2 that knows its Smartflo list."""
    return LeadListFactory.create(
        team=TeamFactory.create(), name="Q2", provider_settings={"smartflo_list_id": "441940"}
    )


def test_telecrm_gets_one_request_per_lead_and_says_given_not_confirmed(
    sandbox: Sandbox, lead_list: LeadList
) -> None:
    account(sandbox, "telecrm", TELECRM)
    leads(lead_list, 60)
    summary = push("list", "Q2", "--account", "Main")
    assert summary["accepted"] == summary["total"] == 60
    journal = sandbox.journal("telecrm")
    assert len(journal) == 60
    assert Lead.objects.filter(push_state="given").count() == 60
    assert Attempt.objects.count() == 60


def test_telecrm_repeats_a_lead_whose_reply_was_lost(
    sandbox: Sandbox, lead_list: LeadList, settings: Any
) -> None:
    settings.LEDGER_TIME_SCALE = 20
    account(sandbox, "telecrm", TELECRM)
    leads(lead_list, 20)
    sandbox.faults([{"provider": "telecrm", "kind": "drop_after_commit", "times": 5}])
    summary = push("list", "Q2", "--account", "Main")
    assert summary["accepted"] == 20
    assert summary["uncertain"] == 0


def test_smartflo_gets_batches_of_at_most_500_in_the_list_named(
    sandbox: Sandbox, lead_list: LeadList
) -> None:
    account(sandbox, "smartflo", {"token": SMARTFLO["token"]})
    leads(lead_list, 1200)
    summary = push("list", "Q2", "--account", "Main")
    assert summary["accepted"] == 1200
    assert [d.item_count for d in Delivery.objects.order_by("number")] == [400, 400, 400]


def test_a_clone_that_is_not_seen_there_rests_until_a_person_decides(
    sandbox: Sandbox, lead_list: LeadList
) -> None:
    account(sandbox, "smartflo", {"token": SMARTFLO["token"]})
    leads(lead_list, 3)
    sandbox.faults([{"provider": "smartflo", "kind": "reset_before", "times": 1}])
    options = ("--option", "duplicate_option=clone")
    summary = push("list", "Q2", "--account", "Main", *options)
    assert summary["uncertain"] == 3
    posts = [one for one in sandbox.journal("smartflo") if one["method"] == "POST"]
    assert len(posts) == 1
    delivery = Delivery.objects.get(state="uncertain")
    levers.decide(delivery, "there", "Seen in the portal", None)
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert DeliveryItem.objects.filter(state="delivered").count() == 3


def test_a_list_without_its_smartflo_list_says_which_value_is_missing(sandbox: Sandbox) -> None:
    lead_list = LeadListFactory.create(team=TeamFactory.create(), name="Q2")
    account(sandbox, "smartflo", {"token": SMARTFLO["token"]})
    leads(lead_list, 3)
    with pytest.raises(CommandError, match="Smartflo list id"):
        push("list", "Q2", "--account", "Main")
    assert not Delivery.objects.exists()


def contacts(team: Any, count: int) -> None:
    """Fill the phone book."""
    for n in range(count):
        Contact.objects.create(
            team=team, phone=f"+9197{n:08d}", first_name=f"Ravi {n}", last_name="Iyer"
        )


def test_a_phone_book_with_known_contacts_is_settled_contact_by_contact(sandbox: Sandbox) -> None:
    owner = account(sandbox, "telecmi", TELECMI)
    contacts(owner.team, 12)
    push("contacts", "--account", "Main")
    contacts_before = Contact.objects.count()
    contacts_again = [
        Contact.objects.create(
            team=owner.team, phone=f"+9196{n:08d}", first_name="N", last_name="M"
        )
        for n in range(5)
    ]
    assert contacts_before == 12
    owner.pk = None
    owner.name = "Second"
    owner.save()
    summary = push("contacts", "--account", "Second")
    assert summary["total"] == 17
    assert summary["already_there"] == 12
    assert summary["delivered"] == len(contacts_again)


def test_a_user_and_password_sign_in_before_the_first_contact(sandbox: Sandbox) -> None:
    values = {key: TELECMI[key] for key in ("inet_no", "secret")} | TELECMI_USER
    owner = account(sandbox, "telecmi", values)
    contacts(owner.team, 2)
    assert push("contacts", "--account", "Main")["delivered"] == 2
    owner.refresh_from_db()
    assert owner.credentials["token"]
    stored = str(list(Attempt.objects.values()))
    assert owner.credentials["token"] not in stored
    assert TELECMI_USER["password"] not in stored


@pytest.fixture
def campaign(sandbox: Sandbox, lead_list: LeadList) -> Campaign:
    """A progressive campaign over a part that TeleCMI has."""
    owner = telecmi(sandbox, lead_list.team)
    leads(lead_list, 3)
    push("list", "Q2", "--account", owner.name)
    part = ListPart.objects.get()
    group = sandbox.state("telecmi")["accounts"][str(TELECMI["inet_no"])]["groups"][0]
    part.provider_leads_id = UUID(group["leads_id"])
    part.save()
    planned = Campaign.objects.create(
        team=lead_list.team,
        account=owner,
        lead_list=lead_list,
        part=part,
        name="Q2 calls",
        dialer_type="progressive",
        start_date=date(2097, 1, 4),
        end_date=date(2097, 1, 8),
        start_time=time(9),
        end_time=time(18),
        user_interval="10_s",
    )
    agent = Agent.objects.create(team=lead_list.team, account=owner, agent_id="5001_1111112")
    CampaignAgent.objects.create(campaign=planned, agent=agent)
    return planned


def test_a_campaign_is_created_once_even_when_the_reply_is_lost(
    sandbox: Sandbox, campaign: Campaign, settings: Any
) -> None:
    settings.LEDGER_TIME_SCALE = 20
    lost = {"provider": "telecmi", "endpoint": "campaign/create", "kind": "drop_after_commit"}
    sandbox.faults([lost])
    summary = push("campaign", "Q2 calls")
    campaign.refresh_from_db()
    delivery = Delivery.objects.get(endpoint="campaign")
    there = sandbox.state("telecmi")["accounts"][str(TELECMI["inet_no"])]["campaigns"]
    assert len(there) == 1
    assert summary["total"] == 1
    assert (campaign.state, delivery.state) == ("created", "delivered")
    assert delivery.evidence == "inferred"


def test_a_campaign_without_its_list_id_is_not_planned(campaign: Campaign) -> None:
    ListPart.objects.update(provider_leads_id=None)
    with pytest.raises(CommandError, match="has no TeleCMI Main id yet"):
        push("campaign", "Q2 calls")


def test_an_action_whose_reply_is_lost_is_never_repeated(
    sandbox: Sandbox, lead_list: LeadList
) -> None:
    account(sandbox, "telecrm", {k: v for k, v in TELECRM.items() if k != "sync_token"})
    leads(lead_list, 1)
    push("list", "Q2", "--account", "Main")
    LeadAction.objects.create(
        team=lead_list.team,
        lead=Lead.objects.get(),
        kind="PAYMENT",
        payment_status="COMPLETED",
        payment_currency="INR",
        payment_amount="5000.00",
    )
    sandbox.faults([{"provider": "telecrm", "kind": "drop_after_commit", "times": 1}])
    summary = push("actions", "--account", "Main")
    assert summary["uncertain"] == 1
    assert len(sandbox.journal("telecrm")) == 2
