"""What TeleCMI would refuse, looked up before it is asked: one line for each refusal of seed 003.

Checks against other campaigns read our own records, so they say "as far as we know".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Hold
from campaigns import addresses, clock
from campaigns.models import Agent, Campaign, CampaignAgent

SOME = 3


class Level(StrEnum):
    """How much a line matters, worst first: a stop and what is open cannot be sent, a doubt asks
    once more. The value is the mark beside the line.
    """

    STOP = "refused"
    OPEN = "wait"
    DOUBT = "warn"
    NOTE = "none"
    FINE = "done"


@dataclass(frozen=True)
class Line:
    """One line of the pre-flight list. `cause` is the refusal it foresees (campaigns/fixes.py)."""

    level: Level
    cause: str
    words: str
    url: str = ""
    link: str = ""


def lines(plan: Campaign, agents: Sequence[Agent]) -> list[Line]:
    """Return every check of `plan` (saved or not) with `agents`."""
    return [
        *_part(plan),
        _name(plan),
        *about_agents(plan, agents),
        *_before(plan),
        *about_clock(plan),
        about_account(plan),
    ]


def _part(plan: Campaign) -> Iterator[Line]:
    part = plan.part
    if part is None:
        yield Line(
            Level.OPEN, "list", _("No part of a list is chosen."), "#id_part", _("Choose it")
        )
        return
    if part.sent_at or part.by_hand:
        at = {"count": f"{part.lead_count:,}", "account": plan.account}
        yield Line(Level.FINE, "list", _("All %(count)s leads are at %(account)s") % at)
    else:
        words = _("These leads are not at TeleCMI yet.")
        yield Line(Level.STOP, "list", words, _list_url(plan), _("Send the list"))
    if part.provider_leads_id:
        yield Line(Level.FINE, "leads-id", _("The part’s TeleCMI id is here"))
    else:
        words = _("The part has no TeleCMI id yet.")
        url = f"{addresses.of_list(part.lead_list_id)}#ids"
        yield Line(Level.STOP, "leads-id", words, url, _("Paste it"))
    other = Campaign.objects.in_the_way().filter(part=part).exclude(pk=plan.pk).first()
    if other:
        words = _("“%(name)s” already calls this part, as far as we know.") % {"name": other.name}
        yield Line(Level.DOUBT, "leads-taken", words, other.get_absolute_url(), _("Open it"))
    else:
        words = _("No other campaign uses this part, as far as we know")
        yield Line(Level.FINE, "leads-taken", words)


def _list_url(plan: Campaign) -> str:
    return addresses.of_list(plan.lead_list_id)


def _name(plan: Campaign) -> Line:
    same = Campaign.objects.living().filter(account=plan.account, name__iexact=plan.name)
    if not plan.name:
        return Line(Level.NOTE, "name", _("The name gets letters of its own, so it is always new"))
    if same.exclude(pk=plan.pk).exists():
        words = _("Another campaign has this name; the letters in brackets keep them apart.")
        return Line(Level.NOTE, "name", words)
    return Line(Level.FINE, "name", _("The name is new"))


def busy_agents(plan: Campaign, agents: Sequence[Agent]) -> dict[int, Campaign]:
    """Return which of `agents` another campaign keeps, by our records: agent id -> campaign."""
    wanted = [agent.pk for agent in agents]
    seats = CampaignAgent.objects.filter(
        agent__in=wanted, campaign__in=Campaign.objects.in_the_way()
    ).exclude(campaign=plan.pk)
    if plan.follows_id:
        seats = seats.exclude(campaign=plan.follows_id)  # its own line says so
    return {seat.agent_id: seat.campaign for seat in seats.select_related("campaign")}


def about_agents(plan: Campaign, agents: Sequence[Agent]) -> Iterator[Line]:
    """Yield what TeleCMI may say about the agents: taken, unknown, gone."""
    link = {"url": "#agents", "link": _("Change agents")}
    busy = busy_agents(plan, agents)
    for campaign, names in _together(agents, busy).items():
        words = ngettext(
            "%(agents)s is in “%(campaign)s”, as far as we know.",
            "%(agents)s are in “%(campaign)s”, as far as we know.",
            len(names),
        ) % {"agents": _some(names), "campaign": campaign.name}
        yield Line(Level.DOUBT, "agents-taken", words, **link)
    if agents and not busy:
        yield Line(Level.FINE, "agents-taken", _("All agents are free, as far as we know"))
    for agent in agents:
        if agent.left_at:
            words = _("%(agent)s has left.") % {"agent": agent}
            yield Line(Level.DOUBT, "agents-unknown", words, **link)
    yield from _suffixes(plan, agents)


def _together(agents: Sequence[Agent], busy: dict[int, Campaign]) -> dict[Campaign, list[str]]:
    found: dict[Campaign, list[str]] = {}
    for agent in agents:
        if agent.pk in busy:
            found.setdefault(busy[agent.pk], []).append(str(agent))
    return found


def _some(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    if len(names) <= SOME:
        return ", ".join(names)
    return _("%(names)s and %(n)s more") % {
        "names": ", ".join(names[:SOME]),
        "n": len(names) - SOME,
    }


def _suffixes(plan: Campaign, agents: Sequence[Agent]) -> Iterator[Line]:
    number = str(plan.account.credentials.get("inet_no", "")).strip()
    strange = [a for a in agents if number and not a.agent_id.endswith(f"_{number}")]
    if strange:
        words = ngettext(
            "%(count)d agent id does not end in %(number)s, the account’s number: %(ids)s.",
            "%(count)d agent ids do not end in %(number)s, the account’s number: %(ids)s.",
            len(strange),
        )
        ids = ", ".join(agent.agent_id for agent in strange[:3])
        words %= {"count": len(strange), "number": number, "ids": ids}
        # The seed's own sample mixes two numbers, so this is never an error.
        yield Line(Level.NOTE, "agents-unknown", words)
    elif agents and number:
        words = _("Every agent id ends in %(number)s") % {"number": number}
        yield Line(Level.FINE, "agents-unknown", words)


def _before(plan: Campaign) -> Iterator[Line]:
    first = plan.follows
    if first and not first.ended_confirmed_at and not first.is_editable:
        words = _("“%(name)s” comes first, with the same agents. Say there when it has ended.")
        words %= {"name": first.name}
        yield Line(Level.STOP, "follows", words, first.get_absolute_url(), _("Open it"))
    elif first and first.is_editable and first.deleted_at is None:
        words = _("“%(name)s” comes first and is not created yet.") % {"name": first.name}
        yield Line(Level.STOP, "follows", words, first.get_absolute_url(), _("Open it"))


def about_clock(plan: Campaign) -> Iterator[Line]:
    """Yield the clock change inside the dates, if there is one."""
    first, last = plan.start_date, plan.end_date
    if not (first and last and plan.time_zone) or last < first:
        return
    changes = clock.clock_changes(plan.time_zone, first, last)
    if changes:
        change = changes[0]
        words = _(
            "The clock changes on %(day)s, %(before)s to %(after)s; TeleCMI takes one offset."
        )
        words %= {"day": f"{change.day:%d/%m/%Y}", "before": change.before, "after": change.after}
        yield Line(Level.DOUBT, "clock", words, "#split", _("Split into two campaigns"))


def about_account(plan: Campaign) -> Line:
    """Return whether the account works, as far as we know."""
    account = plan.account
    stopped = Hold.objects.filter(account=account, released_at=None)
    hold = stopped.filter(Q(credential="") | Q(credential__in=["app", "account"])).first()
    if hold:
        words = _("%(account)s is stopped: %(why)s The campaign will wait.")
        words %= {"account": account, "why": hold.reason}
        return Line(Level.DOUBT, "account", words)
    if account.tested_at:
        at = {"account": account, "day": f"{account.tested_at:%d/%m %H:%M}"}
        return Line(Level.FINE, "account", _("%(account)s was tested %(day)s") % at)
    words = _("%(account)s was never tested here") % {"account": account}
    return Line(Level.NOTE, "account", words)
