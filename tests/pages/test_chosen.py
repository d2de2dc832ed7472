"""Sending ticked leads and the phone book."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import Account
from leads.models import DoNotCall
from sync.models import Push
from tests.factories import ContactFactory
from tests.pages import world
from tests.pages.test_lists import row_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> world.World:
    made = world.team_of_people()
    world.account(made, "telecmi", "TeleCMI Main")
    world.lead_list(made, "Gold loans", 7)
    world.lead_list(made, "Car loans", 4)
    return made


@pytest.fixture
def manager(client: Client, desk: world.World) -> Client:
    client.force_login(desk.manager)
    return client


def test_ticked_leads_go_list_by_list(manager: Client, desk: world.World) -> None:
    gold = desk.lists["Gold loans"].leads.order_by("pk")[:2]
    car = desk.lists["Car loans"].leads.order_by("pk")[:1]
    picks = ",".join(str(lead.pk) for lead in [*gold, *car])
    page = manager.get("/leads/send/", {"leads": picks}).content
    assert "Send 3 leads" in text_of(page)
    assert row_of(page, "Gold loans") == "Gold loans 2 2"
    values = {"leads": picks, "account": Account.objects.get().pk, "click": "c"}
    for _ in range(2):
        manager.post("/leads/send/", values)
    assert sorted(Push.objects.values_list("label", "total")) == [
        ("Car loans", 1),
        ("Gold loans", 2),
    ]


def test_all_that_match_go_by_their_filter(manager: Client, desk: world.World) -> None:
    chosen = {"all": "1", "filter": f"list={desk.lists['Gold loans'].pk}"}
    page = text_of(manager.get("/leads/send/", chosen).content)
    assert "Send 7 leads" in page
    manager.post("/leads/send/", chosen | {"account": Account.objects.get().pk, "click": "d"})
    assert Push.objects.get().total == 7


def test_leads_that_are_there_already_stay(manager: Client, desk: world.World) -> None:
    world.send(desk, "Gold loans", "TeleCMI Main", [("delivered", 7)], words={})
    pick = desk.lists["Gold loans"].leads.order_by("pk")[0]
    page = text_of(manager.get("/leads/send/", {"leads": pick.pk}).content)
    assert "None of them can go" in page


def test_another_teams_leads_are_never_sent(manager: Client, desk: world.World) -> None:
    other = world.team_of_people("Kaveri")
    foreign = world.lead_list(other, "Foreign", 3).leads.all()
    picks = ",".join(str(lead.pk) for lead in foreign)
    manager.post(
        "/leads/send/", {"leads": picks, "account": Account.objects.get().pk, "click": "e"}
    )
    assert not Push.objects.exists()


def test_nothing_ticked_is_said(manager: Client) -> None:
    assert manager.get("/leads/send/").status_code == 302


def test_the_phone_book_goes_once(manager: Client, desk: world.World) -> None:
    ContactFactory.create_batch(3, team=desk.team)
    assert "Send 3 entries" in text_of(manager.get("/contacts/send/").content)
    values = {"account": Account.objects.get().pk, "click": "f"}
    for _ in range(2):
        manager.post("/contacts/send/", values)
    assert Push.objects.get().total == 3
    assert "Every entry is there already" in text_of(manager.get("/contacts/send/").content)


def test_an_empty_phone_book_says_so(manager: Client) -> None:
    assert "The phone book is empty." in text_of(manager.get("/contacts/send/").content)


def test_an_entry_nobody_may_call_is_not_offered(manager: Client, desk: world.World) -> None:
    blocked, _free = ContactFactory.create_batch(2, team=desk.team)
    DoNotCall.objects.create(team=desk.team, phone=blocked.phone)
    assert "Send 1 entry" in text_of(manager.get("/contacts/send/").content)
