"""Which of our columns feeds which field at an account: the account's own map, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from access.audit import record
from access.models import Account, User
from sync import fieldmap, list_columns, providers
from sync.providers.base import FieldKind, RecordKind

SPARE_ROWS = 3
LONGEST_NAME = 80
KINDS = {
    FieldKind.TEXT: lazy("Text"),
    FieldKind.PHONE: lazy("Phone"),
    FieldKind.EMAIL: lazy("Email"),
    FieldKind.NUMBER: lazy("Number"),
    FieldKind.MONEY: lazy("Amount"),
    FieldKind.DATE: lazy("Date"),
    FieldKind.DROPDOWN: lazy("One of a list"),
    FieldKind.RATING: lazy("Rating"),
    FieldKind.STATUS: lazy("Status"),
    FieldKind.ASSIGNEE: lazy("Assigned to"),
    FieldKind.TAGS: lazy("Tags"),
    FieldKind.WEBSITE: lazy("Web address"),
    FieldKind.MEDIALINK: lazy("Link to a file"),
    FieldKind.LOST_REASON: lazy("Reason for losing"),
}


@dataclass
class Row:
    """One field of the provider: its name there, its type, and our column ("": not sent)."""

    number: int
    remote: str = ""
    kind: str = FieldKind.TEXT
    column: str = ""
    error: str = ""


@dataclass
class MapForm:
    """The rows as they are, or as they were typed."""

    account: Account
    rows: list[Row] = field(default_factory=list)

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Our columns, for the select boxes."""
        more = [("assignee", _("Assigned to")), ("tags", _("Tags"))]
        return [*list_columns.choices(self.account.team), *more]

    @property
    def is_valid(self) -> bool:
        """Whether every row can be saved."""
        return not any(row.error for row in self.rows)

    @transaction.atomic
    def save(self, by: User) -> None:
        """Keep what differs from the provider's own map."""
        usual = {
            rule.remote: rule
            for rule in providers.get(self.account.provider).default_maps.get(RecordKind.LEAD, ())
        }
        chosen: dict[str, dict[str, str]] = {}
        for row in self.rows:
            rule = usual.pop(row.remote, None)
            if row.remote and (rule is None or (rule.column, rule.kind) != (row.column, row.kind)):
                chosen[row.remote] = {"column": row.column, "kind": row.kind}
        chosen |= {remote: {"column": "", "kind": rule.kind} for remote, rule in usual.items()}
        self.account.field_map = {**self.account.field_map, RecordKind.LEAD.value: chosen}
        self.account.save(update_fields=["field_map"])
        record("account.columns", actor=by, target=self.account)


def in_words(account: Account) -> list[tuple[str, str]]:
    """Return (field of the provider, our column in words) of what is sent."""
    words = dict(MapForm(account).columns)
    rules = fieldmap.rules(account, RecordKind.LEAD)
    return [(rule.remote, words.get(rule.column, rule.column)) for rule in rules]


def saved(account: Account) -> MapForm:
    """Return the map as it is, with empty rows for more fields."""
    rules = fieldmap.rules(account, RecordKind.LEAD)
    rows = [Row(at, rule.remote, rule.kind, rule.column) for at, rule in enumerate(rules)]
    return MapForm(account, rows + [Row(len(rows) + more) for more in range(SPARE_ROWS)])


def typed(account: Account, post: QueryDict) -> MapForm:
    """Return the map as it was typed, with what is wrong beside its row."""
    form = MapForm(account)
    offered = {name for name, _words in form.columns}
    form.rows = [row for row in _rows(post) if row.remote or row.column]
    seen: set[str] = set()
    for row in form.rows:
        if not row.remote:
            row.error = _("Write the field's name, as the provider spells it.")
        elif row.remote in seen:
            row.error = _("This field stands here twice. Keep one of them.")
        elif row.column not in offered or row.kind not in KINDS:
            row.error = _("Choose a column and a type from the lists.")
        seen.add(row.remote)
    return form


def _rows(post: QueryDict) -> Iterator[Row]:
    for number in range(list_columns.MOST_COLUMNS):
        if f"remote-{number}" in post:
            yield Row(
                number,
                post.get(f"remote-{number}", "").strip()[:LONGEST_NAME],
                post.get(f"kind-{number}", ""),
                post.get(f"column-{number}", ""),
            )
