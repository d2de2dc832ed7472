"""One request told as a story: what became of it, every try in order, and the one next step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from sync import explanations, fixes, stories
from sync.models import Attempt, Delivery, Look, State
from sync.pages import endpoint_of, figure, moment, page_of_send, provider_name, span
from sync.providers.base import Explanation, RecordKind, Role
from sync.wording import how_many

A_WAIT = 3  # seconds between two tries worth a line of their own


class Entry(stories.Entry):
    """One line of the timeline, which tells the time to the second; with the day before today."""

    @property
    def time(self) -> str:
        """When, as people write it."""
        local = timezone.localtime(self.at)
        today = local.date() == timezone.localdate()
        return date_format(local, "H:i:s" if today else "j M, H:i:s")


def records(delivery: Delivery, number: int | None = None) -> str:
    """Return "821 leads", "1 campaign": what this request is about."""
    count = delivery.item_count if number is None else number
    endpoint = endpoint_of(delivery.account.provider, delivery.endpoint)
    return how_many(endpoint.record if endpoint else None, count)


def headline(delivery: Delivery, stopped: bool) -> str:
    """Return the title of the page: how it ended, as a sentence."""
    many, name = records(delivery), provider_name(delivery.account.provider)
    values = {"records": many, "name": name, "account": delivery.account.name}
    values["tries"] = figure(delivery.tries)
    proved = delivery.state == State.DELIVERED and delivery.evidence
    if proved == "inferred":
        return _("%(records)s at %(name)s, confirmed after a lost reply.") % values
    if proved == "verified":
        return _("%(records)s at %(name)s, seen there.") % values
    if stopped and delivery.state in (State.QUEUED, State.RETRY_WAIT):
        return _("%(records)s waiting: %(account)s is stopped.") % values
    return _as_it_stands(delivery) % values


def _as_it_stands(delivery: Delivery) -> str:
    """Return the sentence of a state, its places still to be filled."""
    table = {
        State.QUEUED: _("%(records)s waiting for their turn."),
        State.RETRY_WAIT: _("%(records)s waiting to be tried again."),
        State.SENDING: _("%(records)s on the way to %(name)s."),
        State.DELIVERED: _("%(records)s at %(name)s."),
        State.ACCEPTED: _("%(records)s given to %(name)s, not confirmed."),
        State.ALREADY_THERE: _("%(records)s already at %(name)s before this."),
        State.REJECTED: _("%(name)s refused %(records)s."),
        State.UNCERTAIN: _("Not sure whether %(name)s has %(records)s."),
        State.FAILED: ngettext(
            "%(records)s not sent after %(tries)s try.",
            "%(records)s not sent after %(tries)s tries.",
            delivery.tries,
        ),
        State.CANCELLED: _("%(records)s taken back before they left."),
        State.SUPERSEDED: _("%(records)s replaced by a newer edit."),
        State.SPLIT: _("%(records)s sent in smaller parts."),
    }
    return table[State(delivery.state)]


def explain(delivery: Delivery) -> Explanation | None:
    """Return our words for how the request ended or rests; None where nothing needs words."""
    if delivery.state not in (State.REJECTED, State.UNCERTAIN, State.FAILED, State.RETRY_WAIT):
        return None
    if not (delivery.code or delivery.quote):
        return None
    slug = delivery.account.provider
    return explanations.explain(
        slug, delivery.endpoint, delivery.code, delivery.quote, state=delivery.state
    )


def way_out(delivery: Delivery, said: Explanation | None) -> fixes.WayOut | None:
    """Return the one button for a request that needs somebody."""
    if said is None or delivery.state not in (State.REJECTED, State.FAILED, State.RETRY_WAIT):
        return None
    item = delivery.items.first()
    endpoint = endpoint_of(delivery.account.provider, delivery.endpoint)
    at = fixes.Place(
        cause=delivery.cause or said.cause,
        account=delivery.account,
        records=delivery.item_count,
        kind=endpoint.record if endpoint and endpoint.record else RecordKind.LEAD,
        lead_list=delivery.push.lead_list,
        campaign_id=item.campaign_id if item else None,
        delivery=delivery,
    )
    return fixes.way_out(said.action, at)


def timeline(delivery: Delivery, attempts: Sequence[Attempt]) -> list[Entry]:
    """Return what happened, first to last: asked for, every try, the waits, decisions, the end."""
    found = [_asked(delivery)]
    before: Attempt | None = None
    for attempt in attempts:
        if before and before.finished_at:
            wait = (attempt.started_at - before.finished_at).total_seconds()
            if wait > A_WAIT:
                repeats = delivery.had_unknown and not _is_look(delivery, attempt)
                found.append(_waited(before.finished_at, wait, repeats))
        found.append(_try(delivery, attempt))
        before = attempt
    found += [
        Entry(
            one.at,
            "done",
            _("%(who)s decided: %(verdict)s")
            % {"who": one.by_label, "verdict": one.get_verdict_display()},
            text=one.reason,
        )
        for one in delivery.decisions.order_by("at")
    ]
    found.append(_end(delivery))
    return found


def _asked(delivery: Delivery) -> Entry:
    push = delivery.push
    by = push.created_by
    title = _("Asked for by %(who)s") % {"who": by} if by else _("Asked for by the command line")
    words = {"records": records(delivery), "account": delivery.account.name}
    return Entry(
        push.created_at,
        "done",
        title,
        text=_("%(records)s to %(account)s in this request.") % words,
    )


def _waited(since: datetime, seconds: float, repeats: bool) -> Entry:
    text = _("Then the same bytes went again: same names, same ids.") if repeats else ""
    title = _("Waited %(time)s") % {"time": span(seconds)}
    return Entry(since, "wait", title, text)


RESULTS = {
    "accepted": ("at", noop("taken")),
    "handed_over": ("given", noop("taken, not confirmed")),
    "already_there": ("at", noop("it was there already")),
    "rejected": ("refused", noop("refused")),
    "retry": ("wait", noop("asked to come again later")),
    "misconfigured": ("stopped", noop("the account is refused")),
    "uncertain": ("unsure", noop("no clear answer")),
}
LOOKS = {
    "accepted": ("at", noop("it is there")),
    "retry": ("none", noop("not seen")),
    "uncertain": ("unsure", noop("not seen")),
}


def _is_look(delivery: Delivery, attempt: Attempt) -> bool:
    """Whether this request only read what the provider has."""
    endpoint = endpoint_of(delivery.account.provider, attempt.endpoint)
    return endpoint is not None and endpoint.role is Role.READ


def _try(delivery: Delivery, attempt: Attempt) -> Entry:
    if attempt.result == Attempt.Result.IN_FLIGHT:
        s, words = "sending", noop("on its way")
    elif attempt.result == Attempt.Result.NEVER_SENT:
        s, words = "wait", noop("no connection, nothing left")
    elif attempt.result == Attempt.Result.UNKNOWN:
        s, words = "unsure", noop("no usable answer")
    else:
        s, words = RESULTS.get(attempt.outcome, ("done", noop("answered")))
    if _is_look(delivery, attempt):
        s, words = LOOKS.get(attempt.outcome, ("none", words))
        title = _("Looked up: %(words)s") % {"words": _(words)}
    else:
        title = _("Try %(n)s: %(words)s") % {"n": attempt.number, "words": _(words)}
    return Entry(
        attempt.started_at,
        s,
        title,
        text=attempt.words,
        who=provider_name(delivery.account.provider),
        words=attempt.quote,
        code=f"HTTP {attempt.http_status}" if attempt.http_status else "",
        small=_took(attempt),
    )


def _took(attempt: Attempt) -> str:
    if not attempt.finished_at:
        return ""
    seconds = (attempt.finished_at - attempt.started_at).total_seconds()
    return _("%(seconds).1f s") % {"seconds": seconds}


def _end(delivery: Delivery) -> Entry:
    at = delivery.ended_at or timezone.now()
    if delivery.state in (State.QUEUED, State.RETRY_WAIT):
        next_at = moment(delivery.next_at)
        title = _("Next try %(time)s") % {"time": next_at}
        return Entry(delivery.next_at, "wait", title, delivery.reason)
    if delivery.state == State.SENDING:
        return Entry(at, "sending", _("Waiting for the answer"))
    if delivery.state == State.UNCERTAIN:
        text = f"{delivery.reason} {_next_look(delivery)}".strip()
        return Entry(at, "unsure", _("Waits for your decision"), text)
    good = delivery.state in (State.DELIVERED, State.ACCEPTED, State.ALREADY_THERE)
    mark = "done" if good else "refused" if delivery.state in ("rejected", "failed") else "none"
    title = _("Settled: %(state)s") % {"state": headline(delivery, stopped=False).rstrip(".")}
    text = f"{delivery.reason} {_next_look(delivery)}".strip()
    return Entry(at, mark, title, text)


def _next_look(delivery: Delivery) -> str:
    look = Look.objects.filter(delivery=delivery).first()
    return _("It is looked up next %(time)s.") % {"time": moment(look.due_at)} if look else ""


def facts(delivery: Delivery) -> list[dict[str, Any]]:
    """Return label and value pairs about the request; `url` where the value leads somewhere."""
    push = delivery.push
    found: list[dict[str, Any]] = []
    if push.lead_list:
        url = fixes.address("leads:list", push.lead_list.pk)
        found.append({"label": _("List"), "value": push.lead_list.name, "url": url})
    if delivery.part:
        found.append({"label": _("Part"), "value": delivery.part.wire_name})
        if delivery.part.provider_leads_id:
            label = _("%(name)s id") % {"name": provider_name(delivery.account.provider)}
            found.append(
                {"label": label, "value": str(delivery.part.provider_leads_id), "code": True}
            )
    account = fixes.address("sync:account", delivery.account_id)
    found.append({"label": _("Account"), "value": delivery.account.name, "url": account})
    if delivery.parent_id:
        url = fixes.address("sync:sent_one", delivery.parent_id)
        found.append({"label": _("Cut out of"), "value": _("a larger request"), "url": url})
    if push.again_of_id:
        url = page_of_send(push.again_of_id)
        found.append({"label": _("Sent again"), "value": _("the first time"), "url": url})
    if delivery.payload_hash:
        found.append({"label": _("Bytes"), "value": delivery.payload_hash[:12], "code": True})
    return found


def why_certain(delivery: Delivery) -> str:
    """Return why an end that was inferred or read back is certain; "" for the others."""
    name = {"name": provider_name(delivery.account.provider), "n": figure(delivery.item_count)}
    if delivery.state != State.DELIVERED:
        return ""
    if delivery.evidence == "inferred":
        return (
            _(
                "%(name)s only says “already exists” for ids and names it holds. These were made "
                "here for this request and used nowhere else."
            )
            % name
        )
    if delivery.evidence == "verified":
        return _("The records were looked up at %(name)s afterwards.") % name
    return ""
