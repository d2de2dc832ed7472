"""Leads as a CSV file: the filter on screen, streamed."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone

from access import audit
from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads import exports
from leads.models import Lead
from leads.searching import LeadFilter


@needs(Right.EXPORT)
def export(request: TeamRequest) -> HttpResponse:
    """Every lead of the filter in the query string."""
    chosen = LeadFilter.read(request.GET)
    return export_answer(request, chosen.apply(Lead.objects.all(), request.team))


def export_answer(request: TeamRequest, leads: QuerySet[Lead]) -> HttpResponse:
    """Stream `leads` as a file and write down who took it; 403 without the right."""
    if not can(request.user, request.team, Right.EXPORT):
        raise PermissionDenied(Right.EXPORT)
    audit.record("exported", actor=request.user, team=request.team, filter=request.GET.urlencode())
    lines = exports.leads_csv(leads, request.team)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"leads-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, answer)  # Django has no common name for the two
