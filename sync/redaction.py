"""Taking secrets out of everything that is stored or shown, by name and by value.

By name, because an answer may hold secrets we never saw (TeleCMI lists agents with their
passwords); by value, because a provider may echo ours back in any spelling.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from .providers.answers import clean
from .providers.base import AccountField, Reply, replace

MASK = "[hidden]"
STORED_BYTES = 8 * 1024
READ_CHARS = 8 * STORED_BYTES  # of a body; what lies behind is not stored anyway
SHORTEST = 4  # characters; masking a shorter value would eat ordinary text
TORN = 8  # characters at the end of a text that a known secret begins with

# Every repetition is bounded, so that no answer can make the search slow.
_NAMES = (
    r"(?:[\w.-]{0,40}(?:secret|password|passwd|pwd|token|(?:api|secret|private)[_-]?key"
    r"|authorization)s?|cookie|set-cookie)"
)
_IN_JSON = re.compile(
    rf"""(\\{{0,3}}["']{_NAMES}\\{{0,3}}["']\s{{0,9}}:\s{{0,9}})"""
    r"""(\\{0,3}"(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$)|\[[^\]]*(?:\]|$)|[^\s,\}\]]+)""",
    re.IGNORECASE,
)
_IN_QUERY = re.compile(rf"(?<![\w-])({_NAMES}=)[^&\s\"'<>]+", re.IGNORECASE)
_BEARER = re.compile(r"\b(Bearer|Basic)(\s+)[\w.~+/=:-]{4,}", re.IGNORECASE)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` with every value of a secret name, and every spelling of `secrets`, masked.

    Case does not count: a provider may write an id in capitals that was typed without.
    """
    if known := spellings(secrets):
        every = "|".join(re.escape(spelling) for spelling in known)
        text = _without_torn(re.sub(every, MASK, text, flags=re.IGNORECASE), known)
    text = _IN_JSON.sub(rf'\1"{MASK}"', text)
    text = _IN_QUERY.sub(rf"\1{MASK}", text)
    return _BEARER.sub(rf"\1\2{MASK}", text)


def _without_torn(text: str, known: Iterable[str]) -> str:
    """Return `text` without the first part of a secret at its end, where its length was limited."""
    for spelling in known:
        at = text.find(spelling[:TORN], max(len(text) - len(spelling), 0))
        if at >= 0 and spelling.startswith(text[at:]):
            text = text[:at] + MASK
    return text


def storable(body: str | bytes, secrets: Iterable[str] = ()) -> str:
    """Return a request or response body fit to store: readable, clean, masked, at most 8 KiB."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    masked = redact(clean(text[:READ_CHARS]), secrets).encode("utf-8", "replace")
    if len(masked) <= STORED_BYTES:
        return masked.decode("utf-8")
    return masked[: STORED_BYTES - 4].decode("utf-8", "ignore") + "…"


def spellings(secrets: Iterable[str]) -> list[str]:
    """Return every way in which one of `secrets` may stand in a text, the longest first."""
    found: set[str] = set()
    for secret in secrets:
        if len(secret.strip()) >= SHORTEST:
            found |= _spellings(secret.strip())
    return sorted((one for one in found if len(one) >= SHORTEST), key=len, reverse=True)


def _spellings(secret: str) -> set[str]:
    percent = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    percent |= {re.sub(r"%[0-9A-F]{2}", lambda code: code[0].lower(), one) for one in percent}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    escaped |= {one.replace("/", "\\/") for one in escaped}
    escaped |= {json.dumps(one)[1:-1] for one in escaped}  # JSON inside JSON
    return {secret, html.escape(secret)} | percent | escaped | _inside_base64(secret)


def _inside_base64(secret: str) -> set[str]:
    """Return what base64 shows of `secret` wherever it stands in the encoded text.

    Base64 packs three bytes into four characters, so there are three possible pictures; the
    characters at their edges depend on the neighbours and are left out.
    """
    raw, found = secret.encode("utf-8", "replace"), set()
    if len(raw) < 2 * SHORTEST:
        return set()
    for before in range(3):
        picture = base64.b64encode(b"\0" * before + raw).decode("ascii").rstrip("=")
        whole = picture[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        found |= {whole, whole.replace("+", "-").replace("/", "_")}
    return found


def masked(reply: Reply, secrets: Iterable[str]) -> Reply:
    """Return `reply` fit to store: the provider's words, codes and ids may repeat what was sent."""
    known = tuple(secrets)

    def hidden(text: str) -> str:
        return redact(text, known) if text else text

    def plain(text: str) -> str:
        return text if hidden(text) == text else ""

    notes = tuple(
        replace(note, message=hidden(note.message), remote_id=plain(note.remote_id))
        for note in reply.notes
    )
    ids = {name: held for name, held in reply.remote_ids.items() if plain(held)}
    message, code = hidden(reply.message), hidden(reply.code)
    return replace(reply, message=message, code=code, notes=notes, remote_ids=ids)


def secret_values(fields: Iterable[AccountField], credentials: Mapping[str, str]) -> list[str]:
    """Return the values among an account's credentials that are secret, not its plain ids."""
    return [credentials[one.key] for one in fields if one.secret and credentials.get(one.key)]
