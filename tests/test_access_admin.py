"""The admin shows people, teams, accounts and the log; secrets and history stay untouched."""

import pytest
from django.test import Client
from django.urls import reverse

from access.audit import record
from access.models import AuditEvent, User
from tests.factories import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client: Client) -> User:
    user = UserFactory.create(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", ["user", "team", "account", "auditevent", "hold"])
def test_lists_open_and_can_be_searched(client: Client, root: User, name: str) -> None:
    AccountFactory.create()
    record("exported", actor=root)
    answer = client.get(reverse(f"admin:access_{name}_changelist"), {"q": "e"})
    assert answer.status_code == 200


def test_a_secret_stands_on_no_admin_page(client: Client, root: User) -> None:
    account = AccountFactory.create(credentials={"secret": "do-not-show-me"})
    page = client.get(reverse("admin:access_account_change", args=[account.pk]))
    assert page.status_code == 200
    assert "do-not-show-me" not in page.text


def test_saving_an_account_in_the_admin_keeps_its_secret(client: Client, root: User) -> None:
    account = AccountFactory.create(credentials={"secret": "kept"})
    values = {"team": account.team_id, "name": "Renamed", "pace": "2"}
    client.post(reverse("admin:access_account_change", args=[account.pk]), values)
    account.refresh_from_db()
    assert (account.name, account.credentials["secret"]) == ("Renamed", "kept")


def test_the_log_cannot_be_changed_even_by_a_superuser(client: Client, root: User) -> None:
    event = record("exported", actor=root)
    change = reverse("admin:access_auditevent_change", args=[event.pk])
    assert client.post(change, {"kind": "other"}).status_code == 403
    assert (
        client.post(reverse("admin:access_auditevent_delete", args=[event.pk])).status_code == 403
    )
    assert AuditEvent.objects.get(pk=event.pk).kind == "exported"
