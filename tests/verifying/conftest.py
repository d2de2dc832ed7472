"""Accounts of the sandbox, a list, and a way to make every look that is due."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from access.models import Account
from leads.models import LeadList
from sync import clock, limits, verifying, work
from sync.models import Look
from tests.factories import LeadListFactory, TeamFactory
from tests.sandbox_server import SMARTFLO, TELECMI, TELECRM, Sandbox

CREDENTIALS: dict[str, dict[str, Any]] = {
    "telecmi": TELECMI,
    "telecrm": TELECRM,
    "smartflo": {"token": SMARTFLO["token"]},
}
MakeAccount = Callable[..., Account]


@pytest.fixture
def lead_list() -> LeadList:
    """A list called Q2 that knows its Smartflo list."""
    settings = {"smartflo_list_id": "441940"}
    return LeadListFactory.create(team=TeamFactory.create(), name="Q2", provider_settings=settings)


@pytest.fixture
def account(sandbox: Sandbox, lead_list: LeadList) -> MakeAccount:
    """Makes an account called Main at the sandbox, quick enough for a test."""

    def make(provider: str, values: dict[str, Any] | None = None, **more: Any) -> Account:
        held = CREDENTIALS[provider] if values is None else values
        return Account.objects.create(
            **{
                "team": lead_list.team,
                "provider": provider,
                "name": "Main",
                "base_url": sandbox.base_url(provider),
                "credentials": {key: str(value) for key, value in held.items()},
                "pace": 200,
                **more,
            }
        )

    return make


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look be due as soon as the one before is over."""
    monkeypatch.setattr(limits, "LOOKS", (0.0, 0.0, 0.0))
    monkeypatch.setattr(limits, "SCHEDULE", (0.0,) * len(limits.SCHEDULE))


def look_around() -> None:
    """Make every look that is due."""
    until = time.monotonic() + 60
    while Look.objects.filter(due_at__lte=clock.now()).exists() and time.monotonic() < until:
        if not verifying.look_once():
            time.sleep(0.01)


def deliver() -> None:
    """Deliver until nothing is due."""
    while work.deliver_one():
        pass
