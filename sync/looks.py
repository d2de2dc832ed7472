"""Which deliveries are looked up at the provider afterwards, with which read, and when.

Read by the ledger when a delivery rests; sync/verifying.py makes the looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from access.models import Account, Hold
from sync import clock, gate, limits, providers
from sync.freezing import parcel_of
from sync.models import Attempt, Delivery, DeliveryItem, Gate, Look, Push, State
from sync.providers import looking_up
from sync.providers.base import Parcel, replace

RESTING = (State.ACCEPTED, State.UNCERTAIN)


def is_possible(delivery: Delivery, state: State) -> bool:
    """Return whether a look may prove more about `delivery`, which is about to rest in `state`.

    Given and not confirmed: always worth a look. Not sure: only where a repeat is never made, so
    that the read alone decides. Call it while the payload is still there.
    """
    if state not in RESTING or not _may(delivery, delivery.account):
        return False
    sent = parcel_of(delivery, delivery.account, ["any"])
    endpoint = gate.endpoint_of(delivery.account, delivery.endpoint)
    if state is State.UNCERTAIN and endpoint.repeatable(sent):
        return False
    return providers.get(delivery.account.provider).read_back(sent) is not None


def _may(delivery: Delivery, account: Account) -> bool:
    return bool(delivery.payload) and account.settings.get(looking_up.KEY) != looking_up.OFF


def plan(delivery: Delivery, items: Sequence[DeliveryItem], now: datetime) -> None:
    """Write that `delivery`, which has just come to rest, is to be looked up."""
    wait = limits.wait(0 if delivery.state == State.UNCERTAIN else limits.LOOKS[0])
    look = Look(
        delivery=delivery,
        account=delivery.account,
        due_at=now + wait,
        began_at=now,
        keys=[item.pk for item in items],
    )
    columns = ["account", "due_at", "began_at", "number", "misses", "keys", "step", "token"]
    Look.objects.bulk_create(
        [look], update_conflicts=True, unique_fields=["delivery"], update_fields=columns
    )


def after(look: Look) -> datetime | None:
    """Return when the look after `look.number` looks is due; None when that was the last one."""
    first = 1 if look.delivery.state == State.UNCERTAIN else 0  # it had one at once
    at = look.number - first
    return look.began_at + limits.wait(limits.LOOKS[at]) if at < len(limits.LOOKS) else None


def last_at(look: Look) -> datetime:
    """Return when the last look is due, if none before it settles the matter."""
    return max(look.due_at, look.began_at + limits.wait(limits.LOOKS[-1]))


def read_for(delivery: Delivery, account: Account, keys: Sequence[int]) -> Parcel | None:
    """Return the read that can say whether the provider has `delivery`; None where it has none."""
    if not keys or not _may(delivery, account):
        return None
    sent = parcel_of(delivery, account, [str(key) for key in keys])
    options = {**sent.options, "attempted_at": began(delivery)}
    return providers.get(account.provider).read_back(replace(sent, options=options))


def began(delivery: Delivery) -> float | None:
    """Return when the first try that may have arrived left, in seconds of the ledger's clock."""
    tries = delivery.attempts.filter(endpoint=delivery.endpoint)
    left = tries.exclude(result=Attempt.Result.NEVER_SENT).order_by("number").first()
    return left.started_at.timestamp() if left else None


def next_step(look: Look, account: Account) -> Parcel | None:
    """Return the next read of `look`: the one noted, else the first; None when there is none."""
    parcel = read_for(look.delivery, account, look.keys)
    if parcel is None or look.step is None:
        return parcel
    return replace(parcel, payload=look.step["payload"], options=look.step["options"])


def noted(step: Parcel) -> dict[str, Any]:
    """Return what `next_step` needs to go on; never the credentials."""
    return {"payload": step.payload, "options": dict(step.options)}


def first_is_due(push: Push | None = None) -> bool:
    """Return whether a "not sure" still waits for the look that is made at once, and may have it.

    `push --wait` and `worker --drain` stay for that one look; for later ones nobody waits.
    """
    fresh = Look.objects.filter(delivery__state=State.UNCERTAIN, number=0, misses=0)
    if push is not None:
        fresh = fresh.filter(delivery__push=push)
    accounts = list(fresh.order_by().values_list("account_id", flat=True).distinct())
    return any(_is_free(account) for account in accounts)


def _is_free(account_id: int) -> bool:
    if Hold.objects.filter(account=account_id, released_at=None).exists():
        return False
    account_gate = Gate.objects.filter(account=account_id).first()
    now = clock.now()
    return account_gate is None or not (
        gate.is_probing(account_gate) or (account_gate.open_until or now) > now
    )
