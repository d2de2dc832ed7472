"""What Telecrm's answers mean. Its queue says QUEUED (or an older host "OK") and nothing after."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import answers
from .answers import Body
from .base import TOO_FAST, Evidence, Json, Note, Outcome, Parcel, Reply, replace
from .telecrm_workspace import workspace
from .wire import as_text

NATIONAL = 10  # digits of a number without its country code, which a search may leave out
UNEXPECTED = "unexpected"  # Reply.code: taken with a 2xx, in words that no document has

# Error codes that say more than their HTTP status.
BY_CODE = {
    "NOT_AUTHORIZED": Outcome.MISCONFIGURED,
    "BUY_LICENSE": Outcome.MISCONFIGURED,
    "ENTERPRISE_NOT_FOUND": Outcome.MISCONFIGURED,
    "INVALID_LEAD": Outcome.REJECTED,
    "LEAD_NOT_FOUND": Outcome.REJECTED,
    "LEAD_ALREADY_EXISTS": Outcome.ALREADY_THERE,
}
TAKEN = ("ok", "success", "queued")
DENIED = ("error", "fail", "failed", "failure", "rejected")


def settle_write(parcel: Parcel, status: int, body: Body) -> Reply:
    """Return what an answer of the queue means."""
    if answers.stranger(status, body):
        return answers.not_our_api(status, body)
    meaning = answers.meaning_of(status)
    code, message = _error(body)
    if meaning is None and not code:
        return _denied(body, message) or _taken(status, body)
    reply = _refused(meaning or Outcome.REJECTED, status, code, message)
    if parcel.endpoint == "actions" and reply.outcome is Outcome.ALREADY_THERE:
        return replace(reply, outcome=Outcome.REJECTED)  # the lead is there, the action is not
    return reply


def _denied(body: Body, message: str) -> Reply | None:
    """Return the refusal that a 2xx holds without an error envelope: a body only makes it worse."""
    numbers = (answers.first_text(body.named, (name,)) for name in ("code", "statuscode", "status"))
    number = next((int(one) for one in numbers if re.fullmatch(r"[45][0-9]{2}", one)), 0)
    words = as_text(body.named.get("status") or "").casefold()
    said_no = words in DENIED or answers.succeeded(body) is False
    if not (number or said_no or body.named.get("error") is True or body.named.get("errors")):
        return None
    meaning = answers.meaning_of(number or 400) or Outcome.REJECTED
    if words in TAKEN or answers.succeeded(body):
        meaning = Outcome.UNCERTAIN  # it says yes and no at once
    return Reply(meaning, message or answers.as_words(body.value), str(number or 400))


def _refused(meaning: Outcome, status: int, code: str, message: str) -> Reply:
    if 200 <= status < 500 and status not in (408, 429):
        meaning = BY_CODE.get(code, meaning)
        if status in (402, 404) and code not in BY_CODE:
            # A create-or-update call misses no lead, only an enterprise or a path.
            meaning = Outcome.MISCONFIGURED
    if meaning is Outcome.RETRY:
        code = TOO_FAST
    return Reply(meaning, message=message, code=code or str(status))


def _taken(status: int, body: Body) -> Reply:
    if body.is_json:
        said = as_text(body.named.get("status") or body.value or "").casefold()
        message = body.words("status", "message") or answers.as_words(body.value)
    else:
        message = answers.as_words(body.text)
        said = message.casefold()
        torn = not said or said[0] in "<{[" or "�" in message or len(message) > 200
        if torn:
            return answers.unreadable(body, write=True)
    known = said.strip('" .!') in TAKEN
    return Reply(Outcome.HANDED_OVER, message=message, code=str(status) if known else UNEXPECTED)


def _error(body: Body) -> tuple[str, str]:
    """Return (code, message) of an error envelope, ("", words) where there is none."""
    error: Json = body.named.get("error")
    if isinstance(error, Mapping):
        code = answers.first_text(error, ("code",))
        return code or "error", answers.first_text(error, ("message",)) or answers.as_words(error)
    if isinstance(error, str) and error:
        return answers.first_text(body.named, ("code",)) or "error", answers.as_words(error)
    return "", body.words("message", "msg", "status")


def settle_search(parcel: Parcel, status: int, body: Body) -> Reply:
    """Return whether Telecrm has the lead, and which of the fields sent it did not keep."""
    refused = _read_trouble(status, body)
    if refused:
        return refused
    held_rows = body.named.get("data", body.named.get("results"))
    if not isinstance(held_rows, list):
        return answers.unreadable(body, write=False)
    rows = answers.rows(held_rows)
    if not rows:
        notes = tuple(Note(key, Outcome.RETRY) for key in parcel.keys)
        return Reply(Outcome.RETRY, "no such lead", answers.ABSENT, notes=notes)
    inner = rows[0].get("fields")
    held = inner if isinstance(inner, dict) else rows[0]
    if not _is_asked_for(parcel, held):
        return answers.unreadable(body, write=False)  # a search that found somebody else
    lost = _lost(parcel.options.get("expected", {}), held)
    notes = tuple(Note(key, Outcome.ACCEPTED, evidence=Evidence.VERIFIED) for key in parcel.keys)
    return Reply(
        Outcome.ACCEPTED,
        code=str(status),
        evidence=Evidence.VERIFIED,
        notes=notes,
        found=({"not_kept": lost},) if lost else (),
    )


def _is_asked_for(parcel: Parcel, held: Mapping[str, Json]) -> bool:
    """Whether a row found carries the identifier asked for, phones compared by their digits."""
    for name, asked in parcel.payload["fields"].items():
        ours, theirs = as_text(asked).casefold(), as_text(held.get(name) or "").casefold()
        digits = [re.sub(r"[^0-9]", "", text)[-NATIONAL:] for text in (ours, theirs)]
        is_phone = re.fullmatch(r"[+0-9 ()-]{7,}", ours, re.ASCII) is not None
        if ours != theirs and not (is_phone and digits[0] == digits[1]):
            return False
    return True


def settle_metadata(parcel: Parcel, status: int, body: Body) -> Reply:
    """Return what the workspace has: fields with their labels, statuses, codes of actions."""
    refused = _read_trouble(status, body)
    return refused or Reply(Outcome.ACCEPTED, code=str(status), found=(workspace(body),))


def _read_trouble(status: int, body: Body) -> Reply | None:
    if answers.stranger(status, body):
        return answers.not_our_api(status, body)
    meaning = answers.meaning_of(status)
    code, message = _error(body)
    if meaning is None and not code:
        return None if body.named else answers.unreadable(body, write=False)
    reply = _refused(meaning or Outcome.REJECTED, status, code, message)
    return replace(reply, outcome=Outcome.RETRY) if reply.outcome is Outcome.UNCERTAIN else reply


def _lost(expected: Mapping[str, Json], held: Mapping[str, Json]) -> list[str]:
    return sorted(name for name, sent in expected.items() if not _same(sent, held.get(name)))


def _same(sent: Json, kept: Json) -> bool:
    if isinstance(sent, list):
        return isinstance(kept, list) and {str(one) for one in sent} <= {str(one) for one in kept}
    # Dates and numbers may come back in another form; that something was kept is what counts.
    return kept not in (None, "")
