"""The panel beside a list: what it promises, and that one press is one send."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from access.roles import Role
from leads.models import DoNotCall, Lead
from sync.models import ListTarget, Push
from tests.factories import AccountFactory, LeadFactory, LeadListFactory, UserFactory
from tests.pages import world
from tests.pages.test_lists import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> world.World:
    """A team with a list of seven leads and an account at each provider."""
    made = world.team_of_people()
    world.account(made, "telecmi", "TeleCMI Main")
    world.account(made, "telecrm", "Telecrm Main")
    world.account(made, "smartflo", "Smartflo Delhi")
    world.lead_list(made, "Gold loans", 7)
    return made


@pytest.fixture
def manager(client: Client, desk: world.World) -> Client:
    client.force_login(desk.manager)
    return client


def press(client: Client, desk: world.World, account: str, **values: str) -> int:
    """Press Send as the page would; return the answer's status."""
    made = desk.lists["Gold loans"]
    sent = {"account": str(desk.accounts[account].pk), "what": "all", "when": "now"}
    sent |= {"click": "one-press"} | values
    return client.post(f"/lists/{made.pk}/send/", sent).status_code


def test_the_panel_says_what_sending_makes_before_anything_leaves(
    manager: Client, desk: world.World
) -> None:
    page = text_of(manager.get(f"/lists/{desk.lists['Gold loans'].pk}/").content)
    assert "7 leads become one TeleCMI list and need one campaign." in page
    assert "You have 10 seconds to cancel" in page
    assert "Send 7 to TeleCMI Main" in page
    assert not Push.objects.exists()


def test_another_account_changes_the_sentence(manager: Client, desk: world.World) -> None:
    made, to = desk.lists["Gold loans"], desk.accounts["Telecrm Main"]
    page = text_of(manager.get(f"/lists/{made.pk}/panel/?account={to.pk}").content)
    assert "7 leads go to Telecrm one by one." in page
    assert "requests an hour" in page


def test_the_first_few_are_counted_in_the_sentence(manager: Client, desk: world.World) -> None:
    url = f"/lists/{desk.lists['Gold loans'].pk}/panel/?what=first&first=5"
    answer = manager.get(url, headers={"HX-Request": "true", "HX-Target": "send-sentence"})
    assert "5 leads become one TeleCMI list" in text_of(answer.content)
    assert "<form" not in answer.content.decode()


def test_pressing_send_plans_all_waiting_leads(manager: Client, desk: world.World) -> None:
    assert press(manager, desk, "TeleCMI Main") == 302
    push = Push.objects.get()
    assert (push.total, push.waiting, push.created_by) == (7, 7, desk.manager)
    page = text_of(manager.get(f"/lists/{desk.lists['Gold loans'].pk}/").content)
    assert re.search(r"Starts in \d+ s", page)
    assert "Cancel" in page


def test_a_double_press_makes_one_send(manager: Client, desk: world.World) -> None:
    assert [press(manager, desk, "TeleCMI Main") for _ in range(3)] == [302, 302, 302]
    assert Push.objects.count() == 1


def test_five_go_first_and_the_rest_wait(manager: Client, desk: world.World) -> None:
    press(manager, desk, "TeleCMI Main", what="first", first="5")
    assert Push.objects.get().total == 5
    page = text_of(manager.get(f"/lists/{desk.lists['Gold loans'].pk}/").content)
    assert "All 2 waiting" in page


def test_what_was_sent_can_be_taken_back_until_it_leaves(
    manager: Client, desk: world.World
) -> None:
    press(manager, desk, "TeleCMI Main")
    push = Push.objects.get()
    manager.post(f"/sends/{push.pk}/cancel/")
    push.refresh_from_db()
    assert (push.cancelled, push.waiting) == (7, 0)


def test_a_send_is_paused_and_goes_on(manager: Client, desk: world.World) -> None:
    press(manager, desk, "TeleCMI Main")
    push = Push.objects.get()
    manager.post(f"/sends/{push.pk}/pause/")
    page = text_of(manager.get(f"/lists/{desk.lists['Gold loans'].pk}/").content)
    assert "Paused:" in page
    manager.post(f"/sends/{push.pk}/resume/")
    push.refresh_from_db()
    assert push.paused_at is None


def test_smartflo_asks_for_its_list_and_keeps_what_was_said(
    manager: Client, desk: world.World
) -> None:
    assert press(manager, desk, "Smartflo Delhi") == 422
    assert not Push.objects.exists()
    header = "Mobile\tName\tCity\tLoan wish"
    values = {"list_id": "441940", "duplicate_option": "skip", "header": header}
    assert press(manager, desk, "Smartflo Delhi", **values) == 302
    target = ListTarget.objects.get()
    assert target.settings["list_id"] == "441940"
    assert target.settings["columns"] == {
        "field_0": "phone",
        "field_1": "full_name",
        "field_2": "city",
        "field_3": "",
    }


def test_a_time_that_is_over_is_refused_with_words(manager: Client, desk: world.World) -> None:
    assert press(manager, desk, "TeleCMI Main", when="at", at="00:00") == 422


def test_a_list_nobody_may_call_says_so(manager: Client, desk: world.World) -> None:
    for lead in Lead.objects.filter(lead_list=desk.lists["Gold loans"]):
        DoNotCall.objects.create(team=desk.team, phone=lead.phone)
    page = text_of(manager.get(f"/lists/{desk.lists['Gold loans'].pk}/").content)
    assert "do not call" in page
    assert press(manager, desk, "TeleCMI Main") == 422
    assert not Push.objects.exists()


def test_another_teams_account_is_not_found(manager: Client, desk: world.World) -> None:
    desk.accounts["Foreign"] = AccountFactory.create()
    assert press(manager, desk, "Foreign") == 404


def test_a_viewer_has_no_panel_and_may_not_send(client: Client, desk: world.World) -> None:
    client.force_login(UserFactory.create(team=desk.team, team__role=Role.VIEWER))
    assert b'id="send"' not in client.get(f"/lists/{desk.lists['Gold loans'].pk}/").content
    assert press(client, desk, "TeleCMI Main") == 403


def test_a_list_without_an_account_leads_to_connecting_one(client: Client) -> None:
    lead = LeadFactory.create(lead_list=LeadListFactory.create())
    client.force_login(UserFactory.create(team=lead.team))
    page = text_of(client.get(f"/lists/{lead.lead_list.pk}/").content)
    assert "No account yet" in page
