"""What a manager may do with a send: pause, resume, cancel, send again, decide, stop, release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from access import audit
from access.models import Account, Hold, User
from leads.models import ListPart
from sync import clock, gate
from sync.enqueueing import (
    CannotSend,
    NothingToSend,
    Request,
    planned,
    planning_lock,
    write,
)
from sync.last_word import MAY_COPY, newest
from sync.ledger import End, close_items, move, reopen_items
from sync.models import ENDS, WAITING, Decision, Delivery, DeliveryItem, Push, State
from sync.planning import plan_campaign
from sync.selecting import list_options
from sync.taking_back import take_back


def pause(push: Push, by: User | None) -> bool:
    """Let nothing more of `push` leave; what is under way ends. False where nothing can leave."""
    with transaction.atomic():
        runs = Push.objects.filter(pk=push.pk, finished_at=None, cancelled_at=None)
        if runs.filter(paused_at=None).update(paused_at=clock.now()):
            audit.record("send.paused", actor=by, target=push)
        return runs.exists()


def resume(push: Push, by: User | None) -> bool:
    """Go on with a paused send; the pause does not count towards its 24 hours.

    False where nothing can leave any more: it ended, or was cancelled.
    """
    with transaction.atomic():
        fresh = Push.objects.select_for_update().get(pk=push.pk)
        if fresh.finished_at or fresh.cancelled_at:
            return False
        if fresh.paused_at is None:
            return True
        spent = (clock.now() - fresh.paused_at).total_seconds()
        waiting = fresh.deliveries.filter(state__in=WAITING).exclude(first_attempt_at=None)
        waiting.update(held_seconds=F("held_seconds") + spent)
        fresh.paused_at = None
        fresh.save(update_fields=["paused_at"])
        audit.record("send.resumed", actor=by, target=push)
    return True


def cancel(push: Push, by: User | None) -> int:
    """Take back what has not left; return the number of records taken back.

    A delivery that may have arrived is not cancelled: it rests as "not sure" for a decision. A
    send that ended, or was cancelled before, is left as it is.
    """
    with transaction.atomic():
        runs = Push.objects.filter(pk=push.pk, finished_at=None, cancelled_at=None)
        if not runs.update(cancelled_at=clock.now()):
            return 0
        taken = take_back(push)
        audit.record("send.cancelled", actor=by, target=push, count=taken)
    return taken


def send_all_again(
    items: Iterable[DeliveryItem],
    *,
    by: User | None,
    click_token: str,
    copies_accepted: bool = False,
    starts_in: float = 0,
) -> list[Push]:
    """Plan a new send for each account, list and endpoint among `items`; all of them, or none.

    The same `click_token` again returns the same sends. Raises CannotSend like `send_again`; what
    was sent again or deleted meanwhile is passed over while anything is left.
    """
    if known := _planned_together(click_token):
        return known
    groups = _by_place(items)
    sends: list[Push] = []
    asked: dict[str, Any] = {"copies_accepted": copies_accepted, "starts_in": starts_in}
    nothing = NothingToSend("None of these is left to send: they went again, or were deleted.")
    with transaction.atomic():
        for group in groups:
            click = _click(click_token, len(sends))
            try:
                sends.append(send_again(group, by=by, click_token=click, **asked))
            except NothingToSend as reason:
                nothing = reason
    if not sends:
        raise nothing
    return sends


def _click(click_token: str, before: int) -> str:
    """Return the click of one of several sends planned together, `before` of them earlier."""
    return f"{click_token}+{before}" if before else click_token


def _planned_together(click_token: str) -> list[Push]:
    """Return the sends this click has planned already."""
    mine = Q(click_token=click_token) | Q(click_token__startswith=f"{click_token}+")
    return list(Push.objects.filter(mine).order_by("pk"))


def _by_place(items: Iterable[DeliveryItem]) -> list[list[DeliveryItem]]:
    """Return the records of each send there must be, always in the same order."""
    groups: dict[tuple[int, int, str, int], list[DeliveryItem]] = defaultdict(list)
    for item in items:
        groups[_where(item)].append(item)
    return [groups[place] for place in sorted(groups)]


def _where(item: DeliveryItem) -> tuple[int, int, str, int]:
    """Return what the records of one send have in common: account, list, endpoint, campaign."""
    one = item.delivery
    return one.account_id, one.push.lead_list_id or 0, one.endpoint, item.campaign_id or 0


def send_again(
    items: Sequence[DeliveryItem],
    *,
    by: User | None,
    click_token: str,
    copies_accepted: bool = False,
    starts_in: float = 0,
) -> Push:
    """Plan a new send of records that ended, linked to their old one; ids and names are new.

    Raises CannotSend when a copy may arise and `copies_accepted` is false, when a record is still
    under way, or when the records belong to several accounts or lists.
    """
    if known := planned(click_token):
        return known
    _check_may_go_again(items, copies_accepted=copies_accepted)
    old = items[0].delivery
    if campaign := items[0].campaign:
        newest(items)
        asked: dict[str, Any] = {"by": by, "click_token": click_token, "starts_in": starts_in}
        return plan_campaign(campaign, **asked, again_of=old.push)
    with transaction.atomic():
        planning_lock(old.push.lead_list or old.push.team)
        if known := planned(click_token):
            return known
        return _again(newest(items), old, by, click_token, starts_in)


def _check_may_go_again(items: Sequence[DeliveryItem], *, copies_accepted: bool) -> None:
    if not items:
        raise NothingToSend("No record was chosen. Choose at least one, then send again.")
    if any(item.state in MAY_COPY for item in items) and not copies_accepted:
        raise CannotSend("Some of these may be there already: sending again may make a copy.")
    if len({_where(item) for item in items}) > 1:
        raise CannotSend("These records belong to several accounts or lists. Send them one by one.")
    if any(item.state not in (*ENDS, State.UNCERTAIN) for item in items):
        raise CannotSend("Some of these are still on their way. Wait for their end.")


def _again(
    items: Sequence[DeliveryItem], old: Delivery, by: User | None, click: str, starts_in: float
) -> Push:
    push = old.push
    options = dict(push.options)
    if push.lead_list:
        options = list_options(push.lead_list, old.account, push.options)
    request = Request(
        account=old.account,
        endpoint=gate.endpoint_of(old.account, old.endpoint),
        by=by,
        click_token=click,
        label=push.label,
        team=push.team,
        options=options,
        lead_list=push.lead_list,
        starts_in=starts_in,
        again_of=push,
    )
    found = (item.lead or item.contact or item.action for item in items)
    unique = {record.pk: record for record in found if record and not record.deleted_at}
    if not unique:
        raise NothingToSend("These records were deleted. There is nothing to send.")
    return write(request, list(unique.values()))


def decide(delivery: Delivery, verdict: str, reason: str, by: User | None) -> None:
    """Write a person's word on an end nobody can know; raises CannotSend without a reason.

    "there" ends as delivered, "not_there" as not sent, "send_again" lets the same bytes go once
    more, which may make a second copy.
    """
    if not reason.strip():
        raise CannotSend("Write how you know: the reason is kept with the decision.")
    with transaction.atomic():
        fresh = Delivery.objects.select_for_update().select_related("account").get(pk=delivery.pk)
        if fresh.state != State.UNCERTAIN:
            raise CannotSend("This was settled meanwhile: its page shows how.")
        Decision.objects.create(
            delivery=fresh,
            verdict=verdict,
            reason=reason,
            by=by,
            by_label=str(by) if by else "command line",
        )
        audit.record("decided", actor=by, target=fresh, team=fresh.push.team, verdict=verdict)
        _carry_out(fresh, verdict, reason, by)


def _carry_out(delivery: Delivery, verdict: str, reason: str, by: User | None) -> None:
    now = clock.now()
    items = list(delivery.items.filter(state=State.UNCERTAIN))
    who = str(by) if by else "command line"
    if verdict == Decision.Verdict.SEND_AGAIN:
        newest(items)
        move(
            delivery,
            State.QUEUED,
            next_at=now,
            ended_at=None,
            had_unknown=True,
            tries=0,
            first_attempt_at=None,
            held_seconds=0,
            payload="" if _is_partly_there(delivery) else delivery.payload,
        )
        Push.objects.filter(pk=delivery.push_id).update(cancelled_at=None)
        reopen_items(items, delivery.push_id, now)
        return
    there = verdict == Decision.Verdict.THERE
    state = State.DELIVERED if there else State.FAILED
    words = f"{who} decided: {'it is there' if there else 'it is not there'}. {reason}"
    evidence = "verified" if there else ""
    move(delivery, state, reason=words, evidence=evidence, ended_at=now, payload="")
    end = End(state, evidence, delivery.cause, delivery.quote, words)
    close_items(delivery, {item.pk: end for item in items}, items, now)
    if there and delivery.part_id:
        ListPart.objects.filter(pk=delivery.part_id, sent_at=None).update(sent_at=now)


def _is_partly_there(delivery: Delivery) -> bool:
    """Whether some of its records were seen at the provider: its bytes may not go again whole."""
    return delivery.items.filter(state=State.DELIVERED).exists()


def stop_account(account: Account, by: User | None, reason: str, credential: str = "") -> Hold:
    """Let nothing more leave for `account` until it is released."""
    with transaction.atomic():
        hold, created = Hold.objects.get_or_create(
            account=account,
            credential=credential,
            released_at=None,
            defaults={
                "reason": reason,
                "by_label": str(by) if by else "command line",
                "created_at": clock.now(),
            },
        )
        if created:
            audit.record("account.stopped", actor=by, target=account, reason=reason)
    return hold


def release_account(account: Account, by: User | None, credential: str | None = None) -> int:
    """Let an account go on: one credential, or all of it; return how many stops were lifted.

    The time it stood still does not count towards the 24 hours a delivery has.
    """
    now = clock.now()
    with transaction.atomic():
        holds = Hold.objects.select_for_update().filter(account=account, released_at=None)
        if credential is not None:
            holds = holds.filter(credential=credential)
        lifted = list(holds)
        for hold in lifted:
            hold.released_at = now
            hold.save(update_fields=["released_at"])
            waiting = Delivery.objects.filter(account=account, state__in=WAITING)
            if hold.credential:
                waiting = waiting.filter(credential=hold.credential)
            spent = (now - hold.created_at) / timedelta(seconds=1)
            waiting.exclude(first_attempt_at=None).update(held_seconds=F("held_seconds") + spent)
        if lifted:
            gate.note_answer(account.pk, now)
            audit.record("account.released", actor=by, target=account, count=len(lifted))
    return len(lifted)
