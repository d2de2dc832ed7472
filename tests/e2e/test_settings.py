"""Search palette, accounts and activity in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.audit import record
from access.models import Team, User
from sync import levers
from tests.e2e.conftest import Watch, assert_accessible
from tests.e2e.looks import LOOKS
from tests.factories import AccountFactory, LeadListFactory
from tests.sandbox_server import TELECMI, Sandbox

Browse = Callable[..., Page]


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_settings_pages_are_accessible_in_every_look(
    browse: Browse, arvind: User, team: Team, size: tuple[int, int], theme: str
) -> None:
    account = AccountFactory.create(team=team, name="TeleCMI Pune")
    levers.stop_account(account, None, "TeleCMI does not know the account number and secret.")
    record("exported", actor=arvind, team=team, count=12)
    page = browse(arvind, size=size, theme=theme)
    for address in (
        "/accounts/",
        f"/accounts/{account.pk}/",
        f"/accounts/{account.pk}/columns/",
        "/accounts/new/",
        "/accounts/new/telecmi/",
        "/activity/",
        "/activity/?who=nobody",
        "/search/?q=pune",
    ):
        page.goto(address)
        assert_accessible(page)


@pytest.mark.parametrize("script", [True, False])
def test_an_account_is_connected_tested_and_stopped(
    browse: Browse, arvind: User, sandbox: Sandbox, script: bool
) -> None:
    page = browse(arvind, script=script)
    page.goto("/accounts/")
    page.get_by_role("link", name="Connect TeleCMI").click()
    page.get_by_label("Account number").fill(str(TELECMI["inet_no"]))
    page.get_by_label("Secret", exact=True).fill(str(TELECMI["secret"]))
    page.get_by_text("More settings").click()
    page.get_by_label("Base URL").fill(sandbox.base_url("telecmi"))
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_role("heading", name="TeleCMI Main")).to_be_visible()
    page.goto("/accounts/")
    page.get_by_role("button", name="Test TeleCMI Main").click()
    expect(page.get_by_text("Worked at")).to_be_visible()
    page.goto("/accounts/")
    page.get_by_role("link", name="TeleCMI Main").click()
    page.get_by_label("Reason").fill("New vendor from Monday")
    page.get_by_role("button", name="Stop TeleCMI Main").click()
    expect(page.get_by_text("New vendor from Monday")).to_be_visible()
    page.get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("New vendor from Monday")).to_be_hidden()


def test_a_refused_form_takes_the_focus_to_what_is_wrong(
    browse: Browse, arvind: User, watch: Watch
) -> None:
    watch.allowed.add("422")
    page = browse(arvind)
    page.goto("/accounts/new/telecmi/")
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("Account number")).to_be_focused()


def test_the_palette_finds_by_keyboard_alone(browse: Browse, meera: User, team: Team) -> None:
    LeadListFactory.create(team=team, name="Diwali balance transfer")
    page = browse(meera)
    page.goto("/settings/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()
    page.keyboard.type("diwali")
    expect(page.get_by_role("link", name="Diwali balance transfer")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("diwali")
    expect(page.get_by_role("link", name="Diwali balance transfer")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Diwali balance transfer")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.press("Control+a")
    page.keyboard.type("accounts")
    expect(page.get_by_role("dialog").get_by_role("link", name="Accounts")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/")


def test_filters_change_the_address_and_back_restores_them(
    browse: Browse, arvind: User, team: Team
) -> None:
    record("exported", actor=arvind, team=team, count=12)
    page = browse(arvind)
    page.goto("/activity/")
    expect(page.get_by_text("exported 12 records").last).to_be_visible()
    page.get_by_label("Person").fill("nobody")
    expect(page.get_by_text("Nothing fits this filter")).to_be_visible()
    page.wait_for_url("**/activity/?who=nobody**")
    page.go_back()
    expect(page.get_by_role("row", name="exported 12 records")).to_be_visible()
