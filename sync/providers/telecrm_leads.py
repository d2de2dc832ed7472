"""Telecrm `POST /enterprise/{id}/autoupdatelead` (seed 002), for fields and for actions.

Fields update the lead that has the same identifier, so they may go again. Actions are appended
each time: a repeat would double a note or a payment, so they travel alone and never twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .base import PAYMENT, Built, FieldKind, FieldValue, Json, Record, Timeline
from .telecrm_values import moment, wire
from .wire import CannotSend, as_text, each, is_blank

STATUSES = ("PENDING", "COMPLETED", "FAILED", "REFUNDED", "CANCELLED", "PROCESSING")
CURRENCIES = ("INR", "USD", "PKR", "AED", "QAR", "SAR", "MYR", "AUD", "CAD", "SGD", "XOF")
KINDS = (
    *(FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DATE),
    *(FieldKind.DROPDOWN, FieldKind.ASSIGNEE, FieldKind.MEDIALINK),
)
TIMELINE = Timeline(KINDS, STATUSES, CURRENCIES, wire)
_CODE = re.compile(r"(?:ACTION_)?([0-9A-Za-z_]+)", re.ASCII | re.IGNORECASE)
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)


def build_fields(records: Sequence[Record], options: Mapping[str, Any]) -> Built:
    """Return the body of one lead, its fields only.

    `options`: identifier (API name, default "phone"), statuses, choices (API name -> labels),
    new_options ("allow"), timezone (for dates).
    """
    rows, refused = each(records[:1], lambda record: _fields(record, options))
    return Built({"fields": rows[0]} if rows else None, refused)


def build_action(records: Sequence[Record], options: Mapping[str, Any]) -> Built:
    """Return the body of one action for one lead, which it names by its identifier only.

    `options["action"]`: type ("1001" or PAYMENT), fields (API name -> value), created_on; or
    status, currency and amount of a payment; `reference`, our own id, goes into the text field
    that the account's setting `reference_field` names.
    """

    def row(record: Record) -> dict[str, Json]:
        fields = _fields(record, options)
        identifier = options.get("identifier") or "phone"
        action = _action(options["action"], options)
        return {"fields": {identifier: fields[identifier]}, "actions": [action]}

    rows, refused = each(records[:1], row)
    return Built(rows[0] if rows else None, refused)


def _fields(record: Record, options: Mapping[str, Any]) -> dict[str, Json]:
    identifier = options.get("identifier") or "phone"
    fields: dict[str, Json] = {}
    for value in record.fields:
        if not is_blank(value) and value.remote not in fields:
            fields[value.remote] = wire(value, options)
    if not fields.get(identifier):
        raise CannotSend(
            f"The {identifier} is missing, and Telecrm knows leads by it. Add it, or leave it out."
        )
    return fields


def _action(action: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Json]:
    if str(action.get("type", "")).strip().upper() == PAYMENT:
        return _payment(action)
    row: dict[str, Json] = {"type": _type(str(action.get("type", "")), options)}
    fields = {name: _field(name, held, options) for name, held in _pairs(action).items()}
    if options.get("reference_field") and action.get("reference"):
        fields[options["reference_field"]] = str(action["reference"])
    if fields:
        row["fields"] = fields
    if action.get("created_on"):
        row["created_on"] = moment("created_on", action["created_on"], options)
    return row


def _pairs(action: Mapping[str, Any]) -> dict[str, Any]:
    fields = action.get("fields") or {}
    if isinstance(fields, Mapping):
        return {name: held for name, held in fields.items() if held not in (None, "", [])}
    return {value.remote: value for value in fields if not is_blank(value)}


def _field(name: str, held: Any, options: Mapping[str, Any]) -> Json:
    if isinstance(held, FieldValue):
        return wire(held, options)
    if isinstance(held, int | float | list) and not isinstance(held, bool):
        return held
    return wire(FieldValue(name, FieldKind.TEXT, held), options)


def _type(code: str, options: Mapping[str, Any]) -> str:
    found = _CODE.fullmatch(code.strip())
    if not found:
        raise CannotSend("The action's code is missing. Telecrm shows it in Custom Actions.")
    # Without the prefix the queue drops the action in silence; older workspaces may want it bare.
    return found[1] if options.get("action_prefix") == "none" else f"ACTION_{found[1]}"


def _payment(action: Mapping[str, Any]) -> dict[str, Json]:
    status = str(action.get("status", "")).strip().upper()
    currency = str(action.get("currency", "")).strip().upper()
    amount = as_text(action.get("amount") or "")
    if status not in STATUSES:
        raise CannotSend(f"Payment status “{status}”: choose one of {', '.join(STATUSES)}.")
    if currency not in CURRENCIES:
        raise CannotSend(f"Payment currency “{currency}”: choose one of {', '.join(CURRENCIES)}.")
    if not _AMOUNT.fullmatch(amount) or not float(amount):
        raise CannotSend(f"Payment amount “{amount}”: write a number above 0, like 5000.")
    return {"type": PAYMENT, "status": status, "currency": currency, "amount": amount}
