"""How long an account's key lasts, read from the key itself or from its sign-in."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import Account
from access.roles import Role
from sync import expiry
from tests.factories import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db


def token(ends: datetime | str | float) -> str:
    """A token with an end inside, in the shape portals give them."""
    value = ends.timestamp() if isinstance(ends, datetime) else ends
    parts = ({"alg": "none"}, {"exp": value})
    made = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts
    ]
    return ".".join([*made, "signature"])


def smartflo(**credentials: str) -> Account:
    """An account at Smartflo."""
    return AccountFactory.create(provider="smartflo", name="Smartflo", credentials=credentials)


def in_days(days: float) -> datetime:
    """The moment `days` from now, and a little."""
    return timezone.now() + timedelta(days=days, minutes=5)


def test_the_end_stands_inside_a_portal_token() -> None:
    found = expiry.of(smartflo(token=token(in_days(9))))
    assert found is not None
    assert (found.days, found.warns, found.renews) == (9, True, False)
    assert "9 days left" in found.text


def test_two_weeks_are_soon_enough_to_say_so() -> None:
    far = expiry.of(smartflo(token=token(in_days(14))))
    assert far is not None
    assert not far.warns


def test_an_account_that_signs_in_by_itself_needs_nobody() -> None:
    ends = in_days(3).isoformat()
    account = AccountFactory.create(
        credentials={"token": "t", "token_expires": ends, "user_id": "1_2", "password": "p"}
    )
    found = expiry.of(account)
    assert found is not None
    assert (found.warns, found.text) == (False, "Renewed by itself")


def test_a_telecmi_token_ends_when_its_sign_in_said() -> None:
    credentials = {"token": "t", "token_expires": in_days(2).isoformat()}
    found = expiry.of(AccountFactory.create(credentials=credentials))
    assert found is not None
    assert (found.days, found.warns) == (2, True)


def test_a_key_that_ended_says_when() -> None:
    found = expiry.of(smartflo(token=token(in_days(-3))))
    assert found is not None
    assert found.text.startswith("Ended ")
    assert found.warns


@pytest.mark.parametrize(
    "text",
    ["", "plain-token", "a.b.c", "..", token("soon"), token(1e30), token(float("nan")), "é.é.é"],
)
def test_a_token_that_says_nothing_has_no_end(text: str) -> None:
    assert expiry.of(smartflo(token=text)) is None


def test_the_accounts_pages_show_the_days_and_warn(client: Client) -> None:
    account = smartflo(token=token(in_days(9)))
    client.force_login(UserFactory.create(team=account.team, team__role=Role.ADMIN))
    for url in (reverse("sync:accounts"), reverse("sync:account", args=[account.pk])):
        page = client.get(url).text
        assert "9 days left" in page
        assert "Paste a new key before." in page


def test_a_new_token_forgets_the_end_of_the_old_one(client: Client) -> None:
    old = {"token": "old", "token_expires": in_days(1).isoformat()}
    account = AccountFactory.create(
        credentials={"inet_no": "1111112", "secret": "s3cret-value", **old}
    )
    client.force_login(UserFactory.create(team=account.team, team__role=Role.ADMIN))
    form = {"name": account.name, "c_inet_no": "1111112", "c_token": "new"}
    form["base_url"] = "http://127.0.0.1:1"
    client.post(reverse("sync:account_edit", args=[account.pk]), form)
    account.refresh_from_db()
    assert account.credentials["token"] == "new"
    assert expiry.of(account) is None
