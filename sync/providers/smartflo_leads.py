"""Smartflo `POST /v1/broadcast/leads/{list}` (seed 004): rows for one lead list, and reading back.

A 2xx means that Smartflo took the rows as a batch job; only a read shows that they are in the list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from . import answers
from .answers import Body
from .base import Built, Evidence, FieldKind, FieldValue, Json, Note, Outcome, Parcel, Record, Reply
from .base import replace as changed
from .smartflo_answers import read_trouble, verdict
from .wire import CannotSend, as_text, e164, each, is_blank

OPTIONS = ("skip", "overwrite", "clone")
FIELD = re.compile(r"field_(0|[1-9][0-9]?)", re.ASCII)
BATCH_ID = ("batch_id", "batchid", "data.batch_id", "data.batchId", "id")
READ_BACK_ROWS = 25  # one request a number: more would keep everybody else waiting
CLOCKS_DIFFER = 60.0  # seconds allowed between Smartflo's clock and ours


def build(records: Sequence[Record], options: Mapping[str, Any]) -> Built:
    """Return the body for one list.

    `options`: list_id, duplicate_option ("skip" unless set), skill_id, duplicate_key (the sample
    of seed 004 says duplicate_option, its table duplicate_options), phone_form ("e164" for all).
    """
    trouble = _option_trouble(options)
    if trouble:
        return Built(None, {record.key: trouble for record in records})
    rows, refused = each(records, lambda record: _row(record, options))
    if not rows:
        return Built(None, refused)
    key = options.get("duplicate_key") or "duplicate_option"
    body: dict[str, Json] = {"data": rows, key: duplicate_option(options)}
    if str(options.get("skill_id") or "").strip():
        body["skill_id"] = str(options["skill_id"]).strip()
    return Built(body, refused)


def duplicate_option(options: Mapping[str, Any]) -> str:
    """Return what happens to numbers that are in the list already; never left to a default."""
    return str(options.get("duplicate_option") or "skip").strip().lower()


def _option_trouble(options: Mapping[str, Any]) -> str:
    if not str(options.get("list_id") or "").strip():
        return "The Smartflo list id is missing. Choose the Smartflo list on the list's page."
    if duplicate_option(options) not in OPTIONS:
        return (
            f"“{duplicate_option(options)}” is not a way to treat numbers that are there already. "
            "Choose skip, overwrite or clone on the list's page."
        )
    return ""


def _row(record: Record, options: Mapping[str, Any]) -> dict[str, Json]:
    held: dict[str, FieldValue] = {}
    for value in record.fields:
        if not FIELD.fullmatch(value.remote):
            raise CannotSend(
                f"Smartflo has no column “{value.remote}”; its columns are field_0, field_1 and so "
                "on. Choose one in the field map."
            )
        if not is_blank(value):
            held.setdefault(value.remote, value)
    if "field_0" not in held:
        raise CannotSend("The phone number (field_0) is missing. Add one, or leave this lead out.")
    names = sorted(held, key=lambda name: int(name[6:]))
    return {name: _cell(held[name], options) for name in names}


def _cell(value: FieldValue, options: Mapping[str, Any]) -> str:
    if value.kind is not FieldKind.PHONE and value.remote != "field_0":
        return as_text(value.value)
    number = e164(value.value)
    indian = number.startswith("+91") and len(number) == 13
    return number[3:] if indian and options.get("phone_form") != "e164" else number


def repeatable(parcel: Parcel) -> bool:
    """Whether the same rows may go again: not when each time makes another entry (clone)."""
    body = parcel.payload or {}  # nothing was built yet: then what is set decides
    chosen = body.get("duplicate_option") or body.get("duplicate_options")
    return (chosen or duplicate_option(parcel.options)) in ("skip", "overwrite")


def settle(parcel: Parcel, status: int, body: Body) -> Reply:
    """Return what an answer to an upload means."""
    found = verdict(parcel, status, body, write=True)
    if found.outcome is Outcome.ACCEPTED:
        batch = answers.first_text(body.named, BATCH_ID)
        ids = {"batch_id": batch} if batch else {}
        return changed(found, outcome=Outcome.HANDED_OVER, remote_ids=ids)
    if found.outcome is Outcome.REJECTED and found.code in ("200", "400", "413", "422"):
        # Nobody says that a refused upload leaves nothing behind; with clone, smaller ones might
        # make somebody ring twice.
        several = len(parcel.payload["data"]) > 1
        return changed(found, splittable=several and repeatable(parcel))
    return found


def read_back(parcel: Parcel) -> Parcel | None:
    """Return the first of the reads by number, one for each row, for a small upload."""
    rows = parcel.payload["data"]
    if len(rows) > READ_BACK_ROWS:
        return None
    wanted = {key: row["field_0"] for key, row in zip(parcel.keys, rows, strict=False)}
    options = {
        "list_id": parcel.options["list_id"],
        "wanted": wanted,
        "clone": not repeatable(parcel),
        "attempted_at": parcel.options.get("attempted_at"),
    }
    return _ask(parcel, options, {}) if wanted else None


def _ask(parcel: Parcel, options: Mapping[str, Any], seen: Mapping[str, str]) -> Parcel:
    left = [key for key in options["wanted"] if key not in seen]
    asked = {**options, "seen": dict(seen), "asking": left[0]}
    payload = {"number": options["wanted"][left[0]]}
    return changed(parcel, endpoint="read_back", payload=payload, options=asked)


def settle_read(parcel: Parcel, status: int, body: Body) -> Reply:
    """Return what the list holds for one number, and after the last one the whole picture."""
    trouble = read_trouble(parcel, status, body)
    if trouble:
        return trouble
    options = parcel.options
    rows = [row for row in answers.rows(body.value) if _is_ours(row, options)]
    lead_id = answers.first_text(rows[-1], ("lead_id", "id")) or "there" if rows else ""
    seen = {**options.get("seen", {}), options["asking"]: lead_id}
    if len(seen) < len(options["wanted"]):
        return Reply(Outcome.RETRY, "reading the list", next=_ask(parcel, options, seen))
    return _picture(parcel, status, seen)


def _is_ours(row: Mapping[str, Json], options: Mapping[str, Any]) -> bool:
    """Whether a row can be the one sent; with clone only one made since the try started."""
    if not options["clone"]:
        return True
    started, made = _seconds(options.get("attempted_at")), _made_at(row)
    return started is not None and made is not None and made >= started - CLOCKS_DIFFER


def _seconds(moment: object) -> float | None:
    if isinstance(moment, int | float):
        return float(moment)
    try:
        return datetime.fromisoformat(str(moment)).timestamp()
    except ValueError:
        return None


def _made_at(row: Mapping[str, Json]) -> float | None:
    text = answers.first_text(row, ("created_at.$date.$numberLong", "created_at.$date"))
    return int(text) / 1000 if re.fullmatch(r"[0-9]{10,16}", text, re.ASCII) else None


def _picture(parcel: Parcel, status: int, seen: Mapping[str, str]) -> Reply:
    clone = parcel.options["clone"]
    # An upload is a job: with clone, not being there yet does not allow a second try.
    missing = Outcome.UNCERTAIN if clone else Outcome.RETRY
    notes = tuple(
        Note(key, Outcome.ACCEPTED, "", "" if found == "there" else found, Evidence.VERIFIED)
        if found
        else Note(key, missing)
        for key, found in seen.items()
    )
    if all(seen.values()):
        return Reply(Outcome.ACCEPTED, code=str(status), evidence=Evidence.VERIFIED, notes=notes)
    return Reply(missing, code=answers.ABSENT, notes=notes, ask=clone)
