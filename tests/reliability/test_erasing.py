"""A person asks for their data, or to be forgotten: then no table and no file names them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from access import log_guard
from access.models import Account, AuditEvent, User
from access.roles import Role
from leads import bulk, do_not_call, editing, erased
from leads.models import Contact, DoNotCall, Lead, LeadList
from sync import erasing, findings
from sync.models import Attempt, Delivery, DeliveryItem, Look, State
from sync.planning import plan_list
from tests.factories import ContactFactory, UserFactory
from tests.reliability.conftest import drain
from tests.sandbox_server import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, OTHER = "+919820012345", "+919820012346"
ROWS = """Name,Phone,Email,City
Zorawar Quill,98200 12345,zorawar@quill.example,Pune
Asha Rao,98200 12346,asha@rao.example,Pune
Zorawar Quill,9820012345,zorawar@quill.example,Pune
Broken,12,broken,Pune
"""


@pytest.fixture
def guarded() -> Iterator[None]:
    """The log as installations have it."""
    log_guard.install(connection)
    yield
    log_guard.remove(connection)


@pytest.fixture
def story(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox, tmp_path: Path,
    guarded: None,
) -> LeadList:  # fmt: skip
    """A person who was imported, edited, tagged, put into the phone book and sent."""
    file = tmp_path / "leads.csv"
    file.write_text(ROWS, encoding="utf-8")
    call_command("import", "leads", str(file), "--list", lead_list.name, stdout=io.StringIO())
    lead = Lead.objects.get(phone=PHONE)
    seen = editing.stamp(lead)
    editing.save(
        lead, {"comment": "Zorawar asks for a loan", "last_name": "क्विल"}, by=None, seen=seen
    )
    editing.set_tags(lead, ["hot"], by=None)
    Lead.objects.filter(phone=OTHER).update(alt_phone=PHONE)
    ContactFactory.create(team=lead_list.team, phone=PHONE, first_name="Zorawar")
    plan_list(lead_list, account(), by=None, click_token="a")
    drain()
    for look in Look.objects.all():
        findings.forget(look)  # as after the last one
    do_not_call.add(lead_list.team, [PHONE], by=None, reason="asked by phone: Zorawar क्विल")
    return lead_list


def traces(*texts: str) -> list[str]:
    """Return where any of `texts` still stands: tables of every app, and uploaded files."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")  # noqa: S608
            rows = str(cursor.fetchall())
            found += [f"{model.__name__}: {text}" for text in texts if text in rows]
    for file in Path(settings.MEDIA_ROOT).rglob("*"):
        if file.is_file() and any(text.encode() in file.read_bytes() for text in texts):
            found.append(file.name)
    return found


def test_nothing_of_an_erased_person_is_left_and_the_facts_stay(story: LeadList) -> None:
    before = {item.pk: (item.state, item.remote_id) for item in DeliveryItem.objects.all()}
    assert traces("Zorawar", "9820012345")
    done = erasing.erase(story.team, PHONE, by=None)
    assert (done.leads, done.contacts, done.sent) == (1, 1, 1)
    call_command("person", "export", PHONE, stdout=io.StringIO())  # of nothing, then
    assert traces("Zorawar", "zorawar", "9820012345", "98200 12345") == []
    after = {item.pk: (item.state, item.remote_id) for item in DeliveryItem.objects.all()}
    assert after == before
    assert Attempt.objects.count() == 2  # one for each of the two leads
    story.refresh_from_db()
    assert story.lead_count == Lead.objects.filter(deleted_at=None).count() == 1
    assert Lead.objects.get(phone=OTHER).first_name == "Asha"
    event = AuditEvent.objects.get(kind="person.erased")
    assert (event.count, event.team_id) == (2, str(story.team.pk))


def test_it_says_who_still_holds_a_copy(story: LeadList) -> None:
    [holder] = erasing.erase(story.team, PHONE, by=None).holders
    assert (holder.account, holder.provider) == ("telecrm 0", "Telecrm")


def test_no_file_brings_an_erased_number_back_until_the_person_wants_it(
    story: LeadList, tmp_path: Path
) -> None:
    erasing.erase(story.team, PHONE, by=None)
    assert not DoNotCall.objects.exists()  # the number itself is kept nowhere
    again = tmp_path / "again.csv"
    rows = "Name,Phone\nZorawar Quill,+91 98200 12345\nNew Person,98200 12399\n"
    again.write_text(rows, encoding="utf-8")
    out = io.StringIO()
    call_command("import", "leads", str(again), "--list", story.name, "--json", stdout=out)
    summary = json.loads(out.getvalue())
    assert (summary["added"], summary["problems"]) == (1, {"do_not_call": 1})
    assert do_not_call.remove(story.team, PHONE, by=None, reason="asked to be called")
    assert erased.among(story.team.pk, [PHONE]) == set()


