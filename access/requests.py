"""The request a guarded view gets, and reading what its address asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from access.models import Team, User


def id_in(text: str) -> int:
    """Return the id that stands in an address; 0, which nothing has, for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def our_page(request: HttpRequest, wish: str) -> str:
    """Return `wish` where it is the path of a page of this site, never another host; else ""."""
    # redirect() would take a text that is no path for the name of a view.
    return wish if _is_here(request, wish) and wish.startswith("/") else ""


def page_before(request: HttpRequest) -> SplitResult:
    """Return the address of the page of this site a form stood on; of "/" for any other."""
    address = request.headers.get("Referer", "")
    page = urlsplit(address)
    # Its path alone may read as another host's address: //evil.example.
    is_ours = _is_here(request, address) and our_page(request, page.path)
    return page if is_ours else urlsplit("/")


def _is_here(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


class TeamRequest(HttpRequest):
    """A signed-in person working in a team: what `access.roles.needs` lets through.

    For type checking; it adds nothing at run time.
    """

    if TYPE_CHECKING:
        user: User
        team: Team
        htmx: HtmxDetails
