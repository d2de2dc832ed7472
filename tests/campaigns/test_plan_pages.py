"""One plan for all parts of a list, on its page and in the ledger."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from access.models import Account, Team
from campaigns.models import Agent, Campaign
from leads.models import LeadList, ListPart
from sync.models import Push
from tests.campaigns import plans
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def account(team: Team) -> Account:
    return plans.account_with_agents(team, 12)


@pytest.fixture
def lead_list(team: Team, account: Account) -> LeadList:
    return plans.list_in_parts(team, account)


@pytest.fixture
def manager(client: Client, team: Team) -> Client:
    client.force_login(UserFactory.create(team=team))
    return client


def posted(**changed: Any) -> dict[str, Any]:
    """What the plan's form posts."""
    form = plans.posted(None, list(Agent.objects.order_by("pk")), share="together", verb="create")
    pasted = "\n".join(f"Diwali balance transfer [{token}]\t{uuid4()}" for token in plans.TOKENS)
    return {**form, "ids": pasted, **changed}


def of_plan(lead_list: LeadList, account: Account) -> str:
    return f"/campaigns/plan/{lead_list.pk}/{account.pk}/"


def words_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def test_a_list_in_parts_leads_to_the_plan(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    answer = manager.get(f"/campaigns/new/?list={lead_list.pk}")
    assert answer.headers["Location"] == of_plan(lead_list, account)
    page = words_of(manager.get(of_plan(lead_list, account)).content)
    assert "One plan, 3 campaigns" in page
    assert "2,500 leads" in page


def test_one_press_and_one_paste_make_three_campaigns(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    form = posted()
    answer = manager.post(of_plan(lead_list, account), form)
    made = list(Campaign.objects.order_by("pk"))
    assert answer.status_code == 307
    assert [len(one.agents_in_order()) for one in made] == [4, 4, 4]
    assert all(one.part and one.part.provider_leads_id for one in made)
    manager.post(answer.headers["Location"], form)
    manager.post(answer.headers["Location"], form)
    assert Push.objects.count() == 3
    assert set(Campaign.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_part_without_its_id_waits_and_the_others_go(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    form = posted(ids=f"[k7f3qa] {uuid4()}\n[p2w8md] {uuid4()}")
    live = words_of(manager.post(of_plan(lead_list, account), {**form, "verb": "check"}).content)
    assert "Create 2 now, 1 later" in live
    answer = manager.post(of_plan(lead_list, account), form)
    assert answer.headers["Location"].count("campaign=") == 2
    waiting = Campaign.objects.get(part__token="t9c4vx")
    assert waiting.wanted_at is not None


def test_one_after_another_waits_for_a_person(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    form = posted(share="after")
    answer = manager.post(of_plan(lead_list, account), form)
    first, second, third = Campaign.objects.order_by("pk")
    assert answer.headers["Location"].count("campaign=") == 1
    manager.post(answer.headers["Location"], form)
    assert (second.follows, third.follows) == (first, second)
    assert str(first.end_date) < str(second.start_date)
    manager.post(f"/campaigns/{second.pk}/send/", {"click": "early"})
    second.refresh_from_db()
    assert second.state == "draft"
    Campaign.objects.filter(pk=first.pk).update(state="created")
    manager.post(f"/campaigns/{first.pk}/ended/")
    manager.post(f"/campaigns/{second.pk}/send/", {"click": "now"})
    second.refresh_from_db()
    assert second.state == "waiting"


def test_too_few_agents_are_said_where_they_are_shared(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    form = posted(agents=[Agent.objects.first().pk])  # type: ignore[union-attr]
    answer = manager.post(of_plan(lead_list, account), form)
    assert answer.status_code == 422
    assert "cannot be shared over 3 parts" in words_of(answer.content)
    assert not Campaign.objects.exists()


def test_a_pasted_line_that_fits_nothing_stops_the_plan(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    answer = manager.post(of_plan(lead_list, account), posted(ids=f"Other [zz99zz] {uuid4()}"))
    assert answer.status_code == 422
    assert "No part is called" in words_of(answer.content)
    assert not ListPart.objects.exclude(provider_leads_id=None).exists()


def test_a_double_click_makes_the_campaigns_once(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    form = posted()
    first, second = (manager.post(of_plan(lead_list, account), form) for _press in (1, 2))
    assert Campaign.objects.count() == 3
    assert first.headers["Location"] == second.headers["Location"]


def test_a_change_of_a_field_never_saves_whatever_button_was_pressed_last(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    manager.post(of_plan(lead_list, account), posted(), headers={"HX-Request": "true"})
    assert not Campaign.objects.exists()


def test_a_hundred_agents_are_the_most_of_each_campaign_not_of_the_plan(
    manager: Client, lead_list: LeadList, account: Account
) -> None:
    names = "\n".join(f"{7000 + number}_2224257" for number in range(300))
    answer = manager.post(of_plan(lead_list, account), posted(agents=[], agent_ids=names))
    assert answer.status_code == 307
    made = Campaign.objects.order_by("pk")
    assert [len(one.agents_in_order()) for one in made] == [100, 100, 100]


@pytest.mark.parametrize(("share", "count"), [("together", 301), ("after", 101)])
def test_one_agent_too_many_in_any_campaign_is_refused(
    share: str, count: int, manager: Client, lead_list: LeadList, account: Account
) -> None:
    names = "\n".join(f"{7000 + number}_2224257" for number in range(count))
    form = posted(agents=[], agent_ids=names, share=share)
    answer = manager.post(of_plan(lead_list, account), form)
    assert answer.status_code == 422
    assert "101 agents are too many: TeleCMI takes 100 at most." in words_of(answer.content)
    assert not Campaign.objects.exists()
