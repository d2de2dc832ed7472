"""The grid of a problem: which values are in sight, what is typed into them, what is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from access.models import User
from leads import editing
from leads.forms import ContactForm, LeadForm
from leads.models import Contact, Lead
from sync.fixes import address
from sync.models import DeliveryItem

CELLS = {
    "lead": ("first_name", "last_name", "phone", "email", "city"),
    "contact": ("first_name", "last_name", "phone", "email", "company"),
}
# Columns in sight: those the provider's words speak of, else these; and where one looks wrong.
NAMED = {
    "name": ("first_name", "last_name"),
    "email": ("email",),
    "city": ("city",),
    "company": ("company",),
}
ALWAYS = {"lead": {"phone", "email", "city"}, "contact": set(CELLS["contact"])}


@dataclass(frozen=True)
class Cell:
    """One value of the grid. `name` is the input's name; `trouble` is why it looks wrong."""

    column: str
    label: str
    value: str
    name: str = ""
    trouble: str = ""
    was: str = ""  # what the record held when the page was drawn

    @property
    def id(self) -> str:
        """The id of the words below the input."""
        return f"{self.name}-e"


@dataclass(frozen=True)
class GridRow:
    """One record to put right: a lead, or an entry of the phone book."""

    record: Lead | Contact
    reason: str
    cells: list[Cell]

    @property
    def url(self) -> str:
        """Its own page."""
        return address(f"leads:{kind_of(self.record)}", self.record.pk)


def kind_of(record: Lead | Contact) -> str:
    """Return "lead" or "contact"."""
    return "contact" if isinstance(record, Contact) else "lead"


def shared_reason(items: Sequence[DeliveryItem]) -> str:
    """Return why all of `items` ended as they did, where that is one reason."""
    reasons = {item.reason for item in items}
    return reasons.pop() if len(reasons) == 1 else ""


def grid(items: Sequence[DeliveryItem], refused: Mapping[int, str]) -> list[GridRow]:
    """Return the rows of `items`, with what is wrong at the values it is about."""
    shared = shared_reason(items)
    rows = [
        _row(one, refused.get(item.pk, ""), "" if shared else item.reason)
        for item in items
        if (one := item.lead or item.contact)
    ]
    if not rows:
        return []
    seen = _named(items[0].quote) or ALWAYS[kind_of(rows[0].record)]
    seen |= {c.column for row in rows for c in row.cells if c.trouble}
    return [
        GridRow(row.record, row.reason, [cell for cell in row.cells if cell.column in seen])
        for row in rows
    ]


def _named(quote: str) -> set[str]:
    """Return the columns the provider's words speak of, with the number; none where of none."""
    said = quote.lower()
    found = {column for word, columns in NAMED.items() if word in said for column in columns}
    return found | {"phone"} if found else found


def _row(record: Lead | Contact, why: str, reason: str) -> GridRow:
    columns = CELLS[kind_of(record)]
    named = [
        column for column in columns if why and (value := _text(record, column)) and value in why
    ]
    cells = [
        _cell(record, column, why if column in named else "", editable=column in named or not named)
        for column in columns
    ]
    return GridRow(record, "" if named else why or reason, cells)


def _cell(record: Lead | Contact, column: str, trouble: str, *, editable: bool) -> Cell:
    label = str(record._meta.get_field(column).verbose_name).capitalize()  # type: ignore[union-attr]
    name = name_of(record, column) if editable else ""
    held = _text(record, column)
    return Cell(column, label, held, name, trouble, held)


def _text(record: Lead | Contact, column: str) -> str:
    return str(getattr(record, column) or "")


def name_of(record: Lead | Contact, column: str) -> str:
    """Return the name of a value's input in the grid."""
    return f"{kind_of(record)}-{record.pk}-{column}"


def cell_of(record: Lead | Contact, column: str, text: str, trouble: str) -> Cell:
    """Return a cell with what was typed and what is wrong with it."""
    drawn = _cell(record, column, trouble, editable=True)
    return replace(drawn, value=text)


def put(record: Lead | Contact, column: str, text: str, was: str | None, by: User) -> str:
    """Save one typed value; return what is wrong with it, "" when it is saved.

    `was` is what the page showed before the person typed: whatever somebody else saved meanwhile
    is never written over.
    """
    held = _text(record, column)
    if text == held or was == text:
        return ""
    if was is not None and was.strip() != held.strip():
        words = _(
            "Somebody else saved “%(held)s” here while you were typing. Save again to keep yours."
        )
        return words % {"held": held}
    return write(record, column, text, by)


def write(record: Lead | Contact, column: str, text: str, by: User) -> str:
    """Save one typed value; return what is wrong with it, "" when it is saved."""
    seen = editing.stamp(record)
    form: LeadForm | ContactForm
    if isinstance(record, Lead):
        form = LeadForm({column: text}, instance=record, only=(column,))
    else:
        held = {name: _text(record, name) for name in ContactForm.Meta.fields}
        form = ContactForm({**held, column: text}, instance=record, team=record.team)
    if not form.is_valid():
        return " ".join(str(one) for one in form.errors.get(column) or ())
    values = form.values if isinstance(form, LeadForm) else {column: form.cleaned_data[column]}
    try:
        editing.save(record, values, by=by, seen=seen)
    except editing.NumberTaken:
        return _taken(record, values["phone"])
    except editing.ChangedMeanwhile:
        return _("Somebody saved this while you were typing. Look at it and save again.")
    return ""


def _taken(record: Lead | Contact, phone: str) -> str:
    if isinstance(record, Lead):
        return editing.taken_words(phone, record.lead_list)
    return _("This number is in the phone book already.")


def typed(values: Mapping[str, Any]) -> dict[tuple[str, int], dict[str, str]]:
    """Return ("lead", id) -> {column: text} of the grid's inputs; other names are left alone."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for name, text in values.items():
        kind, _dash, rest = name.partition("-")
        number, _dash, column = rest.partition("-")
        if number.isdecimal() and column in CELLS.get(kind, ()):
            found.setdefault((kind, int(number)), {})[column] = str(text).strip()
    return found
