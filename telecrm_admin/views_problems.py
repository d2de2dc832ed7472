"""To fix: everything that needs somebody, and the grid that puts one problem right."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access.requests import TeamRequest, id_in
from access.roles import Right, can, needs
from leads.models import Contact, Lead
from sync import clock, fixes, pages_cause, pages_cells, pages_problems
from sync.models import DeliveryItem, State
from sync.pages import kept, provider_name
from sync.pages_problems import kind_of
from sync.providers.base import Explanation
from sync.views.levers import go_again
from sync.wording import how_many

SHOWN_NAMES = 60


@needs(Right.SEE)
@require_safe
def index(request: TeamRequest) -> HttpResponse:
    """Everything that needs somebody, what blocks most first."""
    may = can(request.user, request.team, Right.ACCOUNTS)
    found = pages_problems.problems(request.team, may_open_accounts=may)
    may_act = can(request.user, request.team, Right.EDIT)
    drawn = [one.as_fix(may_act=may_act) for one in found]
    context = {"fixes": drawn, "number": len(found)}
    return render(request, "problems.html", context)


@needs(Right.SEE)
def cause(request: TeamRequest, cause: str) -> HttpResponse:
    """The records of one problem in a grid: edit in place, then send all of them again."""
    if request.method == "POST":
        return _save_and_send(request, cause)
    return _draw(request, cause)


def _draw(
    request: TeamRequest, cause: str, mistakes: dict[str, pages_cells.Cell] | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"drawn": clock.now().isoformat(), "click": uuid.uuid4().hex}
    items = pages_cause.items_of(request.team, cause, request.GET)
    sheet = pages_cause.sheet(items, id_in(request.GET.get("from", "")))
    if not sheet.number:
        return render(request, "problem_solved.html", context)
    others = [one for one in pages_problems.problems(request.team) if one.cause != cause]
    shown = sheet.shown if not mistakes else pages_cause.holding(items, sheet, mistakes)
    rows = pages_cells.grid(shown, sheet.refused)
    if mistakes:
        rows = [_with(row, mistakes) for row in rows]
    context |= _about(request, sheet.checked[0], sheet.number) | _pages(request, sheet)
    context |= {
        "cause": cause,
        "others": others[:6],
        "items": shown,
        "number": sheet.number,
        "lists": pages_cause.labels(items),
        "rows": rows,
        "reason": pages_cells.shared_reason(shown),
        "sheet": sheet,
        "wrong": len(sheet.refused),
        "others_in_it": sheet.others[:SHOWN_NAMES],
        "rest": sheet.number - sheet.size,
        "only_email": bool(sheet.refused)
        and all(cell.column == "email" for row in rows for cell in row.cells if cell.name),
    }
    return render(request, "problem.html", context, status=422 if mistakes else 200)


def _about(request: TeamRequest, item: DeliveryItem, number: int) -> dict[str, Any]:
    """What the page says of the problem, and what its reader may do; `item` is its first record."""
    account = item.delivery.account
    said = pages_problems.explain(item, account)
    may_send = can(request.user, request.team, Right.SEND)
    return {
        "name": provider_name(account.provider),
        "account": account,
        "item": item,
        "said": said,
        "may_edit": can(request.user, request.team, Right.EDIT),
        "may_send": may_send,
        "may_go": may_send and said.action in fixes.GOES_AGAIN,
        "way_out": _elsewhere(item, said),
        "many": how_many(kind_of(item), number),
        "was_refused": item.state == State.REJECTED and item.cause != pages_problems.OURS,
    }


def _pages(request: TeamRequest, sheet: pages_cause.Sheet) -> dict[str, str]:
    """The ways to the grid's next and previous page."""
    here = kept(request.GET)
    after, before = sheet.start + pages_cause.SHOWN, sheet.start - pages_cause.SHOWN
    return {
        "next": f"?{here}&from={after}" if after < sheet.size else "",
        "previous": f"?{here}&from={max(before, 0)}" if sheet.start else "",
    }


def _elsewhere(item: DeliveryItem, said: Explanation) -> fixes.WayOut | None:
    """The button to where this is solved, when it is not solved here."""
    if said.action in fixes.GOES_AGAIN:
        return None
    at = fixes.Place(
        cause=item.cause,
        account=item.delivery.account,
        lead_list=item.delivery.push.lead_list,
        campaign_id=item.campaign_id,
        delivery=item.delivery,
    )
    return fixes.way_out(said.action, at)


def _with(row: pages_cells.GridRow, mistakes: dict[str, pages_cells.Cell]) -> pages_cells.GridRow:
    cells = [mistakes.get(cell.name, cell) if cell.name else cell for cell in row.cells]
    return pages_cells.GridRow(row.record, row.reason, cells)


@needs(Right.SEND)
def _save_and_send(request: TeamRequest, cause: str) -> HttpResponse:
    """Save what was typed; with nothing wrong in it, send every record of the problem again."""
    drawn = pages_cause.moment_in(request.POST.get("drawn", ""))
    items = pages_cause.items_of(request.team, cause, request.GET, drawn)
    mistakes = _save(request, items)
    if mistakes:
        return _draw(request, cause, mistakes)
    if not go_again(request, items):
        return redirect(request.get_full_path())
    return redirect("problems")


def _save(request: TeamRequest, items: QuerySet[DeliveryItem]) -> dict[str, pages_cells.Cell]:
    """Save every changed cell; return the refused ones by name."""
    found: dict[str, pages_cells.Cell] = {}
    blank = request.POST.get("leave_out") == "email"
    typed = pages_cells.typed(request.POST)
    for record in pages_cause.records(items, typed):
        for column, text in typed[pages_cells.kind_of(record), record.pk].items():
            name = pages_cells.name_of(record, column)
            was = request.POST.get(f"was-{name}")
            wanted = "" if blank and column == "email" and was in (None, record.email) else text
            trouble = pages_cells.put(record, column, wanted, was, request.user)
            if trouble:
                found[name] = pages_cells.cell_of(record, column, wanted, trouble)
            record.refresh_from_db()
    return found


@needs(Right.EDIT)
@require_POST
def cell(request: TeamRequest, pk: int) -> HttpResponse:
    """Save one cell of the grid and answer with it: 422 and the reason when it is not right."""
    cells = [(kind, v) for (kind, of), v in pages_cells.typed(request.POST).items() if of == pk]
    if len(cells) != 1 or len(cells[0][1]) != 1:
        raise Http404(_("One cell at a time."))
    kind, values = cells[0]
    record = _record(request, kind, pk)
    column, text = next(iter(values.items()))
    was = request.POST.get(f"was-{pages_cells.name_of(record, column)}")
    trouble = pages_cells.put(record, column, text, was, request.user)
    record.refresh_from_db()
    shown = text if trouble else str(getattr(record, column) or "")
    context = {"cell": pages_cells.cell_of(record, column, shown, trouble), "record": record}
    return render(request, "_problem_cell.html", context, status=422 if trouble else 200)


def _record(request: TeamRequest, kind: str, pk: int) -> Lead | Contact:
    own = {"team": request.team, "deleted_at": None, "pk": pk}
    if kind == "contact":
        entry: Contact = get_object_or_404(Contact.objects.visible_to(request.user), **own)
        return entry
    leads = Lead.objects.visible_to(request.user).select_related("lead_list")
    lead: Lead = get_object_or_404(leads, **own)
    return lead
