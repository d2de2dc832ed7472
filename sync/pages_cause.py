"""The records of one problem: which values look wrong, what may be edited, what goes again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from access.models import Account, Team, User
from access.requests import id_in
from leads import editing
from leads.forms import ContactForm, LeadForm
from leads.models import Contact, Lead
from sync import fieldmap, providers
from sync.fixes import address
from sync.models import DeliveryItem, State
from sync.pages_problems import UNNAMED, standings
from sync.providers.base import RecordKind

SHOWN = 50  # rows of the grid
CHECKED = 2_000  # records looked at for values that look wrong
CELLS = {
    "lead": ("first_name", "last_name", "phone", "email", "city"),
    "contact": ("first_name", "last_name", "phone", "email", "company"),
}
# Columns in sight; a name only when one looks wrong, or where the provider wants both.
ALWAYS = {"lead": {"phone", "email", "city"}, "contact": set(CELLS["contact"])}


@dataclass(frozen=True)
class Cell:
    """One value of the grid. `name` is the input's name; `trouble` is why it looks wrong."""

    column: str
    label: str
    value: str
    name: str = ""
    trouble: str = ""

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


def items_of(team: Team, cause: str, query: Mapping[str, str]) -> list[DeliveryItem]:
    """Return the records of a problem (refused or not sent), each as it ended last."""
    found = standings(team).filter(state__in=[State.REJECTED, State.FAILED])
    found = found.filter(item__cause="" if cause == UNNAMED else cause)
    if account := id_in(query.get("account", "")):
        found = found.filter(account_id=account)
    if lead_list := id_in(query.get("list", "")):
        found = found.filter(item__delivery__push__lead_list_id=lead_list)
    items = DeliveryItem.objects.filter(pk__in=found.values("item")).order_by("pk")
    return list(
        items.select_related(
            "lead__lead_list",
            "contact",
            "campaign",
            "action",
            "delivery__push",
            "delivery__account",
        )
    )


def wrong(items: Sequence[DeliveryItem], account: Account) -> dict[int, str]:
    """Return item id -> what our own check of the provider's form says against the record now."""
    some = [item for item in items if item.lead or item.contact][:CHECKED]
    if not some:
        return {}
    delivery = some[0].delivery
    columns = delivery.options.get("columns")
    kind = RecordKind.LEAD if some[0].lead else RecordKind.CONTACT
    records = fieldmap.records(some, account, kind, columns)
    provider = providers.get(account.provider)
    endpoint = next(one for one in provider.endpoints if one.slug == delivery.endpoint)
    options = {"lead_name": "", **account.settings, **delivery.options}
    refused: dict[int, str] = {}
    for start in range(0, len(records), endpoint.batch_size):
        built = provider.build(endpoint.slug, records[start : start + endpoint.batch_size], options)
        refused |= {int(key): why for key, why in built.refused.items()}
    return refused


def grid(items: Sequence[DeliveryItem], refused: Mapping[int, str]) -> list[GridRow]:
    """Return the rows to put right: those that look wrong, or the first ones when none does."""
    chosen = [item for item in items if item.pk in refused] or list(items)
    found = [(item, item.lead or item.contact) for item in chosen[:SHOWN]]
    rows = [_row(item, one, refused.get(item.pk, "")) for item, one in found if one]
    if not rows:
        return []
    seen = ALWAYS[kind_of(rows[0].record)] | {
        c.column for row in rows for c in row.cells if c.trouble
    }
    return [
        GridRow(row.record, row.reason, [cell for cell in row.cells if cell.column in seen])
        for row in rows
    ]


def _row(item: DeliveryItem, record: Lead | Contact, why: str) -> GridRow:
    columns = CELLS[kind_of(record)]
    named = [
        column for column in columns if why and (value := _text(record, column)) and value in why
    ]
    cells = [
        _cell(record, column, why if column in named else "", editable=column in named or not named)
        for column in columns
    ]
    return GridRow(record, "" if named else why or item.reason, cells)


def _cell(record: Lead | Contact, column: str, trouble: str, *, editable: bool) -> Cell:
    label = str(record._meta.get_field(column).verbose_name).capitalize()  # type: ignore[union-attr]
    name = f"{kind_of(record)}-{record.pk}-{column}" if editable else ""
    return Cell(column, label, _text(record, column), name, trouble)


def _text(record: Lead | Contact, column: str) -> str:
    return str(getattr(record, column) or "")


def cell_of(record: Lead | Contact, column: str, text: str, trouble: str) -> Cell:
    """Return a cell with what was typed and what is wrong with it."""
    drawn = _cell(record, column, trouble, editable=True)
    return Cell(column, drawn.label, text, drawn.name, trouble)


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
