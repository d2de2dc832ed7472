"""Django's own admin under our skin keeps the strict policy and is accessible."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from access.models import User
from tests.e2e.conftest import assert_accessible
from tests.e2e.looks import LOOKS
from tests.factories import UserFactory


@pytest.fixture
def root(transactional_db: None) -> User:
    """Somebody who may open every record."""
    return UserFactory.create(username="root", is_staff=True, is_superuser=True)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_the_admin_is_accessible_in_every_look(
    browse: Callable[..., Page], root: User, size: tuple[int, int], theme: str
) -> None:
    page = browse(root, size=size, theme=theme)
    for address in (
        "/admin/",
        "/admin/access/user/",
        "/admin/access/team/add/",
        "/admin/access/account/",
        "/admin/access/auditevent/",
    ):
        page.goto(address)
        assert_accessible(page)
