"""One number: everything this team knows about it, over all lists; and the do-not-call list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access.models import Account
from access.requests import TeamRequest
from access.roles import Right, needs
from leads import do_not_call, erased, paging, standing
from leads.forms import DoNotCallForm
from leads.models import Contact, DoNotCall, Lead
from leads.phones import PhoneReader

MOST = 100  # lists one number may stand in before the page stops naming them


def e164_of(text: str, country: str) -> str:
    """Return the number in an address, or 404."""
    phone = PhoneReader(country).read(text)
    if not phone.e164:
        raise Http404(phone.words)
    return phone.e164


@needs(Right.SEE)
def number(request: TeamRequest, phone: str) -> HttpResponse:
    """Where a number stands: lists, phone book, accounts, do not call, and what happened."""
    e164 = e164_of(phone, request.team.country)
    if e164 != phone:
        return redirect("leads:number", e164)
    found = Lead.objects.filter(team=request.team, phone=e164).select_related("lead_list", "origin")
    leads: list[Lead] = list(found.order_by("-pk")[:MOST])
    contact = Contact.objects.filter(team=request.team, phone=e164, deleted_at=None).first()
    listed = DoNotCall.objects.filter(team=request.team, phone=e164).select_related("by").first()
    accounts = list(Account.objects.usable_by(request.team).order_by("name"))
    places = standing.desk().places([lead.pk for lead in leads], accounts)
    at, others = standing.by_account(places.values(), accounts)
    live = [lead for lead in leads if not lead.deleted_at]
    context = {
        "phone": e164,
        "leads": leads,
        "person": next(iter([*live, *leads]), contact),
        "contact": contact,
        "listed": listed,
        "erased": not listed and bool(erased.among(request.team.pk, [e164])),
        "lists": len({lead.lead_list_id for lead in live}),
        "at": at,
        "others": others,
    }
    return render(request, "leads/number.html", context)


@needs(Right.SEE)
def find_number(request: TeamRequest) -> HttpResponse:
    """Go to the page of the number somebody typed."""
    return redirect("leads:number", e164_of(request.GET.get("q", ""), request.team.country))


@needs(Right.SEE)
def donotcall(request: TeamRequest, form: DoNotCallForm | None = None) -> HttpResponse:
    """The numbers of the team nobody may call."""
    found = DoNotCall.objects.filter(team=request.team)
    digits = "".join(filter(str.isdigit, request.GET.get("q", "")))
    found = found.filter(phone__contains=digits) if digits else found
    total = paging.capped_count(found)
    query = f"q={digits}" if digits else ""
    page = paging.page(found.select_related("by"), request.GET, query)
    context = {
        "form": form or DoNotCallForm(),
        "page": page,
        "rows": page.rows,
        "pager_text": page.text(total),
        "total_words": paging.said(total),
        "total": total,
        "query": digits,
    }
    return render(request, "leads/donotcall.html", context, status=422 if form else 200)


@require_POST
@needs(Right.EDIT)
def add_donotcall(request: TeamRequest) -> HttpResponse:
    """Put pasted numbers on the list; name the lines that hold none."""
    form = DoNotCallForm(request.POST)
    if not form.is_valid():
        return donotcall(request, form)
    pasted = do_not_call.read(form.cleaned_data["numbers"], request.team.country)
    if pasted.refused:
        for line, text, why in pasted.refused[:10]:
            place = {"line": line, "text": text, "why": why}
            form.add_error("numbers", _("Line %(line)s, %(text)s: %(why)s") % place)
        return donotcall(request, form)
    added = do_not_call.add(
        request.team,
        pasted.numbers,
        by=request.user,
        reason=form.cleaned_data["reason"],
        source="pasted",
    )
    words = ngettext("%(n)s number added.", "%(n)s numbers added.", added) % {"n": added}
    already = len(pasted.numbers) - added
    if already:
        words += " " + _("%(n)s stood there already.") % {"n": already}
    messages.success(request, words)
    return redirect("leads:donotcall")


@require_POST
@needs(Right.EDIT)
def remove_donotcall(request: TeamRequest) -> HttpResponse:
    """Take a number off the list, with a reason that is kept."""
    phone, reason = request.POST.get("phone", ""), request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Write why this number may be called again."))
    elif do_not_call.remove(request.team, phone, by=request.user, reason=reason):
        messages.success(request, _("%(phone)s may be called again.") % {"phone": phone})
    if request.POST.get("back") == "number" and phone:
        return redirect("leads:number", phone)
    return redirect("leads:donotcall")
