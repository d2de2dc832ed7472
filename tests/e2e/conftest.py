"""A real browser against the real server. Each test fails on a console error, a refused policy,
a request that leaves this machine, or a page that scrolls sideways.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from access.models import Team, User
from access.roles import Role
from tests.e2e.looks import QUIET
from tests.factories import TeamFactory, UserFactory

# Playwright keeps an event loop in this thread; Django would refuse to talk to the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A busy machine is no finding: whatever is waited for may take its time.
PATIENCE = 60_000  # milliseconds
expect.set_options(timeout=PATIENCE)

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],  # what is well is not told at length
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is an end-to-end test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def chromium(browser_path: str) -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        yield browser
        browser.close()


# What htmx says of a request that was under way when its page was left. An answer that is an
# error is said in other words.
LEFT = ("htmx:afterRequest, ", "htmx:sendAbort, ", "htmx:sendError, ")


class Watch:
    """Notes what must not happen on a page."""

    def __init__(self, home: str) -> None:
        self.home = urlsplit(home).netloc
        self.seen: list[str] = []
        self.allowed: set[str] = set()

    def console(self, message: ConsoleMessage) -> None:
        """Errors, and the policy's refusals; one without an address is axe's own styling."""
        is_ours = message.type == "error" and message.location["url"]
        if message.text.startswith(LEFT):
            return
        if is_ours and not any(words in message.text for words in self.allowed):
            self.seen.append(f"console of {message.location['url']}: {message.text}")

    def request(self, request: Any) -> None:
        """Anything that is not this server."""
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws") and address.netloc != self.home:
            self.seen.append(f"request to {request.url}")

    def width(self, page: Page) -> None:
        """A page wider than its window."""
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            self.seen.append(f"{page.url} scrolls sideways by {wide} px")

    def on(self, page: Page) -> None:
        """Watch one page from now on."""
        page.on("console", self.console)
        page.on("request", self.request)
        page.on("pageerror", lambda error: self.seen.append(f"script: {error}"))
        page.on("domcontentloaded", self.width)


@pytest.fixture
def watch(live_server: LiveServer) -> Iterator[Watch]:
    """What went wrong on the pages of this test; ``watch.allowed.add(words)`` lets one pass."""
    notes = Watch(live_server.url)
    yield notes
    assert notes.seen == []


class Browse:
    """Opens watched pages: ``browse(user, size=(390, 844), theme="dark", script=False)``."""

    def __init__(self, chromium: Browser, home: str, watch: Watch) -> None:
        self.chromium, self.home, self.watch = chromium, home, watch
        self.contexts: list[BrowserContext] = []

    def __call__(
        self,
        user: User | None = None,
        *,
        size: tuple[int, int] = (1440, 900),
        theme: Any = "light",
        script: bool = True,
        **more: Any,
    ) -> Page:
        """Return a page of its own browser session, signed in as `user`."""
        context = self.chromium.new_context(
            base_url=self.home,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            java_script_enabled=script,
            **more,
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if user:
            context.add_cookies([_session_of(user, self.home)])
        page = context.new_page()
        self.watch.on(page)
        return page

    def close(self) -> None:
        """Look at every page once more, then end the sessions."""
        for context in self.contexts:
            for page in context.pages:
                self.watch.width(page)
            context.close()


@pytest.fixture
def browse(chromium: Browser, live_server: LiveServer, watch: Watch) -> Iterator[Browse]:
    """Opens watched pages, see Browse."""
    opener = Browse(chromium, live_server.url, watch)
    yield opener
    opener.close()


def _session_of(user: User, address: str) -> Any:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": address}


@pytest.fixture
def team(transactional_db: None) -> Team:
    """The team of the people below."""
    return TeamFactory.create(name="Saarthi Home Finance")


@pytest.fixture
def meera(team: Team) -> User:
    """A manager."""
    return UserFactory.create(username="meera", team=team)


@pytest.fixture
def arvind(team: Team) -> User:
    """An administrator."""
    return UserFactory.create(
        username="arvind", first_name="Arvind", last_name="Rao", team=team, team__role=Role.ADMIN
    )


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA in what the page shows now."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}\n  {node['html'][:160]}\n  {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """axe finds nothing in what the page shows now."""
    words = violations(page)
    assert words == [], f"{page.url}\n" + "\n".join(words)
