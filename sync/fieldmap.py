"""Which of our columns feeds which remote field, and of which type.

Order of say: the list's own columns at an account (Smartflo's header row), then the account's map,
then the provider's default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from access.models import Account, Team
from leads.models import Contact, Lead, LeadField
from sync import providers
from sync.models import DeliveryItem, LeadAction
from sync.providers.base import FieldKind, FieldRule, FieldValue, Record, RecordKind

_KINDS = {
    "phone": FieldKind.PHONE,
    "alt_phone": FieldKind.PHONE,
    "whatsapp": FieldKind.PHONE,
    "email": FieldKind.EMAIL,
    "rating": FieldKind.RATING,
    "status": FieldKind.STATUS,
    "assignee": FieldKind.ASSIGNEE,
    "tags": FieldKind.TAGS,
}


def rules(
    account: Account, kind: RecordKind, columns: Mapping[str, str] | None = None
) -> tuple[FieldRule, ...]:
    """Return the field map of `account` for records of `kind`.

    `columns` is the list's own choice: remote field -> column, an empty column meaning "leave out".
    `account.field_map` has the same shape per kind: {"lead": {"city": "custom.town"}}.
    """
    provider = providers.get(account.provider)
    found = {rule.remote: rule for rule in provider.default_maps.get(kind, ())}
    for chosen in (account.field_map.get(kind, {}), columns or {}):
        for remote, column in chosen.items():
            known = found.get(remote)
            field_kind = known.kind if known else FieldKind.TEXT
            if isinstance(column, dict):
                field_kind = FieldKind(column.get("kind", field_kind))
                column = column.get("column", "")
            found[remote] = FieldRule(column, remote, field_kind)
    return tuple(rule for rule in found.values() if rule.column)


def kind_of(team: Team, column: str) -> FieldKind:
    """Return the type a column of ours is sent as where nobody chose one."""
    key = column.removeprefix("custom.")
    if key == column:
        return _KINDS.get(column, FieldKind.TEXT)
    own = LeadField.objects.filter(team=team, key=key).first()
    return FieldKind(own.kind) if own else FieldKind.TEXT


def value_of(record: Lead | Contact, column: str) -> Any:
    """Return the value of `column` ("city", "full_name", "tags", "custom.loan_amount")."""
    if column.startswith("custom."):
        return getattr(record, "custom", {}).get(column.removeprefix("custom."))
    if column == "tags":
        return [tag.name for tag in record.tags.all()] if isinstance(record, Lead) else []
    return getattr(record, column, None)


def fields_of(record: Lead | Contact, chosen: Iterable[FieldRule]) -> tuple[FieldValue, ...]:
    """Return the record's values on their way out; empty ones are left out."""
    values = ((rule, value_of(record, rule.column)) for rule in chosen)
    return tuple(
        FieldValue(rule.remote, rule.kind, value)
        for rule, value in values
        if value not in (None, "", [])
    )


def records(
    items: Sequence[DeliveryItem],
    account: Account,
    kind: RecordKind,
    columns: Mapping[str, str] | None = None,
) -> list[Record]:
    """Return `items` as plain records for a provider; keys are the items' ids.

    An action goes out with the fields of its lead that identify it; a campaign has no fields, its
    values travel in the options.
    """
    chosen = rules(account, kind, columns)
    return [Record(str(item.pk), item.remote_id, _fields(item, chosen)) for item in items]


def _fields(item: DeliveryItem, chosen: Sequence[FieldRule]) -> tuple[FieldValue, ...]:
    record = item.lead or item.contact or (item.action.lead if item.action else None)
    return fields_of(record, chosen) if record else ()


def action_of(action: LeadAction) -> dict[str, Any]:
    """Return a lead action in our own form, for the provider's options."""
    return {
        "type": action.kind,
        "fields": action.fields,
        "created_on": action.predated_at.isoformat() if action.predated_at else "",
        "status": action.payment_status,
        "currency": action.payment_currency,
        "amount": str(action.payment_amount) if action.payment_amount is not None else "",
        "reference": str(action.reference),
    }
