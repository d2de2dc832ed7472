"""People, teams and accounts in the admin: secrets have no field, the log cannot change."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.admin_tables import ReadOnly, Table
from access.audit import record
from access.models import (
    Account,
    AuditEvent,
    Authenticator,
    Hold,
    Membership,
    SignInLink,
    Team,
    User,
)

admin.site.site_header = admin.site.site_title = "telecrm-admin"
admin.site.unregister(Group)  # rights are roles in a team (access/roles.py), not groups


class MembershipInline(admin.TabularInline[Membership, Any]):
    """Roles of a person, or people of a team."""

    model = Membership
    raw_id_fields = ("user",)
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """People and the teams they are in."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__role", "teams")
    inlines = (MembershipInline,)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "theme", "shortcuts_off")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    actions = ("sign_out",)

    @admin.action(description=_("Sign out everywhere"))
    def sign_out(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """End every session of the people ticked."""
        for person in people:
            with transaction.atomic():
                person.end_sessions()
                record("person.sessions_ended", actor=cast(User, request.user), target=person)


@admin.register(Team)
class TeamAdmin(Table):
    """Teams, their country and calling hours."""

    list_display = ("name", "country", "time_zone", "calling_from", "calling_until")
    search_fields = ("name",)
    inlines = (MembershipInline,)


@admin.register(Account)
class AccountAdmin(Table):
    """Accounts without their secrets; connecting one is done on the Accounts page."""

    list_display = ("name", "provider", "team", "is_practice", "pace", "tested_at", "test_works")
    list_filter = ("provider", "is_practice", "team")
    search_fields = ("name",)
    readonly_fields = ("provider", "base_url", "secrets", "tested_at", "test_works", "test_words")
    exclude = ("field_map", "settings")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new account needs its secrets, which have no field here."""
        return False

    @admin.display(description=_("secrets"))
    def secrets(self, account: Account) -> str:
        """Which secrets are stored, never what they are."""
        names = sorted(account.credentials)
        return ", ".join(f"{name}: ••••" for name in names) or str(_("none"))


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    """Who did what."""

    list_display = ("at", "actor_label", "kind", "target_label", "count", "team_id")
    list_filter = ("kind",)
    search_fields = ("actor_label", "target_label")


@admin.register(Hold)
class HoldAdmin(ReadOnly):
    """What stopped an account, and since when; released on the Accounts page."""

    list_display = ("account", "credential", "reason", "by_label", "created_at", "released_at")
    list_filter = ("account", ("released_at", admin.EmptyFieldListFilter))
    list_select_related = ("account",)
    search_fields = ("reason", "quote", "account__name")


@admin.register(SignInLink)
class SignInLinkAdmin(ReadOnly):
    """One-time links; their tokens are not stored."""

    list_display = ("user", "created_at", "expires_at", "used_at")
    search_fields = ("user__username",)
    exclude = ("token_hash",)
    list_select_related = ("user",)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnly):
    """Who signs in with a second step; the key is shown nowhere. Reset on the Team page."""

    list_display = ("user", "confirmed", "created_at", "locked_until")
    list_filter = ("confirmed",)
    search_fields = ("user__username",)
    fields = ("user", "confirmed", "created_at", "failures", "locked_until")
    list_select_related = ("user",)
