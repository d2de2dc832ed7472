"""Lists and one list, as a manager reads them."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEvent
from access.roles import Role
from campaigns.models import Campaign
from leads.models import LeadList
from sync.models import Standing, State
from tests.factories import LeadListFactory, UserFactory
from tests.pages import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def friday() -> world.World:
    return world.friday(scale=0.02)


@pytest.fixture
def manager(client: Client, friday: world.World) -> Client:
    client.force_login(friday.manager)
    return client


def text_of(html: bytes) -> str:
    """Return a page as its reader sees it: words, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def row_of(html: bytes, name: str) -> str:
    """Return the words of the table row that begins with `name`."""
    rows = re.findall(r"<tr>.*?</tr>", html.decode(), re.DOTALL)
    return next(text_of(row.encode()) for row in rows if name in row)


def test_a_list_shows_its_source_its_good_leads_and_one_mark_per_account(manager: Client) -> None:
    page = manager.get("/lists/").content
    row = row_of(page, "Website enquiries, November")
    assert "Website form" in row
    assert "23 refused" in row
    assert "All" in row  # at Telecrm
    assert "Not sent" in row  # at TeleCMI Pune, for screen readers


def test_leads_behind_a_stopped_account_are_shown_as_waiting_for_it(manager: Client) -> None:
    row = row_of(manager.get("/lists/").content, "Q2 home loans, Pune")
    assert "6 wait" in row
    assert row.endswith("–")  # nobody can know when


def test_parts_without_a_campaign_ask_for_one(manager: Client) -> None:
    assert "Plan 3" in row_of(manager.get("/lists/").content, "Diwali balance transfer")


def test_the_table_costs_as_many_queries_for_six_lists_as_for_one(
    manager: Client, friday: world.World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(40):
        manager.get("/lists/")


def test_finished_lists_stand_on_their_own_tab(manager: Client, friday: world.World) -> None:
    world.campaign(friday, "Facebook leads, week 46", "TeleCMI Main", "09:00-10:00", days=-1)
    friday.lists["Facebook leads, week 46"].campaigns.filter(part__isnull=False).delete()
    assert "Facebook leads, week 46" not in text_of(manager.get("/lists/").content)
    assert "Facebook leads, week 46" in text_of(manager.get("/lists/?show=finished").content)


def test_another_teams_list_is_not_found(manager: Client) -> None:
    foreign = LeadListFactory.create()
    assert manager.get(f"/lists/{foreign.pk}/").status_code == 404
    assert foreign.name not in manager.get("/lists/").content.decode()


def test_the_head_of_a_list_leads_from_file_to_calls(manager: Client, friday: world.World) -> None:
    page = text_of(manager.get(f"/lists/{friday.lists['Diwali balance transfer'].pk}/").content)
    funnel = page[page.index("File ") :]
    assert re.match(r"File \d+ rows in 1 file Clean \d+ \d+ left out At TeleCMI Main \d+", funnel)
    assert "3 to plan" in funnel


def test_each_part_shows_its_name_its_state_and_whether_its_id_is_missing(
    manager: Client, friday: world.World
) -> None:
    page = manager.get(f"/lists/{friday.lists['Diwali balance transfer'].pk}/").content
    assert "Missing" in row_of(page, "[t9c4vx]")
    assert "Missing" not in row_of(page, "[k7f3qa]")
    assert "At TeleCMI" in row_of(page, "[k7f3qa]")
    assert "Not sent" in row_of(page, "Next part")


def test_the_strip_of_a_running_send_asks_again_and_stops_at_the_end(
    manager: Client, friday: world.World
) -> None:
    made = friday.lists["Diwali balance transfer"]
    running = manager.get(f"/lists/{made.pk}/live/").content.decode()
    assert 'hx-trigger="load delay:' in running
    friday.pushes["Diwali balance transfer/Telecrm Main"].deliveries.update(state=State.ACCEPTED)
    push = friday.pushes["Diwali balance transfer/Telecrm Main"]
    push.waiting, push.finished_at = 0, world.day()
    push.save()
    assert "hx-trigger" not in manager.get(f"/lists/{made.pk}/live/").content.decode()


def test_a_new_list_is_made_renamed_and_put_away(manager: Client, friday: world.World) -> None:
    values = {"name": "Gold loans", "source": "Walk-ins", "country": "in"}
    manager.post("/lists/new/", values)
    made = LeadList.objects.get(team=friday.team, name="Gold loans")
    manager.post(f"/lists/{made.pk}/edit/", values | {"name": "Gold loans, Delhi"})
    made.refresh_from_db()
    assert (made.name, made.country, made.created_by) == ("Gold loans, Delhi", "IN", friday.manager)
    manager.post(f"/lists/{made.pk}/delete/")
    assert manager.get(f"/lists/{made.pk}/").status_code == 404
    kinds = AuditEvent.objects.filter(target_id=str(made.pk)).values_list("kind", flat=True)
    assert set(kinds) == {"list_created", "list_changed", "list_deleted"}


def test_a_name_that_another_list_has_is_refused_with_words(manager: Client) -> None:
    values = {"name": "Diwali balance transfer", "source": "", "country": "IN"}
    answer = manager.post("/lists/new/", values)
    assert answer.status_code == 422
    assert "Another list is called so" in answer.content.decode()


def test_a_list_that_is_being_sent_is_not_deleted(manager: Client, friday: world.World) -> None:
    made = friday.lists["Diwali balance transfer"]
    assert manager.post(f"/lists/{made.pk}/delete/").status_code == 409
    made.refresh_from_db()
    assert made.deleted_at is None


def test_a_viewer_sees_no_lever_and_may_pull_none(client: Client, friday: world.World) -> None:
    client.force_login(UserFactory.create(team=friday.team, team__role=Role.VIEWER))
    made = friday.lists["Diwali balance transfer"]
    page = client.get(f"/lists/{made.pk}/").content.decode()
    assert "Pause" not in page
    assert "Delete" not in page
    assert client.post(f"/lists/{made.pk}/delete/").status_code == 403


def test_leads_that_no_campaign_calls_are_a_view_of_their_own(client: Client) -> None:
    desk = world.team_of_people()
    account = world.account(desk, "telecmi", "TeleCMI Main")
    made = world.lead_list(desk, "Gold loans", 3)
    sent = [(State.DELIVERED, 2)]
    world.send(desk, "Gold loans", "TeleCMI Main", sent, part="k7f3qa", words={"said": "ok"})
    client.force_login(desk.manager)
    assert "Not in a campaign 2" in text_of(client.get("/leads/").content)
    assert "2 leads match." in text_of(client.get("/leads/?plan=none").content)
    part = made.parts.get()
    Campaign.objects.create(
        team=desk.team, account=account, lead_list=made, part=part, name="Gold", state="created"
    )
    assert "No lead matches" in text_of(client.get("/leads/?plan=none").content)


def test_of_many_accounts_those_with_trouble_have_columns(client: Client) -> None:
    desk = world.team_of_people()
    made = world.lead_list(desk, "Gold loans", 3)
    leads = list(made.leads.all())
    for number in range(9):
        state = State.REJECTED if number == 8 else State.DELIVERED
        account = world.account(desk, "telecmi", f"Branch {number + 1}")
        rows = [Standing(account=account, lead=lead, state=state) for lead in leads]
        Standing.objects.bulk_create(rows)
    client.force_login(desk.manager)
    page = text_of(client.get("/lists/").content)
    assert "Branch 9" in page
    assert "3 rows, also at 3 other accounts" in page
    assert len(re.findall(r"Branch \d", page)) == 6
