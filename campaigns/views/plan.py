"""One plan for all parts of a list."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from access import audit
from access.models import Account
from access.requests import TeamRequest
from access.roles import Right, can, needs
from campaigns import addresses, choices, copying, page, plan_rail, rail
from campaigns.models import AgentSet, Campaign
from campaigns.plan_form import PlanForm
from campaigns.views.asked import list_of
from campaigns.views.resubmit import Resubmit
from leads.models import LeadList


@needs(Right.SEND)
@require_http_methods(["GET", "POST"])
def plan(request: TeamRequest, list_pk: int, account_pk: int) -> HttpResponse:
    """Plan a campaign for each part of a list that has none."""
    lead_list = list_of(request, list_pk)
    account = get_object_or_404(choices.accounts(request.team), pk=account_pk)
    if not choices.open_parts(lead_list, account).exists():
        if again := _again(request):
            return again
        messages.warning(request, _("Every part of this list that is at TeleCMI has a campaign."))
        return redirect(addresses.of_list(lead_list.pk))
    if request.method == "POST":
        return _posted(request, lead_list, account)
    form = make_form(request, lead_list, account)
    shown = make_form(request, lead_list, account, rail.as_posted(form), complete=False)
    shown.is_valid()
    return _draw(request, form, plan_rail.of(shown, rail.assumptions({})), lead_list)


def _again(request: TeamRequest) -> HttpResponse | None:
    """The second press of a double click: everything is made, and goes the same way once more."""
    with transaction.atomic():
        made = choices.made_by(request.team, request.POST.get("click", "")[:60])
    ready = [
        one.part_id
        for one in made
        if one.wanted_at and one.part and one.part.provider_leads_id and not one.follows_id
    ]
    return _go_on(request, made, [pk for pk in ready if pk], None) if made else None


def make_form(
    request: TeamRequest,
    lead_list: LeadList,
    account: Account,
    posted: Any = None,
    *,
    complete: bool = True,
) -> PlanForm:
    """Return the form of the plan, started from the team's last choices."""
    template = Campaign(team=request.team, account=account, lead_list=lead_list)
    return PlanForm(
        posted,
        instance=template,
        account=account,
        team=request.team,
        complete=complete,
        parts=list(choices.open_parts(lead_list, account)),
        may_override=can(request.user, request.team, Right.ACCOUNTS),
        initial={**copying.starting_values(template), "name": lead_list.name},
    )


def _posted(request: TeamRequest, lead_list: LeadList, account: Account) -> HttpResponse:
    # htmx sends the button pressed last along with a change of a field: a check never saves.
    verb = "check" if request.htmx else request.POST.get("verb", "check")
    form = make_form(request, lead_list, account, request.POST, complete=verb == "create")
    fine = form.is_valid()
    beside = plan_rail.of(form, rail.assumptions(request.POST))
    if verb == "check":
        context = {"rail": beside, "form": form, "swap": True}
        return render(request, "campaigns/_plan_live.html", context)
    if not fine:
        return _draw(request, form, beside, lead_list, status=422)
    creating = verb == "create" and not beside.stops
    if creating and beside.doubts not in ("", request.POST.get("seen")):
        return _draw(request, form, beside, lead_list, status=422, asks=True)
    ready = [piece.part.pk for piece in form.ready] if creating else []
    with transaction.atomic():
        made = _make(request, form, lead_list, creating)
    return _go_on(request, made, ready, beside if verb == "create" else None)


def _make(
    request: TeamRequest, form: PlanForm, lead_list: LeadList, wanted: bool
) -> list[Campaign]:
    click = request.POST.get("click", "")[:60]
    if made := choices.made_by(request.team, click):
        return made
    made = form.plan(request.user, lead_list, wanted=wanted, click=click)
    for campaign in made:
        audit.record("campaign.added", actor=request.user, target=campaign)
    return made


def _go_on(
    request: TeamRequest, made: list[Campaign], ready: list[int], beside: rail.Rail | None
) -> HttpResponse:
    """Hand what is ready to the ledger, with the same press; say what waits."""
    now = [campaign.pk for campaign in made if campaign.part_id in ready]
    waiting = len(made) - len(now)
    if beside and beside.stops:
        messages.warning(request, _("Saved as drafts. %s") % beside.stops[0].words)
    elif waiting:
        words = ngettext("%(n)s campaign is a draft.", "%(n)s campaigns are drafts.", waiting)
        messages.success(request, words % {"n": waiting})
    of_send = addresses.page("sync:send_campaigns", otherwise="")
    if now and of_send:
        return Resubmit(f"{of_send}?{urlencode({'campaign': now}, doseq=True)}")
    return redirect(f"{reverse('campaigns:campaigns')}?show=drafts")


def _draw(
    request: TeamRequest,
    form: PlanForm,
    beside: rail.Rail,
    lead_list: LeadList,
    *,
    status: int = 200,
    asks: bool = False,
) -> HttpResponse:
    beside.echo_below(form)
    context = {
        "form": form,
        "rail": beside,
        "lead_list": lead_list,
        "list_url": addresses.of_list(lead_list.pk),
        "launch_url": addresses.page(
            "sync:launch_list", lead_list.pk, form.account.pk, otherwise=""
        ),
        "asks": asks,
        "click": secrets.token_hex(16),
        "agents": page.agent_rows(form),
        "sets": AgentSet.objects.filter(team=form.team).order_by("name")[:20],
        "sections": page.sections(form),
        "may_override": form.may_override,
        "total": sum(part.lead_count for part in form.parts),
        "missing": [part for part in form.parts if part.provider_leads_id is None],
    }
    return render(request, "campaigns/plan.html", context, status=status)
