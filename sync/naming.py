"""Names and ids we mint, unpredictable enough that "already exists" can only mean ours."""

from __future__ import annotations

import os
import uuid

from leads.naming import NAME_LENGTH, token, wire_name

__all__ = ["NAME_LENGTH", "token", "uuids", "wire_name"]


def uuids(count: int) -> list[str]:
    """Return `count` random (v4) UUIDs, lower case, from one read of the system source."""
    source = os.urandom(16 * count)
    return [
        str(uuid.UUID(bytes=source[at : at + 16], version=4)) for at in range(0, 16 * count, 16)
    ]
