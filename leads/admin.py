"""Lists, leads, phone book and imports in Django's admin, over the same forms as the pages."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from access.admin_tables import ReadOnly, ReadOnlyInline, Table
from access.models import User
from leads import editing
from leads.admin_tables import PhoneSearch, WithImport
from leads.forms import LeadForm
from leads.models import (
    BulkAct,
    Contact,
    DoNotCall,
    ErasedNumber,
    Import,
    ImportChange,
    ImportEdit,
    ImportIssue,
    ImportMemory,
    Lead,
    LeadField,
    LeadList,
    LeadTag,
    ListPart,
    SavedView,
    Tag,
)


class TagInline(admin.TabularInline[LeadTag, Lead]):
    """Tags of a lead."""

    model = LeadTag
    extra = 0
    raw_id_fields = ["tag"]


class LeadAdminForm(LeadForm):
    """The pages' form, with the list and the team in it."""

    class Meta(LeadForm.Meta):
        fields = ["team", "lead_list", *LeadForm.Meta.fields, "custom"]


@admin.register(Lead)
class LeadAdmin(PhoneSearch):
    """One person in one list. Numbers are put on and off do not call on the pages."""

    form = LeadAdminForm

    list_display = [
        "phone",
        "full_name",
        "lead_list",
        "city",
        "source",
        "push_state",
        "do_not_call",
        "created_at",
    ]
    list_filter = ["push_state", "do_not_call", "team"]
    list_select_related = ["lead_list"]
    inlines = [TagInline]
    raw_id_fields = ["team", "lead_list"]
    readonly_fields = [
        "version",
        "push_state",
        "origin",
        "origin_row",
        "do_not_call_at",
        "created_at",
        "updated_at",
        "deleted_at",
        "left_at",
        "do_not_call",
    ]

    def save_model(self, request: HttpRequest, obj: Lead, form: Any, change: bool) -> None:
        """Save a change as the pages do: a new version, and who did it."""
        if not change:
            obj.save()
            return
        now = Lead.objects.get(pk=obj.pk)
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        editing.save(now, values, by=cast("User", request.user), seen=editing.stamp(now))


@admin.register(Contact)
class ContactAdmin(PhoneSearch):
    """One entry of the TeleCMI phone book."""

    import_kind = "contacts"
    list_display = ["phone", "first_name", "last_name", "company", "push_state", "team"]
    list_filter = ["push_state", "team"]
    list_select_related = ["team"]
    raw_id_fields = ["team"]
    readonly_fields = ["version", "push_state", "origin", "origin_row"]


@admin.register(LeadList)
class LeadListAdmin(WithImport):
    """A named list of leads."""

    list_display = ["name", "team", "source", "lead_count", "created_at", "deleted_at"]
    list_filter = ["team", "source"]
    search_fields = ["name", "source"]
    list_select_related = ["team"]
    raw_id_fields = ["team", "created_by"]
    readonly_fields = ["lead_count", "row_count", "repeated_count", "bad_count"]


@admin.register(ListPart)
class ListPartAdmin(ReadOnly):
    """One group of a list at a provider."""

    list_display = [
        "wire_name",
        "account",
        "lead_list",
        "number",
        "lead_count",
        "sent_at",
    ]
    list_filter = ["account"]
    search_fields = ["wire_name", "lead_list__name"]
    list_select_related = ["account", "lead_list"]


@admin.register(DoNotCall)
class DoNotCallAdmin(Table):
    """A number nobody of a team may call."""

    list_display = ["phone", "team", "reason", "source", "by", "created_at"]
    list_filter = ["team", "source"]
    search_fields = ["phone", "reason"]
    list_select_related = ["team", "by"]
    raw_id_fields = ["team", "by"]


@admin.register(ErasedNumber)
class ErasedNumberAdmin(ReadOnly):
    """That somebody was erased; nobody can read who."""

    list_display = ["fingerprint", "team", "erased_at"]
    list_filter = ["team"]
    search_fields = ["fingerprint"]
    list_select_related = ["team"]


@admin.register(Tag)
class TagAdmin(Table):
    """A word put on leads."""

    list_display = ["name", "team"]
    list_filter = ["team"]
    search_fields = ["name"]


@admin.register(LeadField)
class LeadFieldAdmin(Table):
    """A custom column of a team."""

    list_display = ["label", "key", "kind", "team"]
    list_filter = ["kind", "team"]
    search_fields = ["label", "key"]


@admin.register(SavedView)
class SavedViewAdmin(Table):
    """A filter of leads with a name."""

    list_display = ["name", "team", "owner", "query"]
    list_filter = ["team"]
    search_fields = ["name"]


class IssueInline(ReadOnlyInline):
    """Problems of a file, the first ones."""

    model = ImportIssue
    fields = ["row_number", "code", "value", "words", "is_warning"]
    readonly_fields = ["words"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only the first; all of them stand in their own table."""
        issues: QuerySet[Any] = super().get_queryset(request)
        first = ImportIssue.objects.filter(row_number__lte=200).values("pk")
        return issues.filter(pk__in=first)


@admin.register(Import)
class ImportAdmin(ReadOnly):
    """One uploaded file and what became of it."""

    list_display = [
        "file_name",
        "kind",
        "state",
        "created_at",
        "row_count",
        "added",
        "updated",
        "skipped",
        "left_out",
        "created_by",
        "team",
    ]
    list_filter = ["kind", "state", "team"]
    search_fields = ["file_name", "source", "list_name"]
    list_select_related = ["team", "created_by"]
    exclude = ["file", "lease_token", "cursor"]  # nobody but the import reads uploads: no link
    inlines = [IssueInline]


@admin.register(ImportIssue)
class ImportIssueAdmin(ReadOnly):
    """One problem of one row."""

    list_display = ["record", "row_number", "code", "value", "words", "is_warning"]
    list_filter = ["code", "is_warning"]
    search_fields = ["value", "code", "record__file_name"]
    list_select_related = ["record"]


@admin.register(BulkAct)
class BulkActAdmin(ReadOnly):
    """One act on many leads."""

    list_display = ["__str__", "team", "by", "state", "wanted", "done", "left", "created_at"]
    list_filter = ["verb", "state", "team"]
    list_select_related = ["team", "by"]
    exclude = ["lease_token", "picks"]


@admin.register(ImportEdit)
class ImportEditAdmin(ReadOnly):
    """A cell corrected on the check page."""

    list_display = ["record", "row_number", "column", "value", "by"]
    search_fields = ["value", "record__file_name"]
    list_select_related = ["record", "by"]


@admin.register(ImportChange)
class ImportChangeAdmin(ReadOnly):
    """What an import changed in a lead that was here."""

    list_display = ["record", "object_id", "version_after"]
    search_fields = ["record__file_name"]
    list_select_related = ["record"]


@admin.register(ImportMemory)
class ImportMemoryAdmin(Table):
    """How a set of headers was matched last time."""

    list_display = ["__str__", "team", "kind", "source", "used_at"]
    list_filter = ["kind", "team"]
    search_fields = ["name", "source"]
