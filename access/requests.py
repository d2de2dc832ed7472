"""The request a guarded view gets, and reading what its address asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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
    is_ours = url_has_allowed_host_and_scheme(
        wish, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # redirect() would take a text that is no path for the name of a view.
    return wish if is_ours and wish.startswith("/") else ""


def page_before(request: HttpRequest) -> str:
    """Return path and query of the page of this site a form stood on; "" for any other."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return ""
    return our_page(request, page._replace(scheme="", netloc="", fragment="").geturl())


class TeamRequest(HttpRequest):
    """A signed-in person working in a team: what `access.roles.needs` lets through.

    For type checking; it adds nothing at run time.
    """

    if TYPE_CHECKING:
        user: User
        team: Team
        htmx: HtmxDetails
