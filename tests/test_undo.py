"""The activity log takes back what can be taken back, once, for a day, by who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.models import AuditEvent, User
from access.roles import Role
from leads import bulk, do_not_call, editing
from leads.models import Contact, DoNotCall, Lead, LeadList
from sync import erasing
from tests.factories import (
    ContactFactory,
    LeadFactory,
    LeadListFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def meera() -> User:
    made: User = UserFactory.create(username="meera", team=TeamFactory.create())
    return made


@pytest.fixture
def lead(meera: User) -> Lead:
    """A lead of Meera's team, in a list that counts it."""
    team = meera.memberships.get().team
    made = LeadListFactory.create(team=team, name="Walk-ins", lead_count=1)
    found: Lead = LeadFactory.create(lead_list=made, team=team, first_name="Asha", city="Pune")
    return found


@pytest.fixture
def log(client: Client, meera: User) -> Client:
    client.force_login(meera)
    return client


def undo(log: Client) -> None:
    """Press Undo on the newest line."""
    newest = AuditEvent.objects.order_by("-pk")[0]
    assert f"/activity/{newest.pk}/undo/" in log.get("/activity/").content.decode()
    assert log.post(f"/activity/{newest.pk}/undo/").status_code == 302


def counted(lead: Lead) -> int:
    return int(LeadList.objects.get(pk=lead.lead_list_id).lead_count)


def test_a_deleted_lead_comes_back(log: Client, lead: Lead, meera: User) -> None:
    editing.delete(lead, by=meera)
    undo(log)
    lead.refresh_from_db()
    assert (lead.deleted_at, counted(lead)) == (None, 1)


def test_leads_deleted_together_come_back_together(log: Client, lead: Lead, meera: User) -> None:
    other = LeadFactory.create(lead_list=lead.lead_list, team=lead.team)
    before = LeadFactory.create(lead_list=lead.lead_list, team=lead.team)
    LeadList.objects.update(lead_count=3)
    editing.delete(before, by=meera)
    chosen = Lead.objects.filter(pk__in=[lead.pk, other.pk])
    bulk.delete(chosen, team=lead.team, by=meera)
    assert "deleted 2 records" in log.get("/activity/").content.decode()
    undo(log)
    assert Lead.objects.filter(deleted_at=None).count() == counted(lead) == 2


def test_a_deleted_list_comes_back_with_its_leads(log: Client, lead: Lead) -> None:
    log.post(f"/lists/{lead.lead_list_id}/delete/")
    assert not Lead.objects.filter(deleted_at=None).exists()
    undo(log)
    assert Lead.objects.filter(deleted_at=None).exists()
    assert log.get(f"/lists/{lead.lead_list_id}/").status_code == 200


def test_a_list_comes_back_without_whoever_was_erased_meanwhile(
    log: Client, lead: Lead, meera: User
) -> None:
    erased = [LeadFactory.create(lead_list=lead.lead_list, team=lead.team) for _ in range(2)]
    LeadList.objects.update(lead_count=3)
    log.post(f"/lists/{lead.lead_list_id}/delete/")
    line = AuditEvent.objects.get(kind="list_deleted")
    for one in erased:
        erasing.erase(lead.team, one.phone, by=meera)
    log.post(f"/activity/{line.pk}/undo/")
    assert Lead.objects.get(deleted_at=None) == lead
    assert counted(lead) == 1


def test_nobody_who_was_erased_comes_back(log: Client, lead: Lead, meera: User) -> None:
    entry = ContactFactory.create(team=lead.team, phone=lead.phone)
    log.post(f"/contacts/{entry.pk}/delete/")
    editing.delete(lead, by=meera)
    erasing.erase(lead.team, lead.phone, by=meera)
    assert "/undo/" not in log.get("/activity/").content.decode()
    for line in AuditEvent.objects.filter(kind="deleted"):
        log.post(f"/activity/{line.pk}/undo/")
    assert not Lead.objects.filter(deleted_at=None).exists()
    assert not Contact.objects.filter(deleted_at=None).exists()


def test_an_edit_is_taken_back_unless_somebody_edited_since(
    log: Client, lead: Lead, meera: User
) -> None:
    editing.save(lead, {"city": "Nagpur"}, by=meera, seen=editing.stamp(lead))
    first = AuditEvent.objects.order_by("-pk")[0]
    undo(log)
    lead.refresh_from_db()
    assert lead.city == "Pune"
    page = log.post(f"/activity/{first.pk}/undo/", follow=True).content.decode()
    assert "cannot be taken back any more" in page


def test_tags_are_put_back(log: Client, lead: Lead, meera: User) -> None:
    editing.set_tags(lead, ["hot"], by=meera)
    undo(log)
    assert not lead.tags.exists()


