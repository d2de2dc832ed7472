"""Finding leads on PostgreSQL, where another index answers."""

from __future__ import annotations

import pytest
from django.db import connection

from leads.models import Lead, LeadList
from leads.name_index import INDEX
from leads.searching import LeadFilter, with_word
from tests.factories import LeadFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="for PostgreSQL"),
]


@pytest.mark.parametrize("text", ["riy", "priya iyer", "gmail.com", "0417", "98220", "pr"])
def test_the_same_searches_find_the_same_lead(lead_list: LeadList, text: str) -> None:
    wanted = LeadFactory.create(
        lead_list=lead_list,
        first_name="Priya",
        last_name="Iyer",
        email="priya@gmail.com",
        phone="+919822000417",
    )
    LeadFactory.create(lead_list=lead_list, first_name="Rohan", phone="+919900011122")
    found = LeadFilter(q=text).apply(Lead.objects.all(), lead_list.team)
    assert list(found) == [wanted]


def test_names_are_looked_up_by_their_index() -> None:
    found = with_word(Lead.objects.all(), "zbigniew")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert INDEX in found.order_by().explain()
