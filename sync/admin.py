"""The ledger in Django's admin: everything can be read, nothing can be changed."""

from __future__ import annotations

from django.contrib import admin

from access.admin_tables import ReadOnly, ReadOnlyInline, Table
from sync.look_models import Look
from sync.models import (
    Attempt,
    Decision,
    Delivery,
    DeliveryItem,
    Gate,
    LeadAction,
    ListTarget,
    NextPart,
    Push,
    Standing,
)


@admin.register(Push)
class PushAdmin(ReadOnly):
    """What a manager asked for."""

    list_display = ["label", "account", "endpoint", "total", "waiting", "created_at"]
    list_filter = ["account", "endpoint", "team"]
    search_fields = ["label", "click_token"]
    list_select_related = ["account"]


class AttemptInline(ReadOnlyInline):
    """Every try of a request."""

    model = Attempt
    exclude = ["lease_token"]
    fields = ["number", "result", "outcome", "http_status", "quote", "started_at"]


class DecisionInline(ReadOnlyInline):
    """What people decided about an unknown end."""

    model = Decision


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """One request."""

    list_display = ["__str__", "account", "endpoint", "state", "item_count", "tries"]
    list_filter = ["state", "account", "endpoint"]
    search_fields = ["push__label", "quote", "cause"]
    list_select_related = ["push", "account"]
    exclude = ["lease_token"]
    inlines = [AttemptInline, DecisionInline]


@admin.register(DeliveryItem)
class DeliveryItemAdmin(ReadOnly):
    """One record in one request."""

    list_display = ["label", "delivery", "state", "remote_id", "quote", "ended_at"]
    list_filter = ["state"]
    search_fields = ["=remote_id", "label", "quote"]
    list_select_related = ["delivery__push"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    """One try, with what was said; secrets were taken out before it was stored."""

    list_display = ["__str__", "result", "outcome", "http_status", "quote", "started_at"]
    list_filter = ["result", "outcome", "endpoint"]
    search_fields = ["quote", "words"]
    exclude = ["lease_token"]


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    """A person's word on an unknown end."""

    list_display = ["delivery", "verdict", "by_label", "reason", "at"]
    list_filter = ["verdict"]
    search_fields = ["reason", "by_label"]
    list_select_related = ["delivery__push"]


@admin.register(Standing)
class StandingAdmin(ReadOnly):
    """Where a record stands at an account."""

    list_display = ["account", "lead", "contact", "campaign", "state", "changed_at"]
    list_filter = ["state", "account"]
    search_fields = ["=lead__phone", "=contact__phone"]
    list_select_related = ["account", "lead", "contact", "campaign"]


@admin.register(Gate)
class GateAdmin(ReadOnly):
    """Pace, breaker and repeat budget of an account."""

    list_display = ["account", "rate_factor", "failures_in_row", "open_until", "slot_at"]
    search_fields = ["account__name"]
    list_select_related = ["account"]


@admin.register(ListTarget)
class ListTargetAdmin(Table):
    """What an account needs to know of a list."""

    list_display = ["lead_list", "account", "settings"]
    list_filter = ["account"]
    search_fields = ["lead_list__name"]
    raw_id_fields = ["lead_list", "account"]


@admin.register(LeadAction)
class LeadActionAdmin(ReadOnly):
    """An action or a payment for a lead's timeline at Telecrm."""

    list_display = ["kind", "lead", "payment_amount", "payment_currency", "created_at"]
    list_filter = ["kind", "team"]
    search_fields = ["kind", "=lead__phone"]
    list_select_related = ["lead"]


@admin.register(Look)
class LookAdmin(ReadOnly):
    """A look at the provider that is still to be made."""

    list_display = ["__str__", "account", "due_at", "misses"]
    search_fields = ["account__name"]
    list_select_related = ["account"]
    exclude = ["token"]


@admin.register(NextPart)
class NextPartAdmin(ReadOnly):
    """A list whose waiting leads go once they fill a part."""

    list_display = ["lead_list", "account", "size", "created_by", "created_at", "look_at"]
    search_fields = ["lead_list__name"]
    list_select_related = ["lead_list", "account", "created_by"]
    exclude = ["click_token"]
