"""Search from anywhere, and the activity log."""

import pytest
from django.test import Client
from django.urls import reverse

from access.audit import record
from access.models import Team, User
from telecrm_admin import activity
from tests.factories import AccountFactory, LeadFactory, LeadListFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def meera(team: Team, client: Client) -> User:
    user = UserFactory.create(team=team)
    client.force_login(user)
    return user


def found(client: Client, text: str) -> str:
    return client.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"}).text


def test_a_list_an_account_and_a_page_are_found_by_name(
    client: Client, meera: User, team: Team
) -> None:
    LeadListFactory.create(team=team, name="Diwali balance transfer")
    AccountFactory.create(team=team, name="Diwali TeleCMI")
    answer = found(client, "diwali")
    assert "Diwali balance transfer" in answer
    assert "Diwali TeleCMI" in answer
    assert reverse("access:team") in found(client, "team")


@pytest.mark.parametrize("text", ["98220 00417", "+91 98220", "417", "priya", "Iyer"])
def test_a_lead_is_found_by_number_and_by_name(
    client: Client, meera: User, team: Team, text: str
) -> None:
    of_team = LeadListFactory.create(team=team)
    LeadFactory.create(
        lead_list=of_team, team=team, phone="+919822000417", first_name="Priya", last_name="Iyer"
    )
    answer = found(client, text)
    assert "Priya Iyer" in answer
    assert "+91 98220 00417" in answer


def test_more_leads_than_fit_are_a_click_away(client: Client, meera: User, team: Team) -> None:
    of_team = LeadListFactory.create(team=team)
    LeadFactory.create_batch(6, lead_list=of_team, team=team, first_name="Rohan", last_name="Das")
    assert 'href="/leads/?q=rohan+das"' in found(client, "rohan das")
    assert "All leads that match" not in found(client, "diwali")


def test_search_offers_only_what_the_reader_may_do(client: Client, meera: User, team: Team) -> None:
    assert reverse("leads:import_new") in found(client, "import")
    assert reverse("sync:account_choose") not in found(client, "")
    client.force_login(UserFactory.create(team=team, team__role="viewer"))
    assert reverse("leads:import_new") not in found(client, "import")
    assert reverse("access:password") in found(client, "")


def test_other_teams_stay_out_of_the_results(client: Client, meera: User) -> None:
    LeadListFactory.create(team=TeamFactory.create(), name="Diwali of somebody else")
    assert "Diwali of somebody else" not in found(client, "diwali")


def test_nothing_found_says_so_with_the_words_asked_for(client: Client, meera: User) -> None:
    answer = found(client, "<script>zzz")
    assert "&lt;script&gt;zzz" in answer
    assert "Nothing called" in answer


def test_the_whole_page_comes_without_htmx(client: Client, meera: User) -> None:
    assert "<h1>Search: diwali</h1>" in client.get(reverse("search"), {"q": "diwali"}).text


def test_the_log_says_who_did_what_in_words(client: Client, meera: User, team: Team) -> None:
    record("account.stopped", actor=meera, target=AccountFactory.create(team=team, name="TeleCMI"))
    page = client.get(reverse("activity")).text
    assert "stopped the account TeleCMI" in page
    record("something.new", actor=None, team=team)
    assert "something new" in client.get(reverse("activity")).text


def test_the_log_can_be_narrowed_and_shows_only_this_team(
    client: Client, meera: User, team: Team
) -> None:
    record("exported", actor=meera, team=team, count=12)
    record("exported", actor=meera, team=TeamFactory.create(), count=99)
    page = client.get(reverse("activity"), {"kind": "exported", "who": "meera"}).text
    assert "exported 12 records" in page
    assert "exported 99 records" not in page
    assert "Nothing fits this filter" in client.get(reverse("activity"), {"who": "nobody"}).text


def test_every_sentence_of_the_log_can_be_said() -> None:
    for kind, words in activity.kinds():
        assert words, kind
