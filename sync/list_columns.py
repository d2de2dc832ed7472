"""Columns of a list at a provider that knows them by number only (Smartflo: field_0, field_1 ...).

The header row, pasted from the provider's list, names them; each name is matched to one of our
columns by itself, and the choice stays with the list (ListTarget.settings["columns"]).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from access.models import Team
from leads.models import Lead, LeadField
from sync import providers
from sync.providers.base import FieldRule, RecordKind

NUMBERED = re.compile(r"field_(\d+)")
MOST_COLUMNS = 60
OURS = (
    *("full_name", "first_name", "last_name", "email", "phone", "alt_phone", "whatsapp", "city"),
    *("address", "country", "company", "comment", "rating", "status", "source"),
)
ALSO_CALLED = {
    "name": "full_name",
    "mobile": "phone",
    "mobilenumber": "phone",
    "number": "phone",
    "phonenumber": "phone",
    "contact": "phone",
    "emailid": "email",
    "mail": "email",
    "notes": "comment",
    "remarks": "comment",
    "surname": "last_name",
    "town": "city",
    "alternatephone": "alt_phone",
    "alternatenumber": "alt_phone",
    "organisation": "company",
    "organization": "company",
}


@dataclass(frozen=True)
class Column:
    """One numbered column of the provider's list and what of ours goes into it ("": nothing)."""

    remote: str
    name: str
    ours: str


def are_numbered(provider: str) -> bool:
    """Whether the provider's lead fields are numbers with a meaning of their own in each list."""
    known = providers.PROVIDERS.get(provider)
    rules = known.default_maps.get(RecordKind.LEAD, ()) if known else ()
    return bool(rules) and all(NUMBERED.fullmatch(rule.remote) for rule in rules)


def choices(team: Team) -> list[tuple[str, str]]:
    """Return (column, words) of everything of a lead that may fill a column."""
    named = [(name, _label(name)) for name in OURS]
    own = LeadField.objects.filter(team=team).values_list("key", "label")
    return [("", _("Not sent")), *named, *((f"custom.{key}", label) for key, label in own)]


def _label(name: str) -> str:
    if name == "full_name":
        return _("Full name")
    return str(Lead._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]


def read_header(text: str, team: Team) -> dict[str, str]:
    """Return {"field_0": "phone", ...} for a pasted header row: tabs, commas or semicolons.

    A name nobody knows is kept with no column of ours, so that nothing is guessed into it.
    """
    line = next((line for line in text.splitlines() if line.strip()), "")
    separator = max("\t,;|", key=line.count)
    names = [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]
    return {f"field_{at}": _match(name, team) for at, name in enumerate(names[:MOST_COLUMNS])}


def names_in(text: str) -> list[str]:
    """Return the names of a pasted header row, in order."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    separator = max("\t,;|", key=line.count)
    return [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]


def _match(name: str, team: Team) -> str:
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    known = {re.sub(r"[^a-z0-9]", "", words.casefold()): ours for ours, words in choices(team)}
    known |= {ours.replace("_", ""): ours for ours in OURS} | ALSO_CALLED
    return known.get(plain, "")


def columns(settings: Mapping[str, Any], provider: str) -> list[Column]:
    """Return the columns of a list as they are set, or the provider's own default map."""
    chosen: Mapping[str, str] = settings.get("columns") or {}
    names = names_in(str(settings.get("header", "")))
    if not chosen:
        rules: tuple[FieldRule, ...] = providers.get(provider).default_maps[RecordKind.LEAD]
        return [Column(rule.remote, "", rule.column) for rule in rules]
    at = sorted(chosen, key=lambda remote: int(remote.removeprefix("field_")))
    return [
        Column(remote, names[place] if place < len(names) else "", chosen[remote])
        for place, remote in enumerate(at)
    ]
