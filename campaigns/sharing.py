"""One plan for all parts of a list: who calls which part, and on which days.

TeleCMI takes a part in one campaign and an agent in one campaign (seed 003), so a list in three
parts is three campaigns: side by side with the agents shared out, or one after another with all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import clock
from campaigns.models import Agent
from leads.models import ListPart

TOGETHER = "together"
AFTER = "after"


class CannotShare(ValueError):
    """The plan does not fit the parts; the text says why and what would."""


@dataclass(frozen=True)
class Piece:
    """One campaign of the plan."""

    part: ListPart
    agents: tuple[Agent, ...]
    first: date | None
    last: date | None

    @property
    def leads_each(self) -> int:
        """Leads for each agent, rounded up."""
        return -(-self.part.lead_count // len(self.agents)) if self.agents else 0


def pieces(
    parts: Sequence[ListPart],
    agents: Sequence[Agent],
    first: date | None,
    last: date | None,
    how: str,
) -> list[Piece]:
    """Return the plan's campaigns in the order of the parts; raises CannotShare."""
    sizes = [part.lead_count for part in parts]
    if how == AFTER:
        spans = _spans(sizes, first, last)
        every = tuple(agents)
        return [Piece(part, every, *span) for part, span in zip(parts, spans, strict=True)]
    counts = proportion(len(agents), sizes) if agents else [0] * len(parts)
    if agents and min(counts, default=1) == 0:
        words = ngettext(
            "%(count)d agent cannot be shared over %(parts)d parts.",
            "%(count)d agents cannot be shared over %(parts)d parts.",
            len(agents),
        ) % {"count": len(agents), "parts": len(parts)}
        more = _("Take more agents, or all of them on one part after another.")
        raise CannotShare(f"{words} {more}")
    found, at = [], 0
    for part, count in zip(parts, counts, strict=True):
        found.append(Piece(part, tuple(agents[at : at + count]), first, last))
        at += count
    return found


def proportion(total: int, sizes: Sequence[int]) -> list[int]:
    """Return `total` shared out in proportion to `sizes`; at least 1 each where possible."""
    if total < len(sizes):
        return [1] * total + [0] * (len(sizes) - total)
    spare, whole = total - len(sizes), sum(sizes) or 1
    exact = [1 + spare * size / whole for size in sizes]
    shares = [int(share) for share in exact]
    by_rest = sorted(range(len(sizes)), key=lambda at: (shares[at] - exact[at], at))
    for at in by_rest[: total - sum(shares)]:
        shares[at] += 1
    return shares


def _spans(
    sizes: Sequence[int], first: date | None, last: date | None
) -> list[tuple[date | None, date | None]]:
    """Return consecutive spans of days in proportion to `sizes`."""
    if not (first and last) or last < first:
        return [(first, last)] * len(sizes)
    counts = proportion(clock.days(first, last), sizes)
    if min(counts, default=1) == 0:
        words = _("%(parts)s parts one after another need at least %(parts)s days.")
        raise CannotShare(words % {"parts": len(sizes)})
    found: list[tuple[date | None, date | None]] = []
    for count in counts:
        found.append((first, first + timedelta(days=count - 1)))
        first += timedelta(days=count)
    return found
