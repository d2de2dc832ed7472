"""The eight ways records leave this house, as the crash suite sets them up and counts them.

Each one makes a small world of its own (team, account, records), plans the send, and reads from
the sandbox's state how many copies of each record the provider has.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from access.models import Account, Team
from campaigns.models import Agent, Campaign, CampaignAgent
from leads import editing
from leads.models import Contact, Lead, LeadList, ListPart
from sync.models import DeliveryItem, LeadAction, Push
from sync.planning import plan_actions, plan_campaign, plan_contacts, plan_list
from tests.sandbox_server import SMARTFLO, TELECMI, TELECMI_USER, TELECRM, Sandbox

PACE = 200.0
EDITED = " corrected"
KNOWN_BEFORE = "+919700000002"  # the phone book has this one already


@dataclass
class World:
    """One scenario's records and how to send them; `plan(click)` may be called again."""

    account: Account
    plan: Callable[[str], Push]
    pushes: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """One endpoint under test.

    `wire` is its name in the sandbox; `copies(state)` counts what the provider has by the key that
    `key(item)` gives; `names(state)` reads the name each number has there, where an edit shows.
    """

    name: str
    provider: str
    wire: str
    make: Callable[[Sandbox, Account], Callable[[str], Push]]
    copies: Callable[[Mapping[str, Any]], Counter[str]]
    key: Callable[[DeliveryItem], str]
    names: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
    repeatable: bool = True
    same_bytes: bool = False
    credentials: Mapping[str, object] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """The account's settings; only a clone is looked up, the others settle by repeating."""
        looked_up = {} if self.name == "clone" else {"look_up": "off"}
        return {"reference_field": "reference", **looked_up}

    def world(self, sandbox: Sandbox, name: str) -> World:
        """Make the records of one scenario."""
        account = Account.objects.create(
            team=Team.objects.create(name=name),
            provider=self.provider,
            name="Main",
            base_url=sandbox.base_url(self.provider),
            credentials=texts(self.credentials),
            settings=self.settings,
            pace=PACE,
        )
        return World(account, self.make(sandbox, account))


def texts(values: Mapping[str, object]) -> Any:
    """Return credentials as an account keeps them."""
    return {key: str(value) for key, value in values.items()}


def a_list(account: Account, count: int, first: int = 0) -> LeadList:
    """Make a list of `count` leads."""
    made = LeadList.objects.create(
        team=account.team, name="Q2", provider_settings={"smartflo_list_id": SMARTFLO["list_id"]}
    )
    Lead.objects.bulk_create(
        Lead(
            team=account.team,
            lead_list=made,
            phone=f"+9198{n:08d}",
            phone_rev=f"{n:08d}"[::-1] + "8919",
            first_name=f"Asha {n}",
        )
        for n in range(first, first + count)
    )
    return made


def list_of(count: int, **options: Any) -> Callable[[Sandbox, Account], Callable[[str], Push]]:
    """Return a maker of a list that is sent whole."""

    def make(sandbox: Sandbox, account: Account) -> Callable[[str], Push]:
        made = a_list(account, count)
        return lambda click: plan_list(made, account, by=None, click_token=click, options=options)

    return make


def phone_book(sandbox: Sandbox, account: Account) -> Callable[[str], Push]:
    """Five contacts, one of which TeleCMI has already: its 409 names none."""
    token = TELECMI["token"]
    there = {"phone_no": KNOWN_BEFORE[1:], "first_name": "Ravi", "last_name": "Iyer"}
    body = {"token": token, "contacts": [there]}
    status, answer = sandbox.request("POST", "/telecmi/v3/contact/add", body)
    assert status == 200, answer
    for n in range(5):
        Contact.objects.create(
            team=account.team, phone=f"+9197{n:08d}", first_name=f"Ravi {n}", last_name="Iyer"
        )
    return lambda click: plan_contacts(account.team, account, by=None, click_token=click)


def campaign(sandbox: Sandbox, account: Account) -> Callable[[str], Push]:
    """A progressive campaign over a part that TeleCMI has."""
    made = a_list(account, 1)
    group = str(uuid.uuid4())
    sandbox.add_account("telecmi", **TELECMI, groups=[{"name": "Q2 [abcdef]", "leads_id": group}])
    part = ListPart.objects.create(
        account=account,
        lead_list=made,
        number=1,
        token="abcdef",
        wire_name="Q2 [abcdef]",
        provider_leads_id=group,
    )
    planned = Campaign.objects.create(
        team=account.team,
        account=account,
        lead_list=made,
        part=part,
        name="Q2 calls",
        dialer_type="progressive",
        start_date=date(2097, 1, 7),
        end_date=date(2097, 1, 11),
        start_time=time(9),
        end_time=time(18),
        user_interval="10_s",
    )
    agent = Agent.objects.create(team=account.team, account=account, agent_id="5001_1111112")
    CampaignAgent.objects.create(campaign=planned, agent=agent)
    return lambda click: plan_campaign(planned, by=None, click_token=click)


def payments(sandbox: Sandbox, account: Account) -> Callable[[str], Push]:
    """Three payments of different amounts on one lead's timeline."""
    lead = Lead.objects.get(lead_list=a_list(account, 1))
    made = [
        LeadAction.objects.create(
            team=account.team,
            lead=lead,
            kind="PAYMENT",
            payment_status="COMPLETED",
            payment_currency="INR",
            payment_amount=f"{5000 + n}.00",
        )
        for n in range(3)
    ]
    return lambda click: plan_actions(made, account, by=None, click_token=click)


