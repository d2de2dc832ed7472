"""A month in figures: every sum adds up, on the page and in the workbook."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEvent
from access.roles import Role
from leads.models import Import
from sync.models import State
from tests.factories import UserFactory
from tests.pages import world
from tests.pages.test_lists import row_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> world.World:
    """A list of which 30 of 50 rows were good: 20 sent, 5 refused, 5 not there yet."""
    made = world.team_of_people()
    world.account(made, "telecmi", "TeleCMI Main")
    world.lead_list(made, "Gold loans", 30, source="=Branch files", rows=50, repeated=12, ago=0)
    sent = [(State.DELIVERED, 20), (State.REJECTED, 5)]
    world.send(made, "Gold loans", "TeleCMI Main", sent, words={"cause": "x", "quote": "No"})
    return made


@pytest.fixture
def manager(client: Client, month: world.World) -> Client:
    client.force_login(month.manager)
    return client


def figures(row: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"(?<![\w.])[\d,]+", row)]


@pytest.mark.parametrize(
    ("by", "name"), [("source", "=Branch files"), ("list", "Gold loans"), ("who", "meera")]
)
def test_what_came_in_adds_up_to_where_it_is(manager: Client, by: str, name: str) -> None:
    page = manager.get(f"/reports/?by={by}").content
    row = row_of(page, name)
    row = row[row.index(" ", row.index(name) + len(name)) :]
    received, repeated, bad, good, there, refused, not_yet = figures(row)
    assert received == repeated + bad + good == 50
    assert good == there + refused + not_yet == 30
    assert (there, refused, not_yet) == (20, 5, 5)


def test_accounts_have_their_own_figures(manager: Client) -> None:
    assert figures(row_of(manager.get("/reports/?by=account").content, "TeleCMI Main"))[:1] == [20]


@pytest.mark.parametrize("by", ["source", "list", "who"])
def test_every_figure_leads_to_as_many_rows(manager: Client, month: world.World, by: str) -> None:
    world.lead_list(month, "Walk-ins", 3, ago=0)  # of no source: other leads beside these
    page = manager.get(f"/reports/?by={by}").content.decode()
    cells = re.findall(r'<td[^>]*data-l="([\w ]+)"><a href="([^"]+)">(\d+)</a>', page)
    assert {word for word, _url, _figure in cells} >= {"Good", "Refused", "Not there yet"}
    for word, url, figure in cells:
        rows = text_of(manager.get(url.replace("&amp;", "&")).content)
        if url.startswith("/leads/"):
            assert f" {figure} leads match." in rows, (word, url)
        else:
            assert ".csv" in rows, (word, url)


def test_a_figure_of_an_account_leads_to_as_many_rows(manager: Client, month: world.World) -> None:
    page = manager.get("/reports/?by=account").content.decode()
    address = re.findall(r'data-l="At the provider"><a href="([^"]+)">20</a>', page)[0]
    assert " 20 leads match." in text_of(manager.get(address.replace("&amp;", "&")).content)


def test_the_files_of_another_month_are_not_behind_this_ones_figures(
    manager: Client, month: world.World
) -> None:
    Import.objects.update(finished_at=world.day(ago=70))
    now = f"{world.day():%Y-%m}"
    assert "No lead matches" in text_of(manager.get(f"/leads/?month={now}").content)
    assert "gold-loans.csv" not in text_of(manager.get(f"/imports/?month={now}").content)
    assert "gold-loans.csv" in text_of(manager.get("/imports/").content)


def test_leads_deleted_since_are_said_so_that_the_sum_still_holds(
    manager: Client, month: world.World
) -> None:
    gone = month.lists["Gold loans"].leads.order_by("-pk")[:2]
    month.lists["Gold loans"].leads.filter(pk__in=[lead.pk for lead in gone]).update(
        deleted_at=world.day()
    )
    page = manager.get("/reports/?by=list").content
    assert "Deleted since" in text_of(page)
    assert figures(row_of(page, "Gold loans"))[-2:] == [2, 3]


def test_another_month_is_another_report(manager: Client) -> None:
    Import.objects.update(finished_at=world.day(ago=70))
    assert "No file was imported" in text_of(manager.get("/reports/").content)


def test_a_month_that_is_none_shows_the_current_one(manager: Client) -> None:
    assert manager.get("/reports/?month=13-2026&by=nothing").status_code == 200


def test_the_chart_is_drawn_on_the_server_and_has_a_table(manager: Client) -> None:
    page = manager.get("/reports/").content.decode()
    assert '<rect class="b1"' in page
    assert "Show as a table" in page
    assert "style=" not in page


def test_the_workbook_holds_the_same_figures_and_runs_no_formula(manager: Client) -> None:
    answer = manager.get("/reports/file.xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1] == ("'=Branch files", 50, 12, 8, 30, 20, 5, 0, 5)
    assert rows[-1][1] == 50
    assert AuditEvent.objects.filter(kind="report.exported").exists()


def test_who_may_not_export_gets_no_workbook(client: Client, month: world.World) -> None:
    client.force_login(UserFactory.create(team=month.team, team__role=Role.VIEWER))
    assert "XLSX" not in client.get("/reports/").content.decode()
    assert client.get("/reports/file.xlsx").status_code == 403


def test_a_report_costs_a_bounded_number_of_queries(
    manager: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(25):
        manager.get("/reports/")


def test_another_teams_figures_are_not_counted(client: Client, month: world.World) -> None:
    client.force_login(world.team_of_people("Kaveri").manager)
    page = client.get("/reports/").content.decode()
    assert "Gold loans" not in page
    assert "Branch files" not in page
