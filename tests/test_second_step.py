"""The second step at sign-in: set up, asked for, never twice the same code, and the way back in."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from pytest_django import Settings

from access import links, second_factor
from access.entering import WAITS, WAITS_SECONDS
from access.models import AuditEvent, Authenticator, RecoveryCode, Team, User
from access.roles import Role
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a long sentence"
PAGE = "/me/second-step/"
CODE = "/signin/code/"
NOON = datetime(2026, 11, 20, 6, 30, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def meera(team: Team) -> User:
    user = UserFactory.create(team=team)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def noon() -> Any:
    """A clock that stands, so that no code ends between two lines."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def shown(user: User, later: int = 0) -> str:
    """Return what the app of `user` shows `later` seconds from now."""
    device = Authenticator.objects.get(user=user)
    return f"{totp(bytes.fromhex(device.secret['key']), t0=-later):06d}"


def wrong(user: User) -> str:
    """Return six digits that are none of the codes around now."""
    right = {shown(user, seconds) for seconds in range(-90, 120, 30)}
    return next(code for n in range(10) if (code := f"{n:06d}") not in right)


def connect(user: User) -> list[str]:
    """Set up a second step for `user`; return the recovery codes."""
    second_factor.begin(user)
    codes = second_factor.confirm(user, shown(user, -30))  # a step that is used up then
    assert codes
    return codes


def sign_in(client: Client, user: User, **more: str) -> Any:
    values = {"username": user.username, "password": PASSWORD, **more}
    return client.post(reverse("access:sign_in"), values)


def is_in(client: Client) -> bool:
    return client.get(reverse("access:team")).status_code == 200


