"""What is in the file before anything is saved: ready, already here, repeated, to fix."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads.importing import fixing, progress, staging
from leads.models import Import, ImportIssue
from leads.views.imports import wizard
from leads.views.imports.grid import RowShown, grid, row_shown
from leads.views.imports.outcome import Outcome, outcome

CELL = re.compile(r"c([0-9]{1,9})-([0-9]{1,5})", re.A)
BACK = "back"
POLICIES = ("update", "skip", "keep")


@needs(Right.IMPORT)
def check(request: TeamRequest, pk: int) -> HttpResponse:
    """Progress while rows are read, then everything about them on one page."""
    record = wizard.find(request, pk)
    if record.state == Import.State.CHECKING:
        wizard.work_if_idle(record)
    if record.state == Import.State.CHECKING:
        name = "imports/_reading.html" if request.htmx else "imports/reading.html"
        return render(request, name, _running(record))
    if record.state != Import.State.CHECKED or (request.htmx and request.GET.get("wait")):
        return wizard.go(request, record)
    context = _context(request, record)
    context["grid"] = grid(record, request.GET)
    if request.htmx:
        name = "imports/_grid_rows.html" if request.GET.get("after") else "imports/_grid.html"
        return render(request, name, context)
    return render(request, "imports/check.html", context)


def _running(record: Import) -> dict[str, Any]:
    return {
        "record": record,
        "pace": wizard.pace(record),
        "steps": wizard.steps(record, "check"),
        "again": reverse("leads:import_check", args=[record.pk]),
    }


def _context(request: TeamRequest, record: Import) -> dict[str, Any]:
    """What every part of the check page reads."""
    made: Outcome = outcome(record)
    kinds = [_possible(record, one) for one in fixing.kinds(record)]
    listed = {kind.code for kind in kinds}
    return {
        "record": record,
        "out": made,
        "kinds": kinds,
        "corrected": fixing.corrected(record),
        "warned": fixing.warned(record),
        "gone": [code for code in record.options.get("fixes", {}) if code not in listed],
        "may_send": can(request.user, record.team, Right.SEND),
        "again": staging.twin(record),
        "steps": wizard.steps(record, "check"),
    }


def _possible(record: Import, one: fixing.Kind) -> fixing.Kind:
    """Offer the alternate number only where the file has one."""
    goes = {entry["to"] for entry in record.mapping.values()}
    if goes & {"alt_phone", "whatsapp"}:
        return one
    return replace(one, hows=[how for how in one.hows if how[0] != "use_alternate"])


@require_POST
@needs(Right.IMPORT)
def cell(request: TeamRequest, pk: int) -> HttpResponse:
    """Correct one cell, several (without JavaScript), or leave a row out."""
    record = wizard.find(request, pk)
    shown: list[RowShown] = []
    try:
        for line, column, value in _corrections(request):
            row = _correct(request, record, line, column, value)
            shown.append(row_shown(record, line, row, request.GET.get("cols", ""), column))
    except progress.WrongTime as trouble:
        messages.error(request, str(trouble))
        return wizard.go(request, record)
    if not request.htmx:
        return wizard.go(request, record, f"{wizard.address(record)}#grid")
    record.refresh_from_db()
    context = _context(request, record)
    context |= {"shown": shown, "cols": request.GET.get("cols", "")}
    return render(request, "imports/_corrected.html", context)


def _corrections(request: TeamRequest) -> list[tuple[int, int | None, str]]:
    """Return (line, column, value) of the cells posted; column None leaves the row out, or BACK."""
    found: list[tuple[int, int | None, str]] = []
    left = request.POST.get("leave", "")
    if left.isascii() and left.isdigit():
        return [(int(left), None, "")]
    back = request.POST.get("back", "")
    if back.isascii() and back.isdigit():
        return [(int(back), None, BACK)]
    for name in request.POST:
        match = CELL.fullmatch(name)
        if match:
            value = str(request.POST[name])
            found.append((int(match[1]), int(match[2]), value))
    return found


def _correct(
    request: TeamRequest, record: Import, line: int, column: int | None, value: str
) -> Any:
    """Write one correction; None for a row that needs none any more."""
    try:
        if column is None and value == BACK:
            return fixing.bring_back(record, line)
        if column is None:
            return fixing.leave_out(record, line, by=request.user)
        return fixing.edit_cell(record, line, column, value.replace("\0", ""), by=request.user)
    except ImportIssue.DoesNotExist:
        return None


@require_POST
@needs(Right.IMPORT)
def kind(request: TeamRequest, pk: int) -> HttpResponse:
    """Fix every row of a kind in one way, or take that back; the file is read again."""
    record = wizard.find(request, pk)
    code, how = request.POST.get("code", ""), request.POST.get("how", "")
    try:
        if code in record.problems or code in record.options.get("fixes", {}):
            fixing.fix_kind(record, code, how)
        wizard.work_here(record)
    except (ValueError, progress.WrongTime) as trouble:
        messages.error(request, str(trouble))
    return wizard.go(request, record)


@require_POST
@needs(Right.IMPORT)
def policy(request: TeamRequest, pk: int) -> HttpResponse:
    """Choose what becomes of numbers that are here already, and where to look for them."""
    record = wizard.find(request, pk)
    if record.state != Import.State.CHECKED:
        return wizard.go(request, record)
    take_policy(request, record)
    scope, days = request.POST.get("scope", ""), request.POST.get("days", "")
    before = (record.options.get("scope", "team"), str(record.options.get("days", "")))
    wanted = (scope, days if scope == "days" else before[1])
    if scope in ("team", "list", "days") and wanted != before:
        record.options["scope"] = scope
        record.options["days"] = max(int(days), 1) if days.isdecimal() and len(days) < 5 else 30
        return wizard.check_rows(request, record)
    record.save(update_fields=["options"])
    if request.htmx:
        return render(request, "imports/_decided.html", _context(request, record))
    return wizard.go(request, record)


def take_policy(request: TeamRequest, record: Import) -> None:
    """Put the duplicates policy and the account to send to into `record`."""
    if request.POST.get("duplicates") in POLICIES:
        record.options["duplicates"] = request.POST["duplicates"]
    if "send_to" in request.POST:
        record.options["send_to"] = request.POST["send_to"]