def test_one_typed_in_by_hand_is_stopped_before_it_leaves(
    story: LeadList, account: Callable[..., Account], sandbox: Sandbox
) -> None:
    erasing.erase(story.team, PHONE, by=None)
    Lead.objects.create(team=story.team, lead_list=story, phone=PHONE, first_name="Z")
    sent = len(sandbox.journal("telecrm"))
    plan_list(story, account(), by=None, click_token="b")
    drain()
    item = DeliveryItem.objects.get(lead__phone=PHONE)
    assert (item.state, item.cause) == (State.CANCELLED, "do-not-call")
    assert len(sandbox.journal("telecrm")) == sent + 1  # the other lead, at the new account


@pytest.mark.parametrize("state", [State.QUEUED, State.UNCERTAIN])
def test_what_is_under_way_or_not_sure_is_settled_first(story: LeadList, state: str) -> None:
    Delivery.objects.update(state=state)
    with pytest.raises(erasing.NotYet):
        erasing.erase(story.team, PHONE, by=None)
    assert Lead.objects.filter(phone=PHONE).exists()


def test_what_is_still_looked_up_is_waited_for(
    story: LeadList, account: Callable[..., Account]
) -> None:
    plan_list(story, account(), by=None, click_token="b")
    drain()
    assert Look.objects.exists()
    with pytest.raises(erasing.NotYet, match="is asked until .* whether it has this number"):
        erasing.erase(story.team, OTHER, by=None)


def test_an_erased_lead_cannot_be_brought_back(story: LeadList) -> None:
    lead = Lead.objects.get(phone=PHONE)
    erasing.erase(story.team, PHONE, by=None)
    editing.restore(lead, by=None)
    gone: Any = Lead.objects.filter(pk=lead.pk)
    assert bulk.restore(gone, team=story.team, by=None) == (0, 1)
    assert bulk.bring_back(gone, team=story.team, by=UserFactory.create()) == 0
    assert Lead.objects.get(pk=lead.pk).deleted_at


def test_everything_about_a_person_is_one_file(story: LeadList) -> None:
    out = io.StringIO()
    call_command("person", "export", "98200 12345", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    [lead] = found["leads"]
    assert (lead["email"], lead["list"], lead["tags"]) == ("zorawar@quill.example", "Q2", ["hot"])
    assert lead["from_file"] == "leads.csv, line 2"
    assert found["phone_book"][0]["first_name"] == "Zorawar"
    assert found["sent"][0]["account"] == "telecrm 0"
    assert found["do_not_call"]["reason"] == "asked by phone: Zorawar क्विल"
    assert {"edited", "person.taken_out"} <= {line["what"] for line in found["log"]}
    assert "asha" not in out.getvalue().lower()


def test_the_command_line_erases_and_refuses_what_is_no_number(story: LeadList) -> None:
    out = io.StringIO()
    call_command("person", "erase", PHONE, "--json", stdout=out)
    assert json.loads(out.getvalue())["leads"] == 1
    with pytest.raises(CommandError, match="12"):
        call_command("person", "erase", "12")


def test_an_administrator_does_both_from_the_numbers_page_and_a_manager_neither(
    story: LeadList, client: Client
) -> None:
    page = reverse("leads:number", args=[PHONE])
    file = reverse("sync:person_file", args=[PHONE])
    away = reverse("sync:person_erase", args=[PHONE])
    client.force_login(UserFactory.create(team=story.team))
    assert "Erase this person" not in client.get(page).text
    assert client.get(file).status_code == client.post(away).status_code == 403
    admin: User = UserFactory.create(team=story.team, team__role=Role.ADMIN)
    client.force_login(admin)
    assert away in client.get(page).text
    assert client.get(file).json()["leads"][0]["first_name"] == "Zorawar"
    assert "telecrm 0, Telecrm" in client.get(away).text
    done = client.post(away).text
    assert "This person was erased" in done
    assert "telecrm 0, Telecrm" in done
    assert "never called" in client.get(page).text
    assert Contact.objects.get().phone == ""
    lead = Lead.objects.get(phone="")
    left = [
        reverse("leads:lead", args=[lead.pk]),
        reverse("sync:lead_story", args=[lead.pk]),
        *(reverse("sync:sent_one", args=[one.pk]) for one in Delivery.objects.all()),
        f"{reverse('leads:leads')}?deleted=yes",
        reverse("leads:list", args=[story.pk]),
        reverse("activity"),
    ]
    assert {address: client.get(address).status_code for address in left} == dict.fromkeys(
        left, 200
    )
