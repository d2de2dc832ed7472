"""One act on many leads: what it will do, asked once, then done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access.requests import TeamRequest
from access.roles import Right, can, needs
from leads import acting, bulk, paging
from leads.forms import ListChoice
from leads.models import BulkAct, Lead, Tag
from leads.views.export import export_answer

PATIENCE = 1.5  # seconds a request works on many leads before a worker goes on
IDLE = timedelta(seconds=6)  # nobody works on it: then the page that waits does
TITLES = {
    "tag": lazy("Tag leads"),
    "move": lazy("Move leads to another list"),
    "copy": lazy("Copy leads to another list"),
    "do_not_call": lazy("Mark as do not call"),
    "delete": lazy("Delete leads"),
    "restore": lazy("Bring leads back"),
}
MEANS = {
    "tag": lazy("The tag is put on the leads below; other tags stay."),
    "move": lazy("Leads whose number the other list has already stay where they are."),
    "copy": lazy(
        "They stay in their lists too. A copy starts anew: nothing was sent of it. Numbers that "
        "stand in the other list already are left out."
    ),
    "do_not_call": lazy(
        "Their numbers go on the team's do-not-call list: in every list, for every later send, "
        "and for those that wait to be sent now."
    ),
    "delete": lazy(
        "They leave their lists and are not sent any more. What was sent stays at the providers "
        "and in the records here. Deleted leads can be brought back."
    ),
    "restore": lazy("They go back to their lists, unless the list has the number again."),
}


@require_POST
@needs(Right.EDIT)
def bulk_page(request: TeamRequest) -> HttpResponse:
    """Ask (first post) or do (`confirmed`) one of the bulk bar's verbs."""
    choice, verb = bulk.Choice.read(request.POST), request.POST.get("verb", "")
    chosen = choice.leads(request.team)
    if not choice.picks and not request.POST.get("all"):
        messages.error(request, _("No lead was ticked. Tick one, then choose what to do."))
        return redirect("leads:leads")
    if verb == "export":
        return export_answer(request, chosen)
    if verb == "send":
        return _to_send(request, choice)
    if verb not in TITLES:
        return redirect("leads:leads")
    if request.POST.get("confirmed"):
        return _do(request, verb, chosen)
    return _ask(request, verb, choice, chosen)


def _ask(
    request: TeamRequest, verb: str, choice: bulk.Choice, chosen: QuerySet[Lead], error: str = ""
) -> HttpResponse:
    """Show how many, some of them, and what will happen."""
    context = {
        "verb": verb,
        "title": TITLES[verb],
        "means": MEANS[verb],
        "count": chosen.count(),
        "sample": chosen.select_related("lead_list").order_by("-pk")[:5],
        "picks": ",".join(map(str, choice.picks)),
        "filter": choice.chosen_by,
        "every": not choice.picks,
        "lists": ListChoice(team=request.team),
        "tags": Tag.objects.filter(team=request.team)[:200],
        "error": error,
    }
    return render(request, "leads/bulk.html", context, status=422 if error else 200)


def _do(request: TeamRequest, verb: str, chosen: QuerySet[Lead]) -> HttpResponse:
    """Do it and say what was done; what takes long goes on behind a page that shows how far."""
    choice = bulk.Choice.read(request.POST)
    try:
        details = _details(request, verb)
    except ValueError as trouble:
        return _ask(request, verb, choice, chosen, str(trouble))
    if chosen[acting.IN_REQUEST : acting.IN_REQUEST + 1].exists():
        act = acting.begin(choice, verb, details, team=request.team, by=request.user)
        acting.work(act.pk, PATIENCE)
        return redirect("leads:act", act.pk)
    done, left = acting.do(verb, chosen, details, team=request.team, by=request.user)
    messages.success(request, said(verb, details, done, left))
    query = request.POST.get("filter", "")
    return redirect(f"{reverse('leads:leads')}?{query}" if query else "leads:leads")


