"""What can be done with a campaign beside editing it."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from access import audit
from access.requests import TeamRequest
from access.roles import Right, needs
from campaigns import copying, sheet
from campaigns.models import Campaign, CampaignState
from campaigns.views.asked import campaign_of


@needs(Right.SEND)
@require_POST
@transaction.atomic
def duplicate(request: TeamRequest, pk: int) -> HttpResponse:
    """Make a draft like this one."""
    made = copying.duplicate(campaign_of(request, pk), request.user)
    audit.record("campaign.added", actor=request.user, target=made, duplicate_of=pk)
    messages.success(request, _("A draft like it is here. Nothing was sent."))
    return redirect(made)


@needs(Right.SEND)
@require_POST
@transaction.atomic
def split(request: TeamRequest, pk: int) -> HttpResponse:
    """Cut a draft in two where its clock changes."""
    campaign = campaign_of(request, pk)
    if not campaign.is_editable:
        return redirect(campaign)
    pieces = copying.split(campaign, request.user)
    audit.record("campaign.split", actor=request.user, target=campaign, pieces=len(pieces))
    words = ngettext(
        "%(n)s campaign", "It is %(n)s campaigns now, one after the other.", len(pieces)
    )
    messages.success(request, words % {"n": len(pieces)})
    return redirect(campaign)


@needs(Right.SEND)
@require_POST
@transaction.atomic
def remove(request: TeamRequest, pk: int) -> HttpResponse:
    """Throw a draft away; what was sent stays."""
    campaign = campaign_of(request, pk)
    gone = Campaign.objects.filter(pk=pk, state=CampaignState.DRAFT).update(
        deleted_at=timezone.now()
    )
    if gone:
        audit.record("campaign.deleted", actor=request.user, target=campaign)
        messages.success(request, _("%(name)s is gone.") % {"name": campaign.name})
        return redirect("campaigns:campaigns")
    messages.error(request, _("Only a draft can be thrown away; this one was sent."))
    return redirect(campaign)


@needs(Right.SEND)
@require_POST
@transaction.atomic
def ended(request: TeamRequest, pk: int) -> HttpResponse:
    """A person saw the campaign end: its agents and its part are free for the next."""
    campaign = campaign_of(request, pk)
    Campaign.objects.in_the_way().filter(pk=pk).update(ended_confirmed_at=timezone.now())
    audit.record("campaign.ended", actor=request.user, target=campaign)
    following = campaign.followers.filter(deleted_at=None, state=CampaignState.DRAFT).first()
    if following:
        messages.success(request, _("Ended. The next one can be created now."))
        return redirect(following)
    messages.success(request, _("Ended. Its agents and its part are free."))
    return redirect(campaign)


@needs(Right.SEND)
@require_http_methods(["GET", "POST"])
def by_hand(request: TeamRequest, pk: int) -> HttpResponse:
    """A sheet to copy into TeleCMI's own form; then "I created it"."""
    campaign = campaign_of(request, pk)
    if request.method == "GET":
        context = {"campaign": campaign, "lines": sheet.lines(campaign)}
        return render(request, "campaigns/by_hand.html", context)
    draft = Campaign.objects.filter(pk=pk, state__in=(CampaignState.DRAFT, CampaignState.REFUSED))
    now = timezone.now()
    with transaction.atomic():
        done = draft.update(state=CampaignState.BY_HAND, answered_at=now, cause="", quote="")
        if done:
            audit.record("campaign.by_hand", actor=request.user, target=campaign)
    if done:
        messages.success(request, _("Kept as created by hand. Clash checks count it."))
    return redirect(campaign)
