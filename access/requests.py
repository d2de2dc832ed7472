"""The request a guarded view gets; for type checking, it adds nothing at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from access.models import Team, User


class TeamRequest(HttpRequest):
    """A signed-in person working in a team: what `access.roles.needs` lets through."""

    if TYPE_CHECKING:
        user: User
        team: Team
        htmx: HtmxDetails
