"""What was sent."""

from django.http import HttpResponse

from access.requests import TeamRequest
from access.roles import Right, needs


@needs(Right.SEE)
def index(request: TeamRequest) -> HttpResponse:
    """Stub."""
    return HttpResponse("")


@needs(Right.SEE)
def one(request: TeamRequest, pk: int) -> HttpResponse:
    """Stub."""
    return HttpResponse("")
