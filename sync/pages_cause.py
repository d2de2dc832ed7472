"""The records of one problem: which they are, which look wrong, and the grid's page of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from access.models import Account, Team
from access.requests import id_in
from leads.models import Contact, Lead
from sync import fieldmap, providers
from sync.models import DeliveryItem, State
from sync.pages import figure
from sync.pages_cells import typed
from sync.pages_problems import UNNAMED, standings
from sync.providers.base import RecordKind
from sync.standings import kind_of as record_kind

SHOWN = 50  # rows of the grid
CHECKED = 2_000  # records looked at for values that look wrong


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
