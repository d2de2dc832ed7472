"""What a look has shown, written down: seen records are settled, the rest looked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from sync import clock, explanations, gate, limits, looks, outcomes, results
from sync.last_word import newest_ids
from sync.ledger import End, close_items, move
from sync.models import Attempt, Delivery, DeliveryItem, Look, State
from sync.providers.answers import ABSENT
from sync.providers.base import TOO_FAST, Endpoint, Explanation, Outcome, Reply

NEARBY = timedelta(hours=1)  # another send of the same number this near may be the one that is seen


@dataclass(frozen=True)
class Seen:
    """One look for one delivery: the records it is about, and which of them were there."""

    look: Look
    delivery: Delivery
    open: list[DeliveryItem]
    there: list[DeliveryItem]
    reply: Reply
    now: datetime


def forget(look: Look) -> None:
    """Look no more for this delivery: close what a dead worker left open, drop the payload."""
    with transaction.atomic():
        delivery = _locked(look)
        _forget(delivery)


def _forget(delivery: Delivery) -> None:
    if delivery.state != State.SENDING:
        close_abandoned(delivery, clock.now())
    Look.objects.filter(pk=delivery.pk).delete()
    Delivery.objects.filter(pk=delivery.pk, state=State.ACCEPTED).update(payload="")


def close_abandoned(delivery: Delivery, now: datetime) -> None:
    """Close the reads that a worker which died has left open on a resting delivery."""
    delivery.attempts.filter(result=Attempt.Result.IN_FLIGHT).update(
        result=Attempt.Result.UNKNOWN,
        finished_at=now,
        words="The worker stopped before the answer came.",
    )


def _locked(look: Look) -> Delivery:
    found = Delivery.objects.select_for_update(of=("self",)).select_related("account", "push")
    return found.get(pk=look.delivery_id)


def no_answer(look: Look, token: str, attempt: Attempt | None = None) -> None:
    """Write that a read brought nothing usable; it is made again later, but not for ever."""
    with transaction.atomic():
        delivery = _locked(look)
        now = clock.now()
        _complete(attempt, now)
        if _is_mine(look, token):
            _miss(look, delivery, now)


def _miss(look: Look, delivery: Delivery, now: datetime) -> None:
    if look.misses + 1 >= limits.LOOK_MISSES:
        _forget(delivery)
        return
    _later(look, now + outcomes.pause_after(look.misses + 1), misses=look.misses + 1)


def _later(look: Look, at: datetime, **changes: object) -> None:
    Look.objects.filter(pk=look.pk).update(due_at=at, token="", **changes)


def _is_mine(look: Look, token: str) -> bool:
    return Look.objects.select_for_update().filter(pk=look.pk, token=token).exists()


def _complete(attempt: Attempt | None, now: datetime) -> None:
    if attempt:
        attempt.finished_at = now
        results.complete(attempt)


def apply(
    look: Look,
    token: str,
    attempt: Attempt,
    read: Endpoint,
    reply: Reply,
    pause: float | None = None,
) -> None:
    """Write what a look has shown, if the look still is ours and the delivery still rests.

    `pause`: seconds for which the provider asks to be left alone, whatever else it said.
    """
    with transaction.atomic():
        delivery = _locked(look)
        look.delivery = delivery
        now = clock.now()
        provider = delivery.account.provider
        words = explanations.explain(provider, read.slug, reply.code, reply.message)
        if reply.outcome is Outcome.MISCONFIGURED:
            attempt.words = words.sentence
        _complete(attempt, now)
        if not _is_mine(look, token):
            return
        _leave_alone(delivery, now, pause)
        if delivery.state not in looks.RESTING:
            _forget(delivery)
        elif reply.notes:
            _settle(look, delivery, reply, now)
        else:
            _not_now(look, delivery, read, reply, words, now)


def _leave_alone(delivery: Delivery, now: datetime, pause: float | None) -> None:
    """Keep off the account for as long as the provider asks, where it asks for that."""
    if pause is None:
        return
    account_gate = gate.lock(delivery.account_id)
    gate.keep_quiet(account_gate, now, limits.wait(pause))
    account_gate.save()


def _not_now(
    look: Look, delivery: Delivery, read: Endpoint, reply: Reply, words: Explanation, now: datetime
) -> None:
    """The provider did not let us look: the credentials, the speed, or an answer without sense."""
    if reply.outcome is Outcome.MISCONFIGURED:
        results.stop(delivery.account, read.credential, reply.message, words)
        _later(look, now)
    elif reply.code == TOO_FAST:
        pause = limits.wait(limits.LOOKS[0])
        account_gate = gate.lock(delivery.account_id)
        gate.note_too_fast(account_gate, now, outcomes.pause_after(1))
        account_gate.save()
        _later(look, now + pause)
    else:
        _miss(look, delivery, now)


def _settle(look: Look, delivery: Delivery, reply: Reply, now: datetime) -> None:
    items = list(delivery.items.filter(pk__in=look.keys, state__in=looks.RESTING))
    ours = newest_ids(items)
    doubtful = _doubtful(delivery, items)
    found = {note.key for note in reply.notes if note.outcome is Outcome.ACCEPTED}
    open_ = [item for item in items if item.pk in ours]
    there = [one for one in open_ if str(one.pk) in found and one.pk not in doubtful]
    seen = Seen(look, delivery, open_, there, reply, now)
    if not open_:
        _forget(delivery)  # sent again since: the newer send is looked up by itself
    elif len(there) == len(open_):
        _all_there(seen)
    else:
        _some_missing(seen)


def _doubtful(delivery: Delivery, items: Sequence[DeliveryItem]) -> set[int]:
    """Return the records whose row may be another send's: "not sure" is settled by no stranger."""
    began = looks.began(delivery)
    if delivery.state != State.UNCERTAIN or began is None:
        return set()
    phones = {item.pk: item.lead.phone for item in items if item.lead}
    since = datetime.fromtimestamp(began, tz=delivery.created_at.tzinfo) - NEARBY
    others: QuerySet[DeliveryItem] = DeliveryItem.objects.filter(
        lead__phone__in=set(phones.values()),
        delivery__account=delivery.account,
        delivery__endpoint=delivery.endpoint,
        delivery__attempts__started_at__gte=since,
    ).exclude(delivery=delivery)
    near = set(others.values_list("lead__phone", flat=True))
    return {pk for pk, phone in phones.items() if phone in near}


