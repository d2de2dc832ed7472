"""Writing down what came of a try: one fenced transaction for state, attempt, records and gate."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections, transaction

from access import audit
from access.models import Account, Hold
from campaigns.models import Campaign
from leads.models import ListPart
from sync import clock, explanations, gate, limits, looks
from sync.crashpoints import crashpoint
from sync.freezing import open_items
from sync.ledger import End, close_items, move
from sync.models import ACTIVE, Attempt, Delivery, DeliveryItem, State
from sync.outcomes import ENDS, Settlement
from sync.providers.base import Explanation, Note, Outcome, Reply
from sync.splitting import split

LONGEST_CODE, LONGEST_REMOTE_ID = 60, 64  # characters, as wide as their columns
PAUSE = 0.2  # seconds between tries to write a result


def finish_attempt(attempt: Attempt, reply: Reply) -> None:
    """Fill in what the provider answered (the caller saves it in its fenced transaction)."""
    attempt.result = Attempt.Result.ANSWERED
    attempt.outcome = reply.outcome.value
    attempt.quote = reply.message


def complete(attempt: Attempt) -> bool:
    """Save what came of a try, once: an attempt the sweeper has closed is never rewritten."""
    names = ("result", "outcome", "finished_at", "http_status", "quote", "words", "response_body")
    changes = {name: getattr(attempt, name) for name in names}
    open_ = Attempt.objects.filter(pk=attempt.pk, result=Attempt.Result.IN_FLIGHT)
    return bool(open_.update(**changes))


def finish_step(attempt: Attempt, account: Account, reply: Reply) -> None:
    """Close a step that is not the end (a login, a read-back) and keep what it taught us."""
    with transaction.atomic():
        attempt.finished_at = clock.now()
        complete(attempt)
        if reply.learned:
            fresh = Account.objects.select_for_update().get(pk=account.pk)
            fresh.credentials = {**fresh.credentials, **reply.learned}
            fresh.save(update_fields=["credentials"])
            account.credentials = fresh.credentials
    if reply.learned:
        crashpoint("token_refresh_after_login")


def finish_empty(delivery: Delivery, token: str, now: datetime) -> None:
    """End a delivery whose records all ended before it could be sent, like the last of them."""
    last = delivery.items.order_by("-position").first()
    state = State(last.state) if last else State.CANCELLED
    reason = last.reason if last else ""
    cause = last.cause if last else ""
    code = explanations.NO_LEAD if state is State.FAILED else ""
    move(delivery, state, token=token, ended_at=now, reason=reason, cause=cause, code=code)


def settle_surely(
    delivery: Delivery,
    token: str,
    attempt: Attempt | None,
    settlement: Settlement,
    reply: Reply | None = None,
) -> bool:
    """Write what came of a request even through a busy database, for as long as a lease lasts.

    An answer is worth waiting for: without it a record that arrived would be in doubt.
    """
    until = time.monotonic() + limits.wait(limits.LEASE).total_seconds()
    tries = delivery.tries
    while True:
        try:
            return settle(delivery, token, attempt, settlement, reply)
        except (OperationalError, InterfaceError):
            if time.monotonic() > until:
                raise
        close_old_connections()
        time.sleep(PAUSE)
        delivery.state, delivery.tries = State.SENDING, tries  # as before the move that was undone


def settle(
    delivery: Delivery,
    token: str,
    attempt: Attempt | None,
    settlement: Settlement,
    reply: Reply | None = None,
) -> bool:
    """Write `settlement` if the lease still is ours; False when somebody else has taken over.

    An answer that comes too late changes nothing: the sweeper has decided by then, and the next
    try will meet the evidence.
    """
    with transaction.atomic():
        now = clock.now()
        words = _words(delivery, settlement.code, settlement.quote, settlement.state)
        open_end = looks.is_possible(delivery, settlement.state)
        moved = _move(delivery, token, settlement, words, now, keep_payload=open_end)
        if attempt:
            attempt.finished_at = now
            attempt.words = attempt.words or words.sentence
            complete(attempt)
        if moved:
            resting = _consequences(delivery, settlement, words, reply, now)
            if open_end:
                looks.plan(delivery, resting, now)
        crashpoint("result_before_commit")
    crashpoint("result_after_commit")
    if moved and settlement.split:
        crashpoint("split_after_commit")
    return moved


def _words(delivery: Delivery, code: str, quote: str, state: str) -> Explanation:
    account = delivery.account
    return explanations.explain(account.provider, delivery.endpoint, code, quote, state=state)


def _move(
    delivery: Delivery,
    token: str,
    settlement: Settlement,
    words: Explanation,
    now: datetime,
    *,
    keep_payload: bool,
) -> bool:
    ended = settlement.state not in ACTIVE
    quiet = settlement.state in (State.DELIVERED, State.ACCEPTED)
    changes: dict[str, object] = {
        "had_unknown": settlement.had_unknown,
        "evidence": settlement.evidence,
        "quote": settlement.quote,
        "code": settlement.code[:LONGEST_CODE],
        "cause": "" if quiet else words.cause,
        "reason": words.sentence,
        "ended_at": now if ended else None,
    }
    if settlement.delay is not None:
        changes["next_at"] = now + settlement.delay
    if not settlement.spends_try:
        changes["tries"] = max(delivery.tries - 1, 0)
    if ended and settlement.state is not State.UNCERTAIN and not keep_payload:
        changes["payload"] = ""
    return move(delivery, settlement.state, token=token, **changes)


def _consequences(
    delivery: Delivery,
    settlement: Settlement,
    words: Explanation,
    reply: Reply | None,
    now: datetime,
) -> list[DeliveryItem]:
    """Write what follows for records, account and gate; return the records that were open."""
    items = open_items(delivery)
    if settlement.split:
        split(delivery, items, now)
    elif settlement.state not in ACTIVE:
        close_items(delivery, _ends(delivery, settlement, words, items), items, now)
        _remember_ids(delivery, reply, settlement, now)
    if settlement.hold:
        hold(delivery, settlement, words)
    _tell_gate(delivery, settlement, reply, now)
    return items


def _ends(
    delivery: Delivery, settlement: Settlement, words: Explanation, items: Sequence[DeliveryItem]
) -> Mapping[int, End]:
    """Return how each record ended: like the whole request, unless the answer names it."""
    notes = {note.key: note for note in settlement.notes}
    quiet = settlement.state in (State.DELIVERED, State.ACCEPTED)
    common = End(
        State(settlement.state),
        settlement.evidence,
        "" if quiet else words.cause,
        settlement.quote,
        words.sentence,
    )
    return {
        item.pk: _noted(delivery, notes[str(item.pk)]) if str(item.pk) in notes else common
        for item in items
    }


def _noted(delivery: Delivery, note: Note) -> End:
    state = ENDS.get(note.outcome, State.UNCERTAIN)
    words = _words(delivery, note.outcome.value, note.message, state)
    quiet = state in (State.DELIVERED, State.ACCEPTED)
    evidence = note.evidence.value if state is State.DELIVERED else ""
    return End(state, evidence, "" if quiet else words.cause, note.message, words.sentence)


def _remember_ids(
    delivery: Delivery, reply: Reply | None, settlement: Settlement, now: datetime
) -> None:
    """Keep the ids an answer carries: of single records, of the group, of the campaign.

    Seeds 000 and 003 name none for the last two; where one comes all the same it is believed.
    """
    for note in settlement.notes:
        if 0 < len(note.remote_id) <= LONGEST_REMOTE_ID:
            DeliveryItem.objects.filter(pk=int(note.key)).update(remote_id=note.remote_id)
    found = reply.remote_ids if reply else {}
    if campaign_id := found.get("campaign_id", ""):
        created = Campaign.objects.filter(sent__delivery=delivery, provider_campaign_id=None)
        created.update(provider_campaign_id=UUID(campaign_id))
    if not delivery.part_id or settlement.state is not State.DELIVERED:
        return
    part = ListPart.objects.filter(pk=delivery.part_id)
    part.update(sent_at=now)
    if group_id := found.get("leads_id", ""):
        part.filter(provider_leads_id=None).update(provider_leads_id=UUID(group_id))


def hold(delivery: Delivery, settlement: Settlement, words: Explanation) -> None:
    """Stop the credential of `delivery`, unless other values were entered since it left."""
    used, entered = delivery.account, Account.objects.get(pk=delivery.account_id)
    if (used.credentials, used.base_url) == (entered.credentials, entered.base_url):
        stop(used, delivery.credential, settlement.quote, words)


def stop(account: Account, credential: str, quote: str, words: Explanation) -> None:
    """Stop a credential at its first refusal: one banner instead of ten thousand failures."""
    _, created = Hold.objects.get_or_create(
        account=account,
        credential=credential,
        released_at=None,
        defaults={
            "reason": words.sentence,
            "quote": quote,
            "cause": words.cause,
            "created_at": clock.now(),
        },
    )
    if created:
        audit.record("account.stopped", actor=None, target=account, reason=words.sentence)


def _tell_gate(
    delivery: Delivery, settlement: Settlement, reply: Reply | None, now: datetime
) -> None:
    """Let pace and breaker know: a 429 slows down, no usable answer counts towards a pause."""
    if settlement.code in (explanations.NOT_STARTED, explanations.OUR_FAULT):
        return
    silent = settlement.code in (explanations.NO_ANSWER, explanations.NO_CONNECTION)
    failed = silent or (reply is not None and reply.outcome is Outcome.UNCERTAIN and not reply.ask)
    slower = settlement.delay if settlement.code == "429" else None
    if not failed and slower is None:
        gate.note_answer(delivery.account_id, now)
        return
    account_gate = gate.lock(delivery.account_id)
    if slower is None:
        gate.note_failure(account_gate, now)
        if settlement.quiet:
            gate.keep_quiet(account_gate, now, settlement.quiet)
    else:
        gate.note_too_fast(account_gate, now, slower)
    account_gate.save()
