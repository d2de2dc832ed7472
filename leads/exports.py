"""Leads as CSV, a line at a time: readable by Excel, harmless in it, and read back by our import.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, phone numbers too:
Excel then keeps every digit, and leads/phones.py takes the apostrophe off again.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access.models import Team
from leads.formulas import safe
from leads.models import Lead, LeadField

AT_ONCE = 2_000
COLUMNS = (
    "phone",
    "first_name",
    "last_name",
    "alt_phone",
    "whatsapp",
    "email",
    "company",
    "address",
    "city",
    "country",
    "status",
    "rating",
    "assignee",
    "comment",
    "source",
    "consent_source",
    "consent_at",
)


class _Echo:
    """What csv.writer writes into: hands each line back."""

    def write(self, line: str) -> str:
        """Return the line instead of keeping it."""
        return line


def cell(value: Any) -> str:
    """Return `value` as a cell that no spreadsheet runs; None is an empty cell.

    A number with its country code gets an apostrophe too: Excel would take it for a sum.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith("+") else safe(text)


def lines(header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield a CSV file: byte order mark, `header`, `rows`; every cell made safe."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([cell(one) for one in header])
    for row in rows:
        yield writer.writerow([cell(one) for one in row])


def leads_csv(leads: QuerySet[Lead], team: Team) -> Iterator[str]:
    """Yield `leads` as CSV, newest first, with the team's own columns, list and tags."""
    own = list(LeadField.objects.filter(team=team))
    words = {field.name: str(field.verbose_name) for field in Lead._meta.fields}
    header = [words[name].capitalize() for name in COLUMNS]
    header += [_("List"), _("Tags"), _("Do not call"), *(column.label for column in own)]
    return lines(header, _rows(leads, own))


def _rows(leads: QuerySet[Lead], own: list[LeadField]) -> Iterator[list[Any]]:
    found = leads.select_related("lead_list").prefetch_related("tags").order_by("-pk")
    for lead in found.iterator(chunk_size=AT_ONCE):
        row = [getattr(lead, name) for name in COLUMNS]
        row += [lead.lead_list.name, ", ".join(tag.name for tag in lead.tags.all())]
        row += [_("yes") if lead.do_not_call else ""]
        yield row + [lead.custom.get(column.key, "") for column in own]
