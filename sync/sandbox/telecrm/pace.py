"""The speed limit per token: 18,000 requests per hour (seed 002)."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass
class Bucket:
    """A token bucket that starts full."""

    level: float
    filled_at: float

    def take(self, per_hour: float, size: float) -> bool:
        """Use one request up; False when none is left."""
        now = time.monotonic()
        self.level = min(size, self.level + (now - self.filled_at) * per_hour / 3600)
        self.filled_at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Pace:
    """One bucket per token."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}

    def allows(self, token: str, per_hour: float, burst: float) -> bool:
        """Whether one more request fits; `burst` 0 lets a whole hour's worth come at once."""
        size = burst or per_hour
        bucket = self.buckets.setdefault(token, Bucket(size, time.monotonic()))
        return bucket.take(per_hour, size)
