"""The door to an address that many wrong names come from. The door to one name: test_sign_in.py."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from axes.models import AccessFailureLog
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access import links
from access.lock_out import address_of
from access.models import User
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD, WRONG = "a long sentence", "a short one"
OFFICE, ELSEWHERE = "203.0.113.7", "203.0.113.8"
NAMES = count()


@pytest.fixture(autouse=True)
def _behind_one_proxy(settings: Settings) -> None:
    settings.PROXIES = 1


@pytest.fixture
def meera() -> User:
    user = UserFactory.create(team=TeamFactory.create())
    user.set_password(PASSWORD)
    user.save()
    return user


def try_in(username: str, password: str = WRONG, *, at: str = OFFICE) -> Any:
    values = {"username": username, "password": password}
    return Client(headers={"X-Forwarded-For": at}).post(reverse("access:sign_in"), values)


def try_names(many: int, *, at: str = OFFICE) -> None:
    for _ in range(many):
        try_in(f"nobody{next(NAMES)}", at=at)


def test_fifty_wrong_names_close_the_door_to_an_address(meera: User) -> None:
    try_names(50)
    closed = try_in(meera.username, PASSWORD)
    assert closed.status_code == 429
    assert "Fifty sign-ins from your network failed within an hour" in closed.text
    assert try_in(meera.username, PASSWORD, at=ELSEWHERE).status_code == 302


def test_one_person_who_forgot_the_password_never_shuts_out_the_office(meera: User) -> None:
    try_names(44)
    for _ in range(20):
        try_in("forgetful")
    assert try_in("forgetful").status_code == 429
    assert try_in(meera.username, PASSWORD).status_code == 302


def test_whoever_is_signed_in_works_on_and_a_link_opens_the_door(meera: User) -> None:
    inside = Client(headers={"X-Forwarded-For": OFFICE})
    inside.force_login(meera)
    try_names(50)
    assert inside.get(reverse("access:settings")).status_code == 200
    link = reverse("access:one_time", args=[links.make(meera)])
    assert Client(headers={"X-Forwarded-For": OFFICE}).post(link)["Location"] == reverse("today")


def test_the_door_opens_after_an_hour_and_knocking_does_not_keep_it_closed(meera: User) -> None:
    try_names(50)
    half_an_hour_on = timezone.now() + timedelta(minutes=30)
    with time_machine.travel(half_an_hour_on):
        for _ in range(6):
            assert try_in(meera.username, PASSWORD).status_code == 429
    with time_machine.travel(half_an_hour_on + timedelta(minutes=31)):
        assert try_in(meera.username, PASSWORD).status_code == 302


def test_a_name_waits_a_quarter_of_an_hour_however_often_it_knocks(meera: User) -> None:
    for _ in range(5):
        try_in(meera.username)
    ten_minutes_on = timezone.now() + timedelta(minutes=10)
    with time_machine.travel(ten_minutes_on):
        assert try_in(meera.username).status_code == 429
    with time_machine.travel(ten_minutes_on + timedelta(minutes=6)):
        assert try_in(meera.username, PASSWORD).status_code == 302


def test_where_nobody_said_how_many_proxies_there_are_no_address_is_closed(
    settings: Settings, meera: User
) -> None:
    """The address might be the proxy's: closing it would close the door to everybody."""
    settings.PROXIES = None
    try_names(50)
    assert try_in(meera.username, PASSWORD).status_code == 302


@pytest.mark.parametrize("proxies", [None, 1])
def test_failures_are_forgotten_after_their_hour(settings: Settings, proxies: int | None) -> None:
    settings.PROXIES = proxies
    try_names(3)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        try_names(1)
    assert AccessFailureLog.objects.count() == 1


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (None, "203.0.113.7", "127.0.0.1"),
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "typed by the visitor, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "2001:DB8::7", "2001:db8::7"),
        (1, "unknown", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_is_the_one_our_own_proxies_saw(
    settings: Settings, proxies: int | None, told: str, address: str
) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": told})
    assert address_of(request) == address
