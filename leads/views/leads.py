"""The leads table: find, filter, export, save the filter as a view."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from access.models import Account, Team
from access.requests import TeamRequest
from access.roles import Right, needs
from leads import paging, standing
from leads.models import Import, Lead, LeadList, SavedView, Tag
from leads.months import Month
from leads.searching import REACHED, STATES, LeadFilter

MOST_COLUMNS = 6  # accounts with a column of their own; a lead's page shows them all
COUNTED_FOR = 10  # seconds a tab's figure may be old
VIEWS = (
    (lazy("All leads"), LeadFilter()),
    (lazy("To fix"), LeadFilter(state="fix")),
    (lazy("Waiting"), LeadFilter(state="wait")),
    (lazy("Not sent"), LeadFilter(state="none")),
    (lazy("Not in a campaign"), LeadFilter(plan="none")),
    (lazy("Do not call"), LeadFilter(dnc="yes")),
)


@dataclass(frozen=True)
class Row:
    """One line of the table; `marks` stand under the accounts' columns, None for not sent."""

    lead: Lead
    marks: list[tuple[Account, standing.Mark | None]]
    place: standing.Place | None


@needs(Right.SEE)
def leads(request: TeamRequest) -> HttpResponse:
    """Find leads by number, name or filter; the newest first."""
    team, chosen = request.team, LeadFilter.read(request.GET)
    found = chosen.apply(Lead.objects.all(), team)
    total = paging.capped_count(found)
    page = paging.page(found.select_related("lead_list"), request.GET, chosen.query)
    accounts, lines = columns(page.rows, list(Account.objects.usable_by(team).order_by("name")))
    context = {
        "filter": chosen,
        "rows": lines,
        "accounts": accounts,
        "page": page,
        "total": total,
        "total_words": paging.said(total),
        "pager_text": page.text(total),
        "key": [(s, word) for s, word in STATES if s in ("at", "given", "wait")],
        "verbs": verbs(chosen),
        "file": Import.objects.filter(team=team, pk=int(chosen.file or 0)).first(),
        "month": Month.read(chosen.month, team),
    }
    if request.htmx:
        answer = render(request, "leads/_results.html", context)
        answer["HX-Push-Url"] = f"{request.path}?{chosen.query}" if chosen else request.path
        return answer
    return render(request, "leads/leads.html", context | choices(request, chosen))


def columns(found: Any, usable: list[Account]) -> tuple[list[Account], list[Row]]:
    """Return the accounts that get a column, and each lead beside its marks; few queries for all.

    Where a team has more accounts than fit, those with most of these leads.
    """
    places = standing.desk().places([lead.pk for lead in found], usable)
    used = Counter(pk for place in places.values() for pk in place.marks)
    accounts = usable
    if len(usable) > MOST_COLUMNS:
        most = {pk for pk, _leads in used.most_common(MOST_COLUMNS)}
        accounts = [one for one in usable if one.pk in most]
    made = []
    for lead in found:
        place = places.get(lead.pk)
        marks = [(account, place.marks.get(account.pk) if place else None) for account in accounts]
        made.append(Row(lead, marks, place))
    return accounts, made


def choices(request: TeamRequest, chosen: LeadFilter) -> dict[str, Any]:
    """What the filter row and the tabs offer."""
    team: Team = request.team
    lists = LeadList.objects.filter(team=team, deleted_at=None)
    sources = lists.exclude(source="").order_by("source")
    return {
        "tabs": tabs(request, chosen),
        "lists": lists.only("name")[:500],
        "states": [*STATES, *(REACHED if chosen.month else ())],
        "all_accounts": Account.objects.usable_by(team).order_by("name"),
        "sources": sources.values_list("source", flat=True).distinct()[:200],
        "tags": Tag.objects.filter(team=team)[:200],
    }


def tabs(request: TeamRequest, chosen: LeadFilter) -> list[dict[str, Any]]:
    """The built-in views and the saved ones, each with its (capped) figure."""
    saved = own_views(request)
    made = [tab(request.team, str(word), meant, chosen) for word, meant in VIEWS]
    for view in saved[:20]:
        meant = LeadFilter.read(view.query)
        made.append(tab(request.team, view.name, meant, chosen) | {"saved": view})
    return made


def own_views(request: TeamRequest) -> QuerySet[SavedView]:
    """The team's views and the reader's own."""
    mine = Q(owner__isnull=True) | Q(owner=request.user.pk)
    return SavedView.objects.filter(mine, team=request.team)


def tab(team: Team, word: str, meant: LeadFilter, chosen: LeadFilter) -> dict[str, Any]:
    """One tab; its figure is counted at most every ten seconds."""
    url = reverse("leads:leads")
    count = cache.get_or_set(
        f"leads:{team.pk}:{meant.query}",
        lambda: paging.capped_count(meant.apply(Lead.objects.all(), team)),
        COUNTED_FOR,
    )
    return {
        "word": word,
        "url": f"{url}?{meant.query}" if meant else url,
        "count": paging.said(count or 0),
        "here": meant == chosen,
    }


def verbs(chosen: LeadFilter) -> list[dict[str, Any]]:
    """What may be done with ticked leads."""
    if chosen.gone:
        return [{"name": "restore", "word": _("Bring back")}]
    return [
        {"name": "send", "word": _("Send to…")},
        {"name": "tag", "word": _("Tag…")},
        {"name": "move", "word": _("Move to list…")},
        {"name": "copy", "word": _("Copy to list…")},
        {"name": "do_not_call", "word": _("Do not call")},
        {"name": "delete", "word": _("Delete")},
        {"name": "export", "word": _("Export")},
    ]


@require_POST
@needs(Right.EDIT)
def save_view(request: TeamRequest) -> HttpResponse:
    """Keep the current filter under a name."""
    chosen = LeadFilter.read(request.POST.get("filter", ""))
    name = request.POST.get("name", "").strip()
    if not name or not chosen:
        messages.error(request, _("Choose a filter and write a name for it, then save the view."))
    else:
        SavedView.objects.update_or_create(
            team=request.team,
            owner=None if request.POST.get("shared") else request.user,
            name=name[:60],
            defaults={"query": chosen.query[:500]},
        )
    return redirect(f"{reverse('leads:leads')}?{chosen.query}")


@require_POST
@needs(Right.EDIT)
def forget_view(request: TeamRequest, pk: int) -> HttpResponse:
    """Remove a saved view; the leads stay."""
    get_object_or_404(own_views(request), pk=pk).delete()
    return redirect("leads:leads")
