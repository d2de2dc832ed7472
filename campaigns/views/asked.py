"""What a request asks for: a campaign, an account, a list of the reader's team."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from access.models import Account
from access.requests import TeamRequest
from campaigns import choices
from campaigns.models import Campaign
from leads.models import LeadList


def campaign_of(request: TeamRequest, pk: int) -> Campaign:
    """Return a campaign of the team that nobody threw away; 404 otherwise."""
    mine = Campaign.objects.living().visible_to(request.user).filter(team=request.team)
    chosen = mine.select_related("account", "part", "lead_list", "team", "follows")
    found: Campaign = get_object_or_404(chosen, pk=pk)
    return found


def list_of(request: TeamRequest, pk: int | str | None) -> LeadList:
    """Return a list of the team that nobody threw away; 404 otherwise."""
    mine = LeadList.objects.visible_to(request.user).filter(team=request.team, deleted_at=None)
    if not str(pk or "").isdecimal():
        raise Http404
    found: LeadList = get_object_or_404(mine, pk=pk)
    return found


def account_of(request: TeamRequest, pk: int | str | None) -> Account | None:
    """Return the dialer account named, else the team's first one; None when it has none."""
    usable = choices.accounts(request.team)
    named = usable.filter(pk=pk).first() if pk and str(pk).isdecimal() else None
    return named or usable.first()
