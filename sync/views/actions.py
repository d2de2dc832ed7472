"""Writing an action or a payment on one lead's timeline."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.requests import TeamRequest, id_in
from access.roles import Right, needs
from leads.models import Lead
from sync import lead_actions, limits
from sync.action_form import ActionForm, PaymentForm, TimelineForm, texts_of
from sync.enqueueing import CannotSend
from sync.models import LeadAction
from sync.views.sending import click_of


@needs(Right.SEND)
def new(request: TeamRequest, pk: int) -> HttpResponse:
    """Write an action, or with `?what=payment` a payment, and send it in ten seconds.

    `?again=` begins with one that was refused.
    """
    visible = Lead.objects.visible_to(request.user).filter(team=request.team, deleted_at=None)
    lead = get_object_or_404(visible.select_related("team"), pk=pk)
    accounts = lead_actions.takers(request.team)
    if not accounts:
        messages.error(request, _("No account here keeps a timeline. Connect Telecrm first."))
        return redirect("leads:lead", pk)
    old = lead_actions.refused(lead, id_in(request.GET.get("again", "")))
    is_payment = request.GET.get("what") == "payment" or bool(old and old.payment_amount)
    made = PaymentForm if is_payment else ActionForm
    form = made(request.POST or None, accounts=accounts, initial=texts_of(old) if old else None)
    if request.method == "POST" and form.is_valid() and _sent(request, lead, form, old):
        return redirect("leads:lead", pk)
    context = {"lead": lead, "form": form, "is_payment": is_payment, "click": uuid.uuid4().hex}
    return render(request, "sync/action.html", context, status=422 if form.errors else 200)


def _sent(request: TeamRequest, lead: Lead, form: TimelineForm, old: LeadAction | None) -> bool:
    """Keep and send what was written, instead of `old`; say on the form what keeps it here."""
    account = form.cleaned_data["account"]
    try:
        lead_actions.write(
            lead,
            account,
            form.written(),
            by=request.user,
            click_token=click_of(request),
            starts_in=limits.time_to_cancel(),
            instead_of=old,
        )
    except CannotSend as refusal:
        form.add_error(None, str(refusal))
        return False
    place = {"lead": lead, "account": account.name}
    messages.success(request, _("Written for %(lead)s; it goes to %(account)s once.") % place)
    return True
