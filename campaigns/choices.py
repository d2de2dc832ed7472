"""What a campaign at an account can be made of: its parts and its agents."""

from __future__ import annotations

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from access.models import Account, Team
from campaigns import kinds
from campaigns.models import Agent, Campaign
from leads.models import LeadList, ListPart

DIALER = "telecmi"  # the one provider whose campaigns a seed documents (003)


def accounts(team: Team) -> QuerySet[Account]:
    """Return the accounts at which `team` may plan campaigns."""
    return Account.objects.usable_by(team).filter(provider=DIALER).order_by("name")


def parts_at(account: Account, team: Team | None = None) -> QuerySet[ListPart]:
    """Return the parts a campaign at `account` may call, newest list first."""
    found = ListPart.objects.filter(account=account, lead_list__deleted_at=None)
    if team:
        found = found.filter(lead_list__team=team)
    return found.select_related("lead_list", "account").order_by("-lead_list", "number")


class PartField(forms.ModelChoiceField[ListPart]):
    """A part by its name at the provider, with its size."""

    def label_from_instance(self, obj: ListPart) -> str:
        """Return "Diwali loans [k7f3qa], 834 leads"."""
        return _("%(name)s, %(count)s leads") % {
            "name": obj.wire_name,
            "count": f"{obj.lead_count:,}",
        }


def agents_at(account: Account, team: Team | None, campaign: Campaign) -> QuerySet[Agent]:
    """Return the agents of `account` who have not left, and those the campaign already has."""
    here = Q(left_at=None)
    if campaign.pk:
        here |= Q(pk__in=campaign.seats.values("agent"))
    found = Agent.objects.filter(here, account=account)
    return found.filter(team=team) if team else found


def agents_by_id(written: str, account: Account, team: Team) -> list[Agent]:
    """Return the agents whose ids were typed or pasted, in order; unknown ones are not saved."""
    ids = [one for one in kinds.AGENTS.parse(written) if one]
    known = {agent.agent_id: agent for agent in Agent.objects.filter(account=account)}
    return [known.get(one) or new_agent(one, account, team) for one in ids]


def new_agent(agent_id: str, account: Account, team: Team) -> Agent:
    """Return an agent nobody has entered yet; the extension is the front of the id."""
    extension = agent_id.partition("_")[0][:20]
    return Agent(team=team, account=account, agent_id=agent_id, extension=extension)


def last_choice(team: Team, account: Account) -> Campaign | None:
    """Return the newest campaign of `team` at `account`: "same as last time" starts from it."""
    found = Campaign.objects.living().filter(team=team, account=account)
    return found.order_by("-created_at", "-pk").first()


def open_parts(lead_list: LeadList, account: Account) -> QuerySet[ListPart]:
    """Return the parts of a list that are at an account and that no campaign has, in order."""
    planned = Campaign.objects.living().filter(part=OuterRef("pk"), ended_confirmed_at=None)
    there = Q(sent_at__isnull=False) | Q(by_hand=True)
    found = ListPart.objects.filter(there, ~Exists(planned), lead_list=lead_list, account=account)
    return found.select_related("lead_list", "account").order_by("number")


def part_named(account: Account, team: Team, pk: str | None) -> ListPart | None:
    """Return the part with this id among those of `team` at `account`, or None."""
    if not pk or not pk.isdecimal():
        return None
    return parts_at(account, team).filter(pk=pk).first()


def made_by(team: Team, click: str) -> list[Campaign]:
    """Return what this very press has made already; the caller holds a transaction.

    The team is locked, so that of two equal presses the second waits and then sees the first.
    """
    Team.objects.select_for_update().get(pk=team.pk)
    if not click:
        return []
    return list(Campaign.objects.living().filter(team=team, click=click).order_by("pk"))
