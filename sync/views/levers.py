"""What a manager may do with a send: pause it, go on, take back what has not left, decide."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access.recheck import recently_confirmed
from access.requests import TeamRequest, id_in, page_before
from access.roles import Right, needs
from sync import levers, limits, planning
from sync.last_word import left_to_send
from sync.models import Decision, DeliveryItem, Push
from sync.pages import figure, page_of_send
from sync.pages_cause import moment_in
from sync.providers.answers import clean
from sync.views.found import delivery_of, push_of
from sync.views.sending import click_of


def back(request: TeamRequest, push: Push) -> HttpResponseRedirect:
    """Return to the page of this site the button was on, else to the page of the send."""
    return HttpResponseRedirect(page_before(request) or page_of_send(push.pk))


def say_it_is_over(request: TeamRequest, push: Push) -> None:
    """Say why a lever of `push` moved nothing: the page it stood on is older than what happened."""
    push.refresh_from_db()
    words = {"label": push.label, "n": figure(push.cancelled)}
    if push.cancelled_at is None:
        said = _("Every record of %(label)s has its end already.")
    elif push.cancelled:
        said = _("%(label)s was cancelled: %(n)s taken back, not sent.")
    else:
        said = _("%(label)s was cancelled, but nothing was left to take back: it had all left.")
    messages.warning(request, said % words)


@needs(Right.SEND)
@require_POST
def pause(request: TeamRequest, pk: int) -> HttpResponse:
    """Let nothing more of a send leave; what is under way ends."""
    push = push_of(request, pk)
    if levers.pause(push, request.user):
        messages.success(request, _("%(label)s is paused.") % {"label": push.label})
    else:
        say_it_is_over(request, push)
    return back(request, push)


@needs(Right.SEND)
@require_POST
def resume(request: TeamRequest, pk: int) -> HttpResponse:
    """Go on with a paused send."""
    push = push_of(request, pk)
    if levers.resume(push, request.user):
        messages.success(request, _("%(label)s goes on.") % {"label": push.label})
    else:
        say_it_is_over(request, push)
    return back(request, push)


@needs(Right.SEND)
@require_POST
def cancel(request: TeamRequest, pk: int) -> HttpResponse:
    """Take back what has not left."""
    push = push_of(request, pk)
    unsure = push.uncertain
    taken = levers.cancel(push, request.user)
    push.refresh_from_db()
    if taken:
        words = ngettext("%(n)s taken back, not sent.", "%(n)s taken back, not sent.", taken)
        messages.success(request, words % {"n": figure(taken)})
    if doubt := push.uncertain - unsure:
        words = ngettext(
            "%(n)s may have arrived before: decide what became of it.",
            "%(n)s may have arrived before: decide what became of them.",
            doubt,
        )
        messages.warning(request, words % {"n": figure(doubt)})
    if not taken and not doubt:
        say_it_is_over(request, push)
    return back(request, push)


@needs(Right.DECIDE)
@require_POST
@recently_confirmed
def decide(request: TeamRequest, pk: int) -> HttpResponse:
    """Write down how an unknown ended, with the reason."""
    delivery = delivery_of(request, pk)
    verdict, reason = request.POST.get("verdict", ""), clean(request.POST.get("reason", ""))
    if verdict not in Decision.Verdict.values:
        messages.error(request, _("Choose what you found: it is there, it is not, or send again."))
        return redirect("sync:sent_one", pk)
    try:
        levers.decide(delivery, verdict, reason, request.user)
    except planning.CannotSend as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _("Decided. The reason is kept with it."))
    return redirect("sync:sent_one", pk)


@needs(Right.SEND)
@require_POST
def again(request: TeamRequest, pk: int) -> HttpResponse:
    """Send the records of one request again, or one of them."""
    delivery = delivery_of(request, pk)
    items = delivery.items.all()
    if number := id_in(request.POST.get("item", "")):
        items = items.filter(pk=number)
    return _again(request, items, redirect("sync:sent_one", pk))


@needs(Right.SEND)
@require_POST
def send_again(request: TeamRequest, pk: int) -> HttpResponse:
    """Send the records of a whole send again: those that had ended when its page was drawn."""
    push = push_of(request, pk)
    items = DeliveryItem.objects.filter(delivery__push=push)
    if drawn := moment_in(request.POST.get("drawn", "")):
        items = items.filter(ended_at__lte=drawn)
    return _again(request, items, redirect(page_of_send(pk)))


def _again(
    request: TeamRequest, items: QuerySet[DeliveryItem], here: HttpResponseRedirect
) -> HttpResponse:
    """Send `items` again as a new send; where a copy may arise, only after a yes."""
    copies = request.POST.get("copies") == "yes"
    sends = go_again(request, left_to_send(items, copies=copies), copies=copies)
    if not sends:
        return here
    made = list(sends[0].deliveries.order_by("pk")[:2])
    if len(made) == 1:
        return redirect("sync:sent_one", made[0].pk)
    return redirect(page_of_send(sends[0].pk))


def go_again(
    request: TeamRequest, items: QuerySet[DeliveryItem], *, copies: bool = False
) -> list[Push]:
    """Plan `items` anew, with the ten seconds of any send; say how many go, or why none does."""
    try:
        sends = levers.send_all_again(
            items,
            by=request.user,
            click_token=click_of(request),
            copies_accepted=copies,
            starts_in=limits.time_to_cancel(),
        )
    except planning.CannotSend as trouble:
        messages.error(request, str(trouble))
        return []
    total = sum(push.total for push in sends)
    words = ngettext("%(n)s goes again.", "%(n)s go again.", total)
    messages.success(request, words % {"n": figure(total)})
    return sends
