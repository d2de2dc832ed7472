"""Builders of records. A test names the values that matter to it; the rest is filled in here."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from access.models import Account, Membership, Team, User
from access.roles import Role
from campaigns.models import Agent, Campaign
from leads.models import Contact, DoNotCall, Import, Lead, LeadField, LeadList, Tag
from sync.models import Push


class TeamFactory(DjangoModelFactory[Team]):
    """One client: "Saarthi Home Finance 1"."""

    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Saarthi Home Finance {n}")


class UserFactory(DjangoModelFactory[User]):
    """A person; `UserFactory(team=team, role=Role.VIEWER)` puts them into a team."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"meera{n}")
    first_name = "Meera"
    last_name = "Nair"

    @factory.post_generation
    def team(self: Any, create: bool, value: Team | None, role: str = Role.MANAGER) -> None:
        """Make the person a member of `team`; `team__role` names the role."""
        if value:
            Membership.objects.create(user=self, team=value, role=role)


class AccountFactory(DjangoModelFactory[Account]):
    """An account at TeleCMI."""

    class Meta:
        model = Account

    team = factory.SubFactory(TeamFactory)
    provider = "telecmi"
    name = factory.Sequence(lambda n: f"TeleCMI {n}")


class LeadListFactory(DjangoModelFactory[LeadList]):
    """A list of leads."""

    class Meta:
        model = LeadList

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda n: f"Q2 home loans {n}")


class LeadFactory(DjangoModelFactory[Lead]):
    """A lead with a number of its own, in a list of its team."""

    class Meta:
        model = Lead

    lead_list = factory.SubFactory(LeadListFactory)
    team = factory.SelfAttribute("lead_list.team")
    first_name = "Priya"
    last_name = "Iyer"
    phone = factory.Sequence(lambda n: f"+9198{20012345 + n:08d}")


class ContactFactory(DjangoModelFactory[Contact]):
    """An entry of the TeleCMI phone book."""

    class Meta:
        model = Contact

    team = factory.SubFactory(TeamFactory)
    first_name = "Rohan"
    phone = factory.Sequence(lambda n: f"+9197{60012345 + n:08d}")


class AgentFactory(DjangoModelFactory[Agent]):
    """A person who takes calls."""

    class Meta:
        model = Agent

    account = factory.SubFactory(AccountFactory)
    team = factory.SelfAttribute("account.team")
    agent_id = factory.Sequence(lambda n: f"{5000 + n}_2224257")


class CampaignFactory(DjangoModelFactory[Campaign]):
    """A draft over a whole list."""

    class Meta:
        model = Campaign

    lead_list = factory.SubFactory(LeadListFactory)
    team = factory.SelfAttribute("lead_list.team")
    account = factory.SubFactory(AccountFactory, team=factory.SelfAttribute("..team"))
    name = factory.Sequence(lambda n: f"Home loans {n}")


class ImportFactory(DjangoModelFactory[Import]):
    """An uploaded file nobody has matched yet."""

    class Meta:
        model = Import

    team = factory.SubFactory(TeamFactory)
    file_name = "leads.csv"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class DoNotCallFactory(DjangoModelFactory[DoNotCall]):
    """A number nobody may call."""

    class Meta:
        model = DoNotCall

    team = factory.SubFactory(TeamFactory)
    phone = factory.Sequence(lambda n: f"+9196{60012345 + n:08d}")


class LeadFieldFactory(DjangoModelFactory[LeadField]):
    """A custom column."""

    class Meta:
        model = LeadField

    team = factory.SubFactory(TeamFactory)
    key = factory.Sequence(lambda n: f"column_{n}")
    label = factory.Sequence(lambda n: f"Column {n}")


class TagFactory(DjangoModelFactory[Tag]):
    """A tag."""

    class Meta:
        model = Tag

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda n: f"tag {n}")


class PushFactory(DjangoModelFactory[Push]):
    """A send of nothing yet; planning makes real ones."""

    class Meta:
        model = Push

    account = factory.SubFactory(AccountFactory)
    team = factory.SelfAttribute("account.team")
    endpoint = "leads"
    label = "Q2 home loans"
    click_token = factory.Sequence(lambda n: f"click-{n}")
