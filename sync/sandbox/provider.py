"""What the three providers share: routes, accounts, switches and a speed limit."""

from __future__ import annotations

import copy
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.wire import Answer, Request


class UnknownSwitch(ValueError):
    """A switch or one of its values does not exist."""


@dataclass
class Route:
    """One documented endpoint: its method, path pattern, name in journal and faults, handler."""

    method: str
    pattern: re.Pattern[str]
    endpoint: str
    handler: Callable[[Request], Answer]


@dataclass
class Limiter:
    """Counts requests per key inside the last second."""

    seen: dict[str, deque[float]] = field(default_factory=dict)

    def allows(self, key: str, per_second: float) -> bool:
        """Whether one more request now stays within `per_second` (0 means no limit)."""
        if per_second <= 0:
            return True
        now = time.monotonic()
        recent = self.seen.setdefault(key, deque())
        while recent and now - recent[0] >= 1:
            recent.popleft()
        if len(recent) >= per_second:
            return False
        recent.append(now)
        return True


class Provider:
    """Base of the three: subclasses name `slug`, `title`, `DEFAULT_SWITCHES` and their routes."""

    slug = ""
    title = ""
    DEFAULT_SWITCHES: dict[str, Any] = {}

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self.switches: dict[str, Any] = {}
        self.limiter = Limiter()
        self.add_routes()
        self.reset()

    def add_routes(self) -> None:
        """Register the endpoints."""
        raise NotImplementedError

    def open_default_accounts(self) -> None:
        """Open the practice accounts."""
        raise NotImplementedError

    def add_account(self, text: dict[str, Any]) -> dict[str, Any]:
        """Open (or replace) an account as described by JSON and return its credentials."""
        raise NotImplementedError

    def expire(self, account: str) -> int:
        """Make the sign-in tokens of an account (or of all) expire now; returns how many."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """Return everything this provider has, as JSON."""
        raise NotImplementedError

    def counts(self) -> dict[str, int]:
        """Return how much this provider has, for the front page."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget all accounts."""
        raise NotImplementedError

    def server_fault(self, endpoint: str) -> Any:
        """Return the body this provider documents for a 500 at `endpoint`."""
        raise NotImplementedError

    def not_found(self, request: Request) -> Answer:
        """Answer a path no document names."""
        return Answer(404, raw=b"<pre>Cannot find this page</pre>", content_type="text/html")

    def route(
        self, method: str, path: str, handler: Callable[[Request], Answer], name: str
    ) -> None:
        """Register an endpoint; `{word}` in the path becomes `request.params["word"]`."""
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + r"/?$")
        self.routes.append(Route(method, pattern, name, handler))

    def find(self, request: Request) -> Route | None:
        """Return the endpoint for a request and fill in its path parameters."""
        for route in self.routes:
            matched = route.pattern.match(request.path)
            if matched and route.method == request.method:
                request.params = matched.groupdict()
                return route
        return None

    def switch(self, values: dict[str, Any]) -> None:
        """Turn switches; raises UnknownSwitch and turns none when one does not exist."""
        for name, value in values.items():
            if name not in self.DEFAULT_SWITCHES:
                known = ", ".join(self.DEFAULT_SWITCHES)
                raise UnknownSwitch(f"{self.slug} has no switch {name!r}; there are: {known}")
            if isinstance(self.DEFAULT_SWITCHES[name], bool) is not isinstance(value, bool):
                raise UnknownSwitch(f"{self.slug}: {name} cannot be {value!r}")
        self.switches.update(values)

    def reset(self) -> None:
        """Forget everything and open the practice accounts again."""
        self.switches = copy.deepcopy(self.DEFAULT_SWITCHES)
        self.limiter = Limiter()
        self.clear()
        self.open_default_accounts()
