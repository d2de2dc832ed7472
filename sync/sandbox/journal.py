"""The list of every request the providers received, secrets masked, phones and ids kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sync.sandbox.wire import Request

MASK = "[masked]"
SECRET_KEYS = {
    "secret",
    "password",
    "token",
    "access_token",
    "refresh_token",
    "authorization",
    "cookie",
    "api_key",
}


@dataclass
class Entry:
    """One request; `status` is None when no whole answer was sent."""

    provider: str
    endpoint: str
    request: Request
    received_monotonic: float
    received_at: float
    status: int | None = None
    applied: bool = False
    fault: str | None = None
    account: str = ""
    note: str = ""
    reply: bytes = b""
    partial: bool = False


@dataclass
class Journal:
    """Entries as ready JSON lines: small in memory, cheap to hand out."""

    file: IO[str] | None = None
    count: int = 0
    lines: list[tuple[str, str, str]] = field(default_factory=list)

    @classmethod
    def opened(cls, path: str | None) -> Journal:
        """Return a journal that also appends to the file at `path`, if one is named."""
        return cls(Path(path).open("a", encoding="utf-8") if path else None)

    def add(self, entry: Entry) -> None:
        """Number the entry, keep it and flush it to the file."""
        self.count += 1
        line = json.dumps({"number": self.count, **_facts(entry)}, separators=(",", ":"))
        self.lines.append((entry.provider, entry.endpoint, line))
        if self.file:
            self.file.write(line + "\n")
            self.file.flush()

    def clear(self) -> None:
        """Forget what was received; the file keeps its lines."""
        self.count = 0
        self.lines.clear()

    def as_json(self, provider: str = "", endpoint: str = "", after: int = 0) -> bytes:
        """Return a JSON array of the entries numbered above `after`, narrowed when asked."""
        chosen = (
            line
            for place, name, line in self.lines[after:]
            if provider in ("", place) and endpoint in ("", name)
        )
        return ("[" + ",".join(chosen) + "]").encode()

    def close(self) -> None:
        """Close the file."""
        if self.file:
            self.file.close()


def _facts(entry: Entry) -> dict[str, Any]:
    request = entry.request
    return {
        "provider": entry.provider,
        "endpoint": entry.endpoint,
        "account": entry.account,
        "method": request.method,
        "path": request.path,
        "query": redact(request.query),
        "headers": redact(request.headers),
        "body": _readable(request.body),
        "sha256": hashlib.sha256(request.body).hexdigest(),
        "monotonic": entry.received_monotonic,
        "time": entry.received_at,
        "status": entry.status,
        "applied": entry.applied,
        "fault": entry.fault,
        "note": entry.note,
        "reply": _readable(entry.reply),
        "partial": entry.partial,
    }


def _readable(body: bytes) -> Any:
    if not body:
        return None
    try:
        return redact(json.loads(body))
    except ValueError:
        return f"{len(body)} bytes that are not JSON"


def redact(value: Any) -> Any:
    """Return the same JSON value with everything under a secret key masked."""
    if isinstance(value, dict):
        return {
            key: MASK if key.lower() in SECRET_KEYS else redact(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [redact(inner) for inner in value]
    return value
