"""The launch sheet: every lead in one line, every figure opens its rows and its CSV."""

from __future__ import annotations

import csv
import io
import re
from random import Random

import pytest
from django.test import Client

from access.models import Account, Team
from campaigns.models import Agent, Campaign
from leads.models import LeadList, ListPart
from sync import launch
from sync.models import Delivery, DeliveryItem, Standing, State
from tests.campaigns import plans
from tests.factories import (
    DoNotCallFactory,
    LeadFactory,
    LeadListFactory,
    PushFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def account(team: Team) -> Account:
    return plans.account_with_agents(team)


def deliver(part: ListPart, leads: list[int], state: str) -> None:
    """Leads of a part that ended in `state`."""
    delivery = Delivery.objects.create(
        push=PushFactory.create(account=part.account),
        account=part.account,
        part=part,
        endpoint="leads",
    )
    for lead in leads:
        DeliveryItem.objects.create(delivery=delivery, lead_id=lead, state=state)
        Standing.objects.create(account=part.account, lead_id=lead, state=state)


@pytest.fixture
def lead_list(team: Team, account: Account) -> LeadList:
    """Ten leads: five there, one of them do-not-call, one in another campaign; two refused, ..."""
    made = plans.list_in_parts(team, account, (8,))
    leads = LeadFactory.create_batch(10, lead_list=made, team=team)
    part = made.parts.get()
    deliver(part, [lead.pk for lead in leads[:5]], State.DELIVERED)
    deliver(part, [lead.pk for lead in leads[5:7]], State.REJECTED)
    deliver(part, [leads[7].pk], State.UNCERTAIN)
    DoNotCallFactory.create(team=team, phone=leads[0].phone)
    other = LeadListFactory.create(team=team)
    twin = LeadFactory.create(lead_list=other, team=team, phone=leads[1].phone)
    other_part = ListPart.objects.create(
        account=account, lead_list=other, number=1, token="zz99zz", wire_name="Other [zz99zz]"
    )
    deliver(other_part, [twin.pk], State.DELIVERED)
    live = plans.saved(other_part, list(Agent.objects.all()))
    Campaign.objects.filter(pk=live.pk).update(state="created")
    return made


def figures(lead_list: LeadList, account: Account) -> dict[str, int]:
    sheet = launch.sheet(launch.Scope(lead_list, account))
    assert sheet.adds_up
    return {row.reason: row.count for row in sheet.rows} | {"total": sheet.total}


def test_every_lead_stands_in_one_line(lead_list: LeadList, account: Account) -> None:
    assert figures(lead_list, account) == {
        "called": 3,
        "do-not-call": 1,
        "duplicate": 1,
        "refused": 2,
        "unsure": 1,
        "not-sent": 2,
        "total": 10,
    }


def test_it_adds_up_whatever_happened_to_the_leads(team: Team, account: Account) -> None:
    chance = Random(7)
    made = plans.list_in_parts(team, account, (60,))
    for lead in LeadFactory.create_batch(60, lead_list=made, team=team):
        if chance.random() < 0.8:
            Standing.objects.create(account=account, lead=lead, state=chance.choice(State.values))
        if chance.random() < 0.2:
            DoNotCallFactory.create(team=team, phone=lead.phone)
    found = figures(made, account)
    assert found.pop("total") == sum(found.values()) == 60


def test_each_figure_opens_its_rows_and_its_csv(
    client: Client, team: Team, lead_list: LeadList, account: Account
) -> None:
    client.force_login(UserFactory.create(team=team))
    address = f"/campaigns/launch/{lead_list.pk}/{account.pk}/"
    page = client.get(address).content.decode()
    assert "3 of 10 leads will be called" in page
    for reason, count in re.findall(r'\?reason=([\w-]+)#rows">(\d+)</a></td>', page):
        rows = client.get(f"{address}?reason={reason}").content.decode()
        assert rows.count('<tr><th scope="row"><a href="/leads/') == int(count)
        text = client.get(f"{address}?reason={reason}&as=csv").content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text)))
        assert len(lines) == int(count) + 1
        assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line)


def test_one_campaign_counts_its_own_part(
    client: Client, team: Team, lead_list: LeadList, account: Account
) -> None:
    campaign = plans.saved(lead_list.parts.get(), [])
    client.force_login(UserFactory.create(team=team))
    page = client.get(f"/campaigns/{campaign.pk}/launch/").content.decode()
    assert "3 of 8 leads will be called" in page