def _end_there(seen: Seen) -> None:
    words = explanations.seen(seen.delivery.account.provider, _not_kept(seen.reply))
    end = End(State.DELIVERED, "verified", reason=words)
    if seen.there:
        close_items(seen.delivery, {one.pk: end for one in seen.there}, seen.there, seen.now)
    for note in seen.reply.notes:
        if 0 < len(note.remote_id) <= results.LONGEST_REMOTE_ID:
            ids = [one.pk for one in seen.there if str(one.pk) == note.key]
            DeliveryItem.objects.filter(pk__in=ids).update(remote_id=note.remote_id)


def _not_kept(reply: Reply) -> list[str]:
    return [str(name) for row in reply.found for name in row.get("not_kept", ())]


def _all_there(seen: Seen) -> None:
    words = explanations.seen(seen.delivery.account.provider, _not_kept(seen.reply))
    left = seen.delivery.items.filter(state__in=looks.RESTING)
    if left.exclude(pk__in=[one.pk for one in seen.there]).exists():
        _end_there(seen)
        _forget(seen.delivery)
        return
    move(
        seen.delivery,
        State.DELIVERED,
        evidence="verified",
        cause="",
        reason=words,
        payload="",
        ended_at=seen.now,
    )
    _end_there(seen)
    _forget(seen.delivery)


def _some_missing(seen: Seen) -> None:
    """Some were not there: look again later; after the last look say what that means."""
    _end_there(seen)
    seen.look.number += 1
    due = looks.after(seen.look)
    if due:
        _later(seen.look, max(due, seen.now), number=seen.look.number, step=None, misses=0)
        return
    if _proves_absence(seen):
        _gone(seen)
    else:
        _stays_open(seen)
    _forget(seen.delivery)


def _proves_absence(seen: Seen) -> bool:
    """Whether "not there" is known: one record, looked up by the field that identifies it.

    A row of a list is looked up by a search whose paging nobody documents: not seen is not absent.
    """
    endpoint = gate.endpoint_of(seen.delivery.account, seen.delivery.endpoint)
    given = seen.delivery.state == State.ACCEPTED
    return given and endpoint.batch_size == 1 and seen.reply.code == ABSENT


def _gone(seen: Seen) -> None:
    provider = seen.delivery.account.provider
    words = explanations.explain(provider, seen.delivery.endpoint, explanations.NOT_FOUND, "")
    changes = {"cause": words.cause, "reason": words.sentence, "code": explanations.NOT_FOUND}
    move(seen.delivery, State.REJECTED, payload="", ended_at=seen.now, **changes)
    end = End(State.REJECTED, cause=words.cause, reason=words.sentence)
    close_items(seen.delivery, {one.pk: end for one in seen.open}, seen.open, seen.now)


def _stays_open(seen: Seen) -> None:
    """Nothing is known, but how often it was looked for helps a person to decide."""
    delivery, missing = seen.delivery, [one for one in seen.open if one not in seen.there]
    words = explanations.not_seen(delivery.account.provider, seen.look.number)
    reason = f"{delivery.reason} {words}".strip()
    Delivery.objects.filter(pk=delivery.pk).update(reason=reason)
    DeliveryItem.objects.filter(pk__in=[one.pk for one in missing]).update(reason=reason)
