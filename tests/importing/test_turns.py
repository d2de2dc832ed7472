"""Sixty files an hour for each person: more are kept and begin by themselves when it is time."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from access.models import Team, User
from leads import jobs
from leads.importing import progress
from leads.models import Import, Lead
from leads.templatetags.times import moment
from tests.factories import TeamFactory, UserFactory
from tests.importing.files import staged

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def user(team: Team) -> User:
    return UserFactory.create(team=team)


@pytest.fixture
def _two_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "HOURLY", 2)


def begun(team: Team, user: User | None, number: int) -> Import:
    """A file of one lead whose import was asked for."""
    rows = f"name,phone\nLead,90000{number:05d}\n"
    record = staged(rows, team=team, by=user, list_name=f"List {number}")
    progress.start_import(record)
    return record


def work_on() -> None:
    while jobs.run(5):
        pass


def test_it_is_sixty() -> None:
    assert progress.HOURLY == 60


@pytest.mark.usefixtures("_two_an_hour")
def test_the_file_after_the_last_of_the_hour_waits_an_hour_after_the_first(
    team: Team, user: User
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        begun(team, user, 10_001)
        clock.shift(dt.timedelta(minutes=10))
        begun(team, user, 10_002)
        clock.shift(dt.timedelta(minutes=10))
        third, fourth = begun(team, user, 10_003), begun(team, user, 10_004)
        work_on()
        assert Lead.objects.count() == 2
        assert third.waits_until == NOON + dt.timedelta(hours=1)
        assert fourth.waits_until == NOON + dt.timedelta(hours=1, minutes=10)
        clock.move_to(NOON + dt.timedelta(hours=1))
        work_on()
        assert Lead.objects.count() == 3
        clock.move_to(NOON + dt.timedelta(hours=1, minutes=10))
        work_on()
    assert Lead.objects.count() == 4
    assert set(Import.objects.values_list("state", flat=True)) == {Import.State.DONE}


@pytest.mark.usefixtures("_two_an_hour")
def test_a_colleague_and_the_command_line_do_not_wait(team: Team, user: User) -> None:
    for number in (10_001, 10_002, 10_003):
        begun(team, user, number)
    colleague = begun(team, UserFactory.create(team=team), 10_004)
    machine = [begun(team, None, number) for number in (10_005, 10_006, 10_007)]
    assert not any(record.waits_until for record in (colleague, *machine))
    work_on()
    assert Lead.objects.count() == 6


@pytest.mark.usefixtures("_two_an_hour")
def test_a_file_that_waits_can_be_stopped(team: Team, user: User) -> None:
    *_others, third = [begun(team, user, number) for number in (10_001, 10_002, 10_003)]
    progress.cancel(third)
    assert (third.state, third.added) == (Import.State.CANCELLED, 0)


@pytest.mark.usefixtures("_two_an_hour")
def test_pages_say_until_when_a_file_waits(client: Client, team: Team, user: User) -> None:
    with time_machine.travel(NOON, tick=False):
        client.force_login(user)
        *_others, third = [begun(team, user, number) for number in (10_001, 10_002, 10_003)]
        running = client.get(f"/imports/{third.pk}/run/").content.decode()
        listed = client.get("/imports/").content.decode()
    assert third.begins_at == NOON + dt.timedelta(hours=1)
    time = timezone.localtime(third.begins_at).strftime("%H:%M")
    assert f"Waits until {time}." in running
    assert "this one is kept and begins by itself" in running
    assert listed.count(f"Waits until {time}") == 1
    assert listed.count("60 files an hour for each person") == 1


def test_a_turn_on_another_day_says_which() -> None:
    with time_machine.travel(NOON, tick=False):
        assert moment(NOON + dt.timedelta(hours=1)) == "18:30"
        assert moment(NOON + dt.timedelta(hours=10)) == "21 Nov, 03:30"
