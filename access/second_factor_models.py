"""What a person's second step at sign-in needs: an authenticator app's key and recovery codes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device

from access.secrets import EncryptedField


class Authenticator(Device):  # type: ignore[misc]  # django-otp is not typed
    """The app on a person's phone; `confirmed` once it has shown a right code.

    `secret` is {"key": hex}, encrypted like provider credentials: django-otp's own model keeps it
    in plain text. `last_step` is the newest 30-second step a code was taken from, so that none
    counts twice. `failures` in a row close the door until `locked_until`.
    """

    secret = EncryptedField(default=dict, editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], name="one_authenticator_each")
        ]

    def __str__(self) -> str:
        return f"Authenticator of {self.user}"


class RecoveryCode(models.Model):
    """A code for the day the phone is lost; 80 random bits, only the hash is stored."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Recovery code of {self.user}"
