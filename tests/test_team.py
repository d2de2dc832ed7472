"""Who works in a team, and who may change that."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access import links
from access.models import AuditEvent, Membership, Team, User
from access.roles import Role
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(name="Saarthi Home Finance")


@pytest.fixture
def arvind(team: Team, client: Client) -> User:
    user = UserFactory.create(
        username="arvind", first_name="Arvind", team=team, team__role=Role.ADMIN
    )
    client.force_login(user)
    return user


def change(client: Client, member: Membership, **values: str) -> Any:
    return client.post(reverse("access:member", args=[member.pk]), values, follow=True)


def invite(client: Client, username: str = "kavita", role: str = Role.MANAGER) -> Any:
    person = {"full_name": "Kavita Patil", "username": username, "role": role}
    return client.post(reverse("access:invite"), person, follow=True)


def test_an_invitation_is_a_link_shown_once_that_signs_in(client: Client, arvind: User) -> None:
    page = invite(client)
    address = page.context["new_link"]["address"]
    assert address in page.text
    assert address not in client.get(reverse("access:team")).text
    assert Client().post(address)["Location"] == reverse("access:password")
    kavita = User.objects.get(username="kavita")
    assert (kavita.first_name, kavita.last_name) == ("Kavita", "Patil")
    assert kavita.memberships.get().role == Role.MANAGER
    assert AuditEvent.objects.filter(kind="person.invited", target_label="Kavita Patil").exists()


def test_a_taken_sign_in_name_is_refused_in_words(client: Client, arvind: User) -> None:
    UserFactory.create(username="Kavita", team=TeamFactory.create())
    page = invite(client)
    assert page.status_code == 422
    assert page.text.count("This sign-in name is taken") == 2  # beside the field and on top


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT_LEAD, Role.MANAGER])
def test_only_administrators_change_the_team(client: Client, team: Team, role: Role) -> None:
    user = UserFactory.create(team=team, team__role=role)
    client.force_login(user)
    assert client.get(reverse("access:invite")).status_code == 403
    refused = change(client, user.memberships.get(), verb="role", role=Role.ADMIN)
    assert refused.status_code == 403
    assert "Your role does not allow this" in refused.text
    assert "Invite a person" not in client.get(reverse("access:team")).text


def test_a_role_changes_and_the_log_says_so(client: Client, arvind: User, team: Team) -> None:
    member = UserFactory.create(team=team).memberships.get()
    change(client, member, verb="role", role=Role.VIEWER)
    member.refresh_from_db()
    assert member.role == Role.VIEWER
    assert AuditEvent.objects.get(kind="person.role").details == {"role": "viewer"}


def test_the_last_administrator_stays(client: Client, arvind: User) -> None:
    member = arvind.memberships.get()
    for verb in ("role", "remove"):
        page = change(client, member, verb=verb, role=Role.VIEWER)
        assert "A team needs an administrator" in page.text
    member.refresh_from_db()
    assert member.role == Role.ADMIN


def test_somebody_taken_out_of_their_last_team_cannot_sign_in(
    client: Client, arvind: User, team: Team
) -> None:
    user = UserFactory.create(team=team)
    token = links.make(user)
    change(client, user.memberships.get(), verb="remove")
    user.refresh_from_db()
    assert not user.is_active
    assert links.redeem(token) is None


def test_a_link_for_a_person_of_another_team_too_is_refused(
    client: Client, arvind: User, team: Team
) -> None:
    user = UserFactory.create(team=team)
    Membership.objects.create(user=user, team=TeamFactory.create(), role=Role.VIEWER)
    page = change(client, user.memberships.get(team=team), verb="link")
    assert "also works in teams that are not yours" in page.text
    assert not user.sign_in_links.exists()


def test_a_link_for_a_superuser_is_refused(client: Client, arvind: User, team: Team) -> None:
    user = UserFactory.create(team=team, is_superuser=True)
    change(client, user.memberships.get(), verb="link")
    assert not user.sign_in_links.exists()


def test_members_of_other_teams_are_out_of_reach(client: Client, arvind: User) -> None:
    stranger = UserFactory.create(team=TeamFactory.create())
    assert change(client, stranger.memberships.get(), verb="remove").status_code == 404


def test_the_team_reads_its_home_country_as_a_code_people_dial(
    client: Client, arvind: User, team: Team
) -> None:
    address = reverse("access:team")
    assert "phone numbers without a country code get +91." in client.get(address).text
    Team.objects.update(country="AE")
    assert "phone numbers without a country code get +971." in client.get(address).text
