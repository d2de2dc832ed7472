"""Scripted faults: a queue of rules, the first that fits a request is used up on it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

# kind -> is the request applied before the fault shows? A rule's own `when` overrides it.
KINDS: dict[str, str] = {
    "drop_after_commit": "after",
    "reset_before": "before",
    "500_after": "after",
    "500_before": "before",
    "502_html": "before",
    "html_200": "before",
    "empty_200": "after",
    "truncated_json": "after",
    "short_body": "after",
    "429": "before",
    "hang": "before",
    "delay": "before",
    "drip_body": "after",
    "drip_headers": "after",
    "huge_body": "after",
    "gzip_bomb": "after",
    "huge_header": "after",
    "garbage_status_line": "after",
    "nul_in_body": "after",
    "lone_surrogate": "after",
    "json_array": "after",
    "code_string": "after",
    "code_400_in_200": "before",
    "success_false_string": "before",
    "redirect": "before",
    "custom": "before",
    "kill_client": "after",
}
KILL_MOMENTS = ("mid_body", "on_receive", "after_commit", "mid_response")


class UnknownFault(ValueError):
    """A rule names a kind, moment or key the sandbox does not have."""


@dataclass
class Rule:
    """One fault: which requests it fits, how often, and what happens to them.

    `options` holds what the kind needs: seconds, interval, size, status, headers, body, location,
    retry_after, message, raw, pid, signal, apply.
    """

    kind: str
    provider: str | None = None
    endpoint: str | None = None
    match: str | None = None
    times: int = 1
    probability: float = 1.0
    when: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    used: int = 0

    @classmethod
    def read(cls, text: dict[str, Any]) -> Rule:
        """Return the rule written as JSON; raises UnknownFault when it makes no sense."""
        given = dict(text)
        kind = str(given.pop("kind", ""))
        if kind not in KINDS:
            raise UnknownFault(f"no fault is called {kind!r}; there are: {', '.join(KINDS)}")
        known = {
            name: given.pop(name)
            for name in ("provider", "endpoint", "match", "times", "probability")
            if name in given
        }
        when = str(given.pop("when", "") or ("" if kind == "kill_client" else KINDS[kind]))
        allowed = KILL_MOMENTS if kind == "kill_client" else ("before", "after")
        if when not in allowed:
            raise UnknownFault(f"{kind}: when is one of {', '.join(allowed)}, not {when!r}")
        if kind == "kill_client" and not int(given.get("pid", 0)) > 1:
            raise UnknownFault("kill_client: pid of the client process is needed")
        return cls(kind=kind, when=when, options=given, **known)

    @property
    def applies_first(self) -> bool:
        """Whether the provider keeps what the request asked for."""
        return self.when == "after"

    def fits(self, provider: str, endpoint: str, body: bytes) -> bool:
        """Whether this rule is meant for such a request."""
        return (
            self.times != 0
            and self.provider in (None, provider)
            and self.endpoint in (None, endpoint)
            and (self.match is None or self.match.encode() in body)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the rule for the control door."""
        return {
            "kind": self.kind,
            "provider": self.provider,
            "endpoint": self.endpoint,
            "match": self.match,
            "times": self.times,
            "probability": self.probability,
            "when": self.when,
            "used": self.used,
            **self.options,
        }


@dataclass
class FaultQueue:
    """Rules in order; probabilities are drawn from a generator that can be seeded."""

    rules: list[Rule] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - scripted

    def add(self, texts: list[dict[str, Any]]) -> None:
        """Append rules; none is added when one of them makes no sense."""
        self.rules += [Rule.read(text) for text in texts]

    def seed(self, seed: int) -> None:
        """Make the next draws repeatable."""
        self.dice = random.Random(seed)  # noqa: S311 - scripted faults, no secrets

    def clear(self) -> None:
        """Forget all rules and start the dice anew."""
        self.rules.clear()
        self.seed(0)

    def take(self, provider: str, endpoint: str, body: bytes) -> Rule | None:
        """Return the first rule that fits a request whose body is known, and use it once."""
        return self._take(provider, endpoint, body, mid_body=False)

    def take_mid_body(self, provider: str, endpoint: str) -> Rule | None:
        """Return the first rule that acts while the body is still arriving (`match` is unread)."""
        return self._take(provider, endpoint, None, mid_body=True)

    def _take(
        self, provider: str, endpoint: str, body: bytes | None, *, mid_body: bool
    ) -> Rule | None:
        for rule in self.rules:
            if (rule.when == "mid_body") is not mid_body:
                continue
            seen = body if body is not None else (rule.match or "").encode()
            if not rule.fits(provider, endpoint, seen):
                continue
            if rule.probability < 1 and self.dice.random() >= rule.probability:
                continue
            rule.used += 1
            rule.times -= 1 if rule.times > 0 else 0
            return rule
        return None
