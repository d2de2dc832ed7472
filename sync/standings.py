"""Where each record stands at each account, and the one-word summary on the record itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Model

from access.models import Account
from campaigns.models import Campaign
from leads.models import Contact, Lead, SendSummary
from sync.models import DeliveryItem, LeadAction, Standing, State

RECORD_MODELS: dict[str, type[Model]] = {
    "lead": Lead,
    "contact": Contact,
    "campaign": Campaign,
    "action": LeadAction,
}
# From worst to best: the first that any account has is the record's summary.
_SUMMARY: tuple[tuple[SendSummary, frozenset[str]], ...] = (
    (SendSummary.UNSURE, frozenset({State.UNCERTAIN})),
    (SendSummary.REFUSED, frozenset({State.REJECTED, State.FAILED})),
    (SendSummary.WAIT, frozenset({State.QUEUED, State.SENDING, State.RETRY_WAIT})),
    (SendSummary.GIVEN, frozenset({State.ACCEPTED})),
    (SendSummary.AT, frozenset({State.DELIVERED, State.ALREADY_THERE})),
)
_CAMPAIGN_STATES = {
    State.QUEUED: Campaign.State.WAITING,
    State.DELIVERED: Campaign.State.CREATED,
    State.ALREADY_THERE: Campaign.State.CREATED,
    State.UNCERTAIN: Campaign.State.UNSURE,
    State.REJECTED: Campaign.State.REFUSED,
    State.FAILED: Campaign.State.REFUSED,
    State.CANCELLED: Campaign.State.DRAFT,
}


def kind_of(item: DeliveryItem) -> str:
    """Return which record an item is about: "lead", "contact", "campaign" or "action"."""
    return next(kind for kind in RECORD_MODELS if getattr(item, f"{kind}_id"))


def open_(items: Sequence[DeliveryItem], account: Account, now: datetime) -> None:
    """Write that `items` (all of one kind, just planned) wait at `account`."""
    kind = kind_of(items[0])
    _lock(kind, [getattr(item, f"{kind}_id") for item in items])
    Standing.objects.bulk_create(
        [
            Standing(
                account=account,
                item=item,
                state=State.QUEUED,
                changed_at=now,
                **{f"{kind}_id": getattr(item, f"{kind}_id")},
            )
            for item in items
        ],
        update_conflicts=True,
        unique_fields=["account", kind],
        update_fields=["state", "item", "changed_at"],
        batch_size=1000,
    )


def close(items: Sequence[DeliveryItem], account: Account, state: str, now: datetime) -> None:
    """Write that `items` (all of one kind) rest or ended in `state` at `account`."""
    by_version: dict[int | None, list[int]] = defaultdict(list)
    kind = kind_of(items[0])
    reached = state in (State.DELIVERED, State.ACCEPTED, State.ALREADY_THERE, State.UNCERTAIN)
    _lock(kind, [getattr(item, f"{kind}_id") for item in items])
    for item in items:
        by_version[item.version if reached else None].append(getattr(item, f"{kind}_id"))
    for version, ids in by_version.items():
        changes: dict[str, object] = {"state": state, "changed_at": now}
        if version is not None:
            changes["version_sent"] = version
        Standing.objects.filter(account=account, **{f"{kind}_id__in": ids}).update(**changes)
    summarise(kind, [pk for ids in by_version.values() for pk in ids])
    if kind == "campaign" and state in _CAMPAIGN_STATES:
        campaigns = [item.campaign_id for item in items if item.campaign_id]
        Campaign.objects.filter(pk__in=campaigns).update(state=_CAMPAIGN_STATES[State(state)])


def tell_campaigns(
    items: Sequence[DeliveryItem],
    *,
    evidence: str,
    cause: str,
    quote: str,
    reason: str,
    now: datetime,
) -> None:
    """Write on each campaign what its provider answered last, for the campaign's own page."""
    if ids := [item.campaign_id for item in items if item.campaign_id]:
        Campaign.objects.filter(pk__in=ids).update(
            evidence=evidence, cause=cause, quote=quote, reason=reason, answered_at=now
        )


def _lock(kind: str, ids: list[int]) -> None:
    """Lock the records, in the order of their ids, before their standings are written.

    Two accounts may settle the same leads at once: in one order there is no deadlock, and the
    second one's summary sees what the first one wrote.
    """
    if not connection.features.has_select_for_update:
        return
    records = RECORD_MODELS[kind]._default_manager.filter(pk__in=ids).order_by("pk")
    list(records.select_for_update(no_key=True).values_list("pk"))


def summarise(kind: str, ids: Iterable[int]) -> None:
    """Write the worst standing of each record into its own `push_state`, for filters and marks."""
    if kind == "action":
        return
    states: dict[int, set[str]] = defaultdict(set)
    column = f"{kind}_id"
    wanted = list(ids)
    for record, state in Standing.objects.filter(**{f"{column}__in": wanted}).values_list(
        column, "state"
    ):
        states[record].add(state)
    groups: dict[str, list[int]] = defaultdict(list)
    for record in wanted:
        groups[summary_of(states[record])].append(record)
    for summary, records in groups.items():
        manager = RECORD_MODELS[kind]._default_manager
        manager.filter(pk__in=records).exclude(push_state=summary).update(push_state=summary)


def summary_of(states: set[str]) -> str:
    """Return the summary of a record whose standings are `states`."""
    return next((str(summary) for summary, these in _SUMMARY if these & states), "")
