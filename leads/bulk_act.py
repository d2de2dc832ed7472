"""One act on more leads than a request should wait for: what was asked, and how far it is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Team, TeamOwnedQuerySet, User


class BulkAct(models.Model):
    """Leads are chosen by a filter or by ids, as they were when asked: newer ones are not meant.

    `cursor` is the id of the lead done last, newest first; written with what was done.
    """

    class Verb(models.TextChoices):
        TAG = "tag", _("Tag leads")
        MOVE = "move", _("Move leads to another list")
        COPY = "copy", _("Copy leads into another list")
        DO_NOT_CALL = "do_not_call", _("Mark as do not call")
        DELETE = "delete", _("Delete leads")
        RESTORE = "restore", _("Bring leads back")

    class State(models.TextChoices):
        RUNNING = "running", _("Working")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Could not go on")

    team = models.ForeignKey(Team, models.PROTECT, related_name="bulk_acts")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=12, choices=Verb.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    query = models.TextField(blank=True)  # the filter of the leads page
    picks = models.JSONField(default=list, blank=True)  # or ids
    details = models.JSONField(default=dict, blank=True)  # tag, to (a list's id), reason
    wanted = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)  # stayed as they are: the number stands there
    cursor = models.BigIntegerField()
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="act_due")]

    def __str__(self) -> str:
        return str(self.get_verb_display())
