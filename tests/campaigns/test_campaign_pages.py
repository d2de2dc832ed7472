"""Planning a campaign on its page, with and without the ledger behind it."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from access.models import AuditEvent, Team
from access.roles import Role
from campaigns import dialers
from campaigns.models import Agent, AgentSet, Campaign
from leads.models import ListPart
from sync.models import Delivery, Push
from tests.campaigns import plans, rules
from tests.factories import LeadListFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
# Each rule once: what the first choice has, the second has as well.
BROKEN = [
    broken
    for broken in rules.broken_rules()
    if broken.choices != rules.CHOICES[0] or broken.how == "foreign"
]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def agents(team: Team) -> list[Agent]:
    plans.account_with_agents(team)
    return list(Agent.objects.order_by("pk"))


@pytest.fixture
def part(team: Team, agents: list[Agent]) -> ListPart:
    """A part at TeleCMI whose id is known."""
    plans.list_in_parts(team, agents[0].account, (996,))
    ListPart.objects.update(provider_leads_id=rules.PART_ID)
    return ListPart.objects.get()


@pytest.fixture
def manager(client: Client, team: Team) -> Client:
    client.force_login(UserFactory.create(team=team))
    return client


def words_of(html: bytes) -> str:
    """A page as its reader sees it."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def payload_of(html: bytes) -> dict[str, Any]:
    """The request shown under Details."""
    found = re.search(r'<pre class="code" id="payload"[^>]*>(.*?)</pre>', html.decode(), re.DOTALL)
    assert found
    text = found[1].replace("&quot;", '"').replace("&#x27;", "'")
    shown: dict[str, Any] = json.loads(text)
    return shown


def test_the_page_switches_each_field_with_its_dialer(manager: Client, part: ListPart) -> None:
    html = manager.get("/campaigns/new/").content.decode()
    for field in dialers.FIELDS:
        name = field.column
        if field.name in ("leads_id", "users", "timezone", "active"):
            continue
        before = html[: html.index(f'name="{name}"')]
        opened = before.rfind('data-for="predictive"')
        other = before.rfind('data-for="progressive"')
        if field.dialer == dialers.PREDICTIVE:
            assert opened > other, name
        elif field.dialer == dialers.PROGRESSIVE:
            assert other > opened, name
        if field.only_if:
            assert 'data-for="wait"' in before[-600:], name
    assert "required" not in re.findall(r"<input[^>]*>", html)[0]


def test_nothing_is_red_before_it_is_touched(manager: Client, part: ListPart) -> None:
    html = manager.get("/campaigns/new/").content
    assert b'class="err"' not in html
    assert re.findall(r'<li data-s="refused">.*?</li>', html.decode(), re.DOTALL) == []
    assert "Still to fill in: " in words_of(html)


def test_a_draft_may_have_holes(manager: Client, part: ListPart) -> None:
    answer = manager.post("/campaigns/new/", {"part": part.pk, "name": "Half", "verb": "draft"})
    campaign = Campaign.objects.get()
    assert answer.headers["Location"] == campaign.get_absolute_url()
    assert (campaign.state, campaign.lead_list) == ("draft", part.lead_list)
    assert AuditEvent.objects.filter(kind="campaign.added").exists()


def test_create_hands_the_same_press_to_the_ledger(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    form = plans.posted(part, agents, verb="create")
    answer = manager.post("/campaigns/new/", form)
    campaign = Campaign.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        f"/campaigns/{campaign.pk}/send/",
    )
    manager.post(answer.headers["Location"], form)
    manager.post(answer.headers["Location"], form)
    campaign.refresh_from_db()
    assert campaign.state == "waiting"
    assert Push.objects.count() == Delivery.objects.count() == 1
    assert campaign.wire_name == f"Top-up loans [{campaign.token}]"


