"""Planning one campaign: a new one, a draft, one that was refused."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import audit
from access.models import Account, Hold, Team
from access.requests import TeamRequest
from access.roles import Right, can, needs
from campaigns import addresses, choices, copying, fields, fixes, page, payload, rail, states
from campaigns import sentence as sentences
from campaigns.forms import CampaignForm
from campaigns.models import AgentSet, Campaign, CampaignState
from campaigns.views.asked import account_of, campaign_of, list_of
from campaigns.views.resubmit import Resubmit
from leads.models import LeadList, ListPart


@needs(Right.SEND)
@require_http_methods(["GET", "POST"])
def new(request: TeamRequest) -> HttpResponse:
    """Plan a campaign; a list in several parts goes to the page that plans them all."""
    asked = request.GET if request.method == "GET" else request.POST
    account = account_of(request, asked.get("account"))
    if account is None:
        return render(request, "campaigns/no_account.html")
    lead_list = list_of(request, asked["list"]) if "list" in asked else None
    if lead_list and request.method == "GET":
        account = _account_with_parts(lead_list, request.team, account)
        if choices.open_parts(lead_list, account).count() > 1 and "part" not in request.GET:
            return redirect("campaigns:plan", lead_list.pk, account.pk)
        part = choices.open_parts(lead_list, account).first()
    else:
        part = choices.part_named(account, request.team, asked.get("part"))
    campaign = Campaign(team=request.team, account=account, part=part, lead_list=lead_list)
    return _form_page(request, campaign)


def _account_with_parts(lead_list: LeadList, team: Team, otherwise: Account) -> Account:
    part = ListPart.objects.filter(
        lead_list=lead_list, account__in=choices.accounts(team)
    ).select_related("account")
    found = part.order_by("-number").first()
    return found.account if found else otherwise


@needs(Right.SEE)
@require_http_methods(["GET", "POST"])
def one(request: TeamRequest, pk: int) -> HttpResponse:
    """One campaign: a form while nothing of it is at the provider, else what was sent."""
    campaign = campaign_of(request, pk)
    may = can(request.user, request.team, Right.SEND)
    if request.htmx and request.method == "GET":
        return look_again(request, still=campaign.state == CampaignState.WAITING)
    if campaign.is_editable and may:
        return _form_page(request, campaign)
    sent = payload.body(campaign)
    leads = campaign.part.lead_count if campaign.part else None
    context = {
        "campaign": campaign,
        "state": states.words(campaign),
        "sentence": sentences.sentence(sent, leads, campaign.time_zone),
        "details": sentences.details(sent),
        "payload": payload.preview(sent),
        "agents": campaign.agents_in_order(),
        "fix": fixes.fix_of(campaign),
        "hold": _hold(campaign),
        "account_url": addresses.page("sync:account", campaign.account_id, otherwise=""),
        "may_send": may,
        "decide_url": addresses.page("sync:campaign_sent", pk, otherwise=""),
        "launch_url": addresses.page("sync:launch", pk, otherwise=""),
    }
    return render(request, "campaigns/campaign.html", context)


def look_again(request: TeamRequest, *, still: bool) -> HttpResponse:
    """Answer a page that waits: ask once more, or reload because it has changed."""
    if still:
        ask = {"ask": request.get_full_path(), "every": 5}
        return render(request, "campaigns/_look_again.html", ask)
    return HttpResponse(headers={"HX-Refresh": "true"})


def _hold(campaign: Campaign) -> Hold | None:
    """Return what stops the account while the campaign waits for it (404 "App Not Found")."""
    if campaign.state != CampaignState.WAITING:
        return None
    return Hold.objects.filter(account=campaign.account_id, released_at=None).first()


def _form_page(request: TeamRequest, campaign: Campaign) -> HttpResponse:
    if request.method == "POST":
        return _posted(request, campaign)
    form = make_form(request, campaign)
    shown = make_form(request, campaign, rail.as_posted(form), complete=False)
    shown.is_valid()
    return draw(request, form, rail.of(shown, rail.assumptions(request.GET)))


def make_form(
    request: TeamRequest, campaign: Campaign, posted: Any = None, *, complete: bool = True
) -> CampaignForm:
    """Return the form of `campaign`, started from the team's last choices when it is new."""
    return CampaignForm(
        posted,
        instance=campaign,
        account=campaign.account,
        team=request.team,
        complete=complete,
        may_override=can(request.user, request.team, Right.ACCOUNTS),
        initial=None if campaign.pk else copying.starting_values(campaign),
    )


