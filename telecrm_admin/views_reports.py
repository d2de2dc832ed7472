"""Reports: a month by source, list, person and account; as a page and as a workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import audit
from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads.months import Month
from sync import charts, pages_reports, report_file
from sync.fixes import address
from sync.pages import figure
from sync.pages_reports import GROUPS, Line

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Right.SEE)
@require_safe
def reports(request: TeamRequest) -> HttpResponse:
    """What was received in a month, what was good, and where it stands."""
    now = timezone.now()
    month = pages_reports.month_of(request.GET.get("month", ""), request.team, now)
    group = request.GET.get("by", "source")
    group = group if group in (*GROUPS, "account") else "source"
    lines = pages_reports.lines(request.team, month, group if group in GROUPS else "source")
    days = pages_reports.by_day(request.team, month)
    together = pages_reports.total(lines, month)
    context: dict[str, Any] = {
        "month": month,
        "months": pages_reports.months(request.team, now),
        "group": group,
        "is_now": month.start <= now < month.end,
        "lines": lines,
        "together": together,
        "lede": _lede(together),
        "accounts": pages_reports.by_account(request.team, month),
        "leads_url": address("leads:leads"),
        "files_url": address("leads:imports"),
        "chart": charts.month_of_days(days, month.first) if days else None,
        "days": days,
        "most_left_out": max((line.left_out for line in lines), default=0),
        "may_export": can(request.user, request.team, Right.EXPORT),
    }
    return render(request, "reports.html", context)


def _lede(together: Line) -> str:
    words = {
        "received": figure(together.received),
        "good": figure(together.good),
        "there": figure(together.there),
    }
    if not together.received:
        return _("No file was imported in this month.")
    return (
        _("Of %(received)s rows received, %(good)s were good and %(there)s are at a provider.")
        % words
    )


@needs(Right.EXPORT)
@require_safe
def workbook(request: TeamRequest) -> HttpResponse:
    """The same month as an XLSX file."""
    month: Month = pages_reports.month_of(
        request.GET.get("month", ""), request.team, timezone.now()
    )
    group = request.GET.get("by", "source")
    lines = pages_reports.lines(request.team, month, group if group in GROUPS else "source")
    accounts = pages_reports.by_account(request.team, month)
    content = report_file.workbook(month.name, lines, pages_reports.total(lines, month), accounts)
    audit.record("report.exported", actor=request.user, team=request.team, month=month.value)
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="report-{month.value}.xlsx"'
    return answer
