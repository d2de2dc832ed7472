"""The launch sheet of one campaign, or of all parts of a list: every figure opens its rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from access.requests import TeamRequest
from access.roles import Right, needs
from campaigns import addresses, choices
from campaigns.models import Campaign
from leads.models import Lead
from sync import launch
from sync.views.found import list_of

PAGE = 50
COLUMNS = ("phone", "first_name", "last_name", "city", "source")
FORMULA = ("=", "+", "-", "@", "\t")


@needs(Right.SEE)
@require_safe
def of_campaign(request: TeamRequest, pk: int) -> HttpResponse:
    """What of a campaign's part will be called."""
    mine = Campaign.objects.living().visible_to(request.user).filter(team=request.team)
    campaign = get_object_or_404(mine.select_related("account", "lead_list", "part"), pk=pk)
    scope = launch.Scope(campaign.lead_list, campaign.account, [campaign], one=True)
    return _answer(request, scope, campaign.name, campaign.get_absolute_url())


@needs(Right.SEE)
@require_safe
def of_list(request: TeamRequest, list_pk: int, account_pk: int) -> HttpResponse:
    """What of a whole list will be called by all its campaigns at an account."""
    lead_list = list_of(request, list_pk)
    account = get_object_or_404(choices.accounts(request.team), pk=account_pk)
    plans = Campaign.objects.living().filter(lead_list=lead_list, account=account)
    scope = launch.Scope(lead_list, account, list(plans))
    return _answer(request, scope, lead_list.name, addresses.of_list(lead_list.pk))


def _answer(request: TeamRequest, scope: launch.Scope, title: str, back: str) -> HttpResponse:
    asked = request.GET.get("reason", "")
    if asked and asked not in list(launch.Reason):
        raise Http404
    if asked and request.GET.get("as") == "csv":
        return _csv(scope, asked)
    context = {"sheet": launch.sheet(scope), "scope": scope, "title": title, "back": back}
    if asked:
        page = Paginator(launch.rows_of(scope, asked), PAGE).get_page(request.GET.get("page"))
        context |= {"reason": asked, "word": launch.words(asked), "page": page}
    return render(request, "campaigns/launch.html", context)


def _csv(scope: launch.Scope, reason: str) -> HttpResponse:
    name = f"launch-{scope.lead_list.pk}-{reason}.csv"
    # A part holds 1,000 leads at most, a list some thousands: whole, not streamed.
    answer = HttpResponse("".join(_lines(scope, reason)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(scope: launch.Scope, reason: str) -> Iterator[str]:
    yield "\ufeff" + _line([*COLUMNS, "why"])
    word = launch.words(reason)
    for lead in launch.rows_of(scope, reason).iterator(chunk_size=2000):
        yield _line([*(_cell(lead, column) for column in COLUMNS), word])


def _cell(lead: Lead, column: str) -> str:
    value = str(getattr(lead, column))
    if column == "phone":
        return value.removeprefix("+")  # digits only: no sheet reads it as a formula
    return f"'{value}" if value.startswith(FORMULA) else value


def _line(cells: list[str]) -> str:
    held = StringIO()
    csv.writer(held).writerow(cells)
    return held.getvalue()
