"""A code shown long ago is asked for again before secrets, whole lists and decisions."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse

from access import second_factor
from access.models import Account, User
from access.recheck import CODE_AT, FRESH_SECONDS
from access.roles import Role
from leads.models import Lead, LeadList
from sync.models import Delivery, State
from tests.factories import AccountFactory, LeadListFactory, PushFactory, TeamFactory, UserFactory
from tests.test_second_step import connect, noon, shown, wrong
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db
ASK = "/me/code/"
__all__ = ["noon"]


@pytest.fixture
def arvind(client: Client, noon: object) -> User:
    """An administrator with a second step, signed in with it a while ago."""
    user: User = UserFactory.create(team=TeamFactory.create(), team__role=Role.ADMIN)
    connect(user)
    client.force_login(user)
    session = client.session
    device = second_factor.of(user)
    assert device
    session["otp_device_id"] = device.persistent_id
    session[CODE_AT] = int(time.time()) - FRESH_SECONDS - 1
    session.save()
    return user


@pytest.fixture
def account(arvind: User) -> Account:
    return AccountFactory.create(team=arvind.teams.get())


def test_secrets_are_changed_with_a_fresh_code_only(
    client: Client, arvind: User, account: Account
) -> None:
    page = reverse("sync:account_edit", args=[account.pk])
    answer = client.get(page)
    assert answer["Location"] == f"{ASK}?next={page.replace('/', '%2F')}"
    assert client.post(page, {"name": "Other"})["Location"].startswith(ASK)
    assert client.post(ASK, {"code": wrong(arvind), "next": page}).status_code == 422
    assert client.post(ASK, {"code": shown(arvind), "next": page})["Location"] == page
    assert client.get(page).status_code == 200


def test_a_fragment_is_not_replaced_by_the_question(
    client: Client, arvind: User, account: Account
) -> None:
    page = reverse("sync:account_edit", args=[account.pk])
    answer = client.get(page, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith(ASK)


def test_the_question_leads_nowhere_else(client: Client, arvind: User) -> None:
    answer = client.post(ASK, {"code": shown(arvind), "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_a_thousand_leads_are_free_and_more_are_not(client: Client, arvind: User) -> None:
    place: LeadList = LeadListFactory.create(team=arvind.teams.get())
    leads(place, 1_000)
    export = reverse("leads:export")
    assert client.get(export).status_code == 200
    Lead.objects.create(team=place.team, lead_list=place, phone="+919820012345")
    assert client.get(export)["Location"].startswith(ASK)


def test_a_decision_asks_before_the_reason_is_typed(
    client: Client, arvind: User, account: Account
) -> None:
    push = PushFactory.create(account=account)
    doubt = Delivery.objects.create(
        push=push, account=account, endpoint="leads", credential="", state=State.UNCERTAIN
    )
    page = reverse("sync:sent_one", args=[doubt.pk])
    assert "Type your code to decide" in client.get(page).text
    decide = reverse("sync:decide", args=[doubt.pk])
    assert client.post(decide, {"verdict": "there", "reason": "seen"})["Location"].startswith(ASK)
    doubt.refresh_from_db()
    assert doubt.state == State.UNCERTAIN
    client.post(ASK, {"code": shown(arvind)})
    assert "Type your code to decide" not in client.get(page).text


def test_who_has_no_second_step_is_not_asked(client: Client, account: Account) -> None:
    client.force_login(UserFactory.create(team=account.team, team__role=Role.ADMIN))
    assert client.get(reverse("sync:account_edit", args=[account.pk])).status_code == 200
