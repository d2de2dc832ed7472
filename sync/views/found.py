"""What an address names, as far as the reader may see it; 404 otherwise."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from access.requests import TeamRequest
from leads.models import LeadList
from sync.models import Delivery, Push
from sync.pages_lists import visible_lists


def list_of(request: TeamRequest, pk: int) -> LeadList:
    """Return a list of the team that is not deleted."""
    found: LeadList = get_object_or_404(visible_lists(request.user, request.team), pk=pk)
    return found


def push_of(request: TeamRequest, pk: int) -> Push:
    """Return a send of the team."""
    sends = Push.objects.visible_to(request.user).filter(team=request.team)
    found: Push = get_object_or_404(sends.select_related("account", "lead_list"), pk=pk)
    return found


def delivery_of(request: TeamRequest, pk: int) -> Delivery:
    """Return a request of the team, with its send, account and part."""
    mine = Delivery.objects.visible_to(request.user).filter(push__team=request.team)
    found: Delivery = get_object_or_404(
        mine.select_related("push__lead_list", "push__created_by", "account", "part"), pk=pk
    )
    return found
