"""What is written on a lead's timeline at Telecrm, beside the lead's own fields."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Team, TeamOwnedQuerySet, User
from leads.models import Lead


class LeadAction(models.Model):
    """A custom action or a payment to write on a lead's timeline at Telecrm (seed 002)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="lead_actions")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="actions")
    kind = models.CharField(_("action"), max_length=60)  # a custom action code, or PAYMENT
    fields = models.JSONField(default=dict, blank=True)
    predated_at = models.DateTimeField(null=True, blank=True)  # created_on of seed 002
    payment_status = models.CharField(max_length=12, blank=True)
    payment_currency = models.CharField(max_length=3, blank=True)
    payment_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.words} for {self.lead}"

    @property
    def words(self) -> str:
        """What it is, for people."""
        if self.payment_amount is None:
            return f"Action {self.kind.removeprefix('ACTION_')}"
        amount = Decimal(self.payment_amount)  # a text until it was read from the database
        return f"Payment of {amount:,f} {self.payment_currency}"
