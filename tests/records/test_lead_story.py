"""What happened to a lead: sends, quotes, edits, and what is newer here than at the provider."""

from __future__ import annotations

import pytest
from django.test import Client

from leads import editing
from leads.models import LeadList
from sync.models import Delivery, DeliveryItem, Standing, State
from tests.factories import AccountFactory, ImportFactory, LeadFactory, PushFactory

pytestmark = pytest.mark.django_db


def test_every_send_stands_there_with_the_providers_words(
    browser: Client, lead_list: LeadList
) -> None:
    account = AccountFactory.create(team=lead_list.team, name="TeleCMI Main")
    lead = LeadFactory.create(lead_list=lead_list)
    push = PushFactory.create(account=account, team=lead_list.team, label="Q2 home loans")
    delivery = Delivery.objects.create(
        push=push, account=account, endpoint="leads", state=State.REJECTED, item_count=3
    )
    item = DeliveryItem.objects.create(
        delivery=delivery,
        lead=lead,
        state=State.REJECTED,
        quote="Duplicate Phone Numbers Found",
        reason="The same number stands twice.",
    )
    Standing.objects.create(
        account=account, lead=lead, state=State.REJECTED, version_sent=1, item=item
    )
    page = browser.get(f"/leads/{lead.pk}/story/").content.decode()
    assert "Duplicate Phone Numbers Found" in page
    assert "The same number stands twice." in page
    assert f"/sent/{delivery.pk}/" in page
    assert "with 2 others" in page


def test_an_edit_after_the_send_is_pointed_out(browser: Client, lead_list: LeadList) -> None:
    account = AccountFactory.create(team=lead_list.team)
    lead = LeadFactory.create(lead_list=lead_list, city="Pune")
    Standing.objects.create(account=account, lead=lead, state=State.DELIVERED, version_sent=1)
    editing.save(lead, {"city": "Nashik"}, by=None, seen=editing.stamp(lead))
    assert "Changed here since it was sent" in browser.get(f"/leads/{lead.pk}/").content.decode()
    fragment = browser.get(f"/leads/{lead.pk}/story/", headers={"HX-Request": "true"})
    body = fragment.content.decode()
    assert "city: Nashik, was Pune" in body
    assert "<html" not in body


def test_the_story_begins_with_the_file_and_its_line(browser: Client, lead_list: LeadList) -> None:
    file = ImportFactory.create(team=lead_list.team, file_name="fb-10nov.csv")
    lead = LeadFactory.create(lead_list=lead_list, origin=file, origin_row=88)
    page = browser.get(f"/leads/{lead.pk}/story/").content.decode()
    assert "from fb-10nov.csv, line 88" in page


def test_another_teams_story_is_not_there(browser: Client) -> None:
    assert browser.get(f"/leads/{LeadFactory.create().pk}/story/").status_code == 404
