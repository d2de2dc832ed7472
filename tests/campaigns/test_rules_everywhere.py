"""Every rule of the table, broken once on each road a campaign can come in by."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from access.models import User
from campaigns import dialers
from campaigns.forms import CampaignForm
from campaigns.models import Campaign
from leads.models import ListPart
from tests.campaigns import rules
from tests.factories import AccountFactory, AgentFactory, LeadListFactory, TeamFactory

BROKEN = [broken for broken in rules.broken_rules() if broken.field != "leads_id"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def part() -> ListPart:
    """A part at an account with two agents."""
    team = TeamFactory.create()
    account = AccountFactory.create(team=team)
    lead_list = LeadListFactory.create(team=team, name="Top-up loans")
    for agent_id in rules.AGENTS:
        AgentFactory.create(team=team, account=account, agent_id=agent_id)
    return ListPart.objects.create(
        account=account,
        lead_list=lead_list,
        number=1,
        token="r5k8ha",
        wire_name="Top-up loans [r5k8ha]",
        provider_leads_id=rules.PART_ID,
        lead_count=996,
    )


def filled_in(written: dict[str, str], part: ListPart) -> dict[str, Any]:
    """What a browser would post for what somebody wrote."""
    posted: dict[str, Any] = {
        dialers.BY_NAME[name].column: text
        for name, text in written.items()
        if name in dialers.BY_NAME
    }
    posted["part"] = part.pk
    if posted.get("active") == "false":
        del posted["active"]
    posted["agents"] = []
    posted["agent_ids"] = written.get("users", "")
    return posted


def form_of(written: dict[str, str], part: ListPart) -> CampaignForm:
    """The form with what somebody wrote in it."""
    campaign = Campaign(team=part.lead_list.team, account=part.account)
    return CampaignForm(filled_in(written, part), instance=campaign, account=part.account)


def at(errors: Any, field: str) -> bool:
    """Whether the errors of a form name the field."""
    return bool(
        {dialers.BY_NAME[field].column, "agent_ids" if field == "users" else ""} & set(errors)
    )


def is_a_checkbox(broken: rules.Broken) -> bool:
    """An unticked box is an answer: it can neither be missing nor be misspelt."""
    return broken.field == "active"


@pytest.mark.parametrize("choices", rules.CHOICES)
def test_a_right_campaign_goes_through_the_form(choices: dict[str, str], part: ListPart) -> None:
    form = form_of(rules.right(choices), part)
    assert form.is_valid(), form.errors
    campaign = form.save()
    assert [agent.agent_id for agent in campaign.agents_in_order()] == rules.AGENTS


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_the_form_refuses_at_the_field(broken: rules.Broken, part: ListPart) -> None:
    form = form_of(broken.texts(), part)
    if broken.how == "foreign":  # a page posts the hidden fields too: kept, not sent
        assert form.is_valid(), form.errors
        assert broken.field not in form.sent
    elif is_a_checkbox(broken):
        assert form.is_valid()
    else:
        assert not form.is_valid()
        assert at(form.errors, broken.field), form.errors


def test_a_part_without_its_id_is_a_problem_and_not_an_error_of_the_form(part: ListPart) -> None:
    part.provider_leads_id = None
    part.save()
    form = form_of(rules.right(rules.CHOICES[0]), part)
    assert form.is_valid(), form.errors
    assert [problem.field for problem in form.problems] == ["leads_id"]


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_the_admin_refuses_at_the_field(broken: rules.Broken, part: ListPart) -> None:
    desk = admin.site._registry[Campaign]
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    form_class = desk.get_form(request)
    posted = filled_in(broken.texts(), part) | {
        "account": part.account_id,
        "lead_list": part.lead_list_id,
    }
    form = form_class(posted)
    if broken.how == "foreign":
        assert form.is_valid(), form.errors
        assert broken.field not in form.sent  # type: ignore[attr-defined]
    elif is_a_checkbox(broken):
        assert form.is_valid()
    else:
        assert not form.is_valid()
        assert at(form.errors, broken.field), form.errors


def test_the_admin_saves_a_right_campaign_with_its_agents(part: ListPart) -> None:
    root = User.objects.create_superuser("root", password="correct horse battery")
    browser = Client()
    browser.force_login(root)
    posted = filled_in(rules.right(rules.CHOICES[1]), part) | {
        "account": part.account_id,
        "lead_list": part.lead_list_id,
    }
    answer = browser.post("/admin/campaigns/campaign/add/", posted)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    campaign = Campaign.objects.get()
    assert [agent.agent_id for agent in campaign.agents_in_order()] == rules.AGENTS
    assert campaign.max_waiting_time_without_agent == 30


def line(written: dict[str, str]) -> list[str]:
    """The words of the command line."""
    others = {k: v for k, v in written.items() if k not in ("name", "leads_id")}
    name = written.get("name", "")
    return ["add", name, "--list", "Top-up loans", *(f"{k}={v}" for k, v in others.items())]


@pytest.mark.parametrize("choices", rules.CHOICES)
def test_a_right_line_is_added(choices: dict[str, str], part: ListPart) -> None:
    said = StringIO()
    call_command("campaign", *line(rules.right(choices)), "--json", stdout=said)
    facts = json.loads(said.getvalue())
    expected = rules.wire(rules.right(choices))
    assert facts["sent"] == {**expected, "name": facts["wire_name"]}
    assert facts["state"] == "draft"


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_the_command_line_refuses_and_names_the_key(broken: rules.Broken, part: ListPart) -> None:
    with pytest.raises(CommandError, match=rf"\b{broken.field}: "):
        call_command("campaign", *line(broken.texts()))
    assert not Campaign.objects.exists()


def test_the_command_line_fills_defaults_when_told_to(part: ListPart) -> None:
    given = {
        k: rules.TEXTS[k] for k in ("start_date", "end_date", "caller_id", "users", "timezone")
    }
    call_command("campaign", *line({"name": "Short", **given}), "--defaults", stdout=StringIO())
    assert Campaign.objects.get().ratio == "1:2"
