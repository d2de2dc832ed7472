"""The buttons that send: a list, the phone book, a campaign. One press is one send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.models import Account
from access.requests import TeamRequest, our_page
from access.roles import Right, needs
from campaigns.models import Campaign
from leads.models import LeadList
from sync import limits, next_part, planning
from sync.models import Push
from sync.providers.answers import clean
from sync.send_form import SendForm
from sync.views.found import list_of
from sync.views.lists import list_context
from sync.views.send_panel import panel


def account_of(request: TeamRequest) -> Account:
    """Return the account the form names, if the team may use it."""
    usable = Account.objects.usable_by(request.team)
    chosen = request.POST.get("account", "")
    found: Account = get_object_or_404(usable, pk=chosen if chosen.isdecimal() else 0)
    return found


def click_of(request: TeamRequest) -> str:
    """Return the token of this press; the page carries a fresh one each time it is drawn."""
    return f"{request.team.pk}-{clean(request.POST.get('click', ''))[:48]}"


@needs(Right.SEND)
@require_POST
def send_list(request: TeamRequest, pk: int) -> HttpResponse:
    """Send a list's waiting leads or some of them: now, later today, or once a part is full."""
    lead_list = list_of(request, pk)
    form = SendForm(lead_list, account_of(request), request.POST)
    trouble = ""
    if form.is_valid():
        try:
            form.save_settings()
            _plan_list(request, lead_list, form)
        except planning.CannotSend as reason:
            trouble = str(reason)
        else:
            return redirect("leads:list", pk)
    context = list_context(request, lead_list) | panel(request, lead_list, form, trouble)
    return render(request, "leads/list.html", context, status=422)


def _plan_list(request: TeamRequest, lead_list: LeadList, form: SendForm) -> None:
    """Plan what the panel asks for. Raises CannotSend."""
    asked: dict[str, Any] = {"by": request.user, "click_token": click_of(request)}
    if form.waits_for_a_part:
        next_part.wish(lead_list, form.to, **asked)
        return
    planning.plan_list(
        lead_list,
        form.to,
        first=form.first_few,
        parts=form.chosen_parts,
        starts_in=form.starts_in,
        **asked,
    )


@needs(Right.SEND)
@require_POST
def forget_next_part(request: TeamRequest, pk: int) -> HttpResponse:
    """Let a list's waiting leads wait for a press again."""
    lead_list = list_of(request, pk)
    next_part.forget(lead_list, account_of(request), by=request.user)
    messages.success(request, _("What waits goes when you press Send."))
    return redirect("leads:list", pk)


@needs(Right.SEND)
@require_POST
def send_campaign(request: TeamRequest, pk: int) -> HttpResponse:
    """Create a campaign at its account."""
    mine = Campaign.objects.visible_to(request.user).filter(team=request.team, deleted_at=None)
    campaign = get_object_or_404(mine, pk=pk)
    return _plan(
        request,
        lambda **asked: planning.plan_campaign(campaign, **asked),
        request.POST.get("next", "") or campaign.get_absolute_url(),
    )


def _plan(request: TeamRequest, plan: Callable[..., Push], back: str) -> HttpResponse:
    asked: dict[str, Any] = {
        "by": request.user,
        "click_token": click_of(request),
        "starts_in": limits.time_to_cancel(),
    }
    try:
        push = plan(**asked)
    except planning.CannotSend as reason:
        messages.error(request, str(reason))
    else:
        words = {"label": push.label, "account": push.account.name}
        messages.success(request, _("%(label)s goes to %(account)s.") % words)
    return redirect(our_page(request, back) or "sync:sent")
