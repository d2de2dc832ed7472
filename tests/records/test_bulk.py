"""Acts on many leads: asked first, counted now, done once, on this team's leads only."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from access.models import AuditEvent, Team
from leads.models import DoNotCall, Lead, LeadList
from leads.phones import PhoneReader
from tests.factories import LeadFactory, LeadFieldFactory, LeadListFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(lead_list: LeadList) -> list[Lead]:
    LeadList.objects.filter(pk=lead_list.pk).update(lead_count=3)
    return [
        LeadFactory.create(lead_list=lead_list, source=source) for source in ("Web", "Web", "Fair")
    ]


def test_it_asks_before_it_does_and_shows_how_many(browser: Client, three: list[Lead]) -> None:
    page = browser.post("/leads/bulk/", {"verb": "delete", "pick": [three[0].pk, three[1].pk]})
    assert "2 leads" in page.content.decode()
    assert Lead.objects.filter(deleted_at=None).count() == 3


def test_ticks_of_other_pages_count_too(browser: Client, three: list[Lead]) -> None:
    form = {"verb": "tag", "confirmed": "1", "tag": "warm", "pick": [three[0].pk]}
    browser.post("/leads/bulk/", form | {"kept": f"{three[1].pk}"})
    assert Lead.objects.filter(tags__name="warm").count() == 2


def test_all_that_match_is_the_filter_not_a_list_of_ids(browser: Client, three: list[Lead]) -> None:
    asked = browser.post("/leads/bulk/", {"verb": "tag", "all": "1", "filter": "source=Web"})
    assert asked.context["count"] == 2
    LeadFactory.create(lead_list=three[0].lead_list, source="Web")
    form = {"verb": "tag", "confirmed": "1", "all": "1", "filter": "source=Web", "tag": "warm"}
    browser.post("/leads/bulk/", form)
    assert Lead.objects.filter(tags__name="warm", version=2).count() == 3


def test_another_teams_leads_cannot_be_ticked(browser: Client, three: list[Lead]) -> None:
    stranger = LeadFactory.create()
    form = {"verb": "delete", "confirmed": "1", "pick": [stranger.pk, three[0].pk]}
    browser.post("/leads/bulk/", form)
    stranger.refresh_from_db()
    assert stranger.deleted_at is None


def test_deleting_keeps_the_lists_figure_and_can_be_undone(
    browser: Client, three: list[Lead], lead_list: LeadList
) -> None:
    ids = [lead.pk for lead in three]
    browser.post("/leads/bulk/", {"verb": "delete", "confirmed": "1", "pick": ids})
    lead_list.refresh_from_db()
    assert lead_list.lead_count == 0
    form = {"verb": "restore", "confirmed": "1", "all": "1", "filter": "gone=1"}
    browser.post("/leads/bulk/", form)
    lead_list.refresh_from_db()
    assert (lead_list.lead_count, Lead.objects.filter(deleted_at=None).count()) == (3, 3)
    told = AuditEvent.objects.get(kind="restored")
    assert (told.count, told.target_id) == (3, "")


def test_ticked_deleted_leads_come_back_and_only_they(
    browser: Client, three: list[Lead], lead_list: LeadList
) -> None:
    ids = [lead.pk for lead in three]
    browser.post("/leads/bulk/", {"verb": "delete", "confirmed": "1", "pick": ids[:2]})
    form = {"verb": "restore", "filter": "gone=1", "pick": [ids[0], ids[2]]}
    asked = browser.post("/leads/bulk/", form)
    assert asked.context["count"] == 1
    kept = {"kept": asked.context["picks"], "filter": asked.context["filter"].query}
    browser.post("/leads/bulk/", {"verb": "restore", "confirmed": "1", "all": "", **kept})
    live = Lead.objects.filter(deleted_at=None).values_list("pk", flat=True)
    assert set(live) == {ids[0], ids[2]}
    lead_list.refresh_from_db()
    assert lead_list.lead_count == 2


def test_moving_leaves_numbers_the_other_list_has(
    browser: Client, three: list[Lead], team: Team
) -> None:
    other = LeadListFactory.create(team=team, lead_count=1)
    LeadFactory.create(lead_list=other, phone=three[0].phone)
    ids = [lead.pk for lead in three]
    form = {"verb": "move", "confirmed": "1", "pick": ids, "to": other.pk}
    page = browser.post("/leads/bulk/", form, follow=True).content.decode()
    assert "2 leads moved" in page
    assert "1 stayed" in page
    other.refresh_from_db()
    three[0].lead_list.refresh_from_db()
    assert (other.lead_count, three[0].lead_list.lead_count) == (3, 1)


def test_do_not_call_for_many_puts_their_numbers_on_the_list(
    browser: Client, three: list[Lead]
) -> None:
    form = {"verb": "do_not_call", "confirmed": "1", "all": "1", "filter": "", "reason": "DND"}
    browser.post("/leads/bulk/", form)
    assert DoNotCall.objects.filter(reason="DND").count() == 3
    assert Lead.objects.filter(do_not_call=True).count() == 3


def test_an_empty_tag_is_asked_for_again(browser: Client, three: list[Lead]) -> None:
    form = {"verb": "tag", "confirmed": "1", "pick": [three[0].pk], "tag": " "}
    answer = browser.post("/leads/bulk/", form)
    assert answer.status_code == 422
    assert "Write the tag." in answer.content.decode()


def test_nothing_ticked_does_nothing(browser: Client, three: list[Lead]) -> None:
    page = browser.post("/leads/bulk/", {"verb": "delete", "confirmed": "1"}, follow=True)
    assert "No lead was ticked" in page.content.decode()
    assert Lead.objects.filter(deleted_at=None).count() == 3


def test_the_export_is_the_filter_and_no_cell_is_a_formula(
    browser: Client, lead_list: LeadList, team: Team
) -> None:
    LeadFieldFactory.create(team=team, key="note", label="=Note")
    LeadFactory.create(
        lead_list=lead_list,
        first_name='=HYPERLINK("http://x")',
        last_name="-1+cmd|' /C calc'!A0",
        phone="+919822000417",
        source="Web",
        custom={"note": "@SUM(A1)"},
    )
    LeadFactory.create(lead_list=lead_list, source="Fair")
    answer = browser.get("/export/leads.csv?source=Web")
    text = answer.getvalue().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert len(rows) == 1
    cells = [*header, *rows[0]]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert PhoneReader("IN").read(rows[0][0]).e164 == "+919822000417"
    assert rows[0][1] == '\'=HYPERLINK("http://x")'
    assert AuditEvent.objects.get(kind="exported").count == 1


def test_the_log_says_how_many_leads_were_taken(browser: Client, three: list[Lead]) -> None:
    browser.get("/export/leads.csv")
    assert AuditEvent.objects.get(kind="exported").count == len(three)


def test_ticked_leads_can_be_exported_too(browser: Client, three: list[Lead]) -> None:
    answer = browser.post("/leads/bulk/", {"verb": "export", "pick": [three[2].pk]})
    assert len(answer.getvalue().decode().splitlines()) == 2
