"""The whole sandbox in memory: three providers, their journal and the scripted faults."""

from __future__ import annotations

import time
from typing import Any

from sync.sandbox.faults import FaultQueue
from sync.sandbox.journal import Journal
from sync.sandbox.provider import Provider, Route
from sync.sandbox.smartflo import Smartflo
from sync.sandbox.telecmi import TeleCMI
from sync.sandbox.telecrm import Telecrm
from sync.sandbox.wire import Request


class World:
    """Everything a control request can look at or change."""

    def __init__(self, journal_path: str | None = None) -> None:
        self.providers: dict[str, Provider] = {
            provider.slug: provider for provider in (TeleCMI(), Telecrm(), Smartflo())
        }
        self.faults = FaultQueue()
        self.journal = Journal.opened(journal_path)
        self.started_at = time.time()

    def locate(self, request: Request) -> tuple[Provider, Route | None] | None:
        """Return provider and endpoint of a request and strip the base path; None for others."""
        slug, _, rest = request.path.lstrip("/").partition("/")
        provider = self.providers.get(slug)
        if provider is None or not rest:
            return None
        request.path = "/" + rest
        return provider, provider.find(request)

    def play(self, script: dict[str, Any]) -> None:
        """Set up accounts, switches and faults as written in a script file."""
        for text in script.get("accounts", []):
            self.providers[text["provider"]].add_account(text)
        for slug, values in script.get("switches", {}).items():
            self.providers[slug].switch(values)
        if "seed" in script:
            self.faults.seed(int(script["seed"]))
        self.faults.add(script.get("faults", []))

    def reset(self) -> None:
        """Forget everything that happened or was set up since the start."""
        for provider in self.providers.values():
            provider.reset()
        self.faults.clear()
        self.journal.clear()

    def state(self, slug: str = "") -> dict[str, Any]:
        """Return what each provider (or the one named) has."""
        return {
            name: {"switches": provider.switches, **provider.state()}
            for name, provider in self.providers.items()
            if slug in ("", name)
        }
