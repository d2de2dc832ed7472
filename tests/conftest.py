"""Fixtures every test may use. Builders of records are in tests/factories.py."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker, Settings

from access import log_guard
from sync import remembered
from tests.sandbox_server import Sandbox
from tests.surroundings import ServiceMissing, browser, postgresql

# A busy machine is no finding, nor is luck: the same examples every time. New ones are looked for
# by `make nightly`, with --hypothesis-profile=new.
BUSY = hypothesis.settings(
    deadline=None, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("same", BUSY, derandomize=True)
hypothesis.settings.register_profile("new", BUSY, derandomize=False, print_blob=True)
hypothesis.settings.load_profile("same")

# For the processes that tests start; this one is told by the fixture below.
os.environ["TELECRM_ADMIN_ALLOW_LOCAL_PROVIDERS"] = "true"


ELSEWHERE = {"db", "transactional_db", "sandbox", "live_server", "postgres_url", "browser_path"}
MARKS = ("django_db", "e2e", "postgres", "crash", "slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `unit` what needs no database, server or browser."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if not (fixtures & ELSEWHERE or any(map(item.get_closest_marker, MARKS))):
            item.add_marker("unit")


@pytest.fixture(autouse=True)
def _test_settings(settings: Settings, tmp_path: Path) -> None:
    """Use quick password hashes, an upload folder of its own, and providers on loopback."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.ALLOW_LOCAL_PROVIDERS = True


@pytest.fixture(autouse=True)
def _language_and_zone_of_nobody() -> None:
    """Forget whom the last request of another test spoke to: both belong to the thread."""
    translation.activate("en")
    timezone.deactivate()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Forget the counts of another test, whose records had the same numbers."""
    cache.clear()
    remembered.forget()


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        outside = self.family in (socket.AF_INET, socket.AF_INET6) and not (
            str(address[0]).startswith("127.") or address[0] in ("::1", "localhost")
        )
        assert not outside, f"A test tried to reach {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file of this process's own: threads and child processes have to reach it.

    Another run in the same clone, or what one that was killed left behind, is not in its way.
    """
    if connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(path)


@dataclass(frozen=True)
class Guard:
    """Whether migrations left the log's guard in place."""

    stood: bool


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Guard:
    """Take the guard off the log, which tests empty again and again; test_log_guard puts it on."""
    with django_db_blocker.unblock():
        stood = log_guard.is_installed(connection)
        log_guard.remove(connection)
    return Guard(stood)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a throwaway PostgreSQL, for the processes a test starts."""
    try:
        with postgresql() as address:
            yield address
    except ServiceMissing as trouble:
        _absent(trouble)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Path of a Chromium for Playwright's `executable_path`."""
    try:
        return browser()
    except ServiceMissing as trouble:
        _absent(trouble)
        raise


@pytest.fixture(scope="session")
def _running_sandbox() -> Iterator[Sandbox]:
    running = Sandbox.start()
    yield running
    running.stop()


@pytest.fixture
def sandbox(_running_sandbox: Sandbox) -> Sandbox:
    """The three providers on loopback, as they are right after their start."""
    _running_sandbox.reset()
    return _running_sandbox


def _absent(trouble: ServiceMissing) -> None:
    """Skip with the reason; where tests must not be skipped, fail."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(trouble))
