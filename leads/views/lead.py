"""One lead: its fields in groups, its tags, do not call, delete and bring back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.models import Account
from access.requests import TeamRequest
from access.roles import Right, needs
from leads import do_not_call, editing, standing
from leads.forms import GROUPS, LeadForm
from leads.models import Lead, LeadField


def found(request: TeamRequest, pk: int) -> Lead:
    """Return the lead of the current team, or 404."""
    lead: Lead = get_object_or_404(
        Lead.objects.visible_to(request.user).filter(team=request.team).select_related("lead_list"),
        pk=pk,
    )
    return lead


@needs(Right.SEE)
def lead(request: TeamRequest, pk: int) -> HttpResponse:
    """The whole page; `?edit=<group>` opens one group for editing."""
    return _page(request, found(request, pk), request.GET.get("edit", ""))


def _page(
    request: TeamRequest, record: Lead, name: str, form: Any = None, status: int = 200
) -> HttpResponse:
    """Draw the page with the group `name` open, with `form` when it was refused."""
    also = Lead.objects.filter(team=record.team, phone=record.phone, deleted_at=None)
    accounts = list(Account.objects.usable_by(record.team).order_by("name"))
    places = standing.desk().places([record.pk], accounts)
    at, others = standing.by_account(places.values(), accounts)
    context = {
        "lead": record,
        "groups": [
            group(record, each, open_=each == name, form=form if each == name else None)
            for each in GROUPS
        ],
        "tags": list(record.tags.values_list("name", flat=True)),
        "also": also.exclude(pk=record.pk).select_related("lead_list")[:20],
        "at": at,
        "others": others,
    }
    return render(request, "leads/lead.html", context, status=status)


def group(record: Lead, name: str, *, open_: bool = False, form: Any = None) -> dict[str, Any]:
    """One group of fields: what to show, and the form when it is open for editing."""
    word, columns = GROUPS[name]
    own = LeadField.objects.filter(team=record.team) if name == "custom" else ()
    form = form or LeadForm(instance=record, only=columns, columns=own)
    return {
        "name": name,
        "word": word,
        "form": form,
        "open": open_,
        "facts": [(b.label, v) for b in form if (v := shown(record, b.name)) not in ("", None)],
        "fields": bool(form.fields),
        "stamp": editing.stamp(record),
        "lead": record,
    }


def shown(record: Lead, name: str) -> Any:
    """The value of a column as it stands, the team's own ones by `custom_<key>`."""
    if name.startswith("custom_"):
        return record.custom.get(name.removeprefix("custom_"), "")
    return getattr(record, name)


@needs(Right.SEE)
def edit(request: TeamRequest, pk: int, name: str) -> HttpResponse:
    """Show one group (GET), or save it (POST): 422 with the form when something is wrong."""
    record = found(request, pk)
    if name not in GROUPS:
        raise Http404
    if request.method != "POST":
        return _draw(request, record, name, open_="edit" in request.GET)
    return save(request, record, name)


@needs(Right.EDIT)
def save(request: TeamRequest, record: Lead, name: str) -> HttpResponse:
    """Save one group, unless somebody else saved the lead meanwhile or the number is taken."""
    own = LeadField.objects.filter(team=record.team) if name == "custom" else ()
    form = LeadForm(request.POST, instance=record, only=GROUPS[name][1], columns=own)
    seen = request.POST.get("seen", "")
    if not form.is_valid():
        return _draw(request, record, name, open_=True, form=form, status=422)
    try:
        editing.save(record, form.values, by=request.user, seen=seen)
    except editing.NumberTaken:
        form.add_error("phone", editing.taken_words(form.values["phone"], record.lead_list))
    except editing.ChangedMeanwhile:
        record = found(request, record.pk)
        form.add_error(None, _meanwhile(record, form.values))
    if form.errors:
        return _draw(request, record, name, open_=True, form=form, status=422)
    if not request.htmx:
        messages.success(request, _("Saved."))
    return _draw(request, found(request, record.pk), name)


def _meanwhile(now: Lead, typed: dict[str, Any]) -> str:
    """Say what somebody else's save left in the fields this one would change."""
    labels = {field.name: str(field.verbose_name) for field in Lead._meta.fields}
    other = [
        f"{labels.get(name, name)}: {getattr(now, name) or '–'}"
        for name in editing.changed_fields(now, typed)
        if name != "custom"
    ]
    words = _("Somebody saved this lead while you were typing. Save again to keep what you typed.")
    return f"{words} {_('It now says')}: {'; '.join(other)}." if other else words


def _draw(
    request: TeamRequest,
    record: Lead,
    name: str,
    *,
    open_: bool = False,
    form: Any = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the group alone, or, without htmx, with the page it stands on."""
    if not request.htmx and form is None:
        url = reverse("leads:lead", args=[record.pk])
        return redirect(f"{url}?edit={name}#{name}" if open_ else f"{url}#{name}")
    if not request.htmx:
        return _page(request, record, name, form, status)
    drawn = group(record, name, open_=open_, form=form)
    return render(request, "leads/_group.html", {"group": drawn}, status=status)


@require_POST
@needs(Right.EDIT)
def tags(request: TeamRequest, pk: int) -> HttpResponse:
    """Set the lead's tags from one comma-separated line."""
    editing.set_tags(found(request, pk), request.POST.get("tags", "").split(","), by=request.user)
    return redirect("leads:lead", pk)


@require_POST
@needs(Right.EDIT)
def switch_do_not_call(request: TeamRequest, pk: int) -> HttpResponse:
    """Put the lead's number on the do-not-call list, or take it off with a reason."""
    record, reason = found(request, pk), request.POST.get("reason", "").strip()
    if not record.do_not_call:
        do_not_call.add(record.team, [record.phone], by=request.user, reason=reason, source="page")
        messages.success(request, _("Nobody will be sent this number any more."))
    elif not reason:
        messages.error(request, _("Write why this number may be called again."))
    else:
        do_not_call.remove(record.team, record.phone, by=request.user, reason=reason)
        messages.success(request, _("This number may be called again."))
    return redirect("leads:lead", pk)


@require_POST
@needs(Right.EDIT)
def delete(request: TeamRequest, pk: int) -> HttpResponse:
    """Take the lead off its list."""
    editing.delete(found(request, pk), by=request.user)
    messages.success(request, _("Deleted. It can be brought back on this page."))
    return redirect("leads:lead", pk)


@require_POST
@needs(Right.EDIT)
def restore(request: TeamRequest, pk: int) -> HttpResponse:
    """Bring a deleted lead back."""
    record = found(request, pk)
    try:
        editing.restore(record, by=request.user)
    except editing.NumberTaken:
        messages.error(request, editing.taken_words(record.phone, record.lead_list))
    return redirect("leads:lead", pk)
