"""Bulk upload into a lead list (seed 004): checks, duplicates, batches, read-back."""

from __future__ import annotations

import json
import re
import secrets
import time
from typing import Any

from sync.sandbox.smartflo.account import Account, Batch, LeadList, Row

OPTIONS = ("skip", "overwrite", "clone")
TEN_DIGITS = re.compile(r"[1-9]\d{9}", re.ASCII)
WITH_CODE = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
INDIAN = re.compile(r"91[1-9]\d{9}", re.ASCII)
COLUMN = re.compile(r"field_(0|[1-9]\d?)", re.ASCII)


def international(value: Any) -> str:
    """Return a number as read-back shows it, `+91...`; empty when it is none."""
    if not isinstance(value, str):
        return ""
    if TEN_DIGITS.fullmatch(value):
        return "+91" + value
    if INDIAN.fullmatch(value):
        return "+" + value
    return value if WITH_CODE.fullmatch(value) else ""


def row_trouble(row: Any, header: list[str]) -> str:
    """Return what is wrong with one row, or an empty string."""
    if not isinstance(row, dict):
        return "is not an object"
    if not international(row.get("field_0")):
        return "field_0 is not a phone number"
    for name, value in row.items():
        matched = COLUMN.fullmatch(name)
        if matched is None:
            return f"{name} is not a field"
        if int(matched.group(1)) >= len(header):
            return f"{name} is not a column of this list"
        if not isinstance(value, str):
            return f"{name} must be a string"
    return ""


def body_trouble(body: Any, duplicate_key: str) -> str:
    """Return what is wrong with a bulk request apart from its rows, or an empty string."""
    if not isinstance(body, dict):
        return "The body must be an object."
    if not isinstance(body.get("data"), list) or not body["data"]:
        return "The data field is required."
    for name in body:
        if name not in ("data", "skill_id", duplicate_key):
            return f"The {name} field is not known."
    if duplicate_key in body and body[duplicate_key] not in OPTIONS:
        return f"The selected {duplicate_key} is invalid."
    if not isinstance(body.get("skill_id", ""), str):
        return "The skill_id must be a string."
    return ""


def accept(
    account: Account, lead_list: LeadList, rows: list[Row], option: str, seconds: float
) -> Batch:
    """Take rows in as a batch; they are in the list after `seconds`."""
    batch = Batch(secrets.token_hex(8), lead_list, rows, option, time.time() + seconds)
    account.batches[batch.batch_id] = batch
    settle(account)
    return batch


def settle(account: Account) -> None:
    """Move the rows of batches that are due into their lists."""
    for batch in account.batches.values():
        if not batch.done and batch.ready_at <= time.time():
            batch.done = True
            batch.result = _merge(batch)


def _merge(batch: Batch) -> dict[str, int]:
    counts = {"added": 0, "updated": 0, "skipped": 0}
    known = {row.fields["field_0"]: row for row in batch.lead_list.rows}
    for row in batch.rows:
        there = known.get(row.fields["field_0"])
        if there is None or batch.duplicate_option == "clone":
            batch.lead_list.rows.append(row)
            known.setdefault(row.fields["field_0"], row)
            counts["added"] += 1
        elif batch.duplicate_option == "overwrite":
            there.fields.update(row.fields)
            there.skill_id = row.skill_id or there.skill_id
            there.updates += 1
            counts["updated"] += 1
        else:
            counts["skipped"] += 1
    return counts


def stored(row: dict[str, Any], skill_id: str, priority: int = 1) -> Row:
    """Return a checked row as it is kept."""
    fields = {**row, "field_0": international(row["field_0"])}
    return Row(fields, skill_id, priority)


def shown(lead_list: LeadList, row: Row) -> dict[str, Any]:
    """Return a row as the read-back shows it (public client code)."""
    milliseconds = str(int(row.created_at * 1000))
    return {
        "id": row.number,
        "lead_id": row.lead_id,
        "list_id": int(lead_list.list_id) if lead_list.list_id.isdigit() else lead_list.list_id,
        **row.fields,
        "skill_id": row.skill_id or None,
        "priority": row.priority,
        "dial_status": 0,
        "lead_picked": 0,
        "call_count": 0,
        "retry_count": 0,
        "undisposed_lead": 0,
        "list_name": lead_list.name,
        "header": json.dumps(lead_list.header),
        "sensitive_field_map": None,
        "created_at": {"$date": {"$numberLong": milliseconds}},
    }


def state(account: Account) -> dict[str, Any]:
    """Return an account's lists with their rows, and its batches, for the control door."""
    settle(account)
    return {
        "lists": [
            {
                "id": one.list_id,
                "name": one.name,
                "header": one.header,
                "rows": [_kept(row) for row in one.rows],
            }
            for one in account.lists.values()
        ],
        "batches": [
            {
                "batch_id": one.batch_id,
                "list_id": one.lead_list.list_id,
                "rows": len(one.rows),
                "duplicate_option": one.duplicate_option,
                "done": one.done,
                **one.result,
            }
            for one in account.batches.values()
        ],
        "failed_logins": account.failed_logins,
    }


def _kept(row: Row) -> dict[str, Any]:
    return {
        **row.fields,
        "lead_id": row.lead_id,
        "skill_id": row.skill_id,
        "priority": row.priority,
        "created_at": row.created_at,
        "updates": row.updates,
    }
