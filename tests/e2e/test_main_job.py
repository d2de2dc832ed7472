"""The main job as a manager does it: sign in, drop a file, import, send, watch it arrive."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from access.models import Account, Team, User
from access.roles import Role
from sync.work import Crew
from telecrm_admin.work import turn
from tests.factories import TeamFactory, UserFactory
from tests.sandbox_server import TELECMI, Sandbox

DEMO = Path(__file__).resolve().parents[2] / "demo" / "leads.csv"
PASSWORD = "a-long-enough-sentence"


@pytest.fixture
def workers(transactional_db: None) -> Iterator[None]:
    """What `manage.py worker` does, beside the server."""
    stop = threading.Event()

    def jobs() -> None:
        while not stop.wait(0.2):
            turn("jobs", 1.0)

    thread = threading.Thread(target=jobs, daemon=True)
    thread.start()
    with Crew(3):
        yield
    stop.set()
    thread.join(timeout=60)


@pytest.fixture
def manager() -> User:
    """Meera, who manages her team."""
    team: Team = TeamFactory.create(name="Saarthi Home Finance")
    meera: User = UserFactory.create(username="meera", team=team, team__role=Role.ADMIN)
    meera.set_password(PASSWORD)
    meera.save()
    return meera


@pytest.mark.usefixtures("workers")
def test_a_manager_brings_a_file_to_telecmi_and_sees_it_arrive(
    browse: Callable[..., Page], manager: User, sandbox: Sandbox
) -> None:
    Account.objects.create(
        team=manager.teams.get(),
        provider="telecmi",
        name="TeleCMI Main",
        base_url=sandbox.base_url("telecmi"),
        credentials={key: str(value) for key, value in TELECMI.items()},
        pace=20,
    )
    page = browse()
    sign_in(page)
    import_the_demo_file(page)
    page.get_by_role("link", name=re.compile("Send this list")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leads")
    page.get_by_role("button", name=re.compile(r"Send [\d,]+ to TeleCMI Main")).click()
    expect(page.locator(".job").first).to_be_visible()
    expect(page.get_by_text("At TeleCMI", exact=True).first).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"2,\d{3} of 2,\d{3} leads are at TeleCMI Main"))
    ).to_be_visible()
    there = sandbox.state("telecmi")["accounts"][str(TELECMI["inet_no"])]["groups"]
    assert [len(group["leads"]) for group in there] == [746, 745, 745]


def sign_in(page: Page) -> None:
    """Sign in with name and password."""
    page.goto("/")
    page.get_by_label("Name").or_(page.get_by_label("User name")).first.fill("meera")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def import_the_demo_file(page: Page) -> None:
    """Upload, match, check and import demo/leads.csv, whatever steps the wizard shows."""
    page.goto("/imports/new/")
    page.set_input_files("input[type=file]", DEMO)
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url(re.compile(r"/imports/\d+/(columns|check)/"))
    if "/columns/" in page.url:
        page.locator(".foot .pri").click()
    start = page.get_by_role("button", name="Only import")
    expect(start).to_be_visible()
    start.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2,236 leads added.")
