"""To fix: everything that needs somebody, and the grid that puts one problem right."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads.models import Contact, Lead
from sync import fixes, levers, pages_cause, pages_problems, planning
from sync.models import DeliveryItem
from sync.pages import figure, provider_name
from sync.pages_problems import kind_of
from sync.providers.base import Explanation
from sync.views.sending import click_of
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
    items = pages_cause.items_of(request.team, cause, request.GET)
    if request.method == "POST":
        return _save_and_send(request, cause, items)
    return _draw(request, cause, items)


def _draw(
    request: TeamRequest,
    cause: str,
    items: Sequence[DeliveryItem],
    mistakes: dict[str, pages_cause.Cell] | None = None,
) -> HttpResponse:
    others = [one for one in pages_problems.problems(request.team) if one.cause != cause]
    context: dict[str, Any] = {
        "cause": cause,
        "others": others[:6],
        "items": items,
        "number": len(items),
        "may_send": can(request.user, request.team, Right.SEND),
        "may_edit": can(request.user, request.team, Right.EDIT),
        "click": uuid.uuid4().hex,
        "kept": request.GET.urlencode(),
    }
    if not items:
        return render(request, "problem_solved.html", context)
    account = items[0].delivery.account
    said = pages_problems.explain(items[0], account)
    refused = pages_cause.wrong(items, account)
    rows = pages_cause.grid(items, refused)
    if mistakes:
        rows = [_with(row, mistakes) for row in rows]
    context |= {
        "name": provider_name(account.provider),
        "account": account,
        "item": items[0],
        "lists": sorted({one.delivery.push.label for one in items}),
        "said": said,
        "may_go": context["may_send"] and said.action in fixes.GOES_AGAIN,
        "way_out": _elsewhere(items[0], said),
        "many": how_many(kind_of(items[0]), len(items)),
        "rows": rows,
        "wrong": len(refused),
        "others_in_it": [one for one in items if one.pk not in refused][:SHOWN_NAMES]
        if refused
        else [],
        "rest": len(items) - len(refused) if refused else max(len(items) - len(rows), 0),
        "only_email": bool(refused)
        and all(cell.column == "email" for row in rows for cell in row.cells if cell.name),
    }
    return render(request, "problem.html", context, status=422 if mistakes else 200)


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


def _with(row: pages_cause.GridRow, mistakes: dict[str, pages_cause.Cell]) -> pages_cause.GridRow:
    cells = [mistakes.get(cell.name, cell) if cell.name else cell for cell in row.cells]
    return pages_cause.GridRow(row.record, row.reason, cells)


@needs(Right.SEND)
def _save_and_send(request: TeamRequest, cause: str, items: Sequence[DeliveryItem]) -> HttpResponse:
    """Save what was typed; with nothing wrong in it, send every record of the problem again."""
    records = [one for item in items if (one := item.lead or item.contact)]
    mistakes = _save(request, {(pages_cause.kind_of(one), one.pk): one for one in records})
    if mistakes:
        return _draw(request, cause, items, mistakes)
    fresh = pages_cause.items_of(request.team, cause, request.GET)
    try:
        push = levers.send_again(fresh, by=request.user, click_token=click_of(request))
    except planning.CannotSend as reason:
        messages.error(request, str(reason))
        return redirect(request.get_full_path())
    words = ngettext("%(n)s goes again.", "%(n)s go again.", push.total)
    messages.success(request, words % {"n": figure(push.total)})
    return redirect("problems")


def _save(
    request: TeamRequest, records: dict[tuple[str, int], Lead | Contact]
) -> dict[str, pages_cause.Cell]:
    """Save every changed cell; return the refused ones by name."""
    found: dict[str, pages_cause.Cell] = {}
    blank = request.POST.get("leave_out") == "email"
    for key, values in pages_cause.typed(request.POST).items():
        record = records.get(key)
        if record is None:
            continue
        for column, text in values.items():
            wanted = "" if blank and column == "email" else text
            if wanted == (getattr(record, column) or ""):
                continue
            trouble = pages_cause.write(record, column, wanted, request.user)
            if trouble:
                cell = pages_cause.cell_of(record, column, wanted, trouble)
                found[cell.name] = cell
            record.refresh_from_db()
    return found


@needs(Right.EDIT)
@require_POST
def cell(request: TeamRequest, pk: int) -> HttpResponse:
    """Save one cell of the grid and answer with it: 422 and the reason when it is not right."""
    cells = [(kind, v) for (kind, of), v in pages_cause.typed(request.POST).items() if of == pk]
    if len(cells) != 1 or len(cells[0][1]) != 1:
        raise Http404(_("One cell at a time."))
    kind, values = cells[0]
    record = _record(request, kind, pk)
    column, text = next(iter(values.items()))
    trouble = pages_cause.write(record, column, text, request.user)
    record.refresh_from_db()
    shown = text if trouble else str(getattr(record, column) or "")
    context = {"cell": pages_cause.cell_of(record, column, shown, trouble), "record": record}
    return render(request, "_problem_cell.html", context, status=422 if trouble else 200)


def _record(request: TeamRequest, kind: str, pk: int) -> Lead | Contact:
    own = {"team": request.team, "deleted_at": None, "pk": pk}
    if kind == "contact":
        entry: Contact = get_object_or_404(Contact.objects.visible_to(request.user), **own)
        return entry
    leads = Lead.objects.visible_to(request.user).select_related("lead_list")
    lead: Lead = get_object_or_404(leads, **own)
    return lead
