"""Every door of the site, read from the URLconf: strangers, other teams, forged forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from access.models import Hold, SignInLink
from access.roles import Role
from campaigns.models import Agent, Campaign
from leads.models import Contact, Import, Lead, LeadList
from sync.models import Delivery, Push
from tests.factories import TeamFactory, UserFactory
from tests.pages.world import World, friday

pytestmark = pytest.mark.django_db

OPEN = {  # what a person who has not signed in may see
    "health",
    "access:sign_in",
    "access:sign_out",
    "access:one_time",
    "access:code",
    "access:language",
    "set_language",
}
VALUES = {"pk": 1, "phone": "+919800000001", "token": "no-such-token", "slug": "x", "cause": "x"}
BACKEND = "django.contrib.auth.backends.ModelBackend"
WATCHED = (Lead, LeadList, Contact, Import, Campaign, Agent, Push, Delivery, Hold, SignInLink)


def doors(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (name, values) of every address outside Django's admin."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from doors(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            keys = entry.pattern.converters
            values = {
                key: 1 if type(kind).__name__ == "IntConverter" else VALUES.get(key, "x")
                for key, kind in keys.items()
            }
            yield f"{namespace}{entry.name}", values


ALL = sorted(dict(doors(get_resolver())).items(), key=lambda door: door[0])


@pytest.mark.parametrize(("name", "values"), ALL, ids=[name for name, _ in ALL])
def test_a_stranger_is_asked_to_sign_in(client: Client, name: str, values: dict[str, Any]) -> None:
    answer = client.get(reverse(name, kwargs=values))
    if name not in OPEN:
        assert answer.status_code in (302, 405), name
        assert answer.status_code == 405 or "/signin" in answer["Location"]


@pytest.fixture
def own() -> World:
    """A team's day of work, in small."""
    return friday(0.02)


def keys_of() -> set[int]:
    """The keys of one record of every kind there is."""
    rows = (model._default_manager.order_by("pk").first() for model in WATCHED)
    return {row.pk for row in rows if row}


def addresses(only_keyed: bool = False) -> Iterator[str]:
    """Yield every address, those of single records with the key of every kind of record."""
    for name, values in ALL:
        numbers = [key for key, value in values.items() if value == 1]
        if not numbers and not only_keyed:
            yield reverse(name, kwargs=values)
        for pk in keys_of() if numbers else ():
            yield reverse(name, kwargs={**values, **dict.fromkeys(numbers, pk)})


def status_of(client: Client, address: str) -> int:
    """Ask for an address and read the whole answer, so that a stream lets its cursor go."""
    answer: Any = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return int(answer.status_code)


@pytest.mark.usefixtures("own")
def test_another_teams_records_are_not_found(client: Client) -> None:
    stranger = UserFactory.create(team=TeamFactory.create(), team__role=Role.ADMIN)
    client.force_login(stranger, backend=BACKEND)
    shown = [address for address in addresses(only_keyed=True) if status_of(client, address) == 200]
    assert shown == []


def test_no_form_is_taken_without_its_token(own: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(own.manager, backend=BACKEND)
    taken = [
        address
        for address in addresses()
        if client.post(address).status_code not in (403, 404, 405)
    ]
    assert taken == []


def test_looking_changes_nothing(client: Client, own: World) -> None:
    client.force_login(own.manager, backend=BACKEND)
    before = everything()
    for address in addresses():
        if "signout" not in address:
            status_of(client, address)
    assert everything() == before


def everything() -> dict[str, Any]:
    """All rows a page could change by mistake; an export leaves its line in the log."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in WATCHED
    }
