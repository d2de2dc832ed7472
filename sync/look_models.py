"""A look that is still to be made: has the provider what was given to it?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from access.models import Account


class Look(models.Model):
    """The next look for one delivery that rests without proof; gone when nothing is left to see.

    `keys` are the ids of its records in payload order, `step` the next read of a chain of several
    (None: the first). `number` looks were made, the last `misses` in a row brought no answer.
    `token` is set while a worker makes a read; `due_at` is its lease then.
    """

    delivery = models.OneToOneField(
        "sync.Delivery", models.CASCADE, primary_key=True, related_name="look"
    )
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    began_at = models.DateTimeField(default=timezone.now)
    number = models.PositiveIntegerField(default=0)
    misses = models.PositiveIntegerField(default=0)
    keys = models.JSONField(default=list)
    step = models.JSONField(null=True, blank=True)
    token = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "due_at"], name="look_due")]

    def __str__(self) -> str:
        return f"Look {self.number + 1} for {self.delivery_id}"
