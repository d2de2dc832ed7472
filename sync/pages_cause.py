"""The records of one problem: which values look wrong, what may be edited, what goes again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from access.models import Account, Team, User
from access.requests import id_in
from leads import editing
from leads.forms import ContactForm, LeadForm
from leads.models import Contact, Lead
from sync import fieldmap, providers
from sync.fixes import address
from sync.models import DeliveryItem, State
from sync.pages import figure
from sync.pages_problems import UNNAMED, standings
from sync.providers.base import RecordKind
from sync.standings import kind_of as record_kind

SHOWN = 50  # rows of the grid
CHECKED = 2_000  # records looked at for values that look wrong
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


def items_of(
    team: Team, cause: str, query: Mapping[str, str], drawn: datetime | None = None
) -> QuerySet[DeliveryItem]:
    """Return the records of a problem (refused or not sent), each as it ended last.

    They are of one kind and at one account: those the address names, else those of the oldest.
    What ended after the moment `drawn`, when the page was made, is left out.
    """
    found = standings(team).filter(state__in=[State.REJECTED, State.FAILED])
    if drawn:
        found = found.filter(changed_at__lte=drawn)
    found = found.filter(item__cause="" if cause == UNNAMED else cause)
    if account := id_in(query.get("account", "")):
        found = found.filter(account_id=account)
    if lead_list := id_in(query.get("list", "")):
        found = found.filter(item__delivery__push__lead_list_id=lead_list)
    if (kind := query.get("kind", "")) in list(RecordKind):
        found = found.filter(**{f"item__{kind}__isnull": False})
    first = found.order_by("item_id").select_related("item").first()
    if first and first.item:
        of_kind = {f"item__{record_kind(first.item)}__isnull": False}
        found = found.filter(account_id=first.account_id, **of_kind)
    items = DeliveryItem.objects.filter(pk__in=found.values("item")).order_by("pk")
    return items.select_related(
        "lead__lead_list", "contact", "campaign", "action__lead", "delivery__push"
    )


def moment_in(text: str) -> datetime | None:
    """Return the moment a form says it was drawn at; None for whatever is none."""
    try:
        drawn = datetime.fromisoformat(text)
    except ValueError:
        return None
    return drawn if drawn.tzinfo else None


@dataclass(frozen=True)
class Sheet:
    """One page of a problem's grid. `number` are its records, `refused` (by item id) those of the
    first CHECKED that our own check of the provider's form still refuses: then the grid has them.
    """

    number: int
    checked: Sequence[DeliveryItem]
    refused: Mapping[int, str]
    shown: Sequence[DeliveryItem]
    start: int

    @property
    def size(self) -> int:
        """How many rows all pages of the grid have."""
        return len(self.refused) or self.number

    @property
    def place(self) -> str:
        """Which of them are here: "51–100 of 9,865"."""
        values = {"first": self.start + 1, "last": self.start + len(self.shown)}
        return _("%(first)s–%(last)s of %(all)s") % {
            "all": figure(self.size),
            **{name: figure(number) for name, number in values.items()},
        }

    @property
    def others(self) -> list[DeliveryItem]:
        """Records in which nothing looks wrong, where others look wrong."""
        return [one for one in self.checked if one.pk not in self.refused] if self.refused else []


def sheet(items: QuerySet[DeliveryItem], start: int) -> Sheet:
    """Return the page of the grid that begins after `start` rows."""
    number, checked = items.count(), list(items[:CHECKED])
    refused = wrong(checked, checked[0].delivery.account) if checked else {}
    rows = len(refused) or number
    start = start if start < rows else 0
    if refused:
        shown = [one for one in checked if one.pk in refused][start : start + SHOWN]
    else:
        shown = list(items[start : start + SHOWN])
    return Sheet(number, checked, refused, shown, start)


def labels(items: QuerySet[DeliveryItem]) -> list[str]:
    """Return the names of the lists (or campaigns) the records were sent with."""
    found = items.order_by().values_list("delivery__push__label", flat=True)
    return sorted(found.distinct())


def records(
    items: QuerySet[DeliveryItem], typed_in: Collection[tuple[str, int]]
) -> list[Lead | Contact]:
    """Return those records of `items` that have a cell in `typed_in`."""
    return [one for item in _about(items, typed_in) if (one := item.lead or item.contact)]


def holding(
    items: QuerySet[DeliveryItem], sheet: Sheet, names: Collection[str]
) -> list[DeliveryItem]:
    """Return the rows of `sheet`, before them those of `items` with an input in `names`.

    A row that looked wrong may not do so any more; what was typed into it is still shown.
    """
    here = {item.pk for item in sheet.shown}
    wanted = typed(dict.fromkeys(names, ""))
    return [item for item in _about(items, wanted) if item.pk not in here] + list(sheet.shown)


def _about(
    items: QuerySet[DeliveryItem], records: Collection[tuple[str, int]]
) -> QuerySet[DeliveryItem]:
    leads = [pk for kind, pk in records if kind == "lead"]
    contacts = [pk for kind, pk in records if kind == "contact"]
    return items.filter(Q(lead__in=leads) | Q(contact__in=contacts))


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
