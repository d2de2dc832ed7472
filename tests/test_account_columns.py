"""Which of our columns feeds which field at an account."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from access.models import Account, User
from access.roles import Role
from leads.models import LeadField
from sync import fieldmap
from sync.providers.base import FieldKind, RecordKind
from tests.factories import AccountFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def arvind(client: Client) -> User:
    user = UserFactory.create(team=TeamFactory.create(), team__role=Role.ADMIN)
    client.force_login(user)
    return user


@pytest.fixture
def telecrm(arvind: User) -> Account:
    return AccountFactory.create(team=arvind.teams.get(), provider="telecrm", name="Telecrm Main")


def write(client: Client, account: Account, *rows: tuple[str, str, str]) -> Any:
    values: dict[str, str] = {}
    for at, (remote, kind, column) in enumerate(rows):
        values |= {f"remote-{at}": remote, f"kind-{at}": kind, f"column-{at}": column}
    return client.post(reverse("sync:account_columns", args=[account.pk]), values)


def mapped(account: Account) -> dict[str, tuple[str, str]]:
    account.refresh_from_db()
    rules = fieldmap.rules(account, RecordKind.LEAD)
    return {rule.remote: (rule.column, rule.kind) for rule in rules}


def test_the_provider_s_own_map_stands_there_to_begin_with(
    client: Client, telecrm: Account
) -> None:
    page = client.get(reverse("sync:account_columns", args=[telecrm.pk])).text
    assert 'value="phone"' in page
    assert 'value="email"' in page


def test_fields_are_added_changed_and_left_out(client: Client, telecrm: Account) -> None:
    rows = [("phone", "phone", "phone"), ("name", "text", "first_name"), ("Loan", "money", "city")]
    assert write(client, telecrm, *rows, ("", "text", "")).status_code == 302
    assert mapped(telecrm) == {
        "phone": ("phone", FieldKind.PHONE),
        "name": ("first_name", FieldKind.TEXT),
        "Loan": ("city", FieldKind.MONEY),
    }


def test_saving_what_stands_there_changes_nothing(client: Client, telecrm: Account) -> None:
    before = mapped(telecrm)
    write(client, telecrm, *((remote, kind, column) for remote, (column, kind) in before.items()))
    assert mapped(telecrm) == before
    assert telecrm.field_map == {"lead": {}}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("", "text", "city")], "Write the field"),
        ([("a", "text", "city"), ("a", "text", "email")], "stands here twice"),
        ([("a", "text", "password")], "Choose a column"),
        ([("a", "secret", "city")], "Choose a column"),
    ],
)
def test_a_row_that_cannot_be_saved_says_why_and_nothing_is(
    client: Client, telecrm: Account, rows: list[tuple[str, str, str]], words: str
) -> None:
    answer = write(client, telecrm, *rows)
    assert answer.status_code == 422
    assert answer.text.count(words) == 2
    telecrm.refresh_from_db()
    assert telecrm.field_map == {}


def test_only_administrators_change_columns(client: Client, telecrm: Account) -> None:
    client.force_login(UserFactory.create(team=telecrm.team))
    assert write(client, telecrm).status_code == 403


def map_by_command(*words: str) -> dict[str, Any]:
    """What `account map` leaves in the account's field map."""
    call_command("account", "map", "Telecrm Main", *words)
    found: dict[str, Any] = Account.objects.get(name="Telecrm Main").field_map["lead"]
    return found


def test_the_command_line_knows_the_type_of_a_column(telecrm: Account) -> None:
    LeadField.objects.create(team=telecrm.team, key="loan", label="Loan", kind="money")
    words = ("custom.loan=budget", "alt_phone=second_phone", "city=town", "comment=age:number")
    assert map_by_command(*words) == {
        "budget": {"column": "custom.loan", "kind": "money"},
        "second_phone": {"column": "alt_phone", "kind": "phone"},
        "town": {"column": "city", "kind": "text"},
        "age": {"column": "comment", "kind": "number"},
    }


def test_the_command_line_leaves_a_column_out(telecrm: Account) -> None:
    assert map_by_command("email=") == {"email": ""}


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("colour=city", "There is no column colour. Columns: full_name"),
        ("city=town:colour", "There is no type colour. Types: text"),
    ],
)
def test_the_command_line_refuses_what_it_does_not_know(
    word: str, sentence: str, telecrm: Account
) -> None:
    with pytest.raises(CommandError, match=sentence):
        map_by_command(word)
    telecrm.refresh_from_db()
    assert telecrm.field_map == {}
