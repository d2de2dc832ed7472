"""The TeleCMI phone book: who an incoming call is from."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access import audit
from access.requests import TeamRequest
from access.roles import Right, needs
from leads import editing, paging, searching
from leads.forms import ContactForm
from leads.models import Contact, SendSummary


@needs(Right.SEE)
def contacts(request: TeamRequest) -> HttpResponse:
    """The phone book, newest first."""
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    found: QuerySet[Contact] = Contact.objects.filter(team=request.team, deleted_at=None)
    if state in SendSummary.values:
        found = found.filter(push_state=state) if "state" in request.GET and state else found
    found = searching.find(found, query, request.team) if query else found
    total = paging.capped_count(found)
    page = paging.page(found, request.GET, f"q={query}" if query else "")
    context = {
        "rows": page.rows,
        "page": page,
        "pager_text": page.text(total),
        "total": total,
        "total_words": paging.said(total),
        "query": query,
    }
    name = "leads/_contacts.html" if request.htmx else "leads/contacts.html"
    return render(request, name, context)


@needs(Right.EDIT)
def contact(request: TeamRequest, pk: int | None = None) -> HttpResponse:
    """Add an entry, or change one."""
    own = Contact.objects.filter(team=request.team, deleted_at=None)
    record = get_object_or_404(own, pk=pk) if pk else None
    form = ContactForm(request.POST or None, instance=record, team=request.team)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _save(request, form, record):
            return redirect("leads:contacts")
        status = 422
    context = {"form": form, "contact": record, "stamp": editing.stamp(record) if record else ""}
    return render(request, "leads/contact.html", context, status=status)


def _save(request: TeamRequest, form: ContactForm, record: Contact | None) -> bool:
    """Save; return whether it was saved, with the reason on the form when it was not."""
    if record is None:
        form.instance.team = request.team
        with transaction.atomic():
            audit.record("added", actor=request.user, target=form.save())
        messages.success(request, _("Added to the phone book."))
        return True
    try:
        editing.save(record, form.cleaned_data, by=request.user, seen=request.POST.get("seen", ""))
    except editing.ChangedMeanwhile:
        record.refresh_from_db()
        form.add_error(
            None, _("Somebody saved this entry while you were typing. Save again to keep yours.")
        )
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
@needs(Right.EDIT)
def delete_contact(request: TeamRequest, pk: int) -> HttpResponse:
    """Take an entry out of the phone book here; TeleCMI documents no way to remove it there."""
    record = get_object_or_404(Contact, team=request.team, pk=pk, deleted_at=None)
    now = timezone.now()
    with transaction.atomic():
        Contact.objects.filter(pk=record.pk).update(deleted_at=now, updated_at=now)
        audit.record("deleted", actor=request.user, target=record)
    messages.success(request, _("Deleted here. What was sent stays in TeleCMI's phone book."))
    return redirect("leads:contacts")
