"""The team's own columns of leads."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access import audit
from access.requests import TeamRequest
from access.roles import Right, needs
from leads import editing
from leads.forms import LeadFieldForm
from leads.models import Lead, LeadField, Tag


def own(request: TeamRequest) -> QuerySet[LeadField]:
    """The columns of the current team, in their order."""
    return LeadField.objects.filter(team=request.team)


@needs(Right.SEE)
def fields(request: TeamRequest) -> HttpResponse:
    """All columns and tags of the team."""
    context = {"fields": own(request), "tags": Tag.objects.filter(team=request.team)}
    return render(request, "leads/fields.html", context)


@needs(Right.IMPORT)
def field(request: TeamRequest, pk: int | None = None) -> HttpResponse:
    """Add a column, or rename one and change its type."""
    column = get_object_or_404(own(request), pk=pk) if pk else None
    form = LeadFieldForm(request.POST or None, instance=column, team=request.team)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            audit.record("column_saved", actor=request.user, target=form.save())
        messages.success(request, _("Column saved."))
        return redirect("leads:fields")
    status = 422 if request.method == "POST" else 200
    return render(request, "leads/field.html", {"form": form, "column": column}, status=status)


@require_POST
@needs(Right.IMPORT)
@transaction.atomic
def delete_field(request: TeamRequest, pk: int) -> HttpResponse:
    """Take a column off the pages; the values stay with the leads and come back with its key."""
    column = get_object_or_404(own(request), pk=pk)
    audit.record("column_deleted", actor=request.user, target=column, key=column.key)
    column.delete()
    messages.success(request, _("Column removed. Values already saved stay with their leads."))
    return redirect("leads:fields")


@require_POST
@needs(Right.EDIT)
@transaction.atomic
def tag(request: TeamRequest, pk: int) -> HttpResponse:
    """Rename a tag, or take it off every lead."""
    word, name = get_object_or_404(Tag, team=request.team, pk=pk), request.POST.get("name", "")
    name = name.strip()[:60]
    if request.POST.get("verb") == "delete":
        editing.touch(Lead.objects.filter(tags=word))
        audit.record("tag_deleted", actor=request.user, target=word)
        word.delete()
    elif name and not Tag.objects.filter(team=request.team, name=name).exclude(pk=pk).exists():
        editing.touch(Lead.objects.filter(tags=word))
        Tag.objects.filter(pk=pk).update(name=name)
        audit.record("tag_renamed", actor=request.user, target=word, name=name)
    else:
        messages.error(request, _("Write a name no other tag has."))
    return redirect("leads:fields")
