"""Lists, leads, phone book and imports in Django's admin, over the same forms as the pages."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from access.admin_tables import ReadOnly, ReadOnlyInline, Table
from access.models import User
from leads import editing
from leads.admin_tables import PhoneSearch, WithImport
from leads.forms import LeadForm
from leads.models import (
    Contact,
    DoNotCall,
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
    autocomplete_fields: ClassVar = ["tag"]


class LeadAdminForm(LeadForm):
    """The pages' form, with the list and the team in it."""

    class Meta(LeadForm.Meta):
        fields: ClassVar = ["team", "lead_list", *LeadForm.Meta.fields, "custom"]


@admin.register(Lead)
class LeadAdmin(PhoneSearch):
    """One person in one list. Numbers are put on and off do not call on the pages."""

    form = LeadAdminForm

    list_display: ClassVar = [
        "phone",
        "full_name",
        "lead_list",
        "city",
        "source",
        "push_state",
        "do_not_call",
        "created_at",
    ]
    list_filter: ClassVar = ["push_state", "do_not_call", "team"]
    list_select_related: ClassVar = ["lead_list"]
    inlines: ClassVar = [TagInline]
    autocomplete_fields: ClassVar = ["team", "lead_list"]
    readonly_fields: ClassVar = [
        "uuid",
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
    list_display: ClassVar = ["phone", "first_name", "last_name", "company", "push_state", "team"]
    list_filter: ClassVar = ["push_state", "team"]
    list_select_related: ClassVar = ["team"]
    autocomplete_fields: ClassVar = ["team"]
    readonly_fields: ClassVar = ["uuid", "version", "push_state", "origin", "origin_row"]


@admin.register(LeadList)
class LeadListAdmin(WithImport):
    """A named list of leads."""

    list_display: ClassVar = ["name", "team", "source", "lead_count", "created_at", "deleted_at"]
    list_filter: ClassVar = ["team", "source"]
    search_fields: ClassVar = ["name", "source"]
    list_select_related: ClassVar = ["team"]
    autocomplete_fields: ClassVar = ["team", "created_by"]
    readonly_fields: ClassVar = ["lead_count", "row_count", "repeated_count", "bad_count"]


@admin.register(ListPart)
class ListPartAdmin(ReadOnly):
    """One group of a list at a provider."""

    list_display: ClassVar = [
        "wire_name",
        "account",
        "lead_list",
        "number",
        "lead_count",
        "sent_at",
    ]
    list_filter: ClassVar = ["account"]
    search_fields: ClassVar = ["wire_name", "lead_list__name"]
    list_select_related: ClassVar = ["account", "lead_list"]


@admin.register(DoNotCall)
class DoNotCallAdmin(Table):
    """A number nobody of a team may call."""

    list_display: ClassVar = ["phone", "team", "reason", "source", "by", "created_at"]
    list_filter: ClassVar = ["team", "source"]
    search_fields: ClassVar = ["phone", "reason"]
    list_select_related: ClassVar = ["team", "by"]
    autocomplete_fields: ClassVar = ["team", "by"]


@admin.register(Tag)
class TagAdmin(Table):
    """A word put on leads."""

    list_display: ClassVar = ["name", "team"]
    list_filter: ClassVar = ["team"]
    search_fields: ClassVar = ["name"]


@admin.register(LeadField)
class LeadFieldAdmin(Table):
    """A custom column of a team."""

    list_display: ClassVar = ["label", "key", "kind", "team"]
    list_filter: ClassVar = ["kind", "team"]
    search_fields: ClassVar = ["label", "key"]


@admin.register(SavedView)
class SavedViewAdmin(Table):
    """A filter of leads with a name."""

    list_display: ClassVar = ["name", "team", "owner", "query"]
    list_filter: ClassVar = ["team"]
    search_fields: ClassVar = ["name"]


class IssueInline(ReadOnlyInline):
    """Problems of a file, the first ones."""

    model = ImportIssue
    fields: ClassVar = ["row_number", "code", "value", "words", "is_warning"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only the first; all of them stand in their own table."""
        issues = super().get_queryset(request)
        first = ImportIssue.objects.filter(row_number__lte=200).values("pk")
        return issues.filter(pk__in=first)


@admin.register(Import)
class ImportAdmin(ReadOnly):
    """One uploaded file and what became of it."""

    list_display: ClassVar = [
        "file_name",
        "kind",
        "state",
        "team",
        "row_count",
        "added",
        "updated",
        "skipped",
        "left_out",
        "created_by",
        "created_at",
    ]
    list_filter: ClassVar = ["kind", "state", "team"]
    search_fields: ClassVar = ["file_name", "source", "list_name"]
    list_select_related: ClassVar = ["team", "created_by"]
    exclude: ClassVar = ["lease_token", "cursor"]
    inlines: ClassVar = [IssueInline]


@admin.register(ImportIssue)
class ImportIssueAdmin(ReadOnly):
    """One problem of one row."""

    list_display: ClassVar = ["record", "row_number", "code", "value", "words", "is_warning"]
    list_filter: ClassVar = ["code", "is_warning"]
    search_fields: ClassVar = ["value", "words", "record__file_name"]
    list_select_related: ClassVar = ["record"]


@admin.register(ImportEdit)
class ImportEditAdmin(ReadOnly):
    """A cell corrected on the check page."""

    list_display: ClassVar = ["record", "row_number", "column", "value", "by"]
    search_fields: ClassVar = ["value", "record__file_name"]
    list_select_related: ClassVar = ["record", "by"]


@admin.register(ImportChange)
class ImportChangeAdmin(ReadOnly):
    """What an import changed in a lead that was here."""

    list_display: ClassVar = ["record", "lead", "version_after"]
    search_fields: ClassVar = ["record__file_name"]
    list_select_related: ClassVar = ["record", "lead"]


@admin.register(ImportMemory)
class ImportMemoryAdmin(Table):
    """How a set of headers was matched last time."""

    list_display: ClassVar = ["__str__", "team", "kind", "source", "used_at"]
    list_filter: ClassVar = ["kind", "team"]
    search_fields: ClassVar = ["name", "source"]
