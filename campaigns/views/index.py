"""All campaigns of a team, and the hours planned for today."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.requests import TeamRequest
from access.roles import Right, needs
from campaigns import choices, hours, states
from campaigns.models import HOLDING, Campaign, CampaignState
from campaigns.views.form import look_again

PAGE = 50
LIVE = Q(state__in=HOLDING, ended_confirmed_at=None)
VIEWS = {
    "": LIVE | Q(state=CampaignState.REFUSED),
    "drafts": Q(state=CampaignState.DRAFT),
    "ended": Q(state__in=HOLDING, ended_confirmed_at__isnull=False),
}


@dataclass(frozen=True)
class Row:
    """One campaign of the table."""

    campaign: Campaign
    state: states.Words
    agents: int


@needs(Right.SEE)
@require_safe
def index(request: TeamRequest) -> HttpResponse:
    """Campaigns at work, drafts, or ended ones."""
    mine = Campaign.objects.living().visible_to(request.user).filter(team=request.team)
    waiting = mine.filter(state=CampaignState.WAITING).count()
    if request.htmx:
        return look_again(request, still=request.GET.get("waiting") == str(waiting))
    show = request.GET.get("show", "")
    wanted = show if show in VIEWS else ""
    page = Paginator(_rows(mine.filter(VIEWS[wanted])), PAGE).get_page(request.GET.get("page"))
    context = {
        "show": wanted,
        "waiting": waiting,
        "waiting_text": str(waiting),
        "views": _views(mine),
        "page": page,
        "rows": [Row(one, states.words(one), getattr(one, "agent_count", 0)) for one in page],
        "strip": hours.today(request.team, timezone.now()),
        "can_plan": choices.accounts(request.team).exists(),
    }
    return render(request, "campaigns/index.html", context)


def _rows(found: QuerySet[Campaign]) -> QuerySet[Campaign]:
    counted = found.annotate(agent_count=Count("seats"))
    return counted.select_related("lead_list", "account", "part").order_by("-created_at", "-pk")


def _views(mine: QuerySet[Campaign]) -> list[tuple[str, str, int]]:
    """Return the tabs: key, word, count."""
    words = {"": _("At work"), "drafts": _("Drafts"), "ended": _("Ended")}
    counts = mine.aggregate(**{f"n_{key}": Count("pk", filter=VIEWS[key]) for key in VIEWS})
    return [(key, words[key], counts[f"n_{key}"]) for key in VIEWS]
