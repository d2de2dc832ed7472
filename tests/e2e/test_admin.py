"""Django's own admin under our skin keeps the strict policy and is accessible."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from playwright.sync_api import Page

from access.models import User
from tests.e2e.conftest import assert_accessible
from tests.e2e.looks import LOOKS
from tests.factories import AccountFactory, UserFactory

OURS = ("access", "leads", "campaigns", "sync")


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


def test_every_list_of_records_is_accessible(browse: Callable[..., Page], root: User) -> None:
    page = browse(root)
    for model in admin.site._registry:
        meta = model._meta
        if meta.app_label in OURS:
            page.goto(f"/admin/{meta.app_label}/{meta.model_name}/")
            assert_accessible(page)


@pytest.mark.parametrize("address", ["/admin/campaigns/campaign/add/", "/admin/leads/lead/add/"])
def test_forms_of_records_are_accessible(
    browse: Callable[..., Page], root: User, address: str
) -> None:
    AccountFactory.create()
    page = browse(root)
    page.goto(address)
    assert_accessible(page)


def test_the_campaign_form_shows_the_chosen_dialers_fields(
    browse: Callable[..., Page], root: User
) -> None:
    AccountFactory.create()
    page = browse(root)
    page.goto("/admin/campaigns/campaign/add/")
    dialer = page.locator("[name=dialer_type]")
    assert page.locator(".only-predictive").is_visible()
    assert not page.locator(".only-progressive").is_visible()
    if dialer.count() == 1:
        dialer.select_option("progressive")
    else:
        page.locator("[name=dialer_type][value=progressive]").check()
    assert page.locator(".only-progressive").is_visible()
    assert not page.locator(".only-predictive").is_visible()
