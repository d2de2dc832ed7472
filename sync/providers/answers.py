"""Reading what came back, whatever it is: bytes to words and a first meaning, never an exception.

One rule for all providers: the HTTP status decides first, and a body may only make a 2xx worse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .base import Json, Outcome, Reply, Response

NOT_OUR_API = "not_our_api"  # Reply.code: a web page or a redirect answered, not the provider
UNREADABLE = "unreadable"  # Reply.code: a 2xx that does not say what the documents promise

ABSENT = "absent"  # Reply.code of a read-back: looked, and it is not there

WORDS_CAP = 1000  # characters of a provider's words that are kept for people
DEEPEST = 50  # levels; reading and writing what lies deeper ends at Python's own limit
_UNSAVEABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)


def clean(text: str) -> str:
    """Return `text` without what no database or page takes: NUL, control bytes, lone surrogates.

    PostgreSQL refuses a NUL in text and in jsonb, and with it the record of a success.
    """
    return _UNSAVEABLE.sub("�", text)


@dataclass(frozen=True)
class Body:
    """What an answer's bytes hold: parsed JSON (`value`, None if it is none) and the plain text."""

    text: str
    value: Json = None
    is_json: bool = False
    named: Mapping[str, Json] = field(default_factory=dict)  # a JSON object, keys in lower case

    @property
    def is_page(self) -> bool:
        """Whether a web page answered instead of an API."""
        return not self.is_json and _PAGE.match(self.text) is not None

    def words(self, *keys: str) -> str:
        """Return the first of `keys` that says something, else the start of a plain text body."""
        for key in keys:
            said = as_words(self.named.get(key))
            if said:
                return said
        return "" if self.is_json else as_words(self.text)


def as_words(value: Json) -> str:
    """Return `value` as text for people: a string as it is, anything else as JSON, cleaned, cut."""
    if value is None or value == "" or isinstance(value, bool):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return clean(text.strip())[:WORDS_CAP]


def read(response: Response) -> Body:
    """Return what the bytes of `response` hold."""
    text = response.content.decode("utf-8-sig", errors="replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Body(text)
    if _is_too_deep(value):
        return Body(text)
    named = {}
    if isinstance(value, dict):
        named = {key.strip().lower(): held for key, held in value.items()}
    return Body(text, value, True, named)


def _is_too_deep(value: Json) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        boxes = [one for one in level if isinstance(one, dict | list)]
        rows = [box.values() if isinstance(box, dict) else box for box in boxes]
        level = [inner for row in rows for inner in row]
    return bool(level)


def succeeded(body: Body) -> bool | None:
    """Return what `success` says, in any spelling; None where it says nothing."""
    said = str(body.named.get("success", "")).strip().lower()
    return {"true": True, "1": True, "false": False, "0": False}.get(said)


def meaning_of(status: int) -> Outcome | None:
    """Return what an HTTP status alone means for the request, or None for a 2xx.

    4xx other than 408 are known not applied; 408, 5xx and unheard-of numbers leave it open.
    """
    if 200 <= status < 300:
        return None
    if 300 <= status < 400 or status in (401, 403, 407):
        return Outcome.MISCONFIGURED
    if status == 429:
        return Outcome.RETRY
    if 400 <= status < 500 and status != 408:
        return Outcome.REJECTED
    return Outcome.UNCERTAIN


def stranger(status: int, body: Body) -> bool:
    """Whether a redirect or an error page answered: the base URL is not the provider's API."""
    page = 400 <= status < 500 and status not in (408, 429) and body.is_page
    return 300 <= status < 400 or page


def not_our_api(status: int, body: Body) -> Reply:
    """Return the reply for a stranger's answer: nothing was applied, a person sees to the URL."""
    words = as_words(body.text[:200]) or f"HTTP {status}"
    return Reply(Outcome.MISCONFIGURED, message=words, code=NOT_OUR_API)


def unreadable(body: Body, *, write: bool) -> Reply:
    """Return the reply for a 2xx that says nothing: a write stays open, a read changed nothing."""
    words = as_words(body.text[:WORDS_CAP]) or "(empty answer)"
    if write:
        return Reply(Outcome.UNCERTAIN, message=words, code=UNREADABLE)
    if body.is_page:
        return Reply(Outcome.MISCONFIGURED, message=words, code=NOT_OUR_API)
    return Reply(Outcome.RETRY, message=words, code=UNREADABLE)


def first_text(named: Mapping[str, Json], paths: Sequence[str]) -> str:
    """Return the first plain value (text or whole number) found at dotted `paths`, else ""."""
    for path in paths:
        held: Json = named
        for step in path.split("."):
            held = held.get(step) if isinstance(held, Mapping) else None
        if isinstance(held, str | int) and not isinstance(held, bool) and str(held).strip():
            return clean(str(held).strip())
    return ""


def rows(value: Json) -> list[Mapping[str, Json]]:
    """Return the objects of a JSON array; anything else in it, or no array, is left out."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
