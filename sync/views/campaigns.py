"""Campaigns handed to the ledger several at a time, and what became of one."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access.requests import TeamRequest
from access.roles import Right, needs
from campaigns.models import Campaign
from sync import limits, planning
from sync.models import DeliveryItem


def _mine(request: TeamRequest) -> dict[int, Campaign]:
    wanted = [int(pk) for pk in request.GET.getlist("campaign") if pk.isdecimal()][:500]
    found = Campaign.objects.living().visible_to(request.user)
    chosen = found.filter(team=request.team, pk__in=wanted).select_related("account")
    return {campaign.pk: campaign for campaign in chosen.order_by("pk")}


@needs(Right.SEND)
@require_POST
def send_campaigns(request: TeamRequest) -> HttpResponse:
    """Create the campaigns named in the address (`?campaign=1&campaign=2`) at their accounts."""
    click = request.POST.get("click", "")[:40] or secrets.token_hex(16)
    window = limits.time_to_cancel()
    planned = 0
    for pk, campaign in _mine(request).items():
        token = f"{request.team.pk}-{click}-{pk}"
        try:
            planning.plan_campaign(campaign, by=request.user, click_token=token, starts_in=window)
            planned += 1
        except planning.CannotSend as reason:
            messages.error(request, str(reason))
    if planned:
        words = ngettext("%(n)s campaign goes to TeleCMI", "%(n)s campaigns go to TeleCMI", planned)
        messages.success(request, words % {"n": planned})
    return redirect("campaigns:campaigns")


@needs(Right.SEE)
@require_safe
def campaign_sent(request: TeamRequest, pk: int) -> HttpResponse:
    """Go to the last request that was about a campaign, where an unknown end is decided."""
    mine = Campaign.objects.visible_to(request.user).filter(team=request.team)
    campaign = get_object_or_404(mine, pk=pk)
    last = DeliveryItem.objects.filter(campaign=campaign).order_by("-pk").first()
    if last is None:
        messages.warning(request, _("Nothing of this campaign was sent."))
        return redirect(campaign)
    return redirect("sync:sent_one", last.delivery_id)
