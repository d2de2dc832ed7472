"""Sending some of a list: chosen parts now, or the next part once it is full."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from access.models import AuditEvent
from leads.models import DoNotCall
from sync.enqueueing import CannotSend
from sync.models import NextPart, Push
from sync.next_part import plan_full_parts
from sync.partial import read_parts, spans
from sync.planning import plan_list
from tests.factories import LeadFactory
from tests.pages import world
from tests.pages.test_lists import text_of
from tests.pages.test_send_panel import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> world.World:
    """A short list, an account that takes parts and one that takes leads one by one."""
    made = world.team_of_people()
    world.account(made, "telecmi", "TeleCMI Main")
    world.account(made, "telecrm", "Telecrm Main")
    world.lead_list(made, "Gold loans", 2)
    return made


@pytest.fixture
def long(desk: world.World) -> world.World:
    """The same with a list of three parts."""
    world.lead_list(desk, "Gold loans, all", 2_101)
    desk.lists["Gold loans"] = desk.lists["Gold loans, all"]
    return desk


@pytest.fixture
def manager(client: Client, desk: world.World) -> Client:
    client.force_login(desk.manager)
    return client


def shown(client: Client, desk: world.World) -> str:
    return text_of(client.get(f"/lists/{desk.lists['Gold loans'].pk}/").content)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1-3", [1, 2, 3]),
        ("3, 1–2", [1, 2, 3]),
        (" 2 ; 5 ", [2, 5]),
        ("2,2,", [2]),
        ("", None),
        ("3-1", None),
        ("0", None),
        ("1-99999", None),
        ("two", None),
    ],
)
def test_parts_are_written_as_for_a_printer(text: str, numbers: list[int] | None) -> None:
    assert read_parts(text) == numbers


def test_parts_are_those_that_all_waiting_leads_would_become() -> None:
    assert spans(2_101, 1000, parts=[1, 3]) == [(0, 701), (1401, 2101)]
    assert spans(2_101, 1000, first=5) == [(0, 5)]
    assert spans(2_101, 1000) == [(0, 2_101)]


def test_chosen_parts_go_and_the_others_wait(manager: Client, long: world.World) -> None:
    desk = long
    assert "3 parts of up to 701" in shown(manager, desk)
    url = f"/lists/{desk.lists['Gold loans'].pk}/panel/?what=parts&parts=1-2"
    assert "1,401 leads become 2 TeleCMI lists" in text_of(manager.get(url).content)
    assert press(manager, desk, "TeleCMI Main", what="parts", parts="1, 3") == 302
    push = Push.objects.get()
    made = desk.lists["Gold loans"]
    ids = list(made.leads.order_by("pk").values_list("pk", flat=True))
    sent = list(push.deliveries.order_by("number").values_list("items__lead", flat=True))
    assert sorted(sent) == ids[:701] + ids[1401:]
    assert [one.item_count for one in push.deliveries.order_by("number")] == [701, 700]
    assert "All 700 waiting" in shown(manager, desk)


@pytest.mark.parametrize("parts", ["", "first", "4"])
def test_parts_that_do_not_wait_are_refused_with_words(
    manager: Client, desk: world.World, parts: str
) -> None:
    assert press(manager, desk, "TeleCMI Main", what="parts", parts=parts) == 422
    assert not Push.objects.exists()


def test_a_single_part_is_sent_whole(desk: world.World) -> None:
    made, account = desk.lists["Gold loans"], desk.accounts["TeleCMI Main"]
    with pytest.raises(CannotSend, match="one part"):
        plan_list(made, account, by=None, click_token="x", parts=[2])


def test_the_next_part_goes_by_itself_once_it_is_full(manager: Client, desk: world.World) -> None:
    made = desk.lists["Gold loans"]
    assert press(manager, desk, "TeleCMI Main", when="full") == 302
    assert plan_full_parts() == 0
    page = shown(manager, desk)
    assert "Goes by itself once 1,000 wait" in page
    assert not Push.objects.exists()
    LeadFactory.create(lead_list=made, team=desk.team)
    NextPart.objects.update(look_at=timezone.now(), size=3)
    assert (plan_full_parts(), plan_full_parts()) == (1, 0)
    push = Push.objects.get()
    assert (push.total, push.created_by) == (3, desk.manager)
    assert not NextPart.objects.exists()


def test_a_number_nobody_may_call_does_not_fill_a_part(desk: world.World) -> None:
    made, account = desk.lists["Gold loans"], desk.accounts["TeleCMI Main"]
    NextPart.objects.create(account=account, lead_list=made, size=2, click_token="c")
    lead = made.leads.first()
    assert lead
    DoNotCall.objects.create(team=desk.team, phone=lead.phone)
    assert plan_full_parts() == 0


def test_waiting_for_a_full_part_can_be_taken_back(manager: Client, desk: world.World) -> None:
    made = desk.lists["Gold loans"]
    account = desk.accounts["TeleCMI Main"]
    NextPart.objects.create(account=account, lead_list=made, size=1_000, click_token="c")
    assert "Take that back" in shown(manager, desk)
    answer = manager.post(f"/lists/{made.pk}/next-part/forget/", {"account": account.pk})
    assert answer.status_code == 302
    assert not NextPart.objects.exists()
    assert AuditEvent.objects.filter(kind="part.forgotten").exists()


def test_only_accounts_that_take_parts_can_wait_for_one(manager: Client, desk: world.World) -> None:
    assert press(manager, desk, "Telecrm Main", when="full") == 422
    assert not NextPart.objects.exists()
