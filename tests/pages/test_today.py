"""Today, and the first ten minutes of a team."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.models import Hold
from leads.models import Lead
from sync.models import Push, Standing, State
from tests.factories import UserFactory
from tests.pages import world
from tests.pages.test_lists import row_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def friday() -> world.World:
    return world.friday(scale=0.02)


@pytest.fixture
def manager(client: Client, friday: world.World) -> Client:
    client.force_login(friday.manager)
    return client


def title_of(html: bytes) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html.decode(), re.DOTALL)
    return text_of(found[1].encode()) if found else ""


def settle(friday: world.World) -> None:
    """Make everything of the day end well."""
    Hold.objects.update(released_at=timezone.now())
    Standing.objects.update(state=State.DELIVERED)
    Push.objects.update(waiting=0, finished_at=timezone.now())


def test_the_title_is_the_verdict(manager: Client) -> None:
    page = manager.get("/").content
    assert title_of(page) == "TeleCMI Pune is stopped: 6 leads waiting."
    assert "3 more things need you." in text_of(page)


def test_a_manager_is_told_whom_to_ask_and_an_administrator_is_not(
    client: Client, friday: world.World
) -> None:
    client.force_login(friday.manager)
    assert "Ask Arvind Rao" in client.get("/").content.decode()
    client.force_login(friday.admin)
    page = client.get("/").content.decode()
    assert "Ask Arvind Rao" not in page
    assert "Open the account" in page


def test_lists_that_need_nobody_are_only_counted(manager: Client) -> None:
    page = manager.get("/").content
    assert "2 more have nothing open" in text_of(page)
    assert "Diwali" in row_of(page, "Diwali balance transfer")
    table = page[page.index(b'data-fragment="lists-in-work"') : page.index(b"</table>")]
    assert b"Webinar no-shows" not in table


def test_running_sends_are_strips_with_a_lever(manager: Client, friday: world.World) -> None:
    page = text_of(manager.get("/running/").content)
    assert "Sending Diwali balance transfer to Telecrm Main" in page
    assert "Pause" in page
    assert "TeleCMI Pune" not in page  # it stands under To fix


def test_a_send_can_be_paused_from_today(manager: Client, friday: world.World) -> None:
    push = friday.pushes["Diwali balance transfer/Telecrm Main"]
    answer = manager.post(f"/sends/{push.pk}/pause/", headers={"referer": "http://testserver/"})
    assert answer.headers["Location"] == "/"
    push.refresh_from_db()
    assert push.paused_at


def test_a_quiet_day_says_what_was_settled(manager: Client, friday: world.World) -> None:
    settle(friday)
    page = manager.get("/").content
    assert title_of(page) == "Nothing needs you."
    text = text_of(page)
    assert "TeleCMI Pune works again" in text
    assert "leads in work are at TeleCMI" in text
    assert 'hx-get="/running/"' not in page.decode()


def test_today_costs_a_bounded_number_of_queries(
    manager: Client, friday: world.World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(60):
        manager.get("/")


def test_another_teams_day_is_not_shown(client: Client, friday: world.World) -> None:
    client.force_login(world.team_of_people("Kaveri").manager)
    assert "Diwali" not in client.get("/").content.decode()


def test_a_new_team_is_shown_its_first_steps(client: Client) -> None:
    new = world.team_of_people("Kaveri")
    client.force_login(new.manager)
    page = client.get("/").content
    assert title_of(page) == "Connect an account."
    assert "0 of 5 done" in text_of(page)


def test_only_who_may_connect_an_account_is_led_to_it(client: Client) -> None:
    new = world.team_of_people("Kaveri")
    client.force_login(new.admin)
    assert reverse("sync:account_choose") in client.get("/").text
    client.force_login(new.manager)
    page = client.get("/").text
    assert reverse("sync:account_choose") not in page
    assert f"Ask {new.admin} to connect one." in page
    assert reverse("leads:import_new") in page.split('data-fragment="start"')[1].split("</ol>")[0]
    assert "below" not in client.get(reverse("sync:accounts")).text


def test_five_leads_go_first_from_the_checklist(client: Client) -> None:
    new = world.team_of_people("Kaveri")
    world.account(new, "telecmi", "TeleCMI Practice", is_practice=True)
    world.lead_list(new, "Renewals", 12)
    client.force_login(new.manager)
    page = client.get("/start/").content
    assert title_of(page) == "Send five leads first."
    assert "Practice" in text_of(page)
    form = re.search(r'action="(/lists/\d+/send/)"(.*?)</form>', page.decode(), re.DOTALL)
    assert form
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    client.post(form[1], values)
    assert Push.objects.get().total == 5
    assert title_of(client.get("/start/").content) == "Send the other 7."


def test_a_viewer_of_an_empty_team_has_nothing_to_press(client: Client) -> None:
    new = world.team_of_people("Kaveri")
    world.account(new, "telecmi", "TeleCMI Main")
    world.lead_list(new, "Renewals", 12)
    client.force_login(UserFactory.create(team=new.team, team__role="viewer"))
    assert "/send/" not in client.get("/start/").content.decode()
    assert Lead.objects.count() == 12


def test_a_practice_team_finds_the_way_to_its_own_data(
    manager: Client, friday: world.World
) -> None:
    assert "Start with your own data" not in manager.get("/").content.decode()
    friday.team.accounts.update(is_practice=True)
    page = manager.get("/").content.decode()
    assert "Start with your own data" in page
    assert 'href="/start/"' in page
