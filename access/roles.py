"""Who may do what: the one place that knows."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from access.models import Team, User


class Role(models.TextChoices):
    """A person's place in a team, from least to most."""

    VIEWER = "viewer", _("Viewer")
    AGENT_LEAD = "agent_lead", _("Agent lead")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Administrator")


class Right(StrEnum):
    """Something a page or command lets a person do."""

    SEE = "see"
    EDIT = "edit"  # change leads, fix rows, mark do-not-call
    IMPORT = "import"
    SEND = "send"  # send, pause, cancel, plan campaigns
    EXPORT = "export"
    DECIDE = "decide"  # say how an unknown ended
    ACCOUNTS = "accounts"  # credentials, stop, release
    TEAM = "team"  # people and roles


_VIEWER = {Right.SEE}
_AGENT_LEAD = _VIEWER | {Right.EDIT}
_MANAGER = _AGENT_LEAD | {Right.IMPORT, Right.SEND, Right.EXPORT, Right.DECIDE}
_ADMIN = _MANAGER | {Right.ACCOUNTS, Right.TEAM}
RIGHTS: dict[str, set[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.AGENT_LEAD: _AGENT_LEAD,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: _ADMIN,
}


def rights_of(user: User | AnonymousUser, team: Team | None) -> set[Right]:
    """Return what `user` may do in `team`: a superuser everything, an outsider nothing."""
    if not user.is_authenticated or not user.is_active or team is None:
        return set()
    if user.is_superuser:
        return set(Right)
    role = user.memberships.filter(team=team).values_list("role", flat=True).first()
    return RIGHTS.get(role or "", set())


def can(user: User | AnonymousUser, team: Team | None, right: Right) -> bool:
    """Return whether `user` has `right` in `team`."""
    return right in rights_of(user, team)


View = Callable[..., HttpResponse]


def needs(right: Right) -> Callable[[View], View]:
    """Guard a view: sign-in first, then `right` in the current team, else 403 in words."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            team = getattr(request, "team", None)
            rights = rights_of(request.user, team)
            if right not in rights:
                raise PermissionDenied(right)
            request.known_rights = rights  # type: ignore[attr-defined]  # the page asks again
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return guard


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A page leads to sign-in; a fragment must not be replaced by one (static/app.js says so)."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401)
    from django.contrib.auth.views import redirect_to_login  # needs the User model

    return redirect_to_login(request.get_full_path())
