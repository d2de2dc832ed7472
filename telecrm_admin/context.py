"""What every page's frame shows: the team, the navigation, what needs fixing."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the team of the signed-in user, for the page frame."""
    return {"team": getattr(request, "team", None)}
