"""The ledger in Django's admin: everything can be read, nothing can be changed."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from access.admin_tables import ReadOnly, ReadOnlyInline, Table
from sync.models import (
    Attempt,
    Decision,
    Delivery,
    DeliveryItem,
    Gate,
    LeadAction,
    ListTarget,
    Push,
    Standing,
)


@admin.register(Push)
class PushAdmin(ReadOnly):
    """What a manager asked for."""

    list_display: ClassVar = ["label", "account", "endpoint", "total", "waiting", "created_at"]
    list_filter: ClassVar = ["account", "endpoint", "team"]
    search_fields: ClassVar = ["label", "click_token"]
    list_select_related: ClassVar = ["account"]


class AttemptInline(ReadOnlyInline):
    """Every try of a request."""

    model = Attempt
    exclude: ClassVar = ["lease_token"]
    fields: ClassVar = ["number", "result", "outcome", "http_status", "quote", "started_at"]


class DecisionInline(ReadOnlyInline):
    """What people decided about an unknown end."""

    model = Decision


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """One request."""

    list_display: ClassVar = ["__str__", "account", "endpoint", "state", "item_count", "tries"]
    list_filter: ClassVar = ["state", "account", "endpoint"]
    search_fields: ClassVar = ["push__label", "quote", "cause"]
    list_select_related: ClassVar = ["push", "account"]
    exclude: ClassVar = ["lease_token"]
    inlines: ClassVar = [AttemptInline, DecisionInline]


@admin.register(DeliveryItem)
class DeliveryItemAdmin(ReadOnly):
    """One record in one request."""

    list_display: ClassVar = ["label", "delivery", "state", "remote_id", "quote", "ended_at"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["=remote_id", "label", "quote"]
    list_select_related: ClassVar = ["delivery__push"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    """One try, with what was said; secrets were taken out before it was stored."""

    list_display: ClassVar = ["__str__", "result", "outcome", "http_status", "quote", "started_at"]
    list_filter: ClassVar = ["result", "outcome", "endpoint"]
    search_fields: ClassVar = ["quote", "words"]
    exclude: ClassVar = ["lease_token"]


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    """A person's word on an unknown end."""

    list_display: ClassVar = ["delivery", "verdict", "by_label", "reason", "at"]
    list_filter: ClassVar = ["verdict"]
    search_fields: ClassVar = ["reason", "by_label"]
    list_select_related: ClassVar = ["delivery__push"]


@admin.register(Standing)
class StandingAdmin(ReadOnly):
    """Where a record stands at an account."""

    list_display: ClassVar = ["account", "lead", "contact", "campaign", "state", "changed_at"]
    list_filter: ClassVar = ["state", "account"]
    search_fields: ClassVar = ["=lead__phone", "=contact__phone"]
    list_select_related: ClassVar = ["account", "lead", "contact", "campaign"]


@admin.register(Gate)
class GateAdmin(ReadOnly):
    """Pace, breaker and repeat budget of an account."""

    list_display: ClassVar = ["account", "rate_factor", "failures_in_row", "open_until", "slot_at"]
    search_fields: ClassVar = ["account__name"]
    list_select_related: ClassVar = ["account"]


@admin.register(ListTarget)
class ListTargetAdmin(Table):
    """What an account needs to know of a list."""

    list_display: ClassVar = ["lead_list", "account", "settings"]
    list_filter: ClassVar = ["account"]
    search_fields: ClassVar = ["lead_list__name"]
    autocomplete_fields: ClassVar = ["lead_list", "account"]


@admin.register(LeadAction)
class LeadActionAdmin(ReadOnly):
    """An action or a payment for a lead's timeline at Telecrm."""

    list_display: ClassVar = ["kind", "lead", "payment_amount", "payment_currency", "created_at"]
    list_filter: ClassVar = ["kind", "team"]
    search_fields: ClassVar = ["kind", "=lead__phone"]
    list_select_related: ClassVar = ["lead"]