def test_setting_up_shows_a_picture_and_a_key_then_codes_once(
    client: Client, meera: User, noon: Any
) -> None:
    client.force_login(meera)
    assert "Set up second step" in client.get(PAGE).text
    page = client.post(PAGE, {"verb": "begin"}, follow=True).text
    key = second_factor.text_key(Authenticator.objects.get())
    assert key in page
    assert re.search(r'<path d="M4 4h7v1h-7z', page)  # the picture's first corner
    assert client.post(PAGE, {"verb": "confirm", "code": wrong(meera)}).status_code == 422
    assert not second_factor.of(meera)
    page = client.post(PAGE, {"verb": "confirm", "code": shown(meera)}).text
    codes = re.findall(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b", page)
    assert len(codes) == 10
    assert codes[0] not in client.get(PAGE).text  # and the session at hand lives on
    assert AuditEvent.objects.filter(kind="person.second_step_on", actor_id=meera.pk).exists()


def test_the_key_and_the_recovery_codes_stand_nowhere_in_the_open(meera: User, noon: Any) -> None:
    codes = connect(meera)
    key = Authenticator.objects.get().secret["key"]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_authenticator")
        stored = str(cursor.fetchall())
    stored += str(list(RecoveryCode.objects.values())) + str(list(AuditEvent.objects.values()))
    assert key not in stored
    assert codes[0] not in stored
    assert codes[0].replace("-", "") not in stored


def test_after_the_password_the_code_is_asked_and_leads_where_one_was_going(
    client: Client, meera: User, noon: Any
) -> None:
    connect(meera)
    assert sign_in(client, meera, next="/team/")["Location"] == CODE
    assert not is_in(client)
    page = client.post(CODE, {"code": wrong(meera)})
    assert page.status_code == 422
    assert "This code is not right" in page.text
    assert not is_in(client)
    assert client.post(CODE, {"code": shown(meera)})["Location"] == "/team/"
    assert is_in(client)
    assert AuditEvent.objects.get(kind="person.signed_in").details["second_step"] is True


def test_a_code_counts_once(client: Client, meera: User, noon: Any) -> None:
    connect(meera)
    code = shown(meera)
    sign_in(client, meera)
    assert client.post(CODE, {"code": code}).status_code == 302
    other = Client()
    sign_in(other, meera)
    assert other.post(CODE, {"code": code}).status_code == 422
    noon.shift(30)
    assert other.post(CODE, {"code": shown(meera)}).status_code == 302


def test_a_link_asks_for_the_code_too(client: Client, meera: User, noon: Any) -> None:
    connect(meera)
    address = reverse("access:one_time", args=[links.make(meera)])
    assert client.post(address)["Location"] == CODE
    assert not is_in(client)
    assert client.post(CODE, {"code": shown(meera)})["Location"] == reverse("today")


def test_a_recovery_code_works_once(client: Client, meera: User, noon: Any) -> None:
    code = connect(meera)[3]
    for answer in (302, 422):
        other = Client()
        sign_in(other, meera)
        assert other.post(CODE, {"code": code.upper()}).status_code == answer
    assert second_factor.codes_left(meera) == 9
    assert AuditEvent.objects.filter(kind="person.recovery_code_used").count() == 1


def test_five_wrong_codes_close_the_door_for_a_quarter_of_an_hour(
    client: Client, meera: User, noon: Any
) -> None:
    connect(meera)
    sign_in(client, meera)
    for code in [wrong(meera)] * 3 + ["aaaa-bbbb-cccc-dddd"] * 2:
        client.post(CODE, {"code": code})
    answer = client.post(CODE, {"code": shown(meera)})
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text
    assert AuditEvent.objects.filter(kind="person.second_step_locked").exists()
    noon.shift(timedelta(minutes=16))
    sign_in(client, meera)
    assert client.post(CODE, {"code": shown(meera)}).status_code == 302
    assert Authenticator.objects.get().failures == 0


def test_who_shows_no_code_in_ten_minutes_starts_again(
    client: Client, meera: User, noon: Any
) -> None:
    connect(meera)
    sign_in(client, meera)
    assert client.session[WAITS]["person"] == meera.pk
    noon.shift(WAITS_SECONDS + 1)
    answer = client.post(CODE, {"code": shown(meera)})
    assert answer["Location"] == reverse("access:sign_in")
    assert client.get(CODE)["Location"] == reverse("access:sign_in")


def test_sessions_opened_without_the_second_step_end_with_it(
    client: Client, meera: User, noon: Any
) -> None:
    client.force_login(meera)
    elsewhere = Client()
    elsewhere.force_login(meera)
    client.post(PAGE, {"verb": "begin"})
    client.post(PAGE, {"verb": "confirm", "code": shown(meera)})
    assert is_in(client)
    assert not is_in(elsewhere)


def test_turning_it_off_and_new_codes_need_a_code(client: Client, meera: User, noon: Any) -> None:
    old = connect(meera)
    client.force_login(meera)
    for verb in ("off", "codes"):
        assert client.post(PAGE, {"verb": verb, "code": wrong(meera)}).status_code == 422
    assert client.post(PAGE, {"verb": "codes", "code": shown(meera)}).status_code == 200
    assert not second_factor.accepts(meera, old[0])
    noon.shift(30)
    assert client.post(PAGE, {"verb": "off", "code": shown(meera)}).status_code == 302
    assert second_factor.of(meera) is None
    assert sign_in(Client(), meera)["Location"] == reverse("today")


def test_an_administrator_resets_it_and_a_manager_does_not(
    client: Client, team: Team, meera: User, noon: Any
) -> None:
    connect(meera)
    member = meera.memberships.get()
    address = reverse("access:member", args=[member.pk])
    client.force_login(UserFactory.create(team=team))
    assert client.post(address, {"verb": "second_step"}).status_code == 403
    client.force_login(UserFactory.create(team=team, team__role=Role.ADMIN))
    assert "second step on" in client.get(reverse("access:team")).text
    client.post(address, {"verb": "second_step"})
    assert second_factor.of(meera) is None
    assert not RecoveryCode.objects.exists()
    assert AuditEvent.objects.get(kind="person.second_step_reset").team_id == str(team.pk)


def test_the_command_line_lets_the_last_administrator_in_again(meera: User, noon: Any) -> None:
    connect(meera)
    call_command("second_step", "reset", meera.username, "--json")
    assert second_factor.of(meera) is None
    with pytest.raises(CommandError, match="has no second step"):
        call_command("second_step", "reset", meera.username)


def test_administrators_set_it_up_before_anything_else_where_the_setting_says_so(
    client: Client, team: Team, meera: User, settings: Settings, noon: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(meera)
    assert is_in(client)  # a manager may go on without
    for person in (
        UserFactory.create(team=team, team__role=Role.ADMIN),
        UserFactory.create(team=team, is_staff=True),
        UserFactory.create(is_superuser=True),
    ):
        client.force_login(person)
        assert client.get(reverse("access:team"))["Location"] == PAGE
        assert client.get("/admin/")["Location"] == PAGE
        assert "Set it up to go on" in client.get(PAGE).text
        client.post(PAGE, {"verb": "begin"})
        client.post(PAGE, {"verb": "confirm", "code": shown(person)})
        assert is_in(client)
        noon.shift(30)
        client.post(PAGE, {"verb": "off", "code": shown(person)})
        assert second_factor.of(person)


def test_a_session_that_never_showed_its_code_does_not_count_where_it_is_required(
    client: Client, team: Team, settings: Settings, noon: Any
) -> None:
    person = UserFactory.create(team=team, team__role=Role.ADMIN)
    connect(person)
    client.force_login(person)
    settings.REQUIRE_SECOND_FACTOR = True
    assert (
        client.get(reverse("access:team"), follow=True)
        .redirect_chain[-1][0]
        .startswith(reverse("access:sign_in"))
    )
    assert not is_in(client)


def test_the_admin_has_no_door_of_its_own(client: Client, meera: User, noon: Any) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    connect(meera)
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('access:sign_in')}?next=/admin/"
    login = {"username": meera.username, "password": PASSWORD, "next": "/admin/"}
    client.post("/admin/login/", login)
    assert client.get("/admin/").status_code == 302
    sign_in(client, meera, next="/admin/")
    assert client.post(CODE, {"code": shown(meera)})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert (
        Authenticator.objects.get().secret["key"]
        not in client.get(
            f"/admin/access/authenticator/{Authenticator.objects.get().pk}/change/"
        ).text
    )


def test_somebody_without_the_right_is_told_so_by_the_admin(client: Client, meera: User) -> None:
    client.force_login(meera)
    assert client.get("/admin/", follow=True).status_code == 403
