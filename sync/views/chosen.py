"""Sending what was ticked on the leads page, and the phone book: choose the account, then send."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.models import Account, Team
from access.requests import TeamRequest
from access.roles import Right, needs
from leads.bulk import Choice
from leads.models import Contact, LeadList
from sync import limits, planning
from sync.pages import endpoint_for, figure
from sync.providers.base import RecordKind
from sync.selecting import sendable, sendable_contacts
from sync.views.send_panel import accounts_for
from sync.views.sending import account_of, click_of
from sync.wording import how_many

AT_ONCE = 20_000  # leads named in one send; more become a second one


@dataclass(frozen=True)
class Share:
    """What of the chosen leads stands in one list, and how many of them can go."""

    lead_list: LeadList
    chosen: int
    ready: int


def choice_of(asked: QueryDict) -> Choice:
    """Return the chosen leads: `leads=1,2,3`, or `all=1` with the filter of the leads page."""
    post = asked.copy()
    post["kept"] = asked.get("leads", "")
    return Choice.read(post)


def shares(team: Team, choice: Choice, account: Account) -> list[Share]:
    """Return the chosen leads list by list."""
    counted = choice.leads(team).order_by().values_list("lead_list").annotate(n=Count("pk"))
    numbers = dict(counted)
    lists = LeadList.objects.filter(team=team, pk__in=numbers, deleted_at=None).order_by("name")
    return [Share(one, numbers[one.pk], len(_ready(team, choice, one, account))) for one in lists]


def _ready(team: Team, choice: Choice, lead_list: LeadList, account: Account) -> list[int]:
    mine = choice.leads(team).filter(lead_list=lead_list).order_by()
    ready = sendable(lead_list, account).filter(pk__in=mine.values("pk"))
    return list(ready.order_by("pk").values_list("pk", flat=True))


@needs(Right.SEND)
def send_leads(request: TeamRequest) -> HttpResponse:
    """Ask which account the ticked leads go to, then send them, one send a list."""
    choice = choice_of(request.POST if request.method == "POST" else request.GET)
    accounts = accounts_for(request.team)
    if not accounts or (not choice.picks and not request.GET.get("all", request.POST.get("all"))):
        messages.error(request, _("No lead was chosen, or no account is connected yet."))
        return redirect("leads:leads")
    if request.method == "POST":
        return _send(request, choice, account_of(request))
    asked = request.GET.get("account", "")
    account = next((one for one in accounts if str(one.pk) == asked), accounts[0])
    found = shares(request.team, choice, account)
    ready = sum(share.ready for share in found)
    context: dict[str, Any] = {
        "title": _("Send %(many)s") % {"many": how_many(None, sum(one.chosen for one in found))},
        "accounts": accounts,
        "account": account,
        "shares": found,
        "ready": ready,
        "ready_words": how_many(None, ready),
        "click": uuid.uuid4().hex,
        "hidden": [(key, value) for key, value in request.GET.items() if key != "account"],
    }
    return render(request, "sync/send_leads.html", context)


def _send(request: TeamRequest, choice: Choice, account: Account) -> HttpResponse:
    sent = 0
    for share in shares(request.team, choice, account):
        ids = _ready(request.team, choice, share.lead_list, account)
        for number, some in enumerate(_portions(ids)):
            try:
                push = planning.plan_list(
                    share.lead_list,
                    account,
                    by=request.user,
                    click_token=f"{click_of(request)}-{share.lead_list.pk}-{number}"[:64],
                    lead_ids=some,
                    starts_in=limits.time_to_cancel(),
                )
                sent += push.total
            except planning.CannotSend as reason:
                messages.error(request, str(reason))
    if not sent:
        messages.warning(request, _("Nothing was sent: none of these leads can go there now."))
        return redirect("leads:leads")
    words = {"many": how_many(None, sent), "account": account.name}
    messages.success(request, _("%(many)s to %(account)s.") % words)
    return redirect("sync:sent")


def _portions(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


@needs(Right.SEND)
def send_contacts(request: TeamRequest) -> HttpResponse:
    """Ask which account the phone book goes to, then send the entries it does not have yet."""
    if request.method == "POST":
        return _send_contacts(request, account_of(request))
    accounts = [
        one
        for one in Account.objects.usable_by(request.team).order_by("name")
        if endpoint_for(one.provider, RecordKind.CONTACT)
    ]
    rows = [(one, sendable_contacts(request.team, one).count()) for one in accounts]
    context = {
        "rows": rows,
        "click": uuid.uuid4().hex,
        "any": any(number for _one, number in rows),
        "empty": not Contact.objects.filter(team=request.team, deleted_at=None).exists(),
    }
    return render(request, "sync/send_contacts.html", context)


def _send_contacts(request: TeamRequest, account: Account) -> HttpResponse:
    try:
        push = planning.plan_contacts(
            request.team,
            account,
            by=request.user,
            click_token=click_of(request),
            starts_in=limits.time_to_cancel(),
        )
    except planning.CannotSend as reason:
        messages.error(request, str(reason))
        return redirect("leads:contacts")
    words = {"n": figure(push.total), "account": account.name}
    messages.success(request, _("%(n)s phone book entries to %(account)s.") % words)
    return redirect("sync:sent")
