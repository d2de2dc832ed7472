"""Thousands of values looked up at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from access.models import Team
from leads.importing.bulk import Loader
from leads.lookups import unweighed
from leads.models import Import, Lead
from leads.targets import target_of
from tests.factories import LeadFactory, LeadListFactory, TeamFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="its planner")


def numbers(team: Team, count: int) -> list[str]:
    """Give a team that many leads; return their numbers."""
    place = LeadListFactory.create(team=team)
    made = [f"+91{team.pk % 90 + 10}{at:08}" for at in range(count)]
    loader = Loader(Lead, ("phone", "phone_rev"), {"team_id": team.pk, "lead_list_id": place.pk})
    loader.insert([(number, number[:0:-1]) for number in made])
    return made


def test_only_what_is_there_is_found_whatever_is_asked_for() -> None:
    lead_list = LeadListFactory.create()
    for email in (
        'q"uote@x.in',
        "back\\slash@x.in",
        "{curly,@x.in",
        "प्रिया@x.in",
        "",
        "other@x.in",
    ):
        LeadFactory.create(lead_list=lead_list, email=email)
    asked = {'q"uote@x.in', "back\\slash@x.in", "{curly,@x.in", "प्रिया@x.in", "", "nobody@x.in"}
    mine = Lead.objects.filter(team_id=unweighed(lead_list.team_id))
    found = mine.filter(email__among=asked).values_list("email", flat=True)
    assert set(found) == asked - {"nobody@x.in"}


def test_another_teams_leads_are_not_found() -> None:
    mine, other = TeamFactory.create(), TeamFactory.create()
    asked = set(numbers(other, 2) + numbers(mine, 2))
    assert Lead.objects.filter(team_id=unweighed(mine.pk), phone__among=asked).count() == 2


@pytest.fixture
def long_tables() -> None:
    """Plans are made as where a table is too long to be read."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_hashjoin = off")


def figures_are_taken() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead")


def here_already(team: Team, asked: Iterable[str]) -> QuerySet[Any]:
    """What an import of the team asks for."""
    found: QuerySet[Any] = target_of("leads").found(Import(team=team)).order_by()
    return found.filter(phone__among=set(asked))


def is_by_team_and_phone(leads: QuerySet[Any]) -> bool:
    plan = leads.explain()
    return bool(re.search(r"Nested Loop(.|\n)*Index Cond: .*team_id = .*phone.* = ", plan))


@on_postgresql
def test_a_team_newer_than_the_planners_figures_is_looked_up_by_number(long_tables: None) -> None:
    numbers(TeamFactory.create(), 3_000)
    figures_are_taken()
    late = TeamFactory.create()
    leads = here_already(late, numbers(late, 3_000))
    assert leads.count() == 3_000
    assert is_by_team_and_phone(leads)


@on_postgresql
def test_a_team_that_deleted_all_is_looked_up_by_number(long_tables: None) -> None:
    team = TeamFactory.create()
    numbers(team, 3_000)
    Lead.objects.update(deleted_at=timezone.now())
    figures_are_taken()
    assert is_by_team_and_phone(here_already(team, numbers(team, 3_000)))
