"""Putting our values on the wire: request bytes, phone dialects, plain checks of single values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from urllib.parse import quote

from .base import AccountField, FieldValue, Json, Record, Request

E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
OUR_TOKEN = re.compile(r"\[[0-9a-z]{6}\]$", re.ASCII)  # "Q2 home loans [k7f3qa]"
_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\"\\]+@(?:[^\s@.<>()\[\],;:\"\\]+\.)+[^\s@.<>()\[\],;:\"\\]{2,}"
)


_BROKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")


class CannotSend(Exception):
    """One record cannot go as it is; the text says why and what to do, for people."""


def post(url: str, body: Json, headers: Mapping[str, str] | None = None) -> Request:
    """Return a POST of `body` as JSON. The same body gives the same bytes, on every machine."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
    return Request("POST", url, headers=sent, content=content)


def get(url: str, headers: Mapping[str, str] | None = None) -> Request:
    """Return a GET."""
    return Request("GET", url, headers={"Accept": "application/json", **(headers or {})})


def join(base_url: str, *steps: str) -> str:
    """Return `base_url` with path steps that come from a setting: each one stays one step."""
    return "/".join([base_url.rstrip("/"), *(quote(step, safe="") for step in steps)])


def bearer(token: str) -> dict[str, str]:
    """Return the header for a token, also when it was pasted with its "Bearer " in front.

    A letter that no header takes goes as "?": the provider refuses the token, and says so once.
    """
    bare = "".join(token.split()).encode("ascii", "replace").decode()
    return {"Authorization": f"Bearer {bare[6:] if bare[:6].lower() == 'bearer' else bare}"}


def whole_number(text: str) -> int | str:
    """Return `text` as a JSON integer where it is one; the provider refuses anything else."""
    bare = text.strip()
    return int(bare) if re.fullmatch(r"[0-9]{1,18}", bare, re.ASCII) else bare


def is_email(text: str) -> bool:
    """Whether `text` is one plain mail address, as strict schemas want it."""
    return len(text) <= 254 and ".." not in text and _EMAIL.fullmatch(text) is not None


def is_blank(value: FieldValue) -> bool:
    """Whether there is nothing to send for this field."""
    held = value.value
    if isinstance(held, str):
        return not held.strip()
    return isinstance(held, list | tuple) and not any(str(part).strip() for part in held)


def as_text(value: object) -> str:
    """Return any of our values as a plain string field."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ", ".join(str(part).strip() for part in value if str(part).strip())
    return str(value).strip()


def e164(value: object) -> str:
    """Return a saved number in its one form ("+919876543210"); raises CannotSend otherwise."""
    text = as_text(value)
    if not E164.fullmatch(text):
        raise CannotSend(
            f"Phone {text or '(empty)'}: not a full number with its country code. Correct it."
        )
    return text


def digits(value: object) -> str:
    """Return a number as TeleCMI writes it: country code, digits only (seed 000)."""
    return e164(value)[1:]


def each(
    records: Iterable[Record], row_of: Callable[[Record], dict[str, Json]]
) -> tuple[list[dict[str, Json]], dict[str, str]]:
    """Return the rows that can go, and for each record that cannot (by key) why."""
    ready, refused = [], {}
    for record in records:
        try:
            ready.append(row_of(record))
        except CannotSend as problem:
            refused[record.key] = str(problem)
    return ready, refused


def filled(record: Record, allowed: Iterable[str], place: str) -> dict[str, FieldValue]:
    """Return the fields of `record` that hold something, by remote name; the first one wins.

    Raises CannotSend for a name the provider does not know, rather than drop a value in silence.
    """
    names = set(allowed)
    held: dict[str, FieldValue] = {}
    for value in record.fields:
        if value.remote not in names:
            raise CannotSend(
                f"{place} have no field “{value.remote}”. Choose another field in the field map."
            )
        if not is_blank(value):
            held.setdefault(value.remote, value)
    return held


def missing(fields: Iterable[AccountField], credentials: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each required value that is absent or broken over lines."""
    wrong = {}
    for field in fields:
        held = credentials.get(field.key, "").strip()
        if field.required and not held:
            wrong[field.key] = f"{field.label}: missing. Find it here: {field.where}."
        elif _BROKEN.search(held):
            wrong[field.key] = f"{field.label}: holds a line break. Paste it again."
    return wrong


def in_order(held: Mapping[str, Json], order: Iterable[str]) -> dict[str, Json]:
    """Return the entries of `held` in the documented order."""
    return {name: held[name] for name in order if name in held}
