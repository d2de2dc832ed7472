"""The campaign form laid out: its sections, its agents, what a split would make of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.forms import BoundField

from campaigns import clock, fields
from campaigns.dialers import Field, Section
from campaigns.forms import CampaignForm
from campaigns.models import Agent, Campaign
from campaigns.preflight import busy_agents

SHOWN_AT_ONCE = 30
WIDTHS = {
    "start_date": "w3 half",
    "end_date": "w3 half",
    "start_time": "w3 half",
    "end_time": "w3 half",
    "ratio": "w4",
    "call_interval": "w4",
    "ring_seconds": "w4",
    "user_interval": "w4",
}
ORDER = (  # as a manager thinks; the wire keeps the seed's order
    "ratio",
    "call_interval",
    "ring_seconds",
    "ring_rule",
    "caller_id",
    "no_agent_no_wait",
    "max_waiting_time",
    "max_waiting_time_without_agent",
)


@dataclass(frozen=True)
class Drawn:
    """One field of a section: the form's field, its rule, its width, who it is shown for."""

    field: BoundField
    rule: Field
    width: str

    @property
    def shown_for(self) -> str:
        """The `data-for` mark; the dialer itself stands on the group around it."""
        return "wait" if self.rule.only_if else ""


def sections(form: CampaignForm) -> dict[str, list[Drawn]]:
    """Return the written fields by section: who, when, pace (predictive), progressive, more."""
    found: dict[str, list[Drawn]] = {str(section): [] for section in Section}
    found["progressive"] = []
    rank = {name: number for number, name in enumerate(ORDER)}
    for rule in sorted(fields.plain(), key=lambda one: rank.get(one.name, -1)):
        group = "progressive" if rule.dialer == "progressive" else str(rule.section)
        wide = "w12" if rule.kind.about else WIDTHS.get(rule.name, "w6")
        drawn = Drawn(form[rule.column], rule, wide)
        found[group].append(drawn)
    return found


@dataclass(frozen=True)
class AgentRow:
    """One agent to choose: ticked or not, and the campaign that has them by our records."""

    agent: Agent
    ticked: bool
    busy_in: Campaign | None


def agent_rows(form: CampaignForm) -> dict[str, list[AgentRow] | int]:
    """Return the agents to choose from, chosen ones first: those shown at once, and the rest."""
    shown = getattr(form.fields["agents"], "queryset")  # noqa: B009
    every: list[Agent] = list(shown.order_by("name", "agent_id"))
    chosen = form["agents"].value() or []
    ticked = {
        int(getattr(one, "pk", one)) for one in chosen if str(getattr(one, "pk", one)).isdecimal()
    }
    busy = busy_agents(form.instance, every)
    rows = [AgentRow(agent, agent.pk in ticked, busy.get(agent.pk)) for agent in every]
    rows.sort(key=lambda row: (not row.ticked, row.busy_in is not None))
    at_once = max(SHOWN_AT_ONCE, len(ticked))
    return {
        "first": rows[:at_once],
        "rest": rows[at_once:],
        "count": len(rows),
        "free": sum(row.busy_in is None for row in rows),
        "ticked": len(ticked),
    }


def splits(form: CampaignForm) -> list[tuple[date, date]]:
    """Return the spans a split at the clock change would make; empty when there is none."""
    campaign = form.instance
    first, last = campaign.start_date, campaign.end_date
    if not (campaign.pk and first and last) or last < first:
        return []
    spans = clock.split_at_changes(campaign.time_zone, first, last)
    return spans if len(spans) > 1 else []
