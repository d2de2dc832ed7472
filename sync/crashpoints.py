"""Named instants at which the crash suite kills or freezes a worker; nothing happens otherwise."""

from __future__ import annotations

from collections.abc import Callable

POINTS = (
    "claim_before_commit",
    "claim_after_commit",
    "payload_before_commit",
    "intent_before_commit",
    "intent_after_commit",
    "response_before_write",
    "result_before_commit",
    "result_after_commit",
    "split_before_commit",
    "split_after_commit",
    "token_refresh_after_login",
    "sweep_before_commit",
    "sweep_after_commit",
    "push_before_commit",
    "push_after_commit",
    "read_before_write",
)


def _nothing(name: str) -> None:
    """Do nothing: the suite's own worker replaces this."""


_act: Callable[[str], None] = _nothing


def arm(act: Callable[[str], None]) -> None:
    """Call `act(name)` at every point from now on (the crash suite only)."""
    global _act  # noqa: PLW0603
    _act = act


def crashpoint(name: str) -> None:
    """Mark an instant; `name` is one of POINTS."""
    _act(name)
