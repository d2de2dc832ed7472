"""Leads in a browser: search while typing, edit in place, every look accessible."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.models import User
from leads.models import Lead
from sync.models import Standing, State
from tests.e2e.conftest import Watch, assert_accessible
from tests.e2e.looks import LOOKS
from tests.factories import (
    AccountFactory,
    ContactFactory,
    DoNotCallFactory,
    LeadFactory,
    LeadFieldFactory,
    LeadListFactory,
    TagFactory,
)


@pytest.fixture
def lead(meera: User) -> Lead:
    """One lead among others, refused at one account and standing at another."""
    team = meera.teams.get()
    lead_list = LeadListFactory.create(team=team, name="Q2 home loans, Pune", source="Web")
    first = AccountFactory.create(team=team, name="TeleCMI Main")
    second = AccountFactory.create(team=team, name="Telecrm Main", provider="telecrm")
    LeadFactory.create_batch(60, lead_list=lead_list, first_name="Rohan", last_name="Rao")
    one = LeadFactory.create(
        lead_list=lead_list, first_name="Priya", last_name="Iyer", phone="+919822000417"
    )
    Standing.objects.create(account=first, lead=one, state=State.REJECTED)
    Standing.objects.create(account=second, lead=one, state=State.ACCEPTED)
    ContactFactory.create(team=team)
    DoNotCallFactory.create(team=team)
    LeadFieldFactory.create(team=team)
    TagFactory.create(team=team)
    return one


def test_typing_filters_and_back_restores(
    browse: Callable[..., Page], meera: User, lead: Lead
) -> None:
    page = browse(meera)
    page.goto("/leads/")
    expect(page.locator(".lede")).to_have_text("61 leads, newest first.")
    page.get_by_role("searchbox", name="Search leads").press_sequentially("0417")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".lede")).to_have_text("1 lead matches.")
    assert page.url.endswith("/leads/?q=0417")
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("searchbox", name="Search leads")).to_have_value("0417")


def test_the_next_page_keeps_the_filter(
    browse: Callable[..., Page], meera: User, lead: Lead
) -> None:
    page = browse(meera)
    page.goto("/leads/?q=rohan")
    page.get_by_role("link", name="Next 50").click()
    expect(page.locator("tbody tr")).to_have_count(10)
    expect(page.get_by_text("51–60 of 60")).to_be_visible()
    assert "q=rohan" in page.url


def test_a_group_is_edited_in_place(
    browse: Callable[..., Page], watch: Watch, meera: User, lead: Lead
) -> None:
    watch.allowed.add("422")  # the browser writes a refused form into its console
    page = browse(meera)
    page.goto(f"/leads/{lead.pk}/")
    expect(page.get_by_text("Added here")).to_be_visible()
    person = page.locator("#person")
    person.get_by_role("link", name="Edit").click()
    person.get_by_label("Phone", exact=True).fill("98765")
    person.get_by_role("button", name="Save").click()
    expect(person.locator(".err")).to_contain_text("Too short for India")
    person.get_by_label("Phone", exact=True).fill("98765 43210")
    person.get_by_role("button", name="Save").click()
    expect(person).to_contain_text("+91 98765 43210")
    lead.refresh_from_db()
    assert lead.phone == "+919876543210"


def test_a_lead_is_found_and_changed_without_script(
    browse: Callable[..., Page], meera: User, lead: Lead
) -> None:
    page = browse(meera, script=False)
    page.goto("/leads/")
    page.get_by_role("searchbox", name="Search leads").fill("priya")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Priya Iyer").click()
    page.locator("#person").get_by_role("link", name="Edit").click()
    page.get_by_label("First name").fill("Pria")
    page.locator("#person").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pria Iyer")


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_the_pages_about_people_are_accessible_in_every_look(
    browse: Callable[..., Page], meera: User, lead: Lead, size: tuple[int, int], theme: str
) -> None:
    page = browse(meera, size=size, theme=theme)
    for address in (
        "/leads/",
        "/leads/?q=nobody",
        f"/leads/{lead.pk}/?edit=person",
        f"/numbers/{lead.phone}/",
        "/contacts/",
        "/contacts/new/",
        "/donotcall/",
        "/settings/fields/",
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
