"""Accounts at the sandbox, and small drivers of the ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from access.models import Account
from leads.models import LeadList
from sync import clock, limits, work
from tests.factories import LeadListFactory, TeamFactory
from tests.sandbox_server import SMARTFLO, TELECMI, TELECRM, Sandbox


@pytest.fixture
def lead_list() -> LeadList:
    """A list called Q2."""
    return LeadListFactory.create(team=TeamFactory.create(), name="Q2")


def text_of(values: dict[str, Any]) -> Any:
    """Return credentials as an account keeps them."""
    return {key: str(value) for key, value in values.items()}


@pytest.fixture
def account(sandbox: Sandbox, lead_list: LeadList) -> Callable[..., Account]:
    """Makes accounts at the sandbox, quick enough for a test."""

    def make(provider: str = "telecrm", **more: Any) -> Account:
        known: Any = {"telecmi": TELECMI, "telecrm": TELECRM, "smartflo": SMARTFLO}
        values = known[provider]
        return Account.objects.create(
            team=lead_list.team,
            provider=provider,
            name=f"{provider} {Account.objects.count()}",
            base_url=sandbox.base_url(provider),
            credentials=text_of(values),
            pace=200,
            **more,
        )

    return make


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything be tried again at once."""
    monkeypatch.setattr(limits, "SCHEDULE", (0.0,) * len(limits.SCHEDULE))
    monkeypatch.setattr(limits, "BREAKER_OPEN", 0.0)


def moved_time(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]
) -> Any:
    """Let a database server's clock be the test's, which time_machine moves."""
    if sql == clock.SERVER_TIME:
        sql, params = "SELECT %s::timestamptz", [timezone.now()]
    return execute(sql, params, many, context)


@pytest.fixture
def one_clock() -> Iterator[None]:
    """Move the clock of the database together with the test's."""
    with connection.execute_wrapper(moved_time):
        yield


def drain() -> None:
    """Deliver until nothing is due."""
    while work.deliver_one():
        pass


def in_parallel(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act` in `count` threads at once; return results and exceptions."""
    ends: list[Any] = [None] * count
    start = threading.Barrier(count)

    def one(number: int) -> None:
        start.wait()
        try:
            ends[number] = act(number)
        except Exception as trouble:
            ends[number] = trouble
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