def _posted(request: TeamRequest, campaign: Campaign) -> HttpResponse:
    verb = request.POST.get("verb", "")
    if verb in ("set", "last"):
        return _other_agents(request, campaign)
    creating = verb == "create"
    form = make_form(request, campaign, request.POST, complete=creating)
    fine = form.is_valid()
    beside = rail.of(form, rail.assumptions(request.POST))
    if not fine:
        return draw(request, form, beside, status=422)
    if creating and not beside.stops and beside.doubts not in ("", request.POST.get("seen")):
        return draw(request, form, beside, status=422, asks=True)
    with transaction.atomic():
        saved = _save(request, form)
    if not creating:
        messages.success(request, _("Draft saved"))
    elif beside.stops:
        messages.warning(request, _("Saved as a draft. %s") % beside.stops[0].words)
    elif of_send := addresses.of_send(saved.pk):
        return Resubmit(of_send)
    return redirect(f"{saved.get_absolute_url()}{'#preflight' if creating else ''}")


def _save(request: TeamRequest, form: CampaignForm) -> Campaign:
    is_new = form.instance.pk is None
    if is_new:
        form.instance.click = request.POST.get("click", "")[:60]
        if earlier_press := choices.made_by(request.team, form.instance.click):
            return earlier_press[0]
        form.instance.created_by = request.user
        earlier = request.POST.get("copy_of", "")
        form.instance.duplicate_of = copying.visible(request.user, request.team, earlier)
    saved = form.save()
    audit.record(
        "campaign.added" if is_new else "campaign.changed", actor=request.user, target=saved
    )
    if name := request.POST.get("set_name", "").strip()[:80]:
        named, _created = AgentSet.objects.get_or_create(team=request.team, name=name)
        named.agents.set(form.chosen)
    return saved


def _other_agents(request: TeamRequest, campaign: Campaign) -> HttpResponse:
    """Draw the form again with the agents of a set; nothing is saved."""
    posted = request.POST.copy()
    chosen = AgentSet.objects.visible_to(request.user).filter(team=request.team)
    number = posted.get("agent_set", "")
    named = chosen.filter(pk=number).first() if number.isdecimal() else None
    ids = [agent.pk for agent in named.agents.filter(account=campaign.account)] if named else []
    posted.setlist("agents", [str(pk) for pk in ids])
    posted["agent_ids"] = ""
    bound = make_form(request, campaign, posted, complete=False)
    bound.is_valid()
    bound.errors.clear()
    return draw(request, bound, rail.of(bound, rail.assumptions(posted)))


@needs(Right.SEND)
@require_POST
def check(request: TeamRequest) -> HttpResponse:
    """The column beside the form, worked out anew from what the form holds; nothing is saved."""
    pk = request.POST.get("campaign", "")
    campaign = campaign_of(request, int(pk)) if pk.isdecimal() else None
    account = campaign.account if campaign else account_of(request, request.POST.get("account"))
    if account is None:
        return HttpResponse(status=204)
    form = make_form(
        request,
        campaign or Campaign(team=request.team, account=account),
        request.POST,
        complete=False,
    )
    form.is_valid()
    context = {"rail": rail.of(form, rail.assumptions(request.POST)), "form": form, "swap": True}
    return render(request, "campaigns/_rail.html", context)


def draw(
    request: TeamRequest,
    form: CampaignForm,
    beside: rail.Rail,
    *,
    status: int = 200,
    asks: bool = False,
) -> HttpResponse:
    """Return the page of the form; `asks`: there are doubts, and one more press goes past them."""
    campaign = form.instance
    beside.echo_below(form)
    context = {
        "form": form,
        "rail": beside,
        "campaign": campaign,
        "asks": asks,
        "click": secrets.token_hex(16),
        "agents": page.agent_rows(form),
        "sets": AgentSet.objects.filter(team=form.team).order_by("name")[:20],
        "accounts": choices.accounts(form.team),
        "fix": fixes.fix_of(campaign) if campaign.state == CampaignState.REFUSED else None,
        "sections": page.sections(form),
        "may_override": form.may_override,
        "plain": fields.plain(),
        "check_url": reverse("campaigns:check"),
        "splits": page.splits(form),
        "launch_url": campaign.pk and addresses.page("sync:launch", campaign.pk, otherwise=""),
        "copy_of": request.GET.get("copy") or request.POST.get("copy_of", ""),
    }
    return render(request, "campaigns/form.html", context, status=status)
