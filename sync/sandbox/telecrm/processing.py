"""What happens to a lead after it was queued: upsert, silent drops, appended actions."""

from __future__ import annotations

import time
import uuid
from typing import Any

from sync.sandbox.telecrm.values import Dropped, kept, moment
from sync.sandbox.telecrm.workspace import Lead, Workspace

PAYMENT_STATUSES = {"PENDING", "COMPLETED", "FAILED", "REFUNDED", "CANCELLED", "PROCESSING"}
CURRENCIES = {"INR", "USD", "PKR", "AED", "QAR", "SAR", "MYR", "AUD", "CAD", "SGD", "XOF"}


def process(workspace: Workspace, body: dict[str, Any]) -> tuple[bool, list[str]]:
    """Apply an async request; returns whether anything was stored, and what was dropped."""
    values, drops = readable(workspace, body["fields"])
    key = values.get(workspace.identifier)
    if key is None:
        drops.append(workspace.drop("lead", f"no usable {workspace.identifier}"))
        return False, drops
    lead = workspace.find(key)
    if lead is None:
        lead = workspace.create(values)
    else:
        overwrite(lead, values)
    actions = body.get("actions", [])
    if not isinstance(actions, list):
        drops.append(workspace.drop("actions", "not an array"))
        actions = []
    for action in actions:
        try:
            append_action(workspace, lead, action, prefix="ACTION_")
        except Dropped as reason:
            drops.append(workspace.drop(f"action of {key}", str(reason)))
    return True, drops


def readable(workspace: Workspace, fields: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the values Telecrm processes, and a line for each one it does not."""
    values: dict[str, Any] = {}
    drops = []
    for name, value in fields.items():
        field_type = workspace.fields.get(name)
        try:
            if field_type is None:
                raise Dropped("not a field of the workspace")  # noqa: TRY301 - one way to drop
            values[name] = kept(field_type, value, workspace.rules)
        except Dropped as reason:
            drops.append(workspace.drop(name, str(reason)))
    return values, drops


def overwrite(lead: Lead, values: dict[str, Any]) -> None:
    """Change the fields given; fields not sent stay untouched."""
    changed = [name for name, value in values.items() if lead.fields.get(name) != value]
    lead.fields.update(values)
    lead.note("updated", ", ".join(changed) or "nothing new")


def append_action(workspace: Workspace, lead: Lead, action: Any, *, prefix: str) -> dict[str, Any]:
    """Add one action to a lead's timeline, always anew; raises Dropped when it is not processed.

    `prefix` is "ACTION_" on the async side and empty on the sync side (public docs).
    """
    if not isinstance(action, dict) or not isinstance(action.get("type"), str):
        raise Dropped("an action is an object with a type")
    paid = action["type"] == "PAYMENT"
    content = _payment(action) if paid else _custom(workspace, action, prefix)
    entry = {"action_id": str(uuid.uuid4()), "type": action["type"], **content}
    lead.actions.append(entry)
    lead.note("payment" if paid else "action", _words(entry))
    return entry


def _payment(action: dict[str, Any]) -> dict[str, Any]:
    amount = action.get("amount")
    if action.get("status") not in PAYMENT_STATUSES or action.get("currency") not in CURRENCIES:
        raise Dropped("a payment needs a known status and currency")
    try:
        worth = float(amount) if isinstance(amount, str) else 0
    except ValueError:
        worth = 0
    if not 0 < worth < float("inf"):
        raise Dropped("a payment's amount is a numeric string above 0")
    known = {name: action[name] for name in ("status", "currency", "amount")}
    return {**known, "performed_at": time.time()}


def _custom(workspace: Workspace, action: dict[str, Any], prefix: str) -> dict[str, Any]:
    kind = action["type"]
    if not kind.startswith(prefix):
        raise Dropped(f"{kind!r} lacks the prefix {prefix}")
    known = workspace.actions.get(kind.removeprefix(prefix))
    if known is None:
        raise Dropped(f"there is no custom action {kind!r}")
    values = {}
    for name, value in (action.get("fields") or {}).items():
        if name not in known["fields"]:
            workspace.drop(f"{kind}.{name}", "not a field of the action")
            continue
        try:
            values[name] = kept(known["fields"][name], value, workspace.rules)
        except Dropped as reason:
            workspace.drop(f"{kind}.{name}", str(reason))
    return {"fields": values, "performed_at": _performed_at(workspace, known, action)}


def _performed_at(workspace: Workspace, known: dict[str, Any], action: dict[str, Any]) -> float:
    if "created_on" not in action or not known["predated"]:
        return time.time()
    try:
        return moment(action["created_on"], workspace.rules.timezone)
    except Dropped:
        return time.time()  # "may not be processed correctly" (seed 002)


def _words(entry: dict[str, Any]) -> str:
    if entry["type"] == "PAYMENT":
        return f"{entry['status']} {entry['amount']} {entry['currency']}"
    said = ", ".join(f"{name}: {value}" for name, value in entry["fields"].items())
    return f"{entry['type']} {said}".strip()
