"""The panel that sends a list: where to, which leads, when, and what the provider's list needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Account
from leads.models import LeadList
from sync import limits, list_columns, partial, pickers, providers
from sync.models import ListTarget
from sync.pages import provider_name
from sync.providers.base import AccountField

MOST_FIRST = 1_000_000


class SendForm(forms.Form):
    """What a manager chose. Fields a provider's list needs are added under their own keys."""

    account = forms.ModelChoiceField(Account.objects.none(), label=gettext_lazy("To"))
    what = forms.ChoiceField(
        choices=[
            ("all", gettext_lazy("All")),
            ("first", gettext_lazy("The first few")),
            ("parts", gettext_lazy("Chosen parts")),
        ],
        required=False,
    )
    first = forms.IntegerField(
        label=gettext_lazy("How many first"), required=False, min_value=1, max_value=MOST_FIRST
    )
    parts = forms.CharField(label=gettext_lazy("Which parts"), required=False, max_length=200)
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            ("now", gettext_lazy("Now")),
            ("at", gettext_lazy("Today at a time")),
            ("full", gettext_lazy("When a part is full")),
        ],
        required=False,
    )
    at = forms.TimeField(label=gettext_lazy("Time"), required=False)

    def __init__(self, lead_list: LeadList, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "send-%s", **kwargs})
        self.lead_list, self.to = lead_list, account
        chosen = self.fields["account"]
        assert_choice(chosen).queryset = Account.objects.usable_by(lead_list.team).order_by("name")
        target = ListTarget.objects.filter(account=account, lead_list=lead_list).first()
        self.saved: dict[str, Any] = {**_own_settings(lead_list, account.provider)}
        self.saved |= target.settings if target else {}
        self.list_keys = []
        offers = (one for one in pickers.offers(account) if one.url_name == "sync:fetch_lists")
        self.offer = next(offers, None)
        self.lists = pickers.known_lists(account)
        for wanted in providers.get(account.provider).list_fields:
            value = self.saved.get(wanted.key, wanted.default)
            drawn = _list_field(wanted, value, self.lists) or _field(wanted, value)
            self.fields[wanted.key] = drawn
            self.list_keys.append(wanted.key)
        self.numbered = list_columns.are_numbered(account.provider)
        if self.numbered:
            self._add_columns()

    def _add_columns(self) -> None:
        self.fields["header"] = forms.CharField(
            label=_("Header row of that list, pasted"),
            required=False,
            initial=self.saved.get("header", ""),
            help_text=_("%(name)s numbers its columns. Their names tell which is which.")
            % {"name": provider_name(self.to.provider)},
        )
        offered = list_columns.choices(self.lead_list.team)
        for column in list_columns.columns(self.saved, self.to.provider):
            self.fields[f"col_{column.remote}"] = forms.ChoiceField(
                label=f"{column.name or column.remote}",
                choices=offered,
                required=False,
                initial=column.ours,
            )

    def clean(self) -> dict[str, Any]:
        """Ask for the numbers or the time that the choice needs."""
        values = super().clean() or {}
        if values.get("when") == "full":
            return values
        if values.get("what") == "parts" and not partial.read_parts(values.get("parts", "")):
            self.add_error("parts", _("Write the numbers of parts, such as 1-3 or 2, 5."))
        if values.get("what") == "first" and not values.get("first") and not self.errors:
            self.add_error("first", _("Write how many leads go first, such as 5."))
        if values.get("when") == "at" and not self.errors:
            if not values.get("at"):
                self.add_error("at", _("Write a time, such as 18:00."))
            elif self.seconds_until(values["at"]) <= 0:
                self.add_error("at", _("That time is over today. Write a later one."))
        return values

    @staticmethod
    def seconds_until(at: Any) -> float:
        """Return the seconds from now to the time `at` of today."""
        now = timezone.localtime()
        return (datetime.combine(now.date(), at, now.tzinfo) - now) / timedelta(seconds=1)

    @property
    def first_few(self) -> int | None:
        """How many leads go first; None for all of them."""
        chosen = self.cleaned_data.get("what") == "first"
        return self.cleaned_data.get("first") if chosen else None

    @property
    def chosen_parts(self) -> list[int]:
        """Which parts go; empty for all of them."""
        if self.cleaned_data.get("what") != "parts":
            return []
        return partial.read_parts(self.cleaned_data.get("parts", "")) or []

    @property
    def waits_for_a_part(self) -> bool:
        """Whether nothing goes now, but later once a part is full."""
        return bool(self.cleaned_data.get("when") == "full")

    @property
    def starts_in(self) -> float:
        """Seconds until it starts; never less than the time to cancel."""
        least = limits.time_to_cancel()
        if self.cleaned_data.get("when") == "at":
            return max(self.seconds_until(self.cleaned_data["at"]), least)
        return least

    def save_settings(self) -> None:
        """Keep what the provider's list needs, for this send and the next ones."""
        if not self.list_keys and not self.numbered:
            return
        settings = {**self.saved, **{key: self.cleaned_data[key] for key in self.list_keys}}
        if self.numbered:
            settings["header"] = self._header()
            settings["columns"] = self._columns()
        ListTarget.objects.update_or_create(
            account=self.to, lead_list=self.lead_list, defaults={"settings": settings}
        )

    def _columns(self) -> dict[str, str]:
        header = self._header()
        if header and header != self.saved.get("header", ""):
            found = list_columns.read_header(header, self.lead_list.team)
            return {**found, "field_0": found.get("field_0") or "phone"}  # seed 004
        known = (name for name in self.fields if name.startswith("col_"))
        return {name.removeprefix("col_"): self.cleaned_data[name] for name in known}

    def _header(self) -> str:
        """Return the header row: the pasted one, else the one read with the chosen list."""
        typed: str = self.cleaned_data["header"]
        was, chosen = self.saved.get("list_id"), self.cleaned_data.get("list_id")
        if typed != self.saved.get("header", "") or (typed and chosen == was):
            return typed
        names = (one["header"] for one in self.lists if one["id"] == chosen)
        return "\t".join(next(names, [])) or typed

    @property
    def needed(self) -> list[forms.BoundField]:
        """The required settings of the provider's list, always in sight."""
        return [self[key] for key in self.list_keys if self.fields[key].required]

    @property
    def rare(self) -> list[forms.BoundField]:
        """Settings that stand under Details."""
        keys = [key for key in self.list_keys if not self.fields[key].required]
        if self.numbered:
            keys += ["header", *(name for name in self.fields if name.startswith("col_"))]
        return [self[key] for key in keys]


def assert_choice(field: forms.Field) -> forms.ModelChoiceField[Account]:
    """Return `field` as what it is: a choice of accounts."""
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(field)
    return field


def _own_settings(lead_list: LeadList, provider: str) -> dict[str, Any]:
    prefix = f"{provider}_"
    return {
        key.removeprefix(prefix): value
        for key, value in lead_list.provider_settings.items()
        if key.startswith(prefix)
    }


def _list_field(wanted: AccountField, value: str, lists: list[dict[str, Any]]) -> Any:
    """Return a choice of the lists read from the provider; None where none was read."""
    if wanted.key != "list_id" or not lists:
        return None
    found = [(one["id"], f"{one['name']} ({one['id']})") for one in lists]
    if value and value not in dict(found):
        found.insert(0, (value, value))
    return forms.ChoiceField(
        label=_("List there"), choices=found, required=wanted.required, initial=value
    )


def _field(wanted: AccountField, value: Any) -> forms.Field:
    common: dict[str, Any] = {
        "label": wanted.label,
        "required": wanted.required,
        "initial": value,
        "help_text": wanted.where,
    }
    if wanted.choices:
        return forms.ChoiceField(choices=wanted.choices, **common)
    return forms.CharField(max_length=200, **common)
