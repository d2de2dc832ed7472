"""The pages of the second step, and of erasing a person, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.models import Authenticator, Team, User
from tests.e2e.conftest import Watch, assert_accessible
from tests.e2e.looks import LOOKS
from tests.factories import LeadFactory, LeadListFactory

Browse = Callable[..., Page]


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_the_second_step_is_accessible_in_every_look(
    browse: Browse, watch: Watch, arvind: User, size: tuple[int, int], theme: str
) -> None:
    watch.allowed.add("422")
    page = browse(arvind, size=size, theme=theme)
    page.goto("/me/second-step/")
    assert_accessible(page)
    page.get_by_role("button", name="Set up second step").click()
    expect(page.get_by_role("img", name="Picture for the authenticator app")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Code").fill("no code")
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    assert_accessible(page)
    Authenticator.objects.update(confirmed=True)
    page.goto("/me/second-step/")
    expect(page.get_by_role("heading", name="Second step is on")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("script", [True, False])
def test_a_person_is_erased_from_the_page_of_their_number(
    browse: Browse, arvind: User, team: Team, script: bool
) -> None:
    LeadFactory.create(
        lead_list=LeadListFactory.create(team=team, lead_count=1), phone="+919820012345"
    )
    page = browse(arvind, script=script)
    page.goto("/numbers/+919820012345/")
    page.get_by_role("link", name="Erase this person").click()
    if script:
        assert_accessible(page)
    page.get_by_role("button", name="Erase this person").click()
    expect(page.get_by_role("heading", name="This person was erased.")).to_be_visible()
    page.goto("/numbers/+919820012345/")
    expect(page.get_by_text("nothing is held about this number")).to_be_visible()
