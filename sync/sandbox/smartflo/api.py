"""Smartflo's endpoints."""

from __future__ import annotations

from typing import Any

from sync.sandbox.provider import Provider


class Smartflo(Provider):
    """All Smartflo accounts of the sandbox."""

    slug = "smartflo"
    title = "Smartflo"

    def add_routes(self) -> None:
        """Register the endpoints."""

    def clear(self) -> None:
        """Forget all accounts."""

    def open_default_accounts(self) -> None:
        """Open the practice account."""

    def add_account(self, text: dict[str, Any]) -> dict[str, Any]:
        """Open an account."""
        return {}

    def expire(self, account: str) -> int:
        """Let tokens run out."""
        return 0

    def server_fault(self, endpoint: str) -> Any:
        """Return a 500 body."""
        return {}

    def state(self) -> dict[str, Any]:
        """Return what is stored."""
        return {}

    def counts(self) -> dict[str, int]:
        """Return how much is stored."""
        return {}
