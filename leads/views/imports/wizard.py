"""What all steps of the wizard share: the import, its steps, and work done in the request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.requests import TeamRequest
from leads import jobs, leasing
from leads.importing import progress, staging
from leads.mapping import Unmatched
from leads.models import Import

State = Import.State
SMALL_ROWS = 2_000  # imported inside the request
SMALL_BYTES = 500_000  # checked inside the request
PATIENCE = 1.5  # seconds a request works on a larger file before a worker goes on
IDLE = timedelta(seconds=6)  # nobody works on it: then the page that waits does
ENDS = (State.DONE, State.CANCELLED, State.UNDOING, State.UNDONE, State.FAILED)


def find(request: TeamRequest, pk: int) -> Import:
    """Return the import of the current team, or 404. One whose file is gone has ended."""
    mine = Import.objects.visible_to(request.user).filter(team=request.team)
    record: Import = get_object_or_404(mine.select_related("team", "lead_list", "send_to"), pk=pk)
    if record.state in (State.UPLOADED, State.CHECKED) and not staging.is_kept(record):
        progress.fail(record, FileNotFoundError(record.file.name))
        record.refresh_from_db()
    return record


def address(record: Import) -> str:
    """Return the address of the step an import is at."""
    step = "columns"
    if record.state in (State.CHECKING, State.CHECKED):
        step = "check"
    elif record.state == State.IMPORTING:
        step = "run"
    elif record.state in ENDS:
        step = "result"
    return reverse(f"leads:import_{step}", args=[record.pk])


def go(request: TeamRequest, record: Import, url: str = "") -> HttpResponse:
    """Send the reader to the step the import is at; htmx follows with a whole page."""
    url = url or address(record)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def steps(record: Import | None, here: str) -> list[dict[str, Any]]:
    """Return the steps for templates/parts/_steps.html; done ones before a start lead back."""
    words = {
        "file": _("File"),
        "columns": _("Columns"),
        "check": _("Check"),
        "run": _("Import"),
    }
    order = list(words)
    if record and here in ("check", "run") and is_remembered(record):
        words["columns"] = _("Columns, same as last time")
    may_go_back = record is not None and record.state in (State.UPLOADED, State.CHECKED)
    made = []
    for name, word in words.items():
        done = order.index(name) < order.index(here)
        url = ""
        if record and done and may_go_back and name in ("file", "columns"):
            url = reverse(f"leads:import_{name}", args=[record.pk])
        made.append({"word": word, "done": done, "here": name == here, "url": url})
    return made


def is_remembered(record: Import) -> bool:
    """Whether the columns were matched as in an earlier file with these headers."""
    return any(entry.get("why") == "remembered" for entry in record.mapping.values())


def check_rows(request: TeamRequest, record: Import) -> HttpResponse:
    """Save what was chosen and read every row; go where the import then stands."""
    try:
        progress.start_check(record)
        work_here(record)
    except (Unmatched, progress.WrongTime) as trouble:
        messages.error(request, str(trouble))
    return go(request, record)


def work_here(record: Import, seconds: float = PATIENCE) -> None:
    """Work on an import in this request, unless a worker has it already; finish a small one."""
    if record.size <= SMALL_BYTES:
        finish_here(record)
        return
    mine = progress.take(record.pk)
    if mine is not None:
        try:
            with jobs.ending(mine):
                jobs.work(mine, seconds)
        finally:
            progress.release(mine)
    record.refresh_from_db()


def finish_here(record: Import) -> None:
    """Do all that an import waits for, unless a worker has it or somebody stops it meanwhile."""
    with jobs.ending(record):
        jobs.finish(record)
    record.refresh_from_db()


def work_if_idle(record: Import) -> None:
    """Go on in this request when no worker has touched a running import for a while."""
    begun = record.started_at or record.created_at
    quiet = Import.objects.filter(leasing.free(), pk=record.pk)
    if timezone.now() - begun > IDLE and quiet.exists():
        work_here(record, 0.5)


def pace(record: Import) -> dict[str, Any]:
    """Return how far a running import is: share (0 to 1), rows, rate a second, seconds left."""
    share = min(float(record.cursor.get("share", 0)), 1.0)
    begun = record.begins_at or record.started_at
    spent = (timezone.now() - begun).total_seconds() if begun else 0
    left = spent * (1 - share) / share if share > 0.02 else None
    return {
        "share": share,
        "percent": round(share * 100),
        "rows": record.rows_read,
        "rate": round(record.rows_read / spent) if spent > 1 else None,
        "left": span(left) if left is not None else "",
    }


def span(seconds: float) -> str:
    """Return a length of time for people."""
    if seconds < 20:
        return _("a few seconds")
    if seconds < 90:
        return _("about a minute")
    return _("about %(minutes)s min") % {"minutes": round(seconds / 60)}
