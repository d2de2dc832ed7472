"""Some of the waiting leads of a list: the first few, or some of the parts they would become."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import accumulate, pairwise

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from leads.models import Lead
from sync.enqueueing import CannotSend, balanced

MOST_PARTS = 10_000
SPAN = re.compile(r"(\d{1,5})(?:\s*[-\u2013]\s*(\d{1,5}))?", re.ASCII)


def read_parts(text: str) -> list[int] | None:
    """Return the numbers in "1-3, 7", in order, each once; None when it is not such a text."""
    found: set[int] = set()
    for piece in re.split(r"[,;]", text.strip(" ,;")):
        span = SPAN.fullmatch(piece.strip())
        if span is None:
            return None
        first, last = int(span[1]), int(span[2] or span[1])
        if not 1 <= first <= last <= MOST_PARTS:
            return None
        found |= set(range(first, last + 1))
    return sorted(found)


def spans(
    waiting: int, batch: int, first: int | None = None, parts: Collection[int] = ()
) -> list[tuple[int, int]]:
    """Return which of `waiting` leads in a row go, as (start, end), each end left out.

    Parts are those that all of them would become; numbers beyond the last part are left out.
    """
    if not parts:
        end = waiting if first is None else min(first, waiting)
        return [(0, end)] if end else []
    edges = list(pairwise(accumulate(balanced(waiting, batch), initial=0)))
    return [edges[number - 1] for number in sorted(parts) if number <= len(edges)]


def cut(
    leads: QuerySet[Lead], batch: int, first: int | None = None, parts: Collection[int] = ()
) -> list[Lead]:
    """Return the leads that go. Raises CannotSend when a part is asked for that does not wait."""
    if not parts:
        return list(leads[:first])
    waiting = leads.count()
    there = len(balanced(waiting, batch))
    if waiting and max(parts) > there:
        if there == 1:
            raise CannotSend(_("All that waits is one part. Send all of it."))
        words = _("Only %(n)s parts wait. Write numbers from 1 to %(n)s.")
        raise CannotSend(words % {"n": there})
    found: list[Lead] = []
    for start, end in spans(waiting, batch, parts=parts):
        found += leads[start:end]
    return found
