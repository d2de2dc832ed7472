"""Search from anywhere, and the activity log."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.models import AuditEvent
from access.requests import TeamRequest
from access.roles import Right, needs, rights_of
from leads.paging import capped_count
from telecrm_admin import activity as acts
from telecrm_admin import undoing
from telecrm_admin.search import search as look_for


@needs(Right.SEE)
def search(request: TeamRequest) -> HttpResponse:
    """What the words find, as a page or as the palette's results."""
    text = request.GET.get("q", "")
    template = "search/_found.html" if request.htmx else "search/page.html"
    groups = look_for(request.team, text, rights_of(request.user, request.team))
    return render(request, template, {"q": text, "groups": groups})


@needs(Right.SEE)
def activity(request: TeamRequest) -> HttpResponse:
    """Who did what, newest first."""
    asked = {name: request.GET.get(name, "") for name in ("who", "kind")}
    kept = urlencode({name: value for name, value in asked.items() if value})
    found = acts.events(request.team, request.GET)
    rights = rights_of(request.user, request.team)
    cut, lines = acts.lines(found, request.GET, kept, request.team, rights)
    context = {
        "lines": lines,
        "page": cut,
        "place": cut.text(capped_count(found)),
        "asked": asked,
        "kinds": acts.kinds(),
    }
    template = "search/_activity.html" if request.htmx else "search/activity.html"
    return render(request, template, context)


@require_POST
@needs(Right.EDIT)
def undo(request: TeamRequest, pk: int) -> HttpResponse:
    """Take one act of the log back."""
    event = get_object_or_404(AuditEvent, pk=pk, team_id=str(request.team.pk))
    rights = rights_of(request.user, request.team)
    try:
        undoing.undo(event, request.team, request.user, rights)
    except undoing.CannotUndo as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _("Taken back."))
    return redirect("activity")
