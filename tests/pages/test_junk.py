"""What people and programs write into addresses ends in a page, never in an error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from leads.models import Lead
from tests.pages import world

pytestmark = pytest.mark.django_db

JUNK = ("abc", "²", "٣", "-1", "", "9" * 30, "1,2", "\x00", "%00", "<x>")


@pytest.fixture
def manager(client: Client) -> Client:
    desk = world.team_of_people()
    world.account(desk, "telecmi", "TeleCMI Main")
    world.lead_list(desk, "Gold loans", 1)
    client.force_login(desk.manager)
    return client


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("/sent/", ("account", "list", "send", "state", "days", "before", "after", "q")),
        ("/problems/telecmi-format/", ("account", "list")),
        ("/leads/", ("list", "tag", "q", "view", "before", "after", "state", "account")),
        ("/campaigns/new/", ("account", "part", "list", "copy")),
        ("/reports/", ("month", "source", "list", "account", "person")),
        ("/imports/", ("before", "after", "page")),
        ("/signin/", ("next",)),
    ],
)
@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_an_address_is_no_error(
    page: str, names: tuple[str, ...], junk: str, manager: Client
) -> None:
    for name in names:
        assert manager.get(page, {name: junk}).status_code in (200, 302, 404)


def test_a_group_of_fields_that_is_none_is_not_there(manager: Client) -> None:
    address = f"/leads/{Lead.objects.get().pk}/fields/none/"
    assert manager.get(address, headers={"HX-Request": "true"}).status_code == 404
