"""A walk through everything a page links to, on the day the pages were drawn for.

Every kind of page (one address for each URL name) is opened in every look. A page that breaks,
leaks an error to the console, scrolls sideways or fails axe stops the walk.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.e2e.conftest import violations
from tests.e2e.looks import LOOKS
from tests.pages.world import friday

FILES = (".csv", ".json", ".xlsx")
MOST_PAGES = 80  # kinds of page; far more than there are


def kind_of(address: str) -> str | None:
    """The URL name of an address of ours that is a page; None for a file or another site."""
    path = urlsplit(address).path
    if path.endswith(FILES) or path.startswith("/admin/"):
        return None
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def links_of(page: Page) -> list[str]:
    """Addresses on this site that the page links to."""
    ours = "[...document.links].filter(a => a.origin === location.origin)"
    found: list[str] = page.evaluate(f"{ours}.map(a => a.pathname + a.search)")
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_every_kind_of_page_is_whole_and_accessible_in_every_look(
    browse: Callable[..., Page], transactional_db: None, size: tuple[int, int], theme: str
) -> None:
    page = browse(friday(scale=0.02).admin, size=size, theme=theme)
    ahead, known, wrong = ["/", "/start/", "/imports/new/"], set[str](), list[str]()
    while ahead and len(known) < MOST_PAGES:
        address = ahead.pop(0)
        kind = kind_of(address)
        if kind is None or kind in known:
            continue
        known.add(kind)
        wrong += troubles(page, address)
        ahead += links_of(page)
    assert wrong == [], "\n".join(wrong)
    assert {"today", "leads:leads", "leads:list", "sync:sent", "sync:sent_one"} <= known


def troubles(page: Page, address: str) -> list[str]:
    """Open a page and return what is wrong with it."""
    answer = page.goto(address)
    if answer is None or not answer.ok:
        return [f"{address} answered {answer and answer.status}"]
    return [f"{address}: {words}" for words in violations(page)]
