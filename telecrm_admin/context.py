"""What every page's frame shows: the team, the navigation, what needs fixing."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from access.models import Team
from sync.pages_problems import count as problem_count


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the team of the signed-in user, for the page frame."""
    team = getattr(request, "team", None)
    return {"team": team, "fix_count": SimpleLazyObject(lambda: _fix_count(team))}


def _fix_count(team: Team | None) -> int:
    return problem_count(team) if team else 0
