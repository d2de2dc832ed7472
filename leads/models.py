"""People: leads, the phone book, the numbers nobody calls; and every model of this app by name."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Team, TeamOwnedQuerySet, User
from leads.bulk_act import BulkAct
from leads.erased_models import ErasedNumber, FingerprintKey
from leads.import_models import Import, ImportChange, ImportEdit, ImportIssue, ImportMemory
from leads.list_models import LeadList, ListPart
from leads.saved_view import SavedView

__all__ = [
    "BulkAct",
    "Contact",
    "DoNotCall",
    "ErasedNumber",
    "FingerprintKey",
    "Import",
    "ImportChange",
    "ImportEdit",
    "ImportIssue",
    "ImportMemory",
    "Lead",
    "LeadField",
    "LeadList",
    "LeadTag",
    "ListPart",
    "SavedView",
    "SendSummary",
    "Tag",
]

E164 = RegexValidator(r"^\+[1-9][0-9]{6,14}$", _("Write the number with its country code: +91…"))


class SendSummary(models.TextChoices):
    """Where a record stands over all accounts: the worst of its standings."""

    NONE = "", _("Not sent")
    AT = "at", _("At the provider")
    GIVEN = "given", _("Given, not confirmed")
    WAIT = "wait", _("Waiting")
    REFUSED = "refused", _("Refused")
    UNSURE = "unsure", _("Not sure")


class Tag(models.Model):
    """A word put on leads."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="tags")
    name = models.CharField(_("name"), max_length=60)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "name"], name="tag_in_team")
        ]

    def __str__(self) -> str:
        return self.name


class LeadField(models.Model):
    """A typed custom column of a team's leads, stored in Lead.custom under `key`."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Amount")
        DATE = "date", _("Date")
        DROPDOWN = "dropdown", _("One of a list")
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("Email")
        WEBSITE = "website", _("Web address")

    team = models.ForeignKey(Team, models.CASCADE, related_name="lead_fields")
    key = models.SlugField(max_length=60)
    label = models.CharField(_("label"), max_length=100)
    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    options = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "label"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "key"], name="field_key_in_team")
        ]

    def __str__(self) -> str:
        return self.label


class Lead(models.Model):
    """One person in one list. The same number may stand in several lists, once in each.

    Fields are the union of what seeds 000, 002 and 004 can carry. `phone` is E.164; `phone_rev` is
    its digits reversed, so that "ends with 4321" is an index range. `version` grows with every edit
    that a provider would see.
    """

    # Two of three references are not checked by the database row by row: docs/decisions/0013.
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="leads", db_index=False, db_constraint=False
    )
    lead_list = models.ForeignKey(LeadList, models.PROTECT, related_name="leads", db_index=False)
    phone = models.CharField(_("phone"), max_length=16, validators=[E164])
    phone_rev = models.CharField(max_length=16, editable=False)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    alt_phone = models.CharField(_("alternate phone"), max_length=16, blank=True, validators=[E164])
    whatsapp = models.CharField(_("WhatsApp"), max_length=16, blank=True, validators=[E164])
    email = models.EmailField(_("email"), blank=True)
    comment = models.TextField(_("comment"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    company = models.CharField(_("company"), max_length=150, blank=True)
    rating = models.PositiveSmallIntegerField(
        _("rating"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    status = models.CharField(_("status"), max_length=60, blank=True)
    assignee = models.EmailField(_("assigned to"), blank=True)
    tags = models.ManyToManyField(Tag, through="LeadTag", related_name="leads")
    custom = models.JSONField(default=dict, blank=True)
    source = models.CharField(_("source"), max_length=100, blank=True)
    consent_source = models.CharField(_("consent from"), max_length=100, blank=True)
    consent_at = models.DateField(_("consent on"), null=True, blank=True)
    do_not_call = models.BooleanField(_("do not call"), default=False)
    do_not_call_at = models.DateTimeField(null=True, blank=True, editable=False)
    push_state = models.CharField(
        max_length=8, blank=True, default="", choices=SendSummary.choices, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    origin = models.ForeignKey(
        Import,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="leads",
        editable=False,
        db_constraint=False,
    )
    origin_row = models.PositiveIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)  # first left for anybody

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lead_list", "phone"],
                condition=models.Q(deleted_at=None),
                name="phone_once_in_list",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["lead_list", "-id"], name="lead_list_newest"),
            models.Index(fields=["team", "phone"], name="lead_team_phone"),
            models.Index(fields=["team", "phone_rev"], name="lead_team_phone_rev"),
            models.Index(fields=["team", "-id"], name="lead_team_newest"),
            models.Index(fields=["team", "push_state", "-id"], name="lead_team_state"),
            models.Index(
                fields=["team", "-id"],
                name="lead_team_blocked",
                condition=models.Q(do_not_call=True),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.phone

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the reversed number in step with the number."""
        self.phone_rev = self.phone[:0:-1]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def full_name(self) -> str:
        """First and last name as one text."""
        return f"{self.first_name} {self.last_name}".strip()


class LeadTag(models.Model):
    """A tag on a lead; `put_at` is the moment of the act that put it on many leads at once."""

    lead = models.ForeignKey(Lead, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)
    put_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["lead", "tag"], name="tag_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["tag", "put_at"], name="tag_put", condition=models.Q(put_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.tag_id}"


class Contact(models.Model):
    """One entry of the TeleCMI phone book (fields of seed 001)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="contacts")
    phone = models.CharField(_("phone"), max_length=16, validators=[E164])
    phone_rev = models.CharField(max_length=16, editable=False)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    email = models.EmailField(_("email"), blank=True)
    company = models.CharField(_("company"), max_length=150, blank=True)
    job_title = models.CharField(_("job title"), max_length=100, blank=True)
    do_not_call = models.BooleanField(_("do not call"), default=False)
    push_state = models.CharField(
        max_length=8, blank=True, default="", choices=SendSummary.choices, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    origin = models.ForeignKey(
        Import, models.SET_NULL, null=True, blank=True, related_name="contacts", editable=False
    )
    origin_row = models.PositiveIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "phone"],
                condition=models.Q(deleted_at=None),
                name="contact_phone_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.phone

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the reversed number in step with the number."""
        self.phone_rev = self.phone[:0:-1]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class DoNotCall(models.Model):
    """A number nobody of the team may call: checked at import, at planning and before each try."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="do_not_call")
    phone = models.CharField(_("phone"), max_length=16, validators=[E164])
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=100, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "phone"], name="do_not_call_once")
        ]

    def __str__(self) -> str:
        return self.phone
