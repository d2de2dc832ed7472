"""The frame of every page: skip link, keyboard, dialogs, themes, no JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.models import User
from tests.e2e.conftest import Watch, assert_accessible
from tests.e2e.looks import LOOKS
from tests.factories import UserFactory

Browse = Callable[..., Page]
OUR_PAGES = ["/team/", "/team/invite/", "/me/", "/me/password/", "/settings/"]


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_pages_of_the_frame_are_accessible_in_every_look(
    browse: Browse, arvind: User, size: tuple[int, int], theme: str
) -> None:
    page = browse(arvind, size=size, theme=theme)
    for address in OUR_PAGES:
        page.goto(address)
        assert_accessible(page)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_the_door_is_accessible_in_every_look(
    browse: Browse, watch: Watch, transactional_db: None, size: tuple[int, int], theme: str
) -> None:
    watch.allowed |= {"422", "410", "404"}
    page = browse(size=size, theme=theme)
    page.goto("/signin/")
    assert_accessible(page)
    page.get_by_label("Sign-in name").fill("meera")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    for address in ("/signin/used/", "/nothing/"):
        page.goto(address)
        assert_accessible(page)


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(
    browse: Browse, meera: User
) -> None:
    page = browse(meera)
    page.goto("/me/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_shortcuts_go_places_and_can_be_switched_off(browse: Browse, meera: User) -> None:
    page = browse(meera)
    page.goto("/me/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/settings/")
    page.goto("/me/")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_shortcuts_are_not_fired_while_typing(browse: Browse, meera: User) -> None:
    page = browse(meera)
    page.goto("/me/")
    page.get_by_label("First name").fill("")
    page.get_by_label("First name").type("go?")
    expect(page.get_by_label("First name")).to_have_value("go?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_theme_follows_the_persons_choice(browse: Browse, meera: User) -> None:
    page = browse(meera, theme="light")
    page.goto("/me/")
    body = page.locator("body")
    light = body.evaluate("body => getComputedStyle(body).backgroundColor")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()
    expect(body).not_to_have_css("background-color", light)


@pytest.mark.parametrize("script", [True, False])
def test_an_administrator_invites_a_person_with_and_without_javascript(
    browse: Browse, arvind: User, script: bool
) -> None:
    page = browse(arvind, script=script)
    page.goto("/team/")
    page.get_by_role("link", name="Invite a person").click()
    page.get_by_label("Name", exact=True).fill("Kavita Patil")
    page.get_by_label("Sign-in name").fill("kavita")
    page.get_by_role("button", name="Make a sign-in link").click()
    link = page.get_by_label("Send it to them").input_value()
    assert "/signin/" in link
    guest = browse(script=script)
    guest.goto(link)
    guest.get_by_role("button", name="Sign in").click()
    expect(guest.get_by_role("heading", name="Choose a password")).to_be_visible()


def test_taking_somebody_out_asks_first(browse: Browse, arvind: User) -> None:
    kavita = UserFactory.create(
        username="kavita", first_name="Kavita", last_name="Patil", team=arvind.teams.get()
    )
    page = browse(arvind)
    page.goto("/team/")
    page.get_by_role("button", name="Take out Kavita Patil").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Take Kavita Patil out of this team?")
    assert_accessible(page)
    dialog.get_by_role("button", name="Go back").click()
    assert kavita.memberships.exists()
    page.get_by_role("button", name="Take out Kavita Patil").click()
    dialog.get_by_role("button", name="Take out").click()
    expect(page.get_by_text("Kavita Patil was taken out of this team")).to_be_visible()
    assert not kavita.memberships.exists()


def test_what_was_typed_survives_a_session_that_ended(browse: Browse, arvind: User) -> None:
    arvind.set_password("a long sentence")
    arvind.save()
    page = browse(arvind)
    page.goto("/team/invite/")
    page.get_by_label("Name", exact=True).fill("Kavita Patil")
    page.get_by_label("Viewer").check()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Make a sign-in link").click()
    page.get_by_label("Sign-in name").fill("arvind")
    page.get_by_label("Password").fill("a long sentence")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/team/invite/")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Kavita Patil")
    expect(page.get_by_label("Viewer")).to_be_checked()


def test_a_fragment_that_meets_an_ended_session_offers_to_sign_in(
    browse: Browse, arvind: User, watch: Watch
) -> None:
    watch.allowed.add("401")
    page = browse(arvind)
    page.goto("/activity/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Person").fill("kavita")
    expect(page.get_by_role("alert")).to_contain_text("You were signed out")
    expect(page.get_by_label("Person")).to_have_value("kavita")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("more", [{}, {"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_nothing_scrolls_sideways_on_a_narrow_phone(
    browse: Browse, arvind: User, more: dict[str, str]
) -> None:
    page = browse(arvind, size=(320, 640), **more)
    for address in [
        *OUR_PAGES,
        "/accounts/",
        "/accounts/new/telecrm/",
        "/activity/",
        "/search/?q=a",
    ]:
        page.goto(address)
    assert_accessible(page)


def test_the_chosen_tab_of_settings_is_in_view_on_a_phone(browse: Browse, meera: User) -> None:
    page = browse(meera, size=(390, 844))
    page.goto("/me/")
    expect(page.locator(".views [aria-current]")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("size", "_theme"), LOOKS[::2])
def test_a_short_page_does_not_scroll(
    browse: Browse, meera: User, size: tuple[int, int], _theme: str
) -> None:
    page = browse(meera, size=size)
    for address in ("/team/", "/contacts/new/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), address


def test_the_frame_speaks_hindi(browse: Browse, arvind: User) -> None:
    page = browse(arvind, size=(390, 844), locale="hi-IN")
    for address in OUR_PAGES:
        page.goto(address)
        assert_accessible(page)
    expect(page.get_by_role("heading", name="सेटिंग").first).to_be_visible()