def telecmi(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what TeleCMI has."""
    found: Mapping[str, Any] = state["telecmi"]["accounts"][str(TELECMI["inet_no"])]
    return found


def telecmi_leads(state: Mapping[str, Any]) -> Counter[str]:
    """Count leads of all groups by their number."""
    return Counter(
        one["phone"][-10:] for group in telecmi(state)["groups"] for one in group["leads"]
    )


def telecmi_contacts(state: Mapping[str, Any]) -> Counter[str]:
    """Count the phone book by number."""
    return Counter(one["phone_no"][-10:] for one in telecmi(state)["contacts"])


def telecmi_campaigns(state: Mapping[str, Any]) -> Counter[str]:
    """Count campaigns by name."""
    return Counter(one["name"] for one in telecmi(state)["campaigns"])


def telecrm_leads(state: Mapping[str, Any]) -> Counter[str]:
    """Count leads by number."""
    rows = state["telecrm"]["accounts"]["practice"]["leads"]
    return Counter(digits(one["fields"]["phone"]) for one in rows)


def telecrm_payments(state: Mapping[str, Any]) -> Counter[str]:
    """Count payments by amount."""
    rows = state["telecrm"]["accounts"]["practice"]["leads"]
    return Counter(f"{float(one['amount']):.2f}" for row in rows for one in row["actions"])


def smartflo_rows(state: Mapping[str, Any]) -> Counter[str]:
    """Count rows of the list by number."""
    rows = state["smartflo"]["accounts"]["practice"]["lists"][0]["rows"]
    return Counter(digits(one["field_0"]) for one in rows)


def telecrm_names(state: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each number's lead."""
    rows = state["telecrm"]["accounts"]["practice"]["leads"]
    return {digits(one["fields"]["phone"]): one["fields"]["name"] for one in rows}


def smartflo_names(state: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each number's row."""
    rows = state["smartflo"]["accounts"]["practice"]["lists"][0]["rows"]
    return {digits(one["field_0"]): one["field_1"] for one in rows}


def edit_one(account: Account) -> None:
    """Let a manager correct the name of one lead."""
    lead = Lead.objects.filter(team=account.team).order_by("pk").first()
    if lead:
        name = {"first_name": f"{lead.first_name}{EDITED}"}
        editing.save(lead, name, by=None, seen=editing.stamp(lead))


def digits(value: object) -> str:
    """Return the last ten digits of a number in any dress."""
    return "".join(one for one in str(value) if one.isdigit())[-10:]


def phone(item: DeliveryItem) -> str:
    """Return the last ten digits of a lead's or contact's number."""
    record = item.lead or item.contact
    return digits(record.phone if record else "")


def campaign_name(item: DeliveryItem) -> str:
    """Return the name a campaign has at TeleCMI."""
    return item.campaign.wire_name if item.campaign else ""


def amount(item: DeliveryItem) -> str:
    """Return the amount of a payment."""
    return f"{item.action.payment_amount:.2f}" if item.action else ""


_USER = {"inet_no": TELECMI["inet_no"], "secret": TELECMI["secret"], **TELECMI_USER}
_LEADS = "leads/add-custom"
_SMARTFLO = {"credentials": {"token": SMARTFLO["token"]}}


def smartflo(name: str, **more: Any) -> Way:
    """Return Smartflo's upload with one way to treat numbers that are there already."""
    made = list_of(3, duplicate_option=name)
    return Way(name, "smartflo", "leads/bulk", made, smartflo_rows, phone, **{**_SMARTFLO, **more})


WAYS: dict[str, Way] = {
    way.name: way
    for way in (
        Way(
            "leads", "telecmi", _LEADS, list_of(3), telecmi_leads, phone,
            same_bytes=True, credentials=TELECMI,
        ),
        Way(
            "contacts", "telecmi", "contact/add", phone_book, telecmi_contacts, phone,
            credentials=TELECMI,
        ),
        Way(
            "sign-in", "telecmi", "contact/add", phone_book, telecmi_contacts, phone,
            credentials=_USER,
        ),
        Way(
            "campaign", "telecmi", "campaign/create", campaign, telecmi_campaigns, campaign_name,
            same_bytes=True, credentials=TELECMI,
        ),
        Way(
            "fields", "telecrm", "autoupdatelead", list_of(3), telecrm_leads, phone, telecrm_names,
            credentials=TELECRM,
        ),
        Way(
            "actions", "telecrm", "autoupdatelead", payments, telecrm_payments, amount,
            repeatable=False, credentials=TELECRM,
        ),
        smartflo("skip"),
        smartflo("overwrite", names=smartflo_names),
        smartflo("clone", repeatable=False),
    )
}  # fmt: skip

# The same endpoints with more records: for races, restarts and a kill in the middle of a plan.
FULL = os.environ.get("CRASH_MATRIX") == "full"
BULK: dict[str, Way] = {
    "many": replace(WAYS["fields"], name="many", make=list_of(2_000 if FULL else 120)),
    "ten thousand": replace(
        WAYS["leads"], name="ten thousand", make=list_of(10_000), same_bytes=False
    ),
}
