"""What people read when something is not there, not theirs, too old or broken."""

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import server_error

from access.models import Team, User
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def meera(client: Client) -> User:
    team: Team = TeamFactory.create(name="Saarthi Home Finance")
    user: User = UserFactory.create(team=team)
    client.force_login(user)
    return user


def test_an_address_with_nothing_keeps_the_frame_and_leads_on(client: Client, meera: User) -> None:
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert "Saarthi Home Finance" in answer.text
    assert "Go to Today" in answer.text


def test_somebody_not_signed_in_sees_no_frame_on_a_missing_page(client: Client) -> None:
    answer = client.get("/nothing/here/")
    assert "Sign in to see the pages of your team." in answer.text
    assert 'class="nav"' not in answer.text


def test_a_person_in_no_team_is_told_whom_to_ask(client: Client) -> None:
    client.force_login(UserFactory.create())
    answer = client.get(reverse("access:team"))
    assert answer.status_code == 403
    assert "You are in no team yet." in answer.text


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/team/invite/", "/team/invite/"),
        ("http://testserver/leads/?list=2#x", "/leads/?list=2"),
        ("https://evil.example/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("http://testserver", "/"),
        ("", "/"),
    ],
)
def test_a_form_without_its_token_says_nothing_was_saved_and_leads_back(
    meera: User, came_from: str, back: str
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(meera)
    answer = strict.post(
        reverse("access:switch_team"), {"team": "1"}, headers={"Referer": came_from}
    )
    assert answer.status_code == 403
    assert "Nothing was saved or sent." in answer.text
    assert f'href="{back}"' in answer.text


def test_a_broken_page_says_whose_fault_it_is() -> None:
    answer = server_error(HttpRequest())
    assert answer.status_code == 500
    assert "It is our fault, not yours" in answer.content.decode()


def test_a_change_that_came_too_late_leads_to_the_newest_version(rf: RequestFactory) -> None:
    page = render_to_string("409.html", {"back": "/leads/7/"}, rf.post("/leads/7/"))
    assert "Somebody changed this before you." in page
    assert 'href="/leads/7/"' in page
