"""A list of leads, and the parts a provider takes it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Account, Team, TeamOwnedQuerySet, User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from leads.models import Lead


class LeadList(models.Model):
    """A named list of leads. Counters are kept by import and send, never counted on a page."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="lead_lists")
    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(_("source"), max_length=100, blank=True)
    country = models.CharField(_("country of numbers"), max_length=2, default="IN")
    # What a provider needs to know of this list before an account is chosen: {"smartflo_list_id"}.
    provider_settings = models.JSONField(default=dict, blank=True)
    lead_count = models.PositiveIntegerField(default=0, editable=False)
    row_count = models.PositiveIntegerField(default=0, editable=False)
    repeated_count = models.PositiveIntegerField(default=0, editable=False)
    bad_count = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TeamOwnedQuerySet.as_manager()
    if TYPE_CHECKING:
        leads: RelatedManager[Lead]
        parts: RelatedManager[ListPart]

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "name"],
                condition=models.Q(deleted_at=None),
                name="list_name_in_team",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListPart(models.Model):
    """One group of a list at a provider that takes lists in parts (TeleCMI: up to 1,000 leads).

    A part is frozen with its first try: the provider documents no way to add to it (seed 000).
    `provider_leads_id` is the provider's id of the group, which a campaign needs (seed 003).
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="list_parts")
    lead_list = models.ForeignKey(LeadList, models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    token = models.CharField(max_length=12)
    wire_name = models.CharField(max_length=160)
    lead_count = models.PositiveIntegerField(default=0)
    provider_leads_id = models.UUIDField(null=True, blank=True)
    by_hand = models.BooleanField(default=False)
    frozen_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["lead_list", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "lead_list", "number"], name="part_number_in_list"
            ),
            models.UniqueConstraint(fields=["account", "wire_name"], name="part_name_at_account"),
        ]

    def __str__(self) -> str:
        return self.wire_name
