"""Agents: who takes calls, in which campaigns, and who has left."""

from __future__ import annotations

from collections import defaultdict

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import audit
from access.requests import TeamRequest
from access.roles import Right, can, needs
from campaigns import addresses, choices, leaving
from campaigns.agent_forms import AgentForm, NewAgentsForm
from campaigns.models import Agent, AgentSet, Campaign, CampaignAgent

MOST = 500


def agent_of(request: TeamRequest, pk: int) -> Agent:
    """Return an agent of the team; 404 otherwise."""
    mine = Agent.objects.visible_to(request.user).filter(team=request.team)
    found: Agent = get_object_or_404(mine.select_related("account", "team"), pk=pk)
    return found


@needs(Right.SEE)
@require_safe
def agents(request: TeamRequest) -> HttpResponse:
    """Everybody who takes calls, or who has left."""
    return _page(request, NewAgentsForm(team=request.team))


def _page(request: TeamRequest, form: NewAgentsForm, status: int = 200) -> HttpResponse:
    mine = Agent.objects.visible_to(request.user).filter(team=request.team)
    left = request.GET.get("show") == "left"
    asked = request.GET.get("q", "").strip()
    found = mine.filter(left_at__isnull=not left).select_related("account").order_by("name", "pk")
    if asked:
        found = found.filter(Q(name__icontains=asked) | Q(agent_id__icontains=asked))
    shown = list(found[:MOST])
    busy = _campaigns([agent.pk for agent in shown])
    context = {
        "rows": [(agent, busy[agent.pk]) for agent in shown],
        "show_left": left,
        "asked": asked,
        "form": form,
        "counts": (mine.filter(left_at=None).count(), mine.exclude(left_at=None).count()),
        "sets": AgentSet.objects.filter(team=request.team).prefetch_related("agents"),
        "fetching": [
            (account, url)
            for account in choices.accounts(request.team)
            if (url := addresses.page("sync:fetch_agents", account.pk, otherwise=""))
        ],
        "import_url": addresses.page("leads:import_new", otherwise=""),
        "may_send": can(request.user, request.team, Right.SEND),
    }
    return render(request, "campaigns/agents.html", context, status=status)


def _campaigns(ids: list[int]) -> dict[int, list[Campaign]]:
    """Return agent id -> the campaigns that keep them, as far as we know."""
    seats = CampaignAgent.objects.filter(
        agent__in=ids, campaign__in=Campaign.objects.in_the_way()
    ).select_related("campaign")
    found: dict[int, list[Campaign]] = defaultdict(list)
    for seat in seats:
        found[seat.agent_id].append(seat.campaign)
    return found


@needs(Right.SEND)
@require_POST
def add(request: TeamRequest) -> HttpResponse:
    """Enter agents by their ids."""
    form = NewAgentsForm(request.POST, team=request.team)
    if not form.is_valid():
        return _page(request, form, status=422)
    with transaction.atomic():
        added = form.save()
        audit.record("agents.added", actor=request.user, team=request.team, count=max(1, added))
    words = ngettext("%(n)s agent added", "%(n)s agents added", added) % {"n": added}
    messages.success(request, words)
    return redirect("campaigns:agents")


@needs(Right.SEE)
@require_http_methods(["GET", "POST"])
def one(request: TeamRequest, pk: int) -> HttpResponse:
    """One agent: name and team, and where they stand."""
    agent = agent_of(request, pk)
    may = can(request.user, request.team, Right.SEND)
    form = AgentForm(request.POST or None, instance=agent)
    if request.method == "POST" and may and form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record("agent.changed", actor=request.user, target=agent)
        messages.success(request, _("Saved"))
        return redirect("campaigns:agent", pk)
    ends = leaving.loose_ends(agent)
    context = {
        "agent": agent,
        "form": form,
        "ends": ends,
        "advice": leaving.advice(ends),
        "may_send": may,
        "account_url": addresses.page("sync:account", agent.account_id, otherwise=""),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/agent.html", context, status=status)


@needs(Right.SEND)
@require_POST
@transaction.atomic
def left(request: TeamRequest, pk: int) -> HttpResponse:
    """An agent has left: out of drafts and sets; the rest is listed for a person."""
    agent = agent_of(request, pk)
    places = leaving.take_out(agent)
    Agent.objects.filter(pk=pk, left_at=None).update(left_at=timezone.now())
    audit.record("agent.left", actor=request.user, target=agent, count=max(1, places))
    words = _("%(agent)s has left, and is out of %(n)s drafts and sets.")
    messages.success(request, words % {"agent": agent, "n": places})
    return redirect("campaigns:agent", pk)


@needs(Right.SEND)
@require_POST
@transaction.atomic
def back(request: TeamRequest, pk: int) -> HttpResponse:
    """An agent is here after all."""
    agent = agent_of(request, pk)
    Agent.objects.filter(pk=pk).update(left_at=None)
    audit.record("agent.back", actor=request.user, target=agent)
    messages.success(request, _("%(agent)s is here again.") % {"agent": agent})
    return redirect("campaigns:agent", pk)
