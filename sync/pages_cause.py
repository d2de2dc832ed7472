"""The records of one problem: which values look wrong, what may be edited, what goes again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from access.models import Account, Team, User
from access.requests import id_in
from leads import editing
from leads.forms import LeadForm
from leads.models import Lead
from sync import fieldmap, providers
from sync.models import DeliveryItem, State
from sync.pages_problems import UNNAMED, standings
from sync.providers.base import RecordKind

SHOWN = 50  # rows of the grid
CHECKED = 2_000  # records looked at for values that look wrong
CELLS = ("first_name", "last_name", "phone", "email", "city")
ALWAYS = {"phone", "email", "city"}  # columns in sight; a name only when one looks wrong


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
    """One record to put right."""

    lead: Lead
    reason: str
    cells: list[Cell]


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
    some = [item for item in items if item.lead][:CHECKED]
    if not some:
        return {}
    delivery = some[0].delivery
    columns = delivery.options.get("columns")
    records = fieldmap.records(some, account, RecordKind.LEAD, columns)
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
    rows = [_row(item, refused.get(item.pk, "")) for item in chosen[:SHOWN] if item.lead]
    seen = ALWAYS | {cell.column for row in rows for cell in row.cells if cell.trouble}
    return [
        GridRow(row.lead, row.reason, [cell for cell in row.cells if cell.column in seen])
        for row in rows
    ]


def _row(item: DeliveryItem, why: str) -> GridRow:
    lead = item.lead
    if lead is None:
        raise TypeError(item)
    named = [column for column in CELLS if why and (value := _text(lead, column)) and value in why]
    cells = [
        _cell(lead, column, why if column in named else "", editable=column in named or not named)
        for column in CELLS
    ]
    return GridRow(lead, "" if named else why or item.reason, cells)


def _cell(lead: Lead, column: str, trouble: str, *, editable: bool) -> Cell:
    label = str(Lead._meta.get_field(column).verbose_name).capitalize()  # type: ignore[union-attr]
    name = f"lead-{lead.pk}-{column}" if editable else ""
    return Cell(column, label, _text(lead, column), name, trouble)


def _text(lead: Lead, column: str) -> str:
    return str(getattr(lead, column) or "")


def cell_of(lead: Lead, column: str, text: str, trouble: str) -> Cell:
    """Return a cell with what was typed and what is wrong with it."""
    drawn = _cell(lead, column, trouble, editable=True)
    return Cell(column, drawn.label, text, drawn.name, trouble)


def write(lead: Lead, column: str, text: str, by: User) -> str:
    """Save one typed value of a lead; return what is wrong with it, "" when it is saved."""
    form = LeadForm({column: text}, instance=lead, only=(column,))
    seen = editing.stamp(lead)
    if not form.is_valid():
        return " ".join(str(one) for errors in form.errors.values() for one in errors)
    try:
        editing.save(lead, form.values, by=by, seen=seen)
    except editing.NumberTaken:
        return editing.taken_words(form.values["phone"], lead.lead_list)
    except editing.ChangedMeanwhile:
        return _("Somebody saved this lead while you were typing. Look at it and save again.")
    return ""


def typed(values: Mapping[str, Any]) -> dict[int, dict[str, str]]:
    """Return lead id -> {column: text} of the grid's inputs; other names are left alone."""
    found: dict[int, dict[str, str]] = {}
    for name, text in values.items():
        prefix, _dash, rest = name.partition("-")
        number, _dash, column = rest.partition("-")
        if prefix == "lead" and number.isdecimal() and column in CELLS:
            found.setdefault(int(number), {})[column] = str(text).strip()
    return found
