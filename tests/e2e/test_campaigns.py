"""Campaigns in a real browser: few clicks over many leads, fields that switch without a request."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from access.models import Team, User
from campaigns.models import Agent, Campaign
from leads.models import Lead, LeadList, ListPart
from sync.models import Standing, State
from tests.campaigns import plans
from tests.e2e.conftest import Watch, assert_accessible
from tests.e2e.looks import LOOKS

Browse = Callable[..., Page]
MOST_CLICKS = 6


@pytest.fixture
def lead_list(team: Team) -> LeadList:
    """2,500 leads in three parts at TeleCMI Main, whose ids nobody has pasted yet."""
    account = plans.account_with_agents(team, 12)
    made = plans.list_in_parts(team, account)
    made.lead_count = made.row_count = 2500
    made.save()
    Lead.objects.bulk_create(
        Lead(team=team, lead_list=made, phone=f"+9198{n:08}", phone_rev=f"{n:08}"[::-1] + "8919")
        for n in range(2500)
    )
    Standing.objects.bulk_create(
        Standing(account=account, lead=lead, state=State.DELIVERED)
        for lead in Lead.objects.only("pk")
    )
    return made


class Clicks:
    """Counts what a hand does."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, target: Locator) -> None:
        """Click once."""
        target.click()
        self.count += 1


def test_campaigns_over_2500_leads_take_few_clicks_and_one_paste(
    browse: Browse, meera: User, lead_list: LeadList
) -> None:
    page = browse(meera)
    page.goto(f"/lists/{lead_list.pk}/")
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name="Plan campaigns for 3 parts").first)
    clicks.on(page.get_by_label("Paste the lines from TeleCMI"))
    lines = [f"{lead_list.name} [{token}]\t{uuid4()}" for token in reversed(plans.TOKENS)]
    page.keyboard.insert_text("\n".join(lines))
    clicks.on(page.get_by_label("Caller ID"))
    page.keyboard.type("+91 22 4000 0188")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Every part’s TeleCMI id is here")).to_be_visible()
    clicks.on(page.get_by_role("button", name="Create 3 campaigns at TeleCMI"))
    expect(page.get_by_role("heading", name="Campaigns", exact=True).first).to_be_visible()
    assert clicks.count <= MOST_CLICKS
    made = Campaign.objects.filter(lead_list=lead_list)
    assert [campaign.state for campaign in made] == ["waiting"] * 3
    assert sorted(len(campaign.agents_in_order()) for campaign in made) == [4, 4, 4]
    assert not ListPart.objects.filter(provider_leads_id=None).exists()
    made.update(state="created")
    expect(page.get_by_text("Created at TeleCMI").first).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_fields_switch_with_the_dialer_and_keep_their_values(
    browse: Browse, meera: User, lead_list: LeadList, script: bool
) -> None:
    page = browse(meera, script=script)
    page.goto("/campaigns/new/")
    lines, rest = page.get_by_label("Lines for each agent"), page.get_by_label("Rest between calls")
    alone = page.get_by_label("Wait when no agent is signed in")
    expect(rest).to_be_hidden()
    expect(alone).to_be_hidden()
    lines.fill("3")
    page.get_by_label("Let them wait").check()
    expect(alone).to_be_visible()
    page.get_by_label("Progressive").check()
    expect(lines).to_be_hidden()
    expect(rest).to_be_visible()
    page.get_by_label("Predictive").check()
    expect(lines).to_have_value("3")
    if script:
        expect(page.get_by_text("3 lines")).to_be_visible()


def test_the_sentence_follows_while_the_form_is_filled(
    browse: Browse, meera: User, lead_list: LeadList
) -> None:
    ListPart.objects.update(provider_leads_id=None)
    page = browse(meera)
    page.goto("/campaigns/new/")
    page.get_by_label("From").fill("11:30")
    page.get_by_label("First day").fill("01/03/2097")
    page.get_by_label("Last day").fill("05/03/2097")
    page.get_by_label("Caller ID").fill("+912240000188")
    page.keyboard.press("Tab")
    sentence = page.locator(".sentence")
    expect(sentence).to_contain_text("11:30–18:00 IST")
    expect(sentence).to_contain_text("1 March 2097 to 5 March 2097 (5 days, 1 Sunday)")
    expect(page.locator("#id_start_date_helptext")).to_have_text("Fri 1 Mar 2097")


def campaign_over(part: ListPart, **changes: object) -> Campaign:
    """A campaign of four agents over a part, in a state that only time or TeleCMI brings."""
    made = plans.saved(part, list(Agent.objects.all()[:4]))
    Campaign.objects.filter(pk=made.pk).update(**changes)
    return made


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_campaign_pages_are_accessible_in_every_look(
    browse: Browse,
    watch: Watch,
    meera: User,
    lead_list: LeadList,
    size: tuple[int, int],
    theme: str,
) -> None:
    watch.allowed |= {"422"}
    part = lead_list.parts.get(number=1)
    today = timezone.localdate()
    live = campaign_over(part, state="created", start_date=today, end_date=today)
    quote = "User already mapped to another campaign"
    why = {"quote": quote, "cause": "telecmi-agent-taken", "answered_at": timezone.now()}
    refused = campaign_over(part, state="refused", **why)
    page = browse(meera, size=size, theme=theme)
    for address in (
        "/campaigns/",
        "/campaigns/new/",
        f"/campaigns/plan/{lead_list.pk}/{part.account_id}/",
        live.get_absolute_url(),
        refused.get_absolute_url(),
        f"/campaigns/{refused.pk}/by-hand/",
        f"/campaigns/launch/{lead_list.pk}/{part.account_id}/?reason=called",
        "/agents/",
        f"/agents/{Agent.objects.first().pk}/",  # type: ignore[union-attr]
    ):
        page.goto(address)
        assert_accessible(page)
    page.goto("/campaigns/new/")
    page.get_by_role("button", name="Create at TeleCMI").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert_accessible(page)
