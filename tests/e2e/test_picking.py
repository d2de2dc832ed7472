"""Ticking rows: the page, over several pages, and everything that matches."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from access.models import Team, User
from tests.e2e.conftest import assert_accessible
from tests.factories import LeadFactory, LeadListFactory

Browse = Callable[..., Page]


def leads_in(team: Team, number: int) -> None:
    """Put `number` leads into a list of the team."""
    of_team = LeadListFactory.create(team=team, name="Q2 home loans")
    LeadFactory.create_batch(number, lead_list=of_team, team=team)


def test_a_choice_survives_paging_and_counts_itself(
    browse: Browse, meera: User, team: Team
) -> None:
    leads_in(team, 53)
    page = browse(meera)
    page.goto("/leads/")
    page.get_by_label("Select this page").check()
    bar = page.get_by_role("group", name="With the selected rows")
    expect(bar).to_contain_text("50 selected")
    assert_accessible(page)
    page.locator(".pick").last.scroll_into_view_if_needed()
    expect(bar.get_by_role("button").first).to_be_in_viewport()
    page.get_by_role("link", name="Next 50").click()
    expect(page.get_by_role("row")).to_have_count(4)
    page.locator(".pick").last.check()
    expect(bar).to_contain_text("51 selected on several pages")
    assert page.locator("input[name=kept]").input_value().count(",") == 49
    page.reload()
    expect(bar).to_contain_text("51 selected on several pages")


def test_everything_that_matches_can_be_meant(browse: Browse, meera: User, team: Team) -> None:
    leads_in(team, 53)
    page = browse(meera)
    page.goto("/leads/")
    page.locator(".pick").first.check()
    page.get_by_role("button", name="Select all 53 leads that match").click()
    bar = page.get_by_role("group", name="With the selected rows")
    expect(bar).to_contain_text("53 selected")
    expect(page.locator("input[name=all]")).to_have_value("1")


def test_rows_are_walked_and_ticked_by_keyboard(browse: Browse, meera: User, team: Team) -> None:
    leads_in(team, 3)
    page = browse(meera)
    page.goto("/leads/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tbody tr").nth(1).locator(".pick")).to_be_checked()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search leads")).to_be_focused()
