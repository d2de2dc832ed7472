"""What happened to one lead: a fragment of the lead's page, and a page of its own without it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads.models import Lead
from sync import lead_actions, stories


@needs(Right.SEE)
@require_safe
def lead_story(request: TeamRequest, pk: int) -> HttpResponse:
    """Every send of the lead with the provider's words, and what was changed here."""
    visible = Lead.objects.visible_to(request.user).filter(team=request.team)
    lead = get_object_or_404(visible.select_related("lead_list", "origin__created_by"), pk=pk)
    may_write = can(request.user, request.team, Right.SEND) and not lead.deleted_at
    writes = may_write and bool(lead_actions.takers(request.team))
    context = {"lead": lead, "entries": stories.story(lead), "writes": writes}
    name = "sync/_lead_story.html" if request.htmx else "sync/lead_story.html"
    return render(request, name, context)
