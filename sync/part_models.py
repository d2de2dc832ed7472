"""A part that goes by itself once enough leads of a list wait for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from access.models import Account, User
from leads.models import LeadList


class NextPart(models.Model):
    """The wish of one press: send the waiting leads of a list once `size` of them wait.

    It ends with that send: `click_token` is the send's, so that two workers plan it once.
    `look_at` is when the leads are counted next.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="next_parts")
    lead_list = models.ForeignKey(LeadList, models.CASCADE, related_name="next_parts")
    size = models.PositiveIntegerField()
    click_token = models.CharField(max_length=64)
    look_at = models.DateTimeField(default=timezone.now, db_index=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "lead_list"], name="next_part_of_list")
        ]

    def __str__(self) -> str:
        return f"{self.lead_list} at {self.size}"
