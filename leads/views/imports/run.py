"""The import itself: begin, watch, stop; and its result: reasons, rows, taking back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.models import Account
from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads import standing
from leads.importing import progress, rejects, undoing
from leads.mapping import Unmatched
from leads.models import Import
from leads.views.imports import wizard
from leads.views.imports.check import take_policy

State = Import.State
KEPT_SHOWN = 20


@require_POST
@needs(Right.IMPORT)
def start(request: TeamRequest, pk: int) -> HttpResponse:
    """Save the rows: a small file in this request, a large one by a worker."""
    record = wizard.find(request, pk)
    if record.state != State.CHECKED:
        return wizard.go(request, record)
    if request.POST.get("seen", checked_at(record)) != checked_at(record):
        messages.warning(
            request, _("The rows were checked again meanwhile. These are the figures.")
        )
        return wizard.go(request, record)
    take_policy(request, record)
    record.send_to = _account(request, record) if request.POST.get("then") == "send" else None
    try:
        progress.start_import(record, by=request.user)
    except (Unmatched, progress.WrongTime) as trouble:
        messages.error(request, str(trouble))
        return wizard.go(request, record)
    if record.row_count <= wizard.SMALL_ROWS:
        wizard.finish_here(record)
    return wizard.go(request, record)


def checked_at(record: Import) -> str:
    """Return which check the figures of a page come from."""
    return date_format(record.started_at, "U.u") if record.started_at else ""


def _account(request: TeamRequest, record: Import) -> Account | None:
    """Return the account to send to; 403 without the right to send."""
    wanted = request.POST.get("send_to", "")
    if not wanted.isdecimal():
        return None
    if not can(request.user, record.team, Right.SEND):
        raise PermissionDenied(Right.SEND)
    return Account.objects.usable_by(record.team).filter(pk=int(wanted)).first()


@needs(Right.IMPORT)
def run(request: TeamRequest, pk: int) -> HttpResponse:
    """How far the import is; the page may be closed."""
    record = wizard.find(request, pk)
    if record.state == State.IMPORTING:
        wizard.work_if_idle(record)
    if record.state != State.IMPORTING:
        return wizard.go(request, record)
    context = {
        "record": record,
        "pace": wizard.pace(record),
        "steps": wizard.steps(record, "run"),
        "again": reverse("leads:import_run", args=[record.pk]),
    }
    name = "imports/_running.html" if request.htmx else "imports/running.html"
    return render(request, name, context)


@require_POST
@needs(Right.IMPORT)
def cancel(request: TeamRequest, pk: int) -> HttpResponse:
    """Stop; what is saved stays, and the result says so."""
    record = wizard.find(request, pk)
    try:
        progress.cancel(record, by=request.user)
    except progress.WrongTime as trouble:
        messages.error(request, str(trouble))
    return wizard.go(request, record)


@needs(Right.IMPORT)
def result(request: TeamRequest, pk: int) -> HttpResponse:
    """What became of every row, what to do next, and the way back."""
    record = wizard.find(request, pk)
    if record.state == State.UNDOING:
        wizard.work_here(record, 0.5)
    if record.state not in wizard.ENDS:
        return wizard.go(request, record)
    context: dict[str, Any] = {
        "record": record,
        "steps": [step | {"here": False} for step in wizard.steps(record, "run")],
        "may_undo": progress.may_undo(record) and record.added + record.updated > 0,
        "next": _next(request, record),
        "unread": max(record.row_count - record.rows_read, 0),
        "bad": record.left_out,
    }
    if record.send_to and record.added and record.state == State.DONE:
        may_send = can(request.user, record.team, Right.SEND)
        context |= {
            "onward": standing.desk().onward(record, may_send=may_send),
            "may_send": may_send,
        }
        if request.htmx.target == "onward":
            return render(request, "imports/_onward.html", context)
    if record.state == State.UNDONE:
        context["undo"] = record.options.get("undo", {})
        context["kept"] = undoing.kept_after(record)[:KEPT_SHOWN]
    return render(request, "imports/result.html", context)


def _next(request: TeamRequest, record: Import) -> Import | None:
    """Return the reader's next file that waits: one that came after this, else the oldest."""
    waits = (State.UPLOADED, State.CHECKING, State.CHECKED)
    waiting = Import.objects.filter(team=record.team, created_by=request.user, state__in=waits)
    in_line = waiting.order_by("pk")
    return in_line.filter(pk__gt=record.pk).first() or in_line.first()


@needs(Right.IMPORT)
def rejected(request: TeamRequest, pk: int) -> HttpResponse:
    """The rows left out: their original columns and bytes, and what is wrong with each."""
    record = wizard.find(request, pk)
    if "dialect" not in record.options:
        raise Http404(_("This file has not been read yet."))
    answer = StreamingHttpResponse(rejects.rejects(record), content_type="text/csv")
    stem = record.file_name.rpartition(".")[0] or record.file_name
    answer.headers["Content-Disposition"] = _attachment(f"{stem}, rows to fix.csv")
    return answer  # type: ignore[return-value]  # Django has no common name for the two


def _attachment(name: str) -> str:
    """Return a Content-Disposition that names any file safely (RFC 6266)."""
    plain = "".join(c if c.isascii() and c.isalnum() or c in " .,-_()" else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


@require_POST
@needs(Right.IMPORT)
def undo(request: TeamRequest, pk: int) -> HttpResponse:
    """Take the import back."""
    record = wizard.find(request, pk)
    try:
        progress.start_undo(record, by=request.user)
        wizard.work_here(record)
    except progress.WrongTime as trouble:
        messages.error(request, str(trouble))
    return wizard.go(request, record)


@require_POST
@needs(Right.SEND)
def unsend(request: TeamRequest, pk: int) -> HttpResponse:
    """Do not send what this import brought, as long as nothing was planned."""
    record = wizard.find(request, pk)
    if Import.objects.filter(pk=record.pk, send_planned_at=None).update(send_to=None):
        messages.success(request, _("Nothing of this import is sent."))
    else:
        messages.error(request, _("It is in line by now. Open Sent and cancel it there."))
    return redirect(wizard.address(record))
