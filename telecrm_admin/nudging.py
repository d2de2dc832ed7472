"""With Celery, work that was just saved is not left waiting for the next beat."""

from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_save

from leads.models import Import
from sync.models import Push

LANE_OF: dict[type[models.Model], str] = {Push: "deliveries", Import: "jobs"}


def start() -> None:
    """Nudge a lane whenever something for it is saved."""
    for model in LANE_OF:
        post_save.connect(_saved, sender=model)


def _saved(sender: type[models.Model], **_: Any) -> None:
    from telecrm_admin.celery import nudge  # only installations with a broker have Celery

    lane = LANE_OF[sender]
    # robust: a broker that is away must not fail what is saved already; beat makes up for it.
    transaction.on_commit(lambda: nudge(lane), robust=True)
