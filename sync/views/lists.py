"""Lists: all of them, one of them, a new one, a new name, away with one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from access import audit
from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads import paging
from leads.list_form import ListForm
from leads.models import Import, LeadList
from sync import pages_list, pages_list_head
from sync.models import NextPart
from sync.pages import figure, kept
from sync.pages_jobs import jobs, look_again
from sync.pages_lists import in_work, table, visible_lists
from sync.pages_marks import key
from sync.views.found import list_of
from sync.views.send_panel import panel


@needs(Right.SEE)
@require_safe
def index(request: TeamRequest) -> HttpResponse:
    """Lists in work, or the finished ones, with one mark per account."""
    finished = request.GET.get("show") == "finished"
    every = visible_lists(request.user, request.team)
    page = paging.page(in_work(every, wanted=not finished), request.GET, kept(request.GET))
    imports = Import.objects.visible_to(request.user).filter(team=request.team)
    checked = imports.filter(state=Import.State.CHECKED).order_by("-pk").first()
    counts = {
        "in_work": in_work(every).count(),
        "finished": in_work(every, wanted=False).count(),
        "imports": imports.count(),
    }
    context = {
        "lede": _lede(counts["in_work"], finished),
        "page": page,
        "table": table(page.rows, request.team),
        "key": key(),
        "finished": finished,
        "counts": counts,
        "checked": checked,
    }
    return render(request, "leads/lists.html", context)


def _lede(number: int, finished: bool) -> str:
    if finished:
        return _("Calling ended; nothing waits.")
    words = ngettext("%(n)s list in work.", "%(n)s lists in work.", number)
    return words % {"n": figure(number)}


@needs(Right.SEE)
@require_safe
def one(request: TeamRequest, pk: int) -> HttpResponse:
    """One list: funnel, what runs, parts with their ids, files, and the panel that sends."""
    lead_list = list_of(request, pk)
    context = list_context(request, lead_list)
    if can(request.user, request.team, Right.SEND):
        context |= panel(request, lead_list)
    return render(request, "leads/list.html", context)


def list_context(request: TeamRequest, lead_list: LeadList) -> dict[str, Any]:
    """Return what the page of a list shows, without the panel that sends."""
    # What runs is read before the sums: where nothing runs any more, they are the last ones.
    running = strip(request, lead_list)
    page = pages_list.read(lead_list)
    return {
        "page": page,
        "lede": pages_list_head.lede(page),
        "funnel": pages_list_head.funnel(
            page, may_send=can(request.user, request.team, Right.SEND)
        ),
        **running,
    }


def strip(request: TeamRequest, lead_list: LeadList) -> dict[str, object]:
    """Return what the strip of running sends of a list shows, and when it asks again."""
    pushes = pages_list.running(lead_list)
    may_send = can(request.user, request.team, Right.SEND)
    return {
        "lead_list": lead_list,
        "jobs": jobs(pushes, may_send=may_send, named=False),
        "look_again": look_again(pushes),
    }


@needs(Right.SEE)
@require_safe
def live(request: TeamRequest, pk: int) -> HttpResponse:
    """The part of a list's page that changes while it is sent; asks for itself until it is done."""
    context = list_context(request, list_of(request, pk))
    return render(request, "leads/_list_live.html", context)


@needs(Right.IMPORT)
def new(request: TeamRequest) -> HttpResponse:
    """Make an empty list."""
    form = ListForm(request.team, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.created_by = request.user
        with transaction.atomic():
            made.save()
            audit.record("list_created", actor=request.user, target=made)
        messages.success(request, _("%(name)s is made.") % {"name": made.name})
        return redirect("leads:list", made.pk)
    context = {"form": form, "title": _("New list"), "label": _("Make the list")}
    return render(request, "leads/list_form.html", context, status=422 if form.errors else 200)


@needs(Right.EDIT)
def edit(request: TeamRequest, pk: int) -> HttpResponse:
    """Give a list another name, source or country. Parts keep the name they were sent with."""
    lead_list = list_of(request, pk)
    form = ListForm(request.team, request.POST or None, instance=lead_list)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record("list_changed", actor=request.user, target=lead_list)
        messages.success(request, _("Saved."))
        return redirect("leads:list", pk)
    context = {
        "form": form,
        "lead_list": lead_list,
        "title": _("Change this list"),
        "label": _("Save the list"),
    }
    return render(request, "leads/list_form.html", context, status=422 if form.errors else 200)


@needs(Right.IMPORT)
def delete(request: TeamRequest, pk: int) -> HttpResponse:
    """Ask, then take a list out of sight. What was sent stays at the provider, and on record."""
    lead_list = list_of(request, pk)
    waiting = pages_list.running(lead_list)
    if request.method == "POST" and not waiting:
        now, by, leads = timezone.now(), request.user, lead_list.lead_count
        with transaction.atomic():
            LeadList.objects.filter(pk=pk).update(deleted_at=now)
            lead_list.leads.filter(deleted_at=None).update(deleted_at=now)
            NextPart.objects.filter(lead_list=lead_list).delete()
            at = now.isoformat()
            audit.record("list_deleted", actor=by, target=lead_list, count=leads, at=at)
        messages.success(request, _("%(name)s is deleted.") % {"name": lead_list.name})
        return redirect("leads:lists")
    context = {"lead_list": lead_list, "waiting": waiting}
    refused = waiting and request.method == "POST"
    return render(
        request,
        "leads/list_delete.html",
        context,
        status=409 if refused else 200,
    )
