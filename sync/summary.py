"""What became of a send, in records: the figures of `push --wait --json` and of the send pages."""

from __future__ import annotations

from access.models import Hold
from sync import gate
from sync.ledger import COUNTERS
from sync.models import Push
from sync.wording import became


def stop_of(push: Push) -> Hold | None:
    """Return the stop that keeps `push` from going on, or None."""
    credential = gate.endpoint_of(push.account, push.endpoint).credential
    stops = Hold.objects.filter(account=push.account, released_at=None)
    return stops.filter(credential__in=["", credential]).order_by("created_at").first()


def figures(push: Push) -> dict[str, int]:
    """Return {"push", "total", one count per end, "held", "waiting"}; total is their sum."""
    held = bool(push.paused_at or stop_of(push))
    counts = {name: int(getattr(push, name)) for name in COUNTERS.values()}
    return {
        "push": push.pk,
        "total": push.total,
        **counts,
        "held": push.waiting if held else 0,
        "waiting": 0 if held else push.waiting,
    }


def sentence(push: Push) -> str:
    """Return one line for people: what arrived, what did not, what waits."""
    waits = {"held": f"wait: {push.account.name} is stopped", "waiting": "waiting"}
    counts = figures(push)
    waiting = [f"{counts[name]:,} {text}" for name, text in waits.items() if counts[name]]
    said = ", ".join(filter(None, [became(push), *waiting]))
    return f"{push.label}: {push.total:,} records. {said}."
