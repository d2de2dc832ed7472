"""Numbers over all lists, the do-not-call list, the phone book, own columns."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import AuditEvent, Team
from leads.models import Contact, DoNotCall, Lead, LeadField, LeadList, Tag
from tests.factories import (
    ContactFactory,
    DoNotCallFactory,
    LeadFactory,
    LeadFieldFactory,
    LeadListFactory,
)

pytestmark = pytest.mark.django_db


def test_a_numbers_page_tells_all_lists_and_the_phone_book(
    browser: Client, lead_list: LeadList, team: Team
) -> None:
    lead = LeadFactory.create(lead_list=lead_list, phone="+919822000417")
    LeadFactory.create(
        lead_list=LeadListFactory.create(team=team, name="Website"), phone="+919822000417"
    )
    ContactFactory.create(team=team, phone="+919822000417", first_name="Priya", last_name="at work")
    LeadFactory.create(phone="+919822000417", lead_list__name="Of strangers")
    page = browser.get("/numbers/+919822000417/").content.decode()
    assert "In 2 lists" in page
    assert "Priya at work" in page
    assert f"/leads/{lead.pk}/story/" in page
    assert "Of strangers" not in page


def test_a_number_is_found_however_it_is_written(browser: Client) -> None:
    assert browser.get("/numbers/098220-00417/")["Location"] == "/numbers/+919822000417/"
    assert browser.get("/numbers/?q=98220 00417")["Location"] == "/numbers/+919822000417/"
    assert browser.get("/numbers/12/").status_code == 404
    assert browser.get("/numbers/+919822000417/").status_code == 200


def test_pasted_numbers_go_on_the_list_once_and_mark_leads(
    browser: Client, lead_list: LeadList
) -> None:
    LeadFactory.create(lead_list=lead_list, phone="+919822000417")
    pasted = "98220 00417\n+91 99000 11122; 9900011122\n\n"
    browser.post("/donotcall/add/", {"numbers": pasted, "reason": "DND register"})
    assert sorted(DoNotCall.objects.values_list("phone", flat=True)) == [
        "+919822000417",
        "+919900011122",
    ]
    assert Lead.objects.get().do_not_call
    page = browser.post("/donotcall/add/", {"numbers": "9822000417"}, follow=True)
    assert "1 stood there already" in page.content.decode()


def test_a_line_that_is_no_number_is_named_and_nothing_is_added(browser: Client) -> None:
    answer = browser.post("/donotcall/add/", {"numbers": "9822000417\n12345"})
    assert answer.status_code == 422
    assert "Line 2, 12345" in answer.content.decode()
    assert not DoNotCall.objects.exists()


def test_a_number_leaves_the_list_only_with_a_reason(browser: Client, team: Team) -> None:
    phone = DoNotCallFactory.create(team=team).phone
    browser.post("/donotcall/remove/", {"phone": phone})
    assert DoNotCall.objects.exists()
    browser.post("/donotcall/remove/", {"phone": phone, "reason": "called us back"})
    assert not DoNotCall.objects.exists()
    assert AuditEvent.objects.get(kind="may_be_called").details["phone"] == phone


def test_the_phone_book_keeps_a_number_once(browser: Client, team: Team) -> None:
    form = {"first_name": "Rohan", "phone": "98220 00417"}
    assert browser.post("/contacts/new/", form).status_code == 302
    again = browser.post("/contacts/new/", form)
    assert again.status_code == 422
    assert "in the phone book already" in again.content.decode()
    assert Contact.objects.get().phone == "+919822000417"


def test_an_entry_is_changed_found_and_deleted(browser: Client, team: Team) -> None:
    entry = ContactFactory.create(team=team, first_name="Rohan")
    page = browser.get(f"/contacts/{entry.pk}/")
    form = {"first_name": "Rohan", "last_name": "Rao", "phone": entry.phone}
    browser.post(f"/contacts/{entry.pk}/", form | {"seen": page.context["stamp"]})
    entry.refresh_from_db()
    assert (entry.last_name, entry.version) == ("Rao", 2)
    assert "Rohan Rao" in browser.get("/contacts/?q=rao").content.decode()
    browser.post(f"/contacts/{entry.pk}/delete/")
    assert "Rohan Rao" not in browser.get("/contacts/").content.decode()


def test_another_teams_entry_is_not_there(browser: Client) -> None:
    assert browser.get(f"/contacts/{ContactFactory.create().pk}/").status_code == 404


def test_a_column_of_ones_own_gets_a_key_that_never_changes(browser: Client, team: Team) -> None:
    browser.post("/settings/fields/new/", {"label": "Loan amount", "kind": "money"})
    column = LeadField.objects.get()
    assert column.key == "loan_amount"
    browser.post(f"/settings/fields/{column.pk}/", {"label": "Amount", "kind": "money"})
    column.refresh_from_db()
    assert (column.key, column.label) == ("loan_amount", "Amount")
    assert "custom.loan_amount" in browser.get("/settings/fields/").content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"label": "City", "kind": "dropdown"}, "Write at least one choice."),
        ({"label": "LOAN", "kind": "text"}, "There is a column with this name already."),
    ],
)
def test_a_column_that_cannot_work_is_refused(
    browser: Client, team: Team, form: dict[str, str], words: str
) -> None:
    LeadFieldFactory.create(team=team, label="Loan")
    answer = browser.post("/settings/fields/new/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_tag_is_renamed_and_removed_everywhere(browser: Client, lead_list: LeadList) -> None:
    lead = LeadFactory.create(lead_list=lead_list)
    browser.post(f"/leads/{lead.pk}/tags/", {"tags": "warm"})
    word = Tag.objects.get()
    browser.post(f"/settings/tags/{word.pk}/", {"name": "hot"})
    lead.refresh_from_db()
    assert (list(lead.tags.values_list("name", flat=True)), lead.version) == (["hot"], 3)
    browser.post(f"/settings/tags/{word.pk}/", {"verb": "delete"})
    assert not lead.tags.exists()
