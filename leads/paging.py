"""Pages of a long table: by position in the index, never by counting rows away (keyset)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

SIZE = 50
CAP = 10_000


def capped_count(rows: QuerySet[Any]) -> int:
    """Count `rows`, but never further than CAP + 1."""
    return rows.order_by().values("pk")[: CAP + 1].count()


def said(count: int) -> str:
    """Return a capped count for people: "9,865" or "10,000+"."""
    if count > CAP:
        return number_format(CAP, force_grouping=True) + "+"
    return number_format(count, force_grouping=True)


@dataclass(frozen=True)
class Page:
    """Rows newest first; `previous` and `next` are query strings, "" at the ends."""

    rows: Sequence[Any]
    previous: str
    next: str
    start: int

    def text(self, count: int) -> str:
        """Return "51–100 of 9,865"."""
        if not self.rows:
            return _("None")
        place = {
            "first": number_format(self.start, force_grouping=True),
            "last": number_format(self.start + len(self.rows) - 1, force_grouping=True),
            "all": said(count),
        }
        return _("%(first)s–%(last)s of %(all)s") % place


def page(rows: QuerySet[Any], query: QueryDict, kept: str, size: int = SIZE) -> Page:
    """Cut one page out of `rows` by the `after` or `before` id in `query`.

    `kept` is the filter's own query string, repeated in the links. `from` carries the number of
    the first row, which an index position does not know.
    """
    after, before = _number(query.get("after")), _number(query.get("before"))
    start = max(1, _number(query.get("from")) or 1)
    if before:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: size + 1])
        more_before, found = len(found) > size, found[:size][::-1]
        more_after = True
        start = start if more_before else 1
    else:
        rows = rows.filter(pk__lt=after) if after else rows
        found = list(rows.order_by("-pk")[: size + 1])
        more_before, more_after, found = bool(after), len(found) > size, found[:size]
        start = start if after else 1

    def link(name: str, pk: int, first: int) -> str:
        moved = urlencode({name: pk, "from": max(1, first)})
        return f"?{kept}&{moved}" if kept else f"?{moved}"

    return Page(
        rows=found,
        previous=link("before", found[0].pk, start - size) if found and more_before else "",
        next=link("after", found[-1].pk, start + len(found)) if found and more_after else "",
        start=start,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
