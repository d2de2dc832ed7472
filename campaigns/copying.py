"""A new campaign starts from an earlier one: "same as last time", "duplicate as new", a split."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from access.models import Team, User
from campaigns import choices, clock, fields
from campaigns.kinds import MOST_AGENTS
from campaigns.models import Agent, Campaign
from campaigns.preflight import busy_agents

NEVER_COPIED = ("name",)
DAYS_AHEAD = 10
END_OF_DAY = time(17)  # later than this, a new plan starts tomorrow


def starting_values(campaign: Campaign) -> dict[str, Any]:
    """Return what the form of a new campaign shows: the last choices, and days from today."""
    first = timezone.localdate()
    shown: dict[str, Any] = {"part": campaign.part_id}
    if campaign.part_id and campaign.part:
        shown["name"] = campaign.part.lead_list.name
    earlier = choices.last_choice(campaign.team, campaign.account)
    if earlier:
        shown |= held(earlier)
        shown["agents"] = _free(earlier.agents_in_order(), campaign) or everybody(campaign)
        shown["time_zone"] = earlier.time_zone
    else:
        shown["agents"] = everybody(campaign)
    if timezone.localtime().time() >= END_OF_DAY:
        first += timedelta(days=1)
    shown |= {"start_date": first, "end_date": first + timedelta(days=DAYS_AHEAD)}
    return shown


def everybody(campaign: Campaign) -> list[Agent]:
    """Return all free agents, for a choice nobody has made yet; nobody when there are too many."""
    found = _free(list(choices.agents_at(campaign.account, campaign.team, campaign)), campaign)
    return found if len(found) <= MOST_AGENTS else []


def _free(agents: list[Agent], campaign: Campaign) -> list[Agent]:
    """Return those who have not left and are in no other campaign, as far as we know."""
    busy = busy_agents(campaign, agents)
    return [agent for agent in agents if not agent.left_at and agent.pk not in busy]


def held(campaign: Campaign) -> dict[str, Any]:
    """Return the written values of a campaign by column, without its name; blanks are left out."""
    found = {
        rule.column: getattr(campaign, rule.column)
        for rule in fields.plain()
        if rule.name not in NEVER_COPIED
    }
    return {column: value for column, value in found.items() if value not in (None, "")}


def visible(user: User, team: Team, pk: str) -> Campaign | None:
    """Return the campaign of the team with this id, or None."""
    if not pk.isdecimal():
        return None
    found: Campaign | None = Campaign.objects.visible_to(user).filter(team=team, pk=pk).first()
    return found


def duplicate(campaign: Campaign, by: User | None) -> Campaign:
    """Return a saved draft with everything of `campaign` but its state, ids and answers."""
    made = Campaign(
        team=campaign.team,
        account=campaign.account,
        lead_list=campaign.lead_list,
        part=campaign.part,
        name=campaign.name,
        time_zone=campaign.time_zone,
        outside_hours_reason=campaign.outside_hours_reason,
        duplicate_of=campaign,
        created_by=by,
        **held(campaign),
    )
    made.save()
    made.seat(campaign.agents_in_order())
    return made


def split(campaign: Campaign, by: User | None) -> list[Campaign]:
    """Cut a draft at each clock change inside its dates; return all pieces, the draft first.

    TeleCMI takes one offset for a whole campaign (seed 003). The later pieces follow the first:
    they use the same leads and agents, so each waits until the one before has ended.
    """
    if not (campaign.start_date and campaign.end_date):
        return [campaign]
    spans = clock.split_at_changes(campaign.time_zone, campaign.start_date, campaign.end_date)
    pieces = [campaign]
    for first, last in spans[1:]:
        piece = duplicate(campaign, by)
        piece.start_date, piece.end_date, piece.follows = first, last, pieces[-1]
        piece.save()
        pieces.append(piece)
    campaign.end_date = spans[0][1]
    campaign.save()
    return pieces
