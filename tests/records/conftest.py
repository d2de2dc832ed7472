"""A manager of one team, signed in, and the team's list."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import Team, User
from leads.models import LeadList
from tests.factories import LeadListFactory, TeamFactory, UserFactory


@pytest.fixture
def team(db: None) -> Team:
    return TeamFactory.create()


@pytest.fixture
def manager(team: Team) -> User:
    return UserFactory.create(team=team)


@pytest.fixture
def lead_list(team: Team) -> LeadList:
    return LeadListFactory.create(team=team, name="Q2 home loans, Pune")


@pytest.fixture
def browser(client: Client, manager: User) -> Client:
    """A client signed in as the manager."""
    client.force_login(manager)
    return client
