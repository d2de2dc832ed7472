"""The work pages in a real browser: a send seen live, the grid by keyboard, every look of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.models import User
from leads.models import Lead
from sync import limits
from sync.models import Delivery, Push, State
from tests.e2e.conftest import Watch, assert_accessible
from tests.pages import world

LOOKS: list[dict[str, Any]] = [
    {"size": (1440, 900), "theme": "light"},
    {"size": (390, 844), "theme": "dark"},
]


@pytest.fixture
def friday(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> world.World:
    monkeypatch.setattr(limits, "CANCEL_WINDOW", 55.0)  # time enough on a slow machine
    return world.friday(scale=0.02)


@pytest.fixture
def manager(friday: world.World) -> User:
    return friday.manager


@pytest.mark.parametrize("look", LOOKS, ids=["desk", "phone"])
def test_every_work_page_is_accessible(
    browse: Callable[..., Page], friday: world.World, manager: User, look: dict[str, Any]
) -> None:
    page = browse(manager, **look)
    made = friday.lists["Diwali balance transfer"]
    smartflo = friday.accounts["Smartflo Delhi"]
    unsure = Delivery.objects.get(state=State.UNCERTAIN)
    for address in (
        "/",
        "/start/",
        "/lists/",
        f"/lists/{made.pk}/",
        f"/lists/{made.pk}/?account={smartflo.pk}",
        "/lists/new/",
        f"/lists/{made.pk}/delete/",
        "/sent/",
        f"/sent/{unsure.pk}/",
        "/problems/",
        "/problems/telecmi-schema/",
        "/reports/",
        "/reports/?by=account",
        "/contacts/send/",
    ):
        page.goto(address)
        assert_accessible(page)
    Push.objects.filter(waiting__gt=0).update(starts_at=timezone.now() + timedelta(hours=1))
    page.goto("/")
    expect(page.get_by_role("group", name=re.compile("^Starts "))).to_be_visible()
    assert_accessible(page)


def test_a_send_is_asked_for_seen_starting_and_taken_back(
    browse: Callable[..., Page], friday: world.World, manager: User
) -> None:
    made = friday.lists["Diwali balance transfer"]
    page = browse(manager)
    page.goto(f"/lists/{made.pk}/")
    page.get_by_label("Send to", exact=True).select_option(label="TeleCMI Main")
    page.get_by_role("button", name=re.compile("Send .* to TeleCMI Main")).click()
    strip = page.get_by_role("group", name=re.compile("to TeleCMI Main"))
    expect(strip).to_contain_text("Starts in")
    strip.get_by_role("button", name="Cancel").click()
    expect(page.locator("#toasts")).to_contain_text("taken back")
    push = Push.objects.order_by("-pk")[0]
    assert (push.waiting, push.cancelled) == (0, push.total)


def test_the_end_of_a_send_appears_without_reloading(
    browse: Callable[..., Page], friday: world.World, manager: User
) -> None:
    made = friday.lists["Diwali balance transfer"]
    push = friday.pushes["Diwali balance transfer/Telecrm Main"]
    page = browse(manager)
    page.goto(f"/lists/{made.pk}/")
    strip = page.get_by_role("group", name=re.compile("to Telecrm Main"))
    expect(strip).to_be_visible()
    page.evaluate("window.sameDocument = true")
    Push.objects.filter(pk=push.pk).update(waiting=0, finished_at=world.day())
    expect(strip).to_have_count(0)
    assert page.evaluate("window.sameDocument") is True
    assert page.locator("#live").get_attribute("hx-get") is None


def test_another_account_changes_the_panel_and_keeps_the_focus(
    browse: Callable[..., Page], friday: world.World, manager: User
) -> None:
    made = friday.lists["Diwali balance transfer"]
    page = browse(manager)
    page.goto(f"/lists/{made.pk}/")
    chooser = page.get_by_label("Send to", exact=True)
    chooser.focus()
    chooser.select_option(label="Smartflo Delhi")
    expect(page.get_by_label("Smartflo list id")).to_be_visible()
    expect(chooser).to_be_focused()


def test_the_grid_is_filled_with_the_keyboard_and_sent_in_two_clicks(
    browse: Callable[..., Page], friday: world.World, manager: User, watch: Watch
) -> None:
    watch.allowed.add("422")
    page = browse(manager)
    page.goto("/problems/")
    page.get_by_role("link", name=re.compile("Fix 23 leads")).click()
    bad = page.locator(".fixgrid input[aria-invalid=true]")
    expect(bad).to_have_count(4)
    bad.first.focus()
    for number in range(4):
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(f"fixed{number}@example.com")
        page.keyboard.press("Enter")
        expect(bad).to_have_count(3 - number)
    page.get_by_role("button", name="Save and send 23 again").click()
    expect(page.locator("#toasts")).to_contain_text("23 go again")
    assert Lead.objects.filter(email__startswith="fixed").count() == 4
    assert Push.objects.get(again_of__isnull=False).total == 23


def test_enter_goes_down_a_column_where_nothing_looks_wrong(
    browse: Callable[..., Page], friday: world.World, manager: User
) -> None:
    Lead.objects.update(email="")
    page = browse(manager)
    page.goto("/problems/telecmi-schema/")
    cities = page.locator('.fixgrid input.inp[name$="-city"]')
    cities.first.focus()
    page.keyboard.press("Enter")
    expect(cities.nth(1)).to_be_focused()


def test_everything_works_without_javascript(
    browse: Callable[..., Page], friday: world.World, manager: User
) -> None:
    made = friday.lists["Diwali balance transfer"]
    page = browse(manager, script=False)
    page.goto(f"/lists/{made.pk}/")
    page.get_by_label("Send to", exact=True).select_option(label="Smartflo Delhi")
    page.get_by_role("button", name="Show this account").click()
    expect(page.get_by_label("Smartflo list id")).to_be_visible()
    page.get_by_label("Send to", exact=True).select_option(label="TeleCMI Main")
    page.get_by_role("button", name="Show this account").click()
    page.get_by_role("button", name=re.compile("Send .* to TeleCMI Main")).click()
    expect(page.get_by_role("group", name=re.compile("to TeleCMI Main"))).to_contain_text(
        "Starts in"
    )
    page.goto("/sent/?state=refused")
    expect(page.get_by_text("Schema validation failed")).to_be_visible()
    page.goto("/problems/telecmi-schema/")
    page.get_by_role("button", name="Send 23 without these emails").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("refused 23")