def test_a_tag_is_taken_off_the_leads_it_was_put_on_at_once(
    log: Client, lead: Lead, meera: User
) -> None:
    had, again, plain = (LeadFactory.create(lead_list=lead.lead_list) for _n in range(3))
    editing.set_tags(had, ["hot", "old"], by=meera)
    editing.set_tags(plain, ["old"], by=meera)
    bulk.tag(Lead.objects.all(), "hot", team=lead.team, by=meera)
    line = AuditEvent.objects.get(kind="tagged")
    editing.save(
        lead, {"city": "Nagpur"}, by=meera, seen=editing.stamp(Lead.objects.get(pk=lead.pk))
    )
    editing.set_tags(again, [], by=meera)
    editing.set_tags(again, ["hot"], by=meera)
    page = log.get("/activity/").content.decode()
    assert "put the tag hot on 3 records" in page
    log.post(f"/activity/{line.pk}/undo/")
    tags = {one.pk: sorted(tag.name for tag in one.tags.all()) for one in Lead.objects.all()}
    assert tags == {lead.pk: [], had.pk: ["hot", "old"], again.pk: ["hot"], plain.pk: ["old"]}
    lead.refresh_from_db()
    assert (lead.city, lead.version) == ("Nagpur", 4)  # tagged, edited, the tag taken off
    page = log.get("/activity/").content.decode()
    assert "took the tag hot off 2 records" in page
    assert f"/activity/{line.pk}/undo/" not in page


def test_moved_leads_go_back_where_they_came_from(log: Client, lead: Lead, meera: User) -> None:
    to = LeadListFactory.create(team=lead.team, name="Others")
    bulk.move(Lead.objects.all(), to, team=lead.team, by=meera)
    undo(log)
    home = lead.lead_list_id
    lead.refresh_from_db()
    assert (lead.lead_list_id, counted(lead)) == (home, 1)


def test_only_numbers_that_were_new_are_taken_off_do_not_call(
    log: Client, lead: Lead, meera: User
) -> None:
    do_not_call.add(lead.team, ["+919800000001"], by=meera)
    do_not_call.add(lead.team, ["+919800000001", lead.phone], by=meera)
    undo(log)
    lead.refresh_from_db()
    assert not lead.do_not_call
    assert list(DoNotCall.objects.values_list("phone", flat=True)) == ["+919800000001"]


def test_a_deleted_entry_of_the_phone_book_comes_back(log: Client, lead: Lead) -> None:
    contact = ContactFactory.create(team=lead.team)
    log.post(f"/contacts/{contact.pk}/delete/")
    undo(log)
    assert Contact.objects.filter(pk=contact.pk, deleted_at=None).exists()


def _after_a_day(event: AuditEvent, lead: Lead) -> None:
    AuditEvent.objects.filter(pk=event.pk).update(at=timezone.now() - timedelta(hours=25))


def _number_there_again(event: AuditEvent, lead: Lead) -> None:
    LeadFactory.create(lead_list=lead.lead_list, team=lead.team, phone=lead.phone)


@pytest.mark.parametrize("change", [_after_a_day, _number_there_again])
def test_what_cannot_be_taken_back_stays_with_words(
    log: Client, lead: Lead, meera: User, change: Callable[[AuditEvent, Lead], None]
) -> None:
    editing.delete(lead, by=meera)
    event = AuditEvent.objects.order_by("-pk")[0]
    change(event, lead)
    page = log.post(f"/activity/{event.pk}/undo/", follow=True).content.decode()
    assert "Taken back" not in page
    lead.refresh_from_db()
    assert lead.deleted_at


def test_a_viewer_and_another_team_undo_nothing(client: Client, lead: Lead, meera: User) -> None:
    editing.delete(lead, by=meera)
    event = AuditEvent.objects.order_by("-pk")[0]
    client.force_login(UserFactory.create(team=lead.team, team__role=Role.VIEWER))
    assert "undo/" not in client.get("/activity/").content.decode()
    assert client.post(f"/activity/{event.pk}/undo/").status_code == 403
    client.force_login(UserFactory.create(team=TeamFactory.create()))
    assert client.post(f"/activity/{event.pk}/undo/").status_code == 404


def test_copied_leads_start_anew_in_the_other_list(log: Client, lead: Lead, meera: User) -> None:
    editing.set_tags(lead, ["hot"], by=meera)
    to = LeadListFactory.create(team=lead.team, name="Others")
    LeadFactory.create(lead_list=to, team=lead.team, phone="+919800000001")
    LeadFactory.create(lead_list=lead.lead_list, team=lead.team, phone="+919800000001")
    chosen = Lead.objects.filter(lead_list=lead.lead_list_id)
    picks = {"kept": ",".join(str(one.pk) for one in chosen), "verb": "copy", "confirmed": "1"}
    page = log.post("/leads/bulk/", picks | {"to": to.pk}, follow=True).content.decode()
    assert "1 lead copied to Others. 1 left out: its number stands there already." in page
    made = Lead.objects.get(lead_list=to, phone=lead.phone)
    assert (made.city, made.push_state, made.phone_rev) == ("Pune", "", lead.phone_rev)
    assert [tag.name for tag in made.tags.all()] == ["hot"]
    assert Lead.objects.filter(lead_list=lead.lead_list_id).count() == 2
