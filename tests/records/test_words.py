"""What one word in the search box finds, alike on both databases."""

from __future__ import annotations

import pytest
from django.db import connection

from leads.importing.bulk import Loader
from leads.models import Contact, Lead, LeadList
from leads.name_index import POSTGRES
from leads.words import with_word
from tests.factories import ContactFactory, LeadFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

RAO = {"first_name": "Priya", "last_name": "Rao", "email": "p.raO77@Acme.co.in"}
ROY = {"first_name": "Comal", "last_name": "Roy", "email": "roy@gmail.com"}
FINDS = [
    ("riy", ["Priya"]),
    ("RAO", ["Priya"]),
    ("rao77", ["Priya"]),
    ("p.rao", ["Priya"]),
    ("raO77@acme", ["Priya"]),
    ("7@a", ["Priya"]),
    ("@ac", ["Priya"]),
    ("@acme.co.in", ["Priya"]),
    ("acme.co", ["Priya"]),
    ("acme.co.in", ["Priya"]),
    ("com", ["Comal"]),  # not everybody whose email ends so
    ("mail", []),
    ("cme.co", []),  # a domain is found from its beginning
    ("acme", ["Priya"]),
    ("gmail", ["Comal"]),
    ("roy@gmail.com", ["Comal"]),
    ("roy@acme", []),
    ("@gmail.com", ["Comal"]),
    ("gmail.com", ["Comal"]),
    ("oy@", ["Comal"]),
    ("@@@", []),
    ("...", []),
    ("%.%", []),
    ("_@_", []),
]


@pytest.mark.parametrize(("word", "names"), FINDS)
def test_a_word_finds_leads_by_name_email_and_domain(
    lead_list: LeadList, word: str, names: list[str]
) -> None:
    for person in (RAO, ROY, {"first_name": "Nobody", "email": ""}):
        LeadFactory.create(lead_list=lead_list, **person)
    found = with_word(Lead.objects.filter(team=lead_list.team), word)
    assert [lead.first_name for lead in found] == names


@pytest.mark.parametrize(("word", "names"), FINDS)
def test_a_word_finds_the_same_in_the_phone_book(
    lead_list: LeadList, word: str, names: list[str]
) -> None:
    for person in (RAO, ROY, {"first_name": "Nobody", "email": ""}):
        ContactFactory.create(team=lead_list.team, **person)
    found = with_word(Contact.objects.filter(team=lead_list.team), word)
    assert [entry.first_name for entry in found] == names


def test_an_email_without_an_at_is_found_by_its_pieces(lead_list: LeadList) -> None:
    LeadFactory.create(lead_list=lead_list, first_name="Asha", email="asha.rediffmail.com")
    assert with_word(Lead.objects.all(), "rediff").count() == 1


@pytest.fixture
def many(lead_list: LeadList) -> LeadList:
    """A list long enough for the planner to prefer an index."""
    shared = {"team_id": lead_list.team_id, "lead_list_id": lead_list.pk}
    loader = Loader(Lead, ("phone", "phone_rev", "first_name", "email"), shared)
    numbers = [f"+9198{at:08}" for at in range(3_000)]
    people = [(f"{at:x}".upper(), f"{at}@firma{at % 97}.in") for at in range(3_000)]
    loader.insert(
        [(number, number[:0:-1], *who) for number, who in zip(numbers, people, strict=True)]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('leads_lead_pieces')")  # as VACUUM does
        cursor.execute("ANALYZE leads_lead")
    return lead_list


@pytest.mark.skipif(connection.vendor != "postgresql", reason="its plans")
@pytest.mark.parametrize(
    ("word", "indexes"),
    [
        ("zbigniew", {"leads_lead_pieces", "leads_lead_domains"}),
        ("zbigniew@gmail.com", {"leads_lead_pieces"}),
        ("@firma17", {"leads_lead_domains"}),
        ("firma17.in", {"leads_lead_pieces", "leads_lead_domains"}),
    ],
)
def test_every_kind_of_word_is_looked_up_by_an_index(
    many: LeadList, word: str, indexes: set[str]
) -> None:
    plan = with_word(Lead.objects.filter(team=many.team), word).explain()
    assert {name for name in POSTGRES if name in plan} == indexes
