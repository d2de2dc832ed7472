"""Keys change: everything under the newest one, safe to stop anywhere, and a wrong key is said."""

import io
import json
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django import Settings

from access import key_rotation, second_factor
from access.models import Account, Authenticator
from access.secrets import SecretUnreadable
from tests.factories import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db
OLD, MIDDLE, NEW = (Fernet.generate_key().decode() for _ in range(3))


def rotate() -> Any:
    out = io.StringIO()
    call_command("rotate_keys", "--json", stdout=out)
    return json.loads(out.getvalue())


def secrets() -> list[str]:
    return [account.credentials["secret"] for account in Account.objects.order_by("pk")]


def test_every_secret_moves_to_the_newest_key_and_the_oldest_may_go(settings: Settings) -> None:
    wanted = []
    for keys in ([OLD], [MIDDLE, OLD], [NEW, MIDDLE, OLD]):
        settings.FIELD_ENCRYPTION_KEYS = keys
        wanted.append(AccountFactory.create(credentials={"secret": f"s{len(keys)}"}))
    AccountFactory.create(credentials={})  # nothing stored, nothing to do
    second_factor.begin(UserFactory.create())
    assert rotate() == {"rotated": 2, "current": 2, "unreadable": []}
    assert rotate() == {"rotated": 0, "current": 4, "unreadable": []}
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert [Account.objects.get(pk=one.pk).credentials["secret"] for one in wanted] == [
        "s1", "s2", "s3",
    ]  # fmt: skip
    assert Authenticator.objects.get().secret["key"]


def test_a_rotation_that_was_stopped_goes_on(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    for number in range(5):
        AccountFactory.create(credentials={"secret": f"number {number}"})
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    for pk, token in key_rotation._some(Account, "credentials", 0)[:2]:
        key_rotation._rotate(Account, "credentials", pk, token, key_rotation.Rotated())
    assert secrets() == [f"number {number}" for number in range(5)]  # half and half reads too
    assert rotate() == {"rotated": 3, "current": 2, "unreadable": []}
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert secrets() == [f"number {number}" for number in range(5)]


def test_what_no_key_reads_is_named_and_the_rest_is_done(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    lost = AccountFactory.create(credentials={"secret": "lost"})
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    kept = AccountFactory.create(credentials={"secret": "kept"})
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match=f"account {lost.pk}"):
        call_command("rotate_keys", stdout=io.StringIO())
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert Account.objects.get(pk=kept.pk).credentials["secret"] == "kept"
    with pytest.raises(SecretUnreadable):
        Account.objects.get(pk=lost.pk)


def test_a_secret_changed_meanwhile_is_not_put_back(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    account = AccountFactory.create(credentials={"secret": "before"})
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    [(pk, token)] = key_rotation._some(Account, "credentials", 0)
    account.credentials = {"secret": "after"}
    account.save()
    done = key_rotation.Rotated()
    key_rotation._rotate(Account, "credentials", pk, token, done)
    assert done.rotated == 0
    assert secrets() == ["after"]


def test_one_changed_byte_is_noticed(settings: Settings) -> None:
    account = AccountFactory.create(credentials={"secret": "whole"})
    [(_pk, token)] = key_rotation._some(Account, "credentials", 0)
    from django.db import connection

    spoilt = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_account SET credentials = %s", [spoilt])
    with pytest.raises(SecretUnreadable):
        Account.objects.get(pk=account.pk)
