"""Names and ids we mint, unpredictable enough that "already exists" can only mean ours."""

from __future__ import annotations

import os
import secrets
import uuid

# No 0/o, 1/l/i: a person reads these aloud and types them into the provider's search box.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
TOKEN_LENGTH = 6
NAME_LENGTH = 100


def token() -> str:
    """Return a fresh 6-character token (31^6, about 887 million)."""
    return "".join(secrets.choice(_LETTERS) for _ in range(TOKEN_LENGTH))


def wire_name(name: str, mark: str) -> str:
    """Return the name a provider gets: "Q2 home loans [k7f3qa]", at most 100 characters."""
    room = NAME_LENGTH - len(mark) - 3
    return f"{name[:room].strip()} [{mark}]"


def uuids(count: int) -> list[str]:
    """Return `count` random (v4) UUIDs, lower case, from one read of the system source."""
    source = os.urandom(16 * count)
    return [
        str(uuid.UUID(bytes=source[at : at + 16], version=4)) for at in range(0, 16 * count, 16)
    ]
