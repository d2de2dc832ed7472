"""The states a delivery, and each record in it, can be in; sync/ledger.py has the moves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """States of a delivery and of each record in it; words for people are in sync/wording.py.

    "Held" is not stored: it is a waiting delivery whose account has a Hold, whose send is paused,
    or whose provider is not answering (docs/decisions/0004).
    """

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Sending")
    RETRY_WAIT = "retry_wait", _("Waiting to try again")
    UNCERTAIN = "uncertain", _("Not sure")
    DELIVERED = "delivered", _("At the provider")
    ACCEPTED = "accepted", _("Given, not confirmed")
    ALREADY_THERE = "already_there", _("Was already there")
    REJECTED = "rejected", _("Refused")
    FAILED = "failed", _("Not sent")
    CANCELLED = "cancelled", _("Cancelled")
    SUPERSEDED = "superseded", _("Replaced by a newer edit")
    SPLIT = "split", _("Sent in smaller parts")


WAITING = (State.QUEUED, State.RETRY_WAIT)
# As the index of due deliveries has it: SQLite finds that index by these very words, not by IN.
IS_WAITING = Q(state=State.QUEUED) | Q(state=State.RETRY_WAIT)
ACTIVE = (*WAITING, State.SENDING)
ENDS = tuple(state for state in State if state not in (*ACTIVE, State.UNCERTAIN))
