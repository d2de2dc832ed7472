"""What has to be corrected when an agent leaves: nothing here changes anything at the provider."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from access.models import Account
from campaigns.models import Agent, AgentSet, Campaign, CampaignState


@dataclass
class Loose:
    """Where an agent still stands: campaigns at the provider, drafts, named sets, a sign-in."""

    live: list[Campaign] = field(default_factory=list)
    drafts: list[Campaign] = field(default_factory=list)
    sets: list[AgentSet] = field(default_factory=list)
    sign_ins: list[Account] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing has to be corrected."""
        return not (self.live or self.drafts or self.sets or self.sign_ins)


def loose_ends(agent: Agent) -> Loose:
    """Return everything that must be corrected by hand once `agent` has left."""
    mine = Campaign.objects.living().filter(seats__agent=agent)
    return Loose(
        list(Campaign.objects.in_the_way().filter(seats__agent=agent)),
        list(mine.filter(state__in=(CampaignState.DRAFT, CampaignState.REFUSED))),
        list(agent.sets.all()),
        sign_ins(agent),
    )


def sign_ins(agent: Agent) -> list[Account]:
    """Return the accounts whose phone book is reached with this person's sign-in.

    Contact calls take a user's token, which dies when that user is removed (seed 001).
    """
    account = agent.account
    return [account] if account.credentials.get("user_id", "") == agent.agent_id else []


def take_out(agent: Agent) -> int:
    """Take a person who has left out of drafts and named sets; return how many places."""
    ends = loose_ends(agent)
    for campaign in ends.drafts:
        campaign.seats.filter(agent=agent).delete()
    for named in ends.sets:
        named.agents.remove(agent)
    return len(ends.drafts) + len(ends.sets)


def advice(ends: Loose) -> list[str]:
    """Return what nobody but a person can do, in words."""
    found = []
    if ends.live:
        found.append(
            _("Take the agent out of these campaigns in TeleCMI; no call of its interface does it.")
        )
    if ends.sign_ins:
        found.append(_("Their sign-in opens the TeleCMI phone book. Ask an admin for another one."))
    return found
