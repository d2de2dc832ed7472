"""Every act has an author: one row per act, written in the same transaction as the act."""

from __future__ import annotations

from typing import Any

from django.db import models

from access.models import AuditEvent, Team, User


def record(
    kind: str,
    *,
    actor: User | None,
    target: models.Model | None = None,
    team: Team | None = None,
    count: int = 1,
    **details: Any,
) -> AuditEvent:
    """Write down that `actor` (None: the command line or a worker) did `kind` to `target`.

    `count` is the number of records of a bulk act; `details` is JSON without secrets.
    """
    owner = team or getattr(target, "team", None)
    return AuditEvent.objects.create(
        kind=kind,
        actor_id=str(actor.pk) if actor else "",
        actor_label=str(actor) if actor else "command line",
        team_id=str(owner.pk) if owner else "",
        target_kind=target._meta.model_name or "" if target else "",
        target_id=str(target.pk) if target else "",
        target_label=str(target)[:200] if target else "",
        count=count,
        details=details,
    )
