"""Signing in, out, by link, and what a session allows."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from access import links
from access.middleware import SEEN_KEY
from access.models import AuditEvent, SignInLink, Team, User
from access.roles import Role
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a long sentence"


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def meera(team: Team) -> User:
    user = UserFactory.create(team=team)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, username: str, password: str, **more: str) -> Any:
    return client.post(
        reverse("access:sign_in"), {"username": username, "password": password, **more}
    )


def test_name_and_password_lead_to_today(client: Client, meera: User) -> None:
    answer = sign_in(client, meera.username, PASSWORD)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("today")
    assert AuditEvent.objects.filter(kind="person.signed_in", actor_id=str(meera.pk)).count() == 1


def test_a_wrong_password_is_said_beside_the_form_and_the_name_stays(
    client: Client, meera: User
) -> None:
    answer = sign_in(client, meera.username, "wrong")
    assert answer.status_code == 422
    assert "Name and password do not match" in answer.text
    assert meera.username in answer.text


def test_five_wrong_passwords_lock_the_door(client: Client, meera: User) -> None:
    answers = [sign_in(client, meera.username, "wrong") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].text
    assert sign_in(client, meera.username, PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("wish", "end"),
    [
        ("/team/", "/team/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:1", "/"),
        ("today", "/"),
    ],
)
def test_signing_in_never_leads_off_this_site(
    client: Client, meera: User, wish: str, end: str
) -> None:
    assert sign_in(client, meera.username, PASSWORD, next=wish)["Location"] == end


def test_pages_ask_to_sign_in_first_and_come_back(client: Client) -> None:
    answer = client.get(reverse("access:team"))
    assert answer["Location"] == f"{reverse('access:sign_in')}?next=/team/"


def test_a_fragment_without_a_session_is_not_replaced_by_the_sign_in_page(client: Client) -> None:
    answer = client.get(reverse("access:team"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (401, "")


def test_opening_a_link_does_not_use_it_up_pressing_its_button_does(
    client: Client, meera: User
) -> None:
    address = reverse("access:one_time", args=[links.make(meera)])
    assert client.get(address).status_code == 200
    assert client.get(address).status_code == 200
    assert client.post(address)["Location"] == reverse("today")
    assert Client().post(address).status_code == 410


def test_a_person_without_a_password_is_asked_for_one_after_the_link(
    client: Client, meera: User
) -> None:
    meera.set_unusable_password()
    meera.save()
    answer = client.post(reverse("access:one_time", args=[links.make(meera)]))
    assert answer["Location"] == reverse("access:password")
    client.post(answer["Location"], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert sign_in(Client(), meera.username, PASSWORD)["Location"] == reverse("today")


def test_a_link_ends_after_its_time_with_a_newer_one_and_with_the_person(
    client: Client, meera: User
) -> None:
    old = links.make(meera, good_for=timedelta(seconds=-1))
    assert links.owner(old) is None
    first, second = links.make(meera), links.make(meera)
    assert links.owner(first) is None
    assert links.owner(second) == meera
    User.objects.update(is_active=False)
    assert links.redeem(second) is None


def test_only_the_hash_of_a_link_is_stored(meera: User) -> None:
    token = links.make(meera)
    assert token not in str(SignInLink.objects.values())


def test_signing_out_needs_a_post(client: Client, meera: User) -> None:
    client.force_login(meera)
    assert client.get(reverse("access:sign_out")).status_code == 405
    assert client.post(reverse("access:sign_out"))["Location"] == reverse("access:sign_in")


def test_a_session_ends_after_the_teams_idle_time_and_polling_does_not_keep_it(
    client: Client, meera: User, team: Team
) -> None:
    client.force_login(meera)
    page = reverse("access:settings")
    assert client.get(page).status_code == 200
    session = client.session
    session[SEEN_KEY] -= team.idle_minutes * 60 - 120
    session.save()
    assert client.get(page, headers={"HX-Request": "true"}).status_code == 200
    session = client.session
    session[SEEN_KEY] -= 180
    session.save()
    assert client.get(page).status_code == 302


@pytest.mark.parametrize(
    ("who", "stays"),
    [({}, True), ({"team__role": Role.ADMIN}, False), ({"is_staff": True}, False)],
)
def test_an_administrators_session_ends_sooner(
    client: Client, team: Team, settings: Settings, who: dict[str, Any], stays: bool
) -> None:
    settings.ADMIN_IDLE_MINUTES = 60
    client.force_login(UserFactory.create(team=team, **who))
    page = reverse("access:settings")
    client.get(page)
    for idle_minutes, is_in in ((59, True), (61, stays)):
        session = client.session
        session[SEEN_KEY] -= idle_minutes * 60
        session.save()
        assert (client.get(page).status_code == 200) is is_in


def test_the_switcher_moves_only_to_ones_own_teams(client: Client, meera: User) -> None:
    other, foreign = TeamFactory.create(), TeamFactory.create()
    meera.memberships.create(team=other)
    client.force_login(meera)
    assert client.post(reverse("access:switch_team"), {"team": other.pk}).status_code == 302
    assert client.get(reverse("access:settings")).context["team"] == other
    assert client.post(reverse("access:switch_team"), {"team": foreign.pk}).status_code == 404
    assert client.post(reverse("access:switch_team"), {"team": "x"}).status_code == 404


def test_times_are_those_of_the_team(client: Client, meera: User, team: Team) -> None:
    Team.objects.update(time_zone="Asia/Kathmandu")
    client.force_login(meera)
    User.objects.update(last_login="2026-11-20T09:00:00Z")
    assert "20 Nov 2026, 14:45" in client.get(reverse("access:team")).text


def test_choices_about_oneself_are_kept(client: Client, meera: User) -> None:
    client.force_login(meera)
    choices = {"first_name": "Meera", "last_name": "Nair", "theme": "dark", "language": "hi"}
    answer = client.post(reverse("access:profile"), choices, follow=True)
    assert 'data-theme="dark"' in answer.text
    assert 'lang="hi"' in answer.text
    assert 'data-keys="off"' in answer.text


def test_code_without_a_request_may_ask_for_a_password_too(client: Client, meera: User) -> None:
    meera.set_password("a long enough one")
    meera.save()
    assert client.login(username=meera.username, password="a long enough one")
    assert not client.login(username=meera.username, password="another")
