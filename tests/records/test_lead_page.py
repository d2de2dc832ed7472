"""One lead: reading, changing, two people at once, do not call, delete and bring back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access.models import AuditEvent, Team, User
from leads import editing
from leads.models import DoNotCall, Lead, LeadField, LeadList
from tests.factories import LeadFactory, LeadFieldFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead(lead_list: LeadList) -> Lead:
    lead_list.lead_count = 1
    lead_list.save()
    return LeadFactory.create(
        lead_list=lead_list, first_name="Priya", phone="+919822000417", city="Pune"
    )


def person(lead: Lead, **changed: Any) -> dict[str, Any]:
    """What the browser posts for the group of names and numbers."""
    names = ("first_name", "last_name", "phone", "alt_phone", "whatsapp", "email")
    values = {name: getattr(lead, name) for name in names}
    return values | {"seen": editing.stamp(lead)} | changed


def test_the_page_shows_every_group_and_asks_for_the_story(browser: Client, lead: Lead) -> None:
    page = browser.get(f"/leads/{lead.pk}/").content.decode()
    assert "+91 98220 00417" in page
    assert f'hx-get="/leads/{lead.pk}/story/"' in page
    assert page.count('data-fragment="group"') == 4


def test_a_change_a_provider_would_see_makes_a_new_version(
    browser: Client, lead: Lead, manager: User
) -> None:
    url = f"/leads/{lead.pk}/fields/person/"
    answer = browser.post(url, person(lead, phone="98220 11111", first_name="Pria"), headers=HTMX)
    assert answer.status_code == 200
    lead.refresh_from_db()
    assert (lead.phone, lead.phone_rev, lead.version) == ("+919822011111", "111110228919", 2)
    event = AuditEvent.objects.get(kind="edited")
    assert event.details["before"] == {"phone": "+919822000417", "first_name": "Priya"}
    assert event.actor_id == str(manager.pk)


def test_a_change_of_consent_alone_is_no_new_version(browser: Client, lead: Lead) -> None:
    form = {"source": "", "consent_source": "Web form", "seen": editing.stamp(lead)}
    browser.post(f"/leads/{lead.pk}/fields/consent/", form)
    lead.refresh_from_db()
    assert (lead.consent_source, lead.version) == ("Web form", 1)


def test_saving_without_a_change_writes_nothing(browser: Client, lead: Lead) -> None:
    browser.post(f"/leads/{lead.pk}/fields/person/", person(lead))
    lead.refresh_from_db()
    assert lead.version == 1
    assert not AuditEvent.objects.exists()


def test_a_bad_number_is_refused_with_its_reason_and_the_typed_text(
    browser: Client, lead: Lead
) -> None:
    url = f"/leads/{lead.pk}/fields/person/"
    answer = browser.post(url, person(lead, phone="98765"), headers=HTMX)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert 'value="98765"' in body
    assert "India" in body
    assert "<html" not in body


def test_a_number_the_list_has_already_is_refused(browser: Client, lead: Lead) -> None:
    LeadFactory.create(lead_list=lead.lead_list, phone="+919822011111")
    url = f"/leads/{lead.pk}/fields/person/"
    answer = browser.post(url, person(lead, phone="9822011111"), headers=HTMX)
    assert answer.status_code == 422
    assert "A list keeps a number once" in answer.content.decode()
    lead.refresh_from_db()
    assert lead.phone == "+919822000417"


def test_the_second_of_two_managers_is_told_and_nothing_is_overwritten(
    browser: Client, lead: Lead, team: Team
) -> None:
    both_read = person(lead)
    browser.post(f"/leads/{lead.pk}/fields/person/", both_read | {"first_name": "Pria"})
    colleague = Client()
    colleague.force_login(UserFactory.create(team=team))
    url = f"/leads/{lead.pk}/fields/person/"
    answer = colleague.post(url, both_read | {"first_name": "Priyanka"}, headers=HTMX)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Somebody saved this lead" in body
    assert "first name: Pria" in body
    assert 'value="Priyanka"' in body
    lead.refresh_from_db()
    assert lead.first_name == "Pria"
    again = both_read | {"first_name": "Priyanka", "seen": editing.stamp(lead)}
    assert colleague.post(url, again, headers=HTMX).status_code == 200
    lead.refresh_from_db()
    assert lead.first_name == "Priyanka"


def test_own_columns_are_typed_and_other_values_stay(
    browser: Client, lead: Lead, team: Team
) -> None:
    LeadFieldFactory.create(team=team, key="amount", label="Loan amount", kind=LeadField.Kind.MONEY)
    lead.custom = {"employer": "Persistent"}
    lead.save()
    url = f"/leads/{lead.pk}/fields/custom/"
    seen = editing.stamp(lead)
    assert browser.post(url, {"custom_amount": "much", "seen": seen}).status_code == 422
    browser.post(url, {"custom_amount": "2500000.50", "seen": seen})
    lead.refresh_from_db()
    assert lead.custom == {"employer": "Persistent", "amount": "2500000.5"}


def test_tags_are_written_as_one_line(browser: Client, lead: Lead) -> None:
    browser.post(f"/leads/{lead.pk}/tags/", {"tags": "warm, call after 17:00, warm"})
    assert sorted(lead.tags.values_list("name", flat=True)) == ["call after 17:00", "warm"]
    lead.refresh_from_db()
    assert lead.version == 2


def test_do_not_call_marks_the_number_in_every_list_and_is_taken_off_with_a_reason(
    browser: Client, lead: Lead, team: Team
) -> None:
    twin = LeadFactory.create(lead_list__team=team, phone=lead.phone)
    url = f"/leads/{lead.pk}/do-not-call/"
    browser.post(url, {"reason": "asked on the phone"})
    assert Lead.objects.filter(do_not_call=True).count() == 2
    assert DoNotCall.objects.get().reason == "asked on the phone"
    browser.post(url)
    assert DoNotCall.objects.exists()
    browser.post(url, {"reason": "asked to be called"})
    twin.refresh_from_db()
    assert not twin.do_not_call
    assert AuditEvent.objects.get(kind="may_be_called").details["reason"] == "asked to be called"


def test_a_deleted_lead_leaves_its_list_and_can_be_brought_back(
    browser: Client, lead: Lead
) -> None:
    browser.post(f"/leads/{lead.pk}/delete/")
    lead.lead_list.refresh_from_db()
    assert lead.lead_list.lead_count == 0
    assert "This lead is deleted" in browser.get(f"/leads/{lead.pk}/").content.decode()
    assert browser.get("/leads/").context["total"] == 0
    browser.post(f"/leads/{lead.pk}/restore/")
    lead.lead_list.refresh_from_db()
    assert lead.lead_list.lead_count == 1
    assert browser.get("/leads/").context["total"] == 1


def test_a_lead_whose_number_came_again_cannot_be_brought_back(browser: Client, lead: Lead) -> None:
    browser.post(f"/leads/{lead.pk}/delete/")
    LeadFactory.create(lead_list=lead.lead_list, phone=lead.phone)
    page = browser.post(f"/leads/{lead.pk}/restore/", follow=True).content.decode()
    assert "A list keeps a number once" in page
    lead.refresh_from_db()
    assert lead.deleted_at


def test_the_page_works_without_htmx(browser: Client, lead: Lead) -> None:
    page = browser.get(f"/leads/{lead.pk}/?edit=person").content.decode()
    assert 'name="first_name"' in page
    answer = browser.post(f"/leads/{lead.pk}/fields/person/", person(lead, first_name="Pria"))
    assert answer.status_code == 302
    refused = browser.post(f"/leads/{lead.pk}/fields/person/", person(lead, phone="12"))
    assert refused.status_code == 422
    assert "<html" in refused.content.decode()
