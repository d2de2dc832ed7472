"""What a guarded view may count on."""

from __future__ import annotations

from django_htmx.middleware import HtmxDetails
from django.http import HttpRequest

from access.models import Team, User


class Asked(HttpRequest):
    """A request that passed `needs(...)`: somebody is signed in and has a team."""

    user: User
    team: Team
    htmx: HtmxDetails
