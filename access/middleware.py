"""Puts the signed-in user's current team on the request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from access.models import Team, User

SESSION_KEY = "team"


class TeamMiddleware:
    """Sets `request.team`: the team chosen in the switcher, else the first the user belongs to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.team = None  # type: ignore[attr-defined]
        if isinstance(request.user, User):
            request.team = current_team(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def current_team(request: HttpRequest) -> Team | None:
    """Return the chosen team if the user may see it, else the user's first team."""
    teams = Team.objects.visible_to(request.user).order_by("name")
    chosen = request.session.get(SESSION_KEY)
    return (teams.filter(pk=chosen).first() if chosen else None) or teams.first()
