"""One uploaded file, what became of its rows, and what is remembered for the next one."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Account, Team, TeamOwnedQuerySet, User
from leads.importing import problems


class Import(models.Model):
    """One uploaded file and what became of each of its rows."""

    class Kind(models.TextChoices):
        LEADS = "leads", _("Leads")
        CONTACTS = "contacts", _("TeleCMI phone book")
        AGENTS = "agents", _("Agents")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to match")
        CHECKING = "checking", _("Checking rows")
        CHECKED = "checked", _("Ready to import")
        IMPORTING = "importing", _("Importing")
        DONE = "done", _("Imported")
        CANCELLED = "cancelled", _("Stopped")
        UNDOING = "undoing", _("Taking back")
        UNDONE = "undone", _("Taken back")
        FAILED = "failed", _("Could not be read")

    team = models.ForeignKey(Team, models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.LEADS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    lead_list = models.ForeignKey(
        "leads.LeadList", models.PROTECT, null=True, blank=True, related_name="imports"
    )
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="imports"
    )
    list_name = models.CharField(max_length=100, blank=True)  # the list is created on commit
    source = models.CharField(_("source"), max_length=100, blank=True)
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=200)
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, db_index=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=4, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    has_header = models.BooleanField(default=True)
    header = models.JSONField(default=list, blank=True)
    header_key = models.CharField(max_length=64, blank=True, db_index=True)
    mapping = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    # Progress: `cursor` is where the next chunk starts, written with the chunk's rows.
    cursor = models.JSONField(default=dict, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    ready = models.PositiveIntegerField(default=0)
    already_here = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    to_fix = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    already_in = models.JSONField(default=dict, blank=True)  # list id -> numbers already in it
    problems = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=dict, blank=True)
    words = models.TextField(blank=True)  # why it failed, for people
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    begins_at = models.DateTimeField(null=True, blank=True)  # its turn: not worked on before
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    # "Import 12,333 and send to TeleCMI Main": read by sync, which pulls finished imports.
    send_to = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    send_planned_at = models.DateTimeField(null=True, blank=True)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "created_at"], name="import_due")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def waits_until(self) -> datetime | None:
        """When its turn comes, while it still waits for it."""
        if self.state != self.State.IMPORTING or self.begins_at is None:
            return None
        return self.begins_at if self.begins_at > timezone.now() else None


class ImportIssue(models.Model):
    """One problem of one row: counted always, kept in detail for the first 1,000 of its kind."""

    record = models.ForeignKey(Import, models.CASCADE, related_name="issues")
    row_number = models.PositiveIntegerField()  # the line of the file, header included
    column = models.PositiveIntegerField(null=True)  # index into the header; None: whole row
    code = models.CharField(max_length=40)
    value = models.TextField(blank=True)
    cells = models.JSONField(default=list, blank=True)  # the row as the file has it, for the grid
    figures = models.JSONField(default=dict, blank=True)  # what `words` or a note of `code` needs
    words_kept = models.CharField(max_length=400, blank=True)  # said instead of it
    is_warning = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["row_number"]
        indexes: ClassVar = [
            models.Index(fields=["record", "code", "row_number"], name="issue_by_kind")
        ]

    def __str__(self) -> str:
        return f"Line {self.row_number}: {self.words}"

    @property
    def words(self) -> str:
        """What is wrong, in the language of whoever reads it now."""
        return self.words_kept or problems.sentence(self.code, self.figures)


class ImportEdit(models.Model):
    """A cell corrected on the check page; the file itself is never changed."""

    record = models.ForeignKey(Import, models.CASCADE, related_name="edits")
    row_number = models.PositiveIntegerField()
    column = models.PositiveIntegerField()
    value = models.TextField(blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record", "row_number", "column"], name="one_edit_per_cell"
            )
        ]

    def __str__(self) -> str:
        return f"Line {self.row_number}, column {self.column}"


class ImportChange(models.Model):
    """What an import changed in a record that was already here, so that it can be taken back."""

    record = models.ForeignKey(Import, models.CASCADE, related_name="changes")
    object_id = models.BigIntegerField()  # of the model the import's kind names
    before = models.JSONField(default=dict)
    version_after = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.record}: {self.object_id}"


class ImportMemory(models.Model):
    """How a set of headers was matched last time, so that a known file needs no matching."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="import_memories")
    kind = models.CharField(max_length=10, choices=Import.Kind.choices, default="leads")
    header_key = models.CharField(max_length=64)
    name = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=100, blank=True)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict, blank=True)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "kind", "header_key"], name="memory_of_headers")
        ]

    def __str__(self) -> str:
        return self.name or self.header_key[:12]
