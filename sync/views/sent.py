"""What was sent, newest first, and one request told as a story."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from access import recheck
from access.models import Account
from access.requests import TeamRequest, id_in
from access.roles import Right, can, needs
from leads import paging
from sync import clock, fixes, request_story
from sync.last_word import GO_AGAIN, left_to_send, newest_ids
from sync.models import ACTIVE, ENDS, Decision, Delivery, DeliveryItem, Push, State
from sync.pages import kept, open_holds, provider_name, stops
from sync.pages_jobs import jobs, look_again
from sync.pages_sent import (
    VIEWS,
    in_view,
    narrow,
    request_rows,
    requests_of,
    rows,
    sums,
    visible_sends,
    with_answers,
)
from sync.views.found import delivery_of, push_of
from sync.wording import words

ITEMS = 50


@dataclass(frozen=True)
class ItemRow:
    """One record of the request and how it ended."""

    item: DeliveryItem
    s: str
    word: str
    changed: bool  # edited since it was sent
    url: str
    phone: str


@needs(Right.SEE)
@require_safe
def index(request: TeamRequest) -> HttpResponse:
    """Everything that was sent; with `send=` the requests of one send."""
    wanted = request.GET.get("send", "")
    view = request.GET.get("state", "")
    view = view if view in VIEWS else ""
    if number := id_in(wanted):
        push = push_of(request, number)
        if request.htmx.target == "live" and push.finished_at:
            return HttpResponseClientRefresh()  # it ended: the table and the levers are new too
        context = _one_send(request, push, view)
    else:
        context = _all_sends(request, view)
    template = "sync/_sent_table.html" if request.htmx.target == "results" else "sync/sent.html"
    return render(request, template, context | {"view": view, "asked": request.GET})


def _all_sends(request: TeamRequest, view: str) -> dict[str, Any]:
    every = visible_sends(request.user, request.team)
    found = with_answers(narrow(in_view(every, view), request.GET))
    page = paging.page(found, request.GET, kept(request.GET))
    return {
        "page": page,
        "rows": rows(page.rows),
        "counts": {
            name: in_view(every, name).order_by().count()
            for name in VIEWS
            if name and name != "proved"
        },
        "accounts": Account.objects.usable_by(request.team).order_by("name"),
        "filtered": any(request.GET.get(key) for key in ("q", "account", "kind", "days", "list")),
    }


def _one_send(request: TeamRequest, push: Push, view: str) -> dict[str, Any]:
    page = paging.page(requests_of(push, view), request.GET, kept(request.GET))
    running = [push] if push.finished_at is None else []
    may_send = can(request.user, request.team, Right.SEND)
    return {
        "push": push,
        "page": page,
        "rows": request_rows(page.rows, push),
        **_again(
            DeliveryItem.objects.filter(delivery__push=push), ended=may_send and not request.htmx
        ),
        "name": provider_name(push.account.provider),
        "sums": sums(push),
        "drawn": clock.now().isoformat(),
        "click": uuid.uuid4().hex,
        "jobs": jobs(running, may_send=may_send, named=False),
        "look_again": look_again(running),
    }


@needs(Right.SEE)
@require_safe
def one(request: TeamRequest, pk: int) -> HttpResponse:
    """One request: how it ended, the quote, every try, its records, and what may be done."""
    delivery = delivery_of(request, pk)
    hold = open_holds(Account.objects.filter(pk=delivery.account_id)).get(delivery.account_id)
    stopped = stops(hold, delivery.push)
    context = {
        "delivery": delivery,
        "hold": hold if stopped else None,
        **_story(delivery, stopped=stopped),
        **_tries(delivery),
        "look_again": 2 if delivery.state in ACTIVE and not stopped else 0,
        "children": list(delivery.children.select_related("account").order_by("pk")[:ITEMS]),
        **_items(request, delivery),
        **_levers(request, delivery),
    }
    is_open = delivery.state in ACTIVE or context["newest"]
    context["way_out"] = request_story.way_out(delivery, context["said"]) if is_open else None
    if request.htmx.target == "story":
        if not context["look_again"]:
            return HttpResponseClientRefresh()  # it ended: title, records and levers are new too
        return render(request, "sync/_sent_story.html", context)
    return render(request, "sync/sent_one.html", context)


def _story(delivery: Delivery, *, stopped: bool) -> dict[str, Any]:
    """How the request stands or ended, and what is known of it."""
    name = provider_name(delivery.account.provider)
    return {
        "name": name,
        "headline": request_story.headline(delivery, stopped),
        "state": words(delivery.state, name, tries=delivery.tries),
        "said": request_story.explain(delivery),
        "facts": request_story.facts(delivery),
        "why_certain": request_story.why_certain(delivery),
    }


def _tries(delivery: Delivery) -> dict[str, Any]:
    """Every try on the timeline; `raw` are those with bytes to show, or to say were removed."""
    tries = list(delivery.attempts.order_by("number"))
    return {
        "entries": request_story.timeline(delivery, tries),
        "tries": len(tries),
        "raw": [
            one for one in tries if one.request_body or one.response_body or one.bodies_removed_at
        ],
        "kept_days": settings.KEEP_BODIES_DAYS,
    }


def _levers(request: TeamRequest, delivery: Delivery) -> dict[str, Any]:
    unsure = delivery.state == State.UNCERTAIN
    may_send = can(request.user, request.team, Right.SEND)
    return {
        "click": uuid.uuid4().hex,
        "asks_code": unsure and recheck.is_due(request),
        "verdicts": Decision.Verdict.choices,
        "may_decide": unsure and can(request.user, request.team, Right.DECIDE),
        **_again(delivery.items.all(), ended=may_send and delivery.state in ENDS),
        "go_again_states": GO_AGAIN if delivery.state in ENDS and may_send else (),
    }


def _again(items: QuerySet[DeliveryItem], *, ended: bool) -> dict[str, Any]:
    """How many of `items` may go again, and how many with copies of those that are there."""
    some = left_to_send(items).count() if ended else 0
    every = left_to_send(items.filter(campaign=None), copies=True).count() if ended else 0
    return {"may_go_again": some, "may_copy": every if every > some else 0}


def _items(request: TeamRequest, delivery: Delivery) -> dict[str, Any]:
    """One page of the records, by their place in the request."""
    asked = request.GET.get("from", "")
    start = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    found = delivery.items.order_by("position", "pk")
    found = found.select_related("lead", "contact", "campaign", "action__lead")
    shown = list(found[start : start + ITEMS + 1])
    return {
        "newest": newest_ids(shown),
        "items": [_item_row(item, delivery) for item in shown[:ITEMS]],
        "items_from": start + 1,
        "items_to": start + len(shown[:ITEMS]),
        "items_next": f"?from={start + ITEMS}" if len(shown) > ITEMS else "",
        "items_previous": f"?from={max(start - ITEMS, 0)}" if start else "",
    }


def _item_row(item: DeliveryItem, delivery: Delivery) -> ItemRow:
    record: Any = item.lead or item.contact or item.campaign or item.action
    state = delivery.state if item.state == State.QUEUED else item.state
    name = provider_name(delivery.account.provider)
    mark = words(state, name, tries=delivery.tries)
    return ItemRow(
        item,
        mark.mark,
        mark.text,
        changed=bool(record and record.version > item.version and state not in ACTIVE),
        url=_record_url(item),
        phone=getattr(record, "phone", ""),
    )


def _record_url(item: DeliveryItem) -> str:
    if item.lead_id:
        return fixes.address("leads:lead", item.lead_id)
    if item.action:
        return fixes.address("leads:lead", item.action.lead_id)
    if item.campaign_id:
        return fixes.address("campaigns:campaign", item.campaign_id)
    return ""
