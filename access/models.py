"""Users, teams, provider accounts and the record of who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.roles import Role
from access.second_factor_models import Authenticator as Authenticator
from access.second_factor_models import RecoveryCode as RecoveryCode
from access.secrets import EncryptedField

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams as a person may see them."""

    def visible_to(self, user: User | AnonymousUser) -> TeamQuerySet:
        """Return the teams `user` belongs to; all of them for a superuser."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(memberships__user=user)


class TeamOwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to one team."""

    def visible_to(self, user: User | AnonymousUser) -> Any:
        """Return the rows of `user`'s teams; all rows for a superuser."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(team__memberships__user=user)


class Team(models.Model):
    """One client or process: every list, account, import and report belongs to one."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    country = models.CharField(_("home country"), max_length=2, default="IN")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Kolkata")
    calling_from = models.TimeField(_("calls from"), default="09:00")
    calling_until = models.TimeField(_("calls until"), default="21:00")
    idle_minutes = models.PositiveIntegerField(_("sign out after idle minutes"), default=480)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):  # type: ignore[django-manager-missing]  # django-otp is not typed
    """A person who signs in."""

    teams = models.ManyToManyField(Team, through="Membership", related_name="people")
    theme = models.CharField(max_length=6, blank=True, default="")  # "", light, dark
    shortcuts_off = models.BooleanField(_("single-key shortcuts off"), default=False)
    # Counted up, it ends every session of the person: it is part of what a session is checked by.
    session_round = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar = DjangoUserManager()
    if TYPE_CHECKING:
        memberships: RelatedManager[Membership]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_administrator(self) -> bool:
        """Whether the person is one anywhere: of a team, of Django's admin, of everything."""
        if self.is_superuser or self.is_staff:
            return True
        return self.memberships.filter(role=Role.ADMIN).exists()

    def end_sessions(self) -> None:
        """Sign the person out everywhere; `update_session_auth_hash` keeps the session at hand."""
        User.objects.filter(pk=self.pk).update(session_round=models.F("session_round") + 1)
        self.refresh_from_db(fields=["session_round"])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own hash of the password, and the round on top."""
        hashed: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{hashed}.{self.session_round}" if self.session_round else hashed


class Membership(models.Model):
    """A person's role in a team."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.MANAGER)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "team"], name="one_role_per_team")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}: {self.get_role_display()}"


class SignInLink(models.Model):
    """A one-time link for a first sign-in, an invitation or a reset; only its hash is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Sign-in link for {self.user}"


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts as a person or a team may use them."""

    def visible_to(self, user: User | AnonymousUser) -> AccountQuerySet:
        """Return accounts of `user`'s teams and accounts shared with them."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        mine = Team.objects.visible_to(user)
        return self.filter(models.Q(team__in=mine) | models.Q(shared_with__in=mine)).distinct()

    def usable_by(self, team: Team | None) -> AccountQuerySet:
        """Return the accounts `team` may send to: its own and those shared with it."""
        return self.filter(models.Q(team=team) | models.Q(shared_with=team)).distinct()


class Account(models.Model):
    """One account at a provider. Credentials are encrypted and never shown again."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="accounts")
    shared_with = models.ManyToManyField(Team, blank=True, related_name="shared_accounts")
    provider = models.CharField(_("provider"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    base_url = models.URLField(_("address"), blank=True, help_text=_("Empty: the provider's own."))
    credentials = EncryptedField(blank=True, default=dict, editable=False)
    settings = models.JSONField(default=dict, blank=True)
    field_map = models.JSONField(default=dict, blank=True)
    pace = models.FloatField(_("requests per second"), null=True, blank=True)
    is_practice = models.BooleanField(_("practice"), default=False)
    tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    # None: never tested, or nothing but a real send can show it.
    test_works = models.BooleanField(null=True, editable=False)
    test_words = models.CharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AccountQuerySet.as_manager()
    if TYPE_CHECKING:
        holds: RelatedManager[Hold]

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "name"], name="account_name_in_team")
        ]

    def __str__(self) -> str:
        return self.name


class Hold(models.Model):
    """A stop on one credential of an account: nothing that needs it is sent until released."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="holds")
    credential = models.CharField(max_length=20, blank=True)  # empty: the whole account
    reason = models.TextField()
    quote = models.TextField(blank=True)
    cause = models.CharField(max_length=60, blank=True)
    by_label = models.CharField(max_length=150, blank=True)  # empty: stopped by itself
    created_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "credential"],
                condition=models.Q(released_at=None),
                name="one_hold_per_credential",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} stopped: {self.reason}"


class AuditEvent(models.Model):
    """Who did what, when, to what. Append-only; labels are copies, so it outlives everything."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_id = models.CharField(max_length=20, blank=True)
    actor_label = models.CharField(max_length=150)
    team_id = models.CharField(max_length=20, blank=True, db_index=True)
    kind = models.CharField(max_length=60, db_index=True)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    target_label = models.CharField(max_length=200, blank=True)
    count = models.PositiveIntegerField(default=1)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["target_kind", "target_id"], name="audit_target")]

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.kind} {self.target_label}"
