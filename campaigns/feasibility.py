"""How far a plan will get: a rough estimate from agents, pace, hours, days and assumptions.

TeleCMI reports none of this; every figure here is arithmetic on what the form holds, and the
assumptions stand beside it, to be changed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from campaigns import clock, dialers


@dataclass(frozen=True)
class Assumptions:
    """What nobody knows beforehand: the share of calls picked up, in per cent; the talk of one
    picked-up call and the work after it, in seconds; how often each lead is tried.
    """

    pickup: int = 35
    talk: int = 120
    after: int = 20
    tries: int = 2


@dataclass(frozen=True)
class Estimate:
    """`calls` the plan can make; `wanted` to try every lead; `reached` leads tried as often as
    wished; then what alone would finish the list (None: nothing to add, or not enough alone).
    """

    leads: int
    calls: int
    wanted: int
    reached: int
    agent_hours: int
    done_in_days: int
    more_days: int | None = None
    more_agents: int | None = None
    hours_a_day: float | None = None

    @property
    def is_enough(self) -> bool:
        """Whether the whole list is reached."""
        return self.reached >= self.leads


def estimate(
    values: Mapping[str, Any], leads: int, assumed: Assumptions | None = None
) -> Estimate | None:
    """Return how far `values` (wire name -> our value) get with `leads`; None while incomplete."""
    assumed = assumed or Assumptions()
    agents = len(values.get("users") or ())
    span, window = _span(values)
    hourly = calls_an_hour(values, agents, assumed)
    if not (agents and span and window and hourly):
        return None
    calls = math.floor(hourly * window * span)
    wanted = leads * assumed.tries
    agent_hours = round(agents * window * span)
    reached = min(leads, calls // assumed.tries)
    days_needed = max(1, math.ceil(wanted / (hourly * window)))
    if reached >= leads:
        return Estimate(leads, calls, wanted, reached, agent_hours, days_needed)
    return Estimate(
        leads,
        calls,
        wanted,
        reached,
        agent_hours,
        days_needed,
        more_days=days_needed - span,
        more_agents=max(1, math.ceil(agents * wanted / calls) - agents) if calls else None,
        hours_a_day=_rounded(wanted / (hourly * span)),
    )


def calls_an_hour(values: Mapping[str, Any], agents: int, assumed: Assumptions) -> float:
    """Return the calls all lines together make in an hour, or as many as the agents can take."""
    share = max(1, min(100, assumed.pickup)) / 100
    busy = assumed.talk + assumed.after
    progressive = values.get("dialer_type") == dialers.PROGRESSIVE
    ring = 30 if progressive else (values.get("ring_seconds") or 0)
    lines = agents * (1.0 if progressive else lines_per_agent(values.get("ratio")))
    pause = _pause(values.get("user_interval")) if progressive else values.get("call_interval") or 0
    seconds_a_call = share * busy + (1 - share) * ring + pause
    by_lines = 3600 * lines / max(1.0, seconds_a_call)
    by_agents = 3600 * agents / max(1.0, busy) / share
    return min(by_lines, by_agents)


def lines_per_agent(ratio: object) -> float:
    """Return the lines for one agent of a ratio such as "1:2"; 0 where it cannot be read."""
    agents, _colon, lines = str(ratio or "").partition(":")
    if not (agents.isdecimal() and lines.isdecimal() and int(agents)):
        return 0
    return int(lines) / int(agents)


def _pause(interval: object) -> int:
    number = str(interval or "").partition("_")[0]
    return int(number) if number.isdecimal() else 0


def _span(values: Mapping[str, Any]) -> tuple[int, float]:
    first, last = values.get("start_date"), values.get("end_date")
    start, end = values.get("start_time"), values.get("end_time")
    span = clock.days(first, last) if isinstance(first, date) and isinstance(last, date) else 0
    window = clock.hours(start, end) if isinstance(start, time) and isinstance(end, time) else 0
    return span, window


def _rounded(hours: float) -> float | None:
    return math.ceil(hours * 2) / 2 if hours <= 12 else None
