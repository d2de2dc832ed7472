"""Leads as a CSV file: the filter on screen, streamed."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit, recheck
from access.models import AuditEvent
from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads import exports
from leads.models import Lead
from leads.searching import LeadFilter

FREE = 1_000  # leads anybody who may export takes without a fresh code
MOST_AN_HOUR = 20  # files for one person


@needs(Right.EXPORT)
def export(request: TeamRequest) -> HttpResponse:
    """Every lead of the filter in the query string."""
    chosen = LeadFilter.read(request.GET)
    return export_answer(request, chosen.apply(Lead.objects.all(), request.team))


def export_answer(request: TeamRequest, leads: QuerySet[Lead]) -> HttpResponse:
    """Stream `leads` as a file and write down who took it; 403 without the right."""
    if not can(request.user, request.team, Right.EXPORT):
        raise PermissionDenied(Right.EXPORT)
    if recheck.is_due(request) and leads[FREE : FREE + 1].exists():
        return recheck.ask(request, recheck.came_from(request))
    if _has_had_enough(request):
        context = {
            "title": _("%(most)s files in an hour are the most.") % {"most": MOST_AN_HOUR},
            "text": _("Wait until the hour is over, or take several lists in one file."),
        }
        return render(request, "429.html", context, status=429)
    by, asked = request.user, request.GET.urlencode()
    audit.record("exported", actor=by, team=request.team, count=leads.count(), filter=asked)
    lines = exports.leads_csv(leads, request.team)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"leads-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return cast(HttpResponse, answer)  # Django has no common name for the two


def _has_had_enough(request: TeamRequest) -> bool:
    hour = timezone.now() - timedelta(hours=1)
    mine = AuditEvent.objects.filter(kind="exported", actor_id=str(request.user.pk), at__gt=hour)
    return mine.count() >= MOST_AN_HOUR
