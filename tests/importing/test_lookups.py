"""Thousands of values looked up at once."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from access.models import Team
from leads.importing.bulk import Loader
from leads.lookups import unweighed
from leads.models import Lead
from tests.factories import LeadFactory, LeadListFactory, TeamFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


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


@pytest.mark.skipif(connection.vendor != "postgresql", reason="its planner")
def test_a_team_newer_than_the_planners_figures_is_looked_up_by_number() -> None:
    numbers(TeamFactory.create(), 3_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead")
    late = TeamFactory.create()
    asked = set(numbers(late, 3_000))
    found = Lead.objects.filter(team_id=unweighed(late.pk), phone__among=asked)
    assert found.count() == len(asked)
    with connection.cursor() as cursor:  # as it is where the table is too long to be read
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_hashjoin = off")
    plan = found.explain()
    assert "Nested Loop" in plan
    assert re.search(r"Index Cond: .*team_id = .*phone.* = ", plan), plan
