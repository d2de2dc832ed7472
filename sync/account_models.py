"""What is known of one account: where each record stands there, and its pace."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from access.models import Account
from campaigns.models import Campaign
from leads.models import Contact, Lead
from sync.states import State


class Standing(models.Model):
    """Where one record stands at one account: the answer every list and filter reads."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="standings", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, blank=True, related_name="standings")
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="standings"
    )
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="standings"
    )
    action = models.ForeignKey(
        "sync.LeadAction", models.CASCADE, null=True, blank=True, related_name="standings"
    )
    state = models.CharField(max_length=13, choices=State.choices, default=State.QUEUED)
    version_sent = models.PositiveIntegerField(null=True, blank=True)
    item = models.ForeignKey("sync.DeliveryItem", models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Not conditional: empty columns never collide, and an upsert needs a plain index.
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", kind], name=f"standing_of_{kind}")
            for kind in ("lead", "contact", "campaign", "action")
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "state", "-lead"], name="standing_leads")
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.state}"


class Gate(models.Model):
    """What all workers share about one account: its pace, its breaker, its repeat budget.

    `slot_at` is the time of the next free request (GCRA); `rate_factor` is halved by a 429 and
    grows back; the breaker opens on a run of unknown outcomes.
    """

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="gate")
    slot_at = models.DateTimeField(default=timezone.now)
    look_slot_at = models.DateTimeField(default=timezone.now)  # of the next look-up, fewer of them
    rate_factor = models.FloatField(default=1)
    rate_changed_at = models.DateTimeField(default=timezone.now)
    failures_in_row = models.PositiveIntegerField(default=0)
    window_started_at = models.DateTimeField(default=timezone.now)
    window_requests = models.PositiveIntegerField(default=0)
    window_failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    openings = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    probing = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)  # the last answer that made sense
    hour_started_at = models.DateTimeField(default=timezone.now)
    hour_requests = models.PositiveIntegerField(default=0)
    hour_repeats = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Gate of {self.account_id}"
