"""Agents: entered by id, found, and what is left to do when one goes."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from access.models import AuditEvent, Team
from campaigns.models import Agent, AgentSet, Campaign
from tests.campaigns import plans
from tests.factories import AccountFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def manager(client: Client, team: Team) -> Client:
    client.force_login(UserFactory.create(team=team))
    return client


def words_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def test_a_pasted_column_becomes_agents_and_known_ones_keep_their_names(
    manager: Client, team: Team
) -> None:
    account = AccountFactory.create(team=team)
    lines = '5159_2224257\tAarti Shinde\n"5160_2224257","Balaji Rao"\n5161_2224257'
    manager.post("/agents/add/", {"account": account.pk, "lines": lines})
    manager.post("/agents/add/", {"account": account.pk, "lines": "5159_2224257"})
    assert list(
        Agent.objects.order_by("agent_id").values_list("agent_id", "name", "extension")
    ) == [
        ("5159_2224257", "Aarti Shinde", "5159"),
        ("5160_2224257", "Balaji Rao", "5160"),
        ("5161_2224257", "", "5161"),
    ]


def test_a_line_that_is_no_agent_is_named(manager: Client, team: Team) -> None:
    account = AccountFactory.create(team=team)
    form = {"account": account.pk, "lines": "5159_2224257\naarti"}
    answer = manager.post("/agents/add/", form)
    assert answer.status_code == 422
    assert "Line 2: aarti is not an agent id" in words_of(answer.content)
    assert not Agent.objects.exists()


def test_an_agent_who_left_is_out_of_drafts_and_the_rest_is_listed(
    manager: Client, team: Team
) -> None:
    account = plans.account_with_agents(team)
    part = plans.list_in_parts(team, account, (10,)).parts.get()
    agent, *others = Agent.objects.order_by("pk")
    account.credentials = {"user_id": agent.agent_id, "password": "x"}
    account.save()
    draft = plans.saved(part, [agent, *others])
    live = plans.saved(part, [agent], name="Live one")
    Campaign.objects.filter(pk=live.pk).update(state="created")
    AgentSet.objects.create(team=team, name="Hindi team").agents.set([agent, *others])
    manager.post(f"/agents/{agent.pk}/left/")
    assert draft.agents_in_order() == others
    assert agent not in AgentSet.objects.get().agents.all()
    page = words_of(manager.get(f"/agents/{agent.pk}/").content)
    assert "Still to correct" in page
    assert "Live one" in page
    assert "Their sign-in opens the TeleCMI phone book" in page
    assert AuditEvent.objects.filter(kind="agent.left").exists()
    assert str(agent) not in words_of(manager.get("/agents/").content)
    assert str(agent) in words_of(manager.get("/agents/?show=left").content)


def test_who_is_busy_where_is_shown_as_far_as_we_know(manager: Client, team: Team) -> None:
    account = plans.account_with_agents(team, 2)
    part = plans.list_in_parts(team, account, (10,)).parts.get()
    live = plans.saved(part, list(Agent.objects.all()[:1]), name="Live one")
    Campaign.objects.filter(pk=live.pk).update(state="by_hand")
    page = words_of(manager.get("/agents/").content)
    assert page.count("Live one") == 1
    assert page.count("Free, as far as we know") == 1