def test_create_says_each_broken_rule_at_its_field(manager: Client, part: ListPart) -> None:
    for broken in BROKEN:
        if broken.how == "foreign" or broken.field in ("leads_id", "active"):
            continue  # kept and not sent; pasted elsewhere; a box is always an answer
        answer = manager.post("/campaigns/new/", {**as_posted(broken, part), "verb": "create"})
        assert answer.status_code == 422, broken
        column = dialers.BY_NAME[broken.field].column
        link = rf'<a href="#id_({column}|agent_ids|agents)'
        assert re.search(link, answer.content.decode()), broken
    assert not Campaign.objects.exists()


def as_posted(broken: rules.Broken, part: ListPart) -> dict[str, str]:
    """What a browser posts when one rule is broken; agents are typed."""
    form = {dialers.BY_NAME[name].column: text for name, text in broken.texts().items()}
    form["agent_ids"] = form.pop("agents", "")
    return {**form, "part": str(part.pk), "account": str(part.account_id)}


def test_the_preview_is_what_is_sent_without_the_secrets(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    form = plans.posted(part, agents, account=part.account_id)
    shown = payload_of(manager.post("/campaigns/check/", form).content)
    assert shown.pop("inet_no") == shown.pop("secret") == "••••••"
    expected = rules.wire(rules.right(rules.CHOICES[0]))
    assert shown == {**expected, "users": [agent.agent_id for agent in agents]}
    assert list(shown) == list(expected)


def test_the_preview_shows_each_broken_rule(manager: Client, part: ListPart) -> None:
    for broken in BROKEN:
        known = None if broken.field == "leads_id" else rules.PART_ID
        ListPart.objects.update(provider_leads_id=known)
        html = manager.post("/campaigns/check/", as_posted(broken, part)).content
        if broken.how == "foreign":
            assert broken.field not in payload_of(html), broken
        elif broken.field != "active":
            lines = re.findall(r'<li data-s="(?:refused|wait)">.*?</li>', html.decode(), re.DOTALL)
            label = str(dialers.BY_NAME[broken.field].label)
            assert any(label in line or "TeleCMI id" in line for line in lines), broken


def test_doubts_are_asked_once_more_and_stops_are_not_passed(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    taken = plans.saved(part, agents[:1])
    Campaign.objects.filter(pk=taken.pk).update(state="created")
    form = plans.posted(part, agents, verb="create")
    asked = manager.post("/campaigns/new/", form)
    assert asked.status_code == 422
    assert "Create at TeleCMI anyway" in words_of(asked.content)
    seen = re.search(r'name="seen" value="(\w+)"', asked.content.decode())
    assert seen
    assert manager.post("/campaigns/new/", {**form, "seen": seen[1]}).status_code == 307
    ListPart.objects.update(provider_leads_id=None)
    stopped = manager.post("/campaigns/new/", {**form, "seen": seen[1]})
    assert stopped.status_code == 302
    assert "no TeleCMI id" in words_of(
        manager.get(stopped.headers["Location"].partition("#")[0]).content
    )


def test_a_sent_campaign_is_read_only_and_can_be_duplicated(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    campaign = plans.saved(part, agents)
    Campaign.objects.filter(pk=campaign.pk).update(state="created", evidence="inferred")
    page = manager.get(campaign.get_absolute_url()).content
    assert b'name="ratio"' not in page
    assert "Confirmed after a lost reply" in words_of(page)
    manager.post(
        campaign.get_absolute_url(), plans.posted(part, agents, name="Other", verb="draft")
    )
    campaign.refresh_from_db()
    assert campaign.name == "Top-up loans"
    manager.post(f"/campaigns/{campaign.pk}/duplicate/")
    copy = Campaign.objects.get(duplicate_of=campaign)
    assert (copy.state, copy.ratio, copy.token != campaign.token) == ("draft", "1:2", True)
    assert copy.agents_in_order() == campaign.agents_in_order()


def test_the_clock_change_is_noticed_and_split(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    campaign = plans.saved(part, agents, time_zone="Europe/London", end_date="2097-04-10")
    assert "The clock changes on" in words_of(manager.get(campaign.get_absolute_url()).content)
    manager.post(f"/campaigns/{campaign.pk}/split/")
    first, second = Campaign.objects.order_by("pk")
    assert (first.end_date - first.start_date).days + 1 == 30
    assert (second.start_date - first.end_date).days == 1
    assert (str(second.end_date), second.follows) == ("2097-04-10", first)
    indian = plans.saved(part, agents, end_date="2097-04-10")
    assert "The clock changes" not in words_of(manager.get(indian.get_absolute_url()).content)


def test_created_by_hand_counts_in_every_clash_check(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    campaign = plans.saved(part, agents)
    sheet = words_of(manager.get(f"/campaigns/{campaign.pk}/by-hand/").content)
    assert "I created it" in sheet
    manager.post(f"/campaigns/{campaign.pk}/by-hand/")
    campaign.refresh_from_db()
    assert campaign.state == "by_hand"
    other = plans.saved(part, agents)
    page = words_of(manager.get(other.get_absolute_url()).content)
    assert "already calls this part, as far as we know" in page
    assert "more are in “Top-up loans”, as far as we know" in page
    manager.post(f"/campaigns/{campaign.pk}/ended/")
    assert "as far as we know" in words_of(manager.get(other.get_absolute_url()).content)
    assert "already calls this part" not in words_of(manager.get(other.get_absolute_url()).content)


def test_the_last_choice_is_the_default_and_a_set_can_be_kept_and_taken(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    form = plans.posted(part, agents[:2], ratio="3", verb="draft", set_name="Hindi team")
    manager.post("/campaigns/new/", form)
    html = manager.get("/campaigns/new/").content.decode()
    assert re.search(r'name="ratio" value="3"', html)
    ticked = re.findall(r'name="agents" value="(\d+)" checked', html)
    assert sorted(map(int, ticked)) == [agent.pk for agent in agents[:2]]
    kept = AgentSet.objects.get(name="Hindi team")
    other = plans.posted(part, agents[2:], verb="set", agent_set=kept.pk)
    html = manager.post("/campaigns/new/", other).content.decode()
    ticked = re.findall(r'name="agents" value="(\d+)" checked', html)
    assert sorted(map(int, ticked)) == [agent.pk for agent in agents[:2]]


@pytest.mark.parametrize("verb", ["draft", "create", ""])
def test_a_campaign_over_no_list_is_asked_for_one(
    verb: str, manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    answer = manager.post("/campaigns/new/", plans.posted(None, agents, verb=verb))
    assert answer.status_code == 422
    assert "Choose the list that is called" in words_of(answer.content)
    assert not Campaign.objects.exists()


def test_a_list_that_is_not_at_telecmi_yet_can_be_planned_as_a_draft(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    fresh = LeadListFactory.create(team=part.lead_list.team, name="Not sent yet")
    html = manager.get(f"/campaigns/new/?list={fresh.pk}").content.decode()
    assert f'name="list" value="{fresh.pk}"' in html
    form = plans.posted(None, agents, verb="create", list=fresh.pk)
    answer = manager.post("/campaigns/new/", form, follow=True)
    assert "No part of a list is chosen." in words_of(answer.content)
    draft = Campaign.objects.get()
    assert (draft.lead_list, draft.part, draft.state) == (fresh, None, "draft")


def test_a_set_that_is_none_chooses_nobody(manager: Client, part: ListPart) -> None:
    for number in ("", "x", "²", "9" * 30):
        form = plans.posted(part, [], verb="set", agent_set=number)
        assert manager.post("/campaigns/new/", form).status_code == 200


def test_typed_agents_are_entered_and_a_foreign_number_only_warns(
    manager: Client, part: ListPart
) -> None:
    part.account.credentials = {"inet_no": "12345", "secret": "x"}
    part.account.save()
    form = plans.posted(part, [], agent_ids="5159_2224257, 5160_2224257\n5159_2224257")
    html = manager.post("/campaigns/check/", {**form, "account": part.account_id}).content
    assert "2 agent ids do not end in 12345" in words_of(html)
    manager.post("/campaigns/new/", {**form, "verb": "draft"})
    seated = Campaign.objects.get().agents_in_order()
    assert [agent.agent_id for agent in seated] == ["5159_2224257", "5160_2224257"]


def test_a_viewer_sees_no_form_and_cannot_post(
    client: Client, team: Team, part: ListPart, agents: list[Agent]
) -> None:
    campaign = plans.saved(part, agents)
    client.force_login(UserFactory.create(team=team, team__role=Role.VIEWER))
    page = client.get(campaign.get_absolute_url()).content
    assert b"<form" not in page[page.index(b"<main") : page.index(b"</main>")]
    assert client.post("/campaigns/new/", {}).status_code == 403
    assert client.get("/campaigns/new/").status_code == 403


def test_another_team_cannot_see_or_touch(
    client: Client, part: ListPart, agents: list[Agent]
) -> None:
    campaign = plans.saved(part, agents)
    client.force_login(UserFactory.create(team=TeamFactory.create()))
    assert client.get(campaign.get_absolute_url()).status_code == 404
    assert client.post(f"/campaigns/{campaign.pk}/ended/").status_code == 404


def test_only_an_admin_may_say_why_to_call_at_night(
    client: Client, manager: Client, team: Team, part: ListPart, agents: list[Agent]
) -> None:
    late = {"end_time": "22:00", "outside_hours_reason": "Agreed in writing", "verb": "create"}
    form = plans.posted(part, agents, **late)
    assert manager.post("/campaigns/new/", form).status_code == 422
    admin = Client()
    admin.force_login(UserFactory.create(team=team, team__role=Role.ADMIN))
    assert admin.post("/campaigns/new/", form).status_code == 307
    assert Campaign.objects.get().outside_hours_reason == "Agreed in writing"


def test_the_index_shows_campaigns_at_work_drafts_and_ended_ones(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    draft = plans.saved(part, agents, name="A draft")
    live = plans.saved(part, agents, name="A live one")
    Campaign.objects.filter(pk=live.pk).update(state="unsure")
    over = plans.saved(part, agents, name="One that ended")
    Campaign.objects.filter(pk=over.pk).update(state="created", ended_confirmed_at=timezone.now())
    assert draft.name in words_of(manager.get("/campaigns/?show=drafts").content)
    at_work = words_of(manager.get("/campaigns/").content)
    assert "Not sure: needs your decision" in at_work
    assert over.name not in at_work
    assert over.name in words_of(manager.get("/campaigns/?show=ended").content)


def test_pasting_ids_creates_what_was_waiting_for_them(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    ListPart.objects.update(provider_leads_id=None)
    part.refresh_from_db()
    campaign = plans.saved(part, agents, wanted_at=timezone.now())
    form = {"list": part.lead_list_id, "ids": f"Diwali balance transfer [k7f3qa]\t{uuid4()}"}
    answer = manager.post("/campaigns/ids/", form)
    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        f"/campaigns/send/?campaign={campaign.pk}",
    )
    manager.post(answer.headers["Location"], form)
    campaign.refresh_from_db()
    assert campaign.state == "waiting"


def test_a_double_click_makes_one_campaign(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    form = plans.posted(part, agents, verb="create")
    first, second = (manager.post("/campaigns/new/", form) for _press in (1, 2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Campaign.objects.count() == 1


def test_a_waiting_campaign_looks_again_until_there_is_an_answer(
    manager: Client, part: ListPart, agents: list[Agent]
) -> None:
    campaign = plans.saved(part, agents)
    Campaign.objects.filter(pk=campaign.pk).update(state="waiting")
    address = campaign.get_absolute_url()
    ask = {"HX-Request": "true"}
    assert "look-again" in manager.get(address).content.decode()
    assert "hx-trigger" in manager.get(address, headers=ask).content.decode()
    assert "hx-trigger" in manager.get("/campaigns/?waiting=1", headers=ask).content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(state="created")
    assert manager.get(address, headers=ask).headers["HX-Refresh"] == "true"
    assert manager.get("/campaigns/?waiting=1", headers=ask).headers["HX-Refresh"] == "true"
    assert "look-again" not in manager.get(address).content.decode()
