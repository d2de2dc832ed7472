"""The form of a provider account, drawn from what the provider says it needs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from access import audit
from access.models import Account, Team, User
from sync import client
from sync.hosts import HostPolicy
from sync.providers.base import AccountField, Provider

CREDENTIAL, SETTING = "c_", "s_"
SPECIAL = ("extra_hosts", "metadata", "lists")  # settings that are no field of the form


class AccountForm(forms.Form):
    """Name, the provider's own fields, pace; secrets are written and never shown again."""

    name = forms.CharField(max_length=80)
    pace = forms.FloatField(required=False, min_value=0.01, max_value=1000)
    base_url = forms.URLField(required=False, assume_scheme="https")

    def __init__(
        self, *args: Any, provider: Provider, account: Account, by: User, **kwargs: Any
    ) -> None:
        """Draw the form for `account`, saved or not, of `provider`, filled in by `by`."""
        self.provider, self.account, self.by = provider, account, by
        super().__init__(*args, **kwargs)
        self._label()
        for known in provider.account_fields:
            self.fields[CREDENTIAL + known.key] = self._credential(known)
        for known in provider.setting_fields:
            value = account.settings.get(known.key, known.default)
            self.fields[SETTING + known.key] = _field(known, value)
        if not (by.is_superuser or settings.ALLOW_LOCAL_PROVIDERS):
            del self.fields["base_url"]

    def _label(self) -> None:
        name, pace, address = (self.fields[key] for key in ("name", "pace", "base_url"))
        name.label = _("Name")
        name.help_text = _("As your team calls it, such as %(example)s") % {
            "example": f"{self.provider.name} Main"
        }
        name.initial = self.account.name or f"{self.provider.name} Main"
        pace.label = _("Requests a second")
        pace.help_text = _("Empty: a little below the provider's limit")
        pace.initial = self.account.pace
        address.label = _("Base URL")
        address.help_text = _("Empty: %(url)s") % {"url": self.provider.base_url}
        address.initial = self.account.base_url

    def _credential(self, known: AccountField) -> forms.Field:
        saved = self.account.credentials.get(known.key, "")
        field = _field(known, "" if known.secret else saved)
        if known.secret and saved:
            field.required = False
            field.widget.attrs["placeholder"] = _("Saved; empty keeps it")
        return field

    @property
    def first(self) -> list[forms.BoundField]:
        """What has to be filled in."""
        needed = [known.key for known in self.provider.account_fields if known.required]
        keys = needed or [known.key for known in self.provider.account_fields]
        return [self["name"], *(self[CREDENTIAL + key] for key in keys)]

    @property
    def rest(self) -> list[forms.BoundField]:
        """What is rarely needed."""
        shown = {field.name for field in self.first}
        return [field for field in self if field.name not in shown]

    def clean_name(self) -> str:
        """Refuse a name that another account of the team has."""
        name: str = self.cleaned_data["name"].strip()
        others = Account.objects.filter(team=self.account.team, name__iexact=name)
        if others.exclude(pk=self.account.pk).exists():
            raise forms.ValidationError(_("Another account has this name. Choose another one."))
        return name

    def clean_base_url(self) -> str:
        """Refuse an address that requests may not go to."""
        address: str = self.cleaned_data["base_url"].rstrip("/")
        if address and (refusal := client.url_refusal(address, self._policy(address))):
            raise forms.ValidationError(refusal)
        return address

    def _policy(self, address: str) -> HostPolicy:
        hosts = self.provider.hosts
        if self.by.is_superuser:
            hosts = (*hosts, urlsplit(address).hostname or "")
        return HostPolicy(hosts, allow_local=settings.ALLOW_LOCAL_PROVIDERS)

    def clean(self) -> dict[str, Any]:
        """Let the provider look at its values: the new ones over the saved ones."""
        cleaned = super().clean() or self.cleaned_data
        for key, words in self.provider.check_credentials(self.credentials()).items():
            if not self.errors.get(CREDENTIAL + key):
                self.add_error(CREDENTIAL + key if CREDENTIAL + key in self.fields else None, words)
        return cleaned

    def credentials(self) -> dict[str, str]:
        """Return the credentials as they will be: an empty secret keeps the saved one."""
        held = dict(self.account.credentials)
        for known in self.provider.account_fields:
            typed = str(self.cleaned_data.get(CREDENTIAL + known.key) or "").strip()
            if known.key == "token" and typed and typed != held.get("token"):
                held.pop("token_expires", None)  # the end of the one before
            if typed or not known.secret:
                held[known.key] = typed
        return {key: value for key, value in held.items() if value}

    def save(self) -> Account:
        """Write the account and, in the log, which values changed (never the values)."""
        account, is_new = self.account, self.account.pk is None
        before = dict(account.credentials)
        account.name, account.pace = self.cleaned_data["name"], self.cleaned_data["pace"]
        account.credentials = self.credentials()
        if "base_url" in self.fields:
            account.base_url = self.cleaned_data["base_url"]
        kept = {key: account.settings[key] for key in SPECIAL if key in account.settings}
        account.settings = {**kept, **self._settings(), **self._extra_host()}
        changed = sorted(k for k, v in account.credentials.items() if before.get(k) != v)
        with transaction.atomic():
            account.save()
            kind = "account.added" if is_new else "account.changed"
            audit.record(kind, actor=self.by, target=account, changed=changed)
        return account

    def _settings(self) -> dict[str, str]:
        typed = {
            known.key: str(self.cleaned_data.get(SETTING + known.key) or "").strip()
            for known in self.provider.setting_fields
        }
        return {key: value for key, value in typed.items() if value}

    def _extra_host(self) -> dict[str, list[str]]:
        host = urlsplit(self.account.base_url).hostname or ""
        is_other = self.by.is_superuser and host and host not in self.provider.hosts
        return {"extra_hosts": [host]} if is_other else {}


def new_account(team: Team, provider: Provider) -> Account:
    """Return an unsaved account of `team`."""
    return Account(team=team, provider=provider.slug)


def _field(known: AccountField, value: str) -> forms.Field:
    """Return a form field for one value; a secret is never filled in."""
    common: dict[str, Any] = {
        "label": known.label,
        "required": known.required,
        "help_text": known.where,
        "initial": value,
    }
    if known.choices:
        return forms.ChoiceField(choices=known.choices, **common)
    if known.secret:
        widget = forms.PasswordInput({"autocomplete": "new-password"})
        return forms.CharField(widget=widget, max_length=4000, **common)
    attributes = {"autocomplete": "off"}
    if known.kind == "integer":
        attributes["inputmode"] = "numeric"
    return forms.CharField(widget=forms.TextInput(attributes), max_length=1000, **common)
