"""What stays of a number whose person asked to be erased: a fingerprint, to never call it again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from access.models import Team
from access.secrets import EncryptedField


class FingerprintKey(models.Model):
    """The team's key for fingerprints: without it all numbers there are could be tried out."""

    team = models.OneToOneField(Team, models.CASCADE, related_name="+")
    secret = EncryptedField(default=dict, editable=False)

    def __str__(self) -> str:
        return f"Fingerprint key of {self.team}"


class ErasedNumber(models.Model):
    """A number nobody of the team may call again, though nobody can read which it is."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="erased_numbers")
    fingerprint = models.CharField(max_length=64)
    erased_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "fingerprint"], name="erased_once")
        ]

    def __str__(self) -> str:
        return self.fingerprint[:12]
