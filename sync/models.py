"""The ledger: what a manager asked for, the requests it became, and every try with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Account, Team, TeamOwnedQuerySet, User
from campaigns.models import Campaign
from leads.models import Contact, Lead, LeadList, ListPart
from sync.account_models import Gate as Gate
from sync.account_models import Standing as Standing
from sync.lead_action import LeadAction as LeadAction
from sync.list_target import ListTarget as ListTarget
from sync.look_models import Look as Look
from sync.part_models import NextPart as NextPart
from sync.providers.base import Evidence, Outcome
from sync.states import ACTIVE as ACTIVE
from sync.states import ENDS as ENDS
from sync.states import IS_WAITING as IS_WAITING
from sync.states import WAITING as WAITING
from sync.states import State as State

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Push(models.Model):
    """What a manager asked for: these records, to this account. Managers read it as a send.

    `click_token` makes a double click one send. Counters are in records and kept by the ledger:
    total = waiting + delivered + accepted + already_there + rejected + uncertain + failed
    + cancelled + superseded.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="pushes")
    account = models.ForeignKey(Account, models.PROTECT, related_name="pushes")
    endpoint = models.CharField(max_length=30)
    lead_list = models.ForeignKey(
        LeadList, models.PROTECT, null=True, blank=True, related_name="pushes"
    )
    label = models.CharField(max_length=200)
    click_token = models.CharField(max_length=64, unique=True)
    options = models.JSONField(default=dict, blank=True)
    again_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="repeats"
    )
    starts_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    waiting = models.IntegerField(default=0)
    delivered = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    already_there = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    uncertain = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    superseded = models.IntegerField(default=0)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = TeamOwnedQuerySet.as_manager()
    if TYPE_CHECKING:
        deliveries: RelatedManager[Delivery]

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name = "send"
        verbose_name_plural = "sends"
        indexes: ClassVar = [
            models.Index(fields=["team", "-created_at"], name="push_newest"),
            models.Index(fields=["finished_at", "team"], name="push_running"),
        ]

    def __str__(self) -> str:
        return self.label


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries as a person may see them."""

    def visible_to(self, user: User) -> DeliveryQuerySet:
        """Return the deliveries of `user`'s teams."""
        return self.filter(push__in=Push.objects.visible_to(user))


class Delivery(models.Model):
    """One provider request with its records, moved from state to state by sync/ledger.py only.

    `payload` (JSON without credentials) is frozen with `payload_hash` by the first intent and
    dropped after the end; the hash stays. `record_key` is the person it is about where two requests
    for one person may not be in flight together. `waits_for` must end before this may start.
    """

    push = models.ForeignKey(Push, models.PROTECT, related_name="deliveries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="deliveries")
    endpoint = models.CharField(max_length=30)
    credential = models.CharField(max_length=20)
    state = models.CharField(max_length=13, choices=State.choices, default=State.QUEUED)
    evidence = models.CharField(
        max_length=8, blank=True, choices=[(e.value, e.value) for e in Evidence]
    )
    number = models.PositiveIntegerField(default=1)
    item_count = models.PositiveIntegerField(default=0)
    part = models.ForeignKey(
        ListPart, models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    options = models.JSONField(default=dict, blank=True)
    record_key = models.CharField(max_length=40, blank=True)
    payload = models.TextField(blank=True)  # text, not jsonb: a repeat sends the same bytes
    payload_hash = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)
    had_unknown = models.BooleanField(default=False)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    held_seconds = models.FloatField(default=0)  # does not count towards the 24 h expiry
    cause = models.CharField(max_length=60, blank=True)
    quote = models.TextField(blank=True)  # the provider's own words, verbatim
    reason = models.TextField(blank=True)  # ours
    code = models.CharField(max_length=60, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    waits_for = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followers"
    )
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()
    if TYPE_CHECKING:
        items: RelatedManager[DeliveryItem]
        attempts: RelatedManager[Attempt]

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "endpoint", "next_at", "id"],
                name="delivery_due",
                condition=IS_WAITING,
            ),
            models.Index(
                fields=["account", "endpoint", "lease_until"],
                name="delivery_in_flight",
                condition=Q(state="sending"),
            ),
            models.Index(fields=["push", "state"], name="delivery_of_push"),
            models.Index(fields=["state", "-id"], name="delivery_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.push} no. {self.number}"


class DeliveryItem(models.Model):
    """One record in one delivery, with its own remote id, end and words.

    Exactly one of lead, contact, campaign and action is set. `state` stays `queued` until the
    delivery rests or ends.
    """

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField(default=0)
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="sent")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="sent")
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="sent"
    )
    action = models.ForeignKey(
        LeadAction, models.PROTECT, null=True, blank=True, related_name="sent"
    )
    label = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    remote_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=13, choices=State.choices, default=State.QUEUED)
    evidence = models.CharField(max_length=8, blank=True)
    cause = models.CharField(max_length=60, blank=True)
    quote = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["delivery", "position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lead__isnull=False)
                ^ Q(contact__isnull=False)
                ^ Q(campaign__isnull=False)
                ^ Q(action__isnull=False),
                name="item_is_one_record",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="item_state"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["cause", "state", "-id"],
                name="item_by_cause",
                condition=Q(state__in=["rejected", "uncertain", "failed"]),
            ),
            models.Index(fields=["remote_id"], name="item_by_remote_id"),
        ]

    def __str__(self) -> str:
        return self.label


class Attempt(models.Model):
    """One request, written before its bytes leave and completed after.

    Never changed afterwards, but for its bodies, which are emptied in time (sync/keeping.py).
    """

    class Result(models.TextChoices):
        IN_FLIGHT = "in_flight", _("On its way")
        ANSWERED = "answered", _("Answered")
        NEVER_SENT = "never_sent", _("Never left")
        UNKNOWN = "unknown", _("No usable answer")

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    endpoint = models.CharField(max_length=30)
    lease_token = models.CharField(max_length=32)
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.IN_FLIGHT)
    outcome = models.CharField(
        max_length=13, blank=True, choices=[(o.value, o.value) for o in Outcome]
    )
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True)
    words = models.TextField(blank=True)
    request_line = models.CharField(max_length=300, blank=True)
    request_body = models.TextField(blank=True)  # redacted, at most 8 KiB
    response_body = models.TextField(blank=True)  # redacted, at most 8 KiB
    bodies_removed_at = models.DateTimeField(null=True, blank=True)  # sync/keeping.py

    class Meta:
        ordering: ClassVar = ["delivery", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_number")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["started_at"],
                name="attempt_with_bodies",
                condition=Q(bodies_removed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"Try {self.number} of {self.delivery_id}"


class Decision(models.Model):
    """A person's word on an end nobody can know."""

    class Verdict(models.TextChoices):
        THERE = "there", _("It is there")
        NOT_THERE = "not_there", _("It is not there")
        SEND_AGAIN = "send_again", _("Send it again")

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.TextField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_label = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.by_label}: {self.get_verdict_display()}"
