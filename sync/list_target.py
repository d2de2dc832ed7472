"""What an account needs to know of one list, beside what the list says itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from access.models import Account
from leads.models import LeadList


class ListTarget(models.Model):
    """What an account needs to know of one list: Smartflo's list id, duplicate option, columns."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="list_targets")
    lead_list = models.ForeignKey(LeadList, models.CASCADE, related_name="targets")
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "lead_list"], name="target_of_list")
        ]

    def __str__(self) -> str:
        return f"{self.lead_list} at {self.account}"