def _details(request: TeamRequest, verb: str) -> dict[str, Any]:
    """Return what the verb needs besides leads. Raises ValueError with words."""
    if verb == "tag":
        name = request.POST.get("tag", "").strip()[:60]
        if not name:
            raise ValueError(_("Write the tag."))
        return {"tag": name}
    if verb in ("move", "copy"):
        form = ListChoice(request.POST, team=request.team)
        if not form.is_valid():
            raise ValueError(_("Choose the list."))
        to = form.cleaned_data["to"]
        return {"to": to.pk, "list": str(to)}
    if verb == "do_not_call":
        return {"reason": request.POST.get("reason", "").strip()[:200]}
    return {}


def said(verb: str, details: dict[str, Any], done: int, left: int) -> str:
    """Return what was done, in words."""
    words = {
        "tag": ngettext(
            "%(count)s lead tagged “%(tag)s”.", "%(count)s leads tagged “%(tag)s”.", done
        ),
        "move": ngettext(
            "%(count)s lead moved to %(list)s.", "%(count)s leads moved to %(list)s.", done
        ),
        "copy": ngettext(
            "%(count)s lead copied to %(list)s.", "%(count)s leads copied to %(list)s.", done
        ),
        "do_not_call": ngettext(
            "%(count)s lead is not called any more.",
            "%(count)s leads are not called any more.",
            done,
        ),
        "delete": ngettext("%(count)s lead deleted.", "%(count)s leads deleted.", done),
        "restore": ngettext("%(count)s lead brought back.", "%(count)s leads brought back.", done),
    }
    told = words[verb] % {**details, "count": paging.said(done)}
    return f"{told} {_left(verb, left)}" if left else told


def _left(verb: str, count: int) -> str:
    words = ngettext(
        "%(count)s stayed: the number stands there already.",
        "%(count)s stayed: their numbers stand there already.",
        count,
    )
    if verb == "copy":
        words = ngettext(
            "%(count)s left out: its number stands there already.",
            "%(count)s left out: their numbers stand there already.",
            count,
        )
    return words % {"count": paging.said(count)}


@needs(Right.EDIT)
def act(request: TeamRequest, pk: int) -> HttpResponse:
    """How far an act on many leads is, and what came of it; the page may be closed."""
    mine = BulkAct.objects.filter(team=request.team)
    one = get_object_or_404(mine, pk=pk)
    if one.state == BulkAct.State.RUNNING and timezone.now() - one.created_at > IDLE:
        acting.work(one.pk, 0.5)  # unless a worker has it
        one.refresh_from_db()
    context = {
        "act": one,
        "percent": round(100 * one.seen / one.wanted) if one.wanted else 100,
        "said": said(one.verb, one.details, one.done, one.left),
        "rest": max(one.wanted - one.seen, 0),
    }
    name = "leads/_act.html" if request.htmx else "leads/act.html"
    return render(request, name, context)


@require_POST
@needs(Right.EDIT)
def stop_act(request: TeamRequest, pk: int) -> HttpResponse:
    """Stop it; what is done stays and is counted."""
    acting.stop(get_object_or_404(BulkAct.objects.filter(team=request.team), pk=pk))
    return redirect("leads:act", pk)


def _to_send(request: TeamRequest, choice: bulk.Choice) -> HttpResponse:
    """Hand the choice to the send page of the floor above, which asks for the account."""
    if not can(request.user, request.team, Right.SEND):
        messages.error(request, _("You may not send. Ask a manager of the team."))
        return redirect("leads:leads")
    chosen: dict[str, Any] = {"leads": ",".join(map(str, choice.picks))}
    if not choice.picks:
        chosen = {"filter": choice.chosen_by.query, "all": "1"}
    try:
        return redirect(f"{reverse('sync:send_leads')}?{urlencode(chosen)}")
    except NoReverseMatch:
        messages.error(request, _("Leads are sent from their list: open the list, then Send."))
        return redirect("leads:leads")
