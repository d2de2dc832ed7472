"""The current team and its time zone on the request; idle sessions; who owes a second step."""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from access import second_factor
from access.models import Team, User

SESSION_KEY = "team"
SEEN_KEY = "seen"  # when the person last did something, in seconds
BEGAN_KEY = "began"  # a session is at most SESSION_COOKIE_AGE old, however busy it is
SEEN_EVERY = 60  # so that not every request writes the session


class TeamMiddleware:
    """Sets `request.team`: the team chosen in the switcher, else the first the user belongs to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.team = None  # type: ignore[attr-defined]
        if not isinstance(request.user, User):
            return self.get_response(request)
        team = current_team(request)
        if team is not None and _is_over(request, request.user, team):
            logout(request)
            return self.get_response(request)
        request.team = team  # type: ignore[attr-defined]
        with timezone.override(_zone(team)):
            return self.get_response(request)


class SecondStepMiddleware:
    """Leads administrators to setting up their second step, where REQUIRE_SECOND_FACTOR says so."""

    OPEN = ("access:second_step", "access:password", "access:sign_out", "health")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if not settings.REQUIRE_SECOND_FACTOR or not isinstance(person, User):
            return self.get_response(request)
        if person.is_verified() or not second_factor.is_required(person):  # type: ignore[attr-defined]
            return self.get_response(request)
        if second_factor.of(person):  # a session that never showed its code
            logout(request)
        elif request.path in map(reverse, self.OPEN):
            return self.get_response(request)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401)
        return redirect("access:second_step")


def current_team(request: HttpRequest) -> Team | None:
    """Return the chosen team if the user may see it, else the user's first team."""
    teams = Team.objects.visible_to(request.user).order_by("name")
    chosen = request.session.get(SESSION_KEY)
    return (teams.filter(pk=chosen).first() if chosen else None) or teams.first()


def _is_over(request: HttpRequest, person: User, team: Team) -> bool:
    """Whether the session is over: nothing was done for longer than the team allows, or too old.

    Notes what is done now. A fragment that asks for itself again is not a person: htmx reads do
    not count.
    """
    now = int(time.time())
    seen = request.session.get(SEEN_KEY, now)
    began = request.session.get(BEGAN_KEY, now)
    if _was_idle_too_long(person, team, now - seen):
        return True
    if now - began > settings.SESSION_COOKIE_AGE:
        return True
    if BEGAN_KEY not in request.session:
        request.session[BEGAN_KEY] = now
    is_fragment = request.method == "GET" and request.headers.get("HX-Request") == "true"
    if not is_fragment and (now - seen >= SEEN_EVERY or SEEN_KEY not in request.session):
        request.session[SEEN_KEY] = now
    return False


def _was_idle_too_long(person: User, team: Team, seconds: int) -> bool:
    """Whether `seconds` without doing anything end the session: sooner for administrators."""
    if seconds > team.idle_minutes * 60:
        return True
    return seconds > settings.ADMIN_IDLE_MINUTES * 60 and person.is_administrator


def _zone(team: Team | None) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(team.time_zone if team else "")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()
