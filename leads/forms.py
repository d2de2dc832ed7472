"""Forms over leads, contacts and their settings: the only cleaning there is, page and admin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from access.models import Team
from leads.models import Contact, Lead, LeadField, LeadList
from leads.phones import PhoneReader

PHONES = ("phone", "alt_phone", "whatsapp")
GROUPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "person": (
        _("Person"),
        ("first_name", "last_name", "phone", "alt_phone", "whatsapp", "email"),
    ),
    "place": (_("Company and place"), ("company", "address", "city", "country")),
    "work": (_("Follow-up"), ("status", "rating", "assignee", "comment")),
    "custom": (_("Your columns"), ()),
    "consent": (_("Source and consent"), ("source", "consent_source", "consent_at")),
}


def clean_phone(text: str, country: str) -> str:
    """Return `text` as E.164; raises ValidationError with the reason for people."""
    if not text.strip():
        return ""
    phone = PhoneReader(country).read(text)
    if not phone.e164:
        raise ValidationError(phone.words)
    return phone.e164


class PhoneField(forms.CharField):
    """A number typed as people type it; cleaned to E.164 by leads/phones.py."""

    country = "IN"

    def clean(self, value: Any) -> str:
        """Return E.164, or "" for an empty optional field."""
        return clean_phone(str(super().clean(value) or ""), self.country)


def field_of(column: LeadField) -> forms.Field:
    """Return the form field for a custom column of the team."""
    kinds: dict[str, type[forms.Field]] = {
        LeadField.Kind.NUMBER: forms.DecimalField,
        LeadField.Kind.MONEY: forms.DecimalField,
        LeadField.Kind.DATE: forms.DateField,
        LeadField.Kind.PHONE: PhoneField,
        LeadField.Kind.EMAIL: forms.EmailField,
    }
    if column.kind == LeadField.Kind.DROPDOWN:
        options = [("", "—"), *((str(option), str(option)) for option in column.options)]
        return forms.ChoiceField(choices=options, required=False, label=column.label)
    made = kinds.get(column.kind, forms.CharField)(required=False, label=column.label)
    if isinstance(made, forms.DateField):
        made.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return made


def stored(value: Any) -> Any:
    """Return a cleaned custom value as Lead.custom keeps it: JSON, exact."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value.normalize())
    return value.isoformat() if isinstance(value, date) else value


class LeadForm(forms.ModelForm):  # type: ignore[type-arg]
    """A lead; `only` names the columns drawn (all by default), `columns` the team's own ones."""

    class Meta:
        model = Lead
        fields: ClassVar = [name for _words, names in GROUPS.values() for name in names]
        field_classes: ClassVar = dict.fromkeys(PHONES, PhoneField)
        widgets: ClassVar = {
            "comment": forms.Textarea(attrs={"rows": 3}),
            "consent_at": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(
        self,
        *args: Any,
        only: Iterable[str] | None = None,
        columns: Iterable[LeadField] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        country = self.instance.lead_list.country if self.instance.pk else "IN"
        if only is not None:
            self.fields = {name: self.fields[name] for name in only}
        self.columns = list(columns)
        for column in self.columns:
            self.fields[f"custom_{column.key}"] = field_of(column)
            self.initial[f"custom_{column.key}"] = self.instance.custom.get(column.key, "")
        for field in self.fields.values():
            if isinstance(field, PhoneField):
                field.country = country
                field.widget.attrs.update(inputmode="tel", dir="ltr")

    @property
    def values(self) -> dict[str, Any]:
        """Cleaned values by column, the team's own columns as one `custom` dict."""
        values = dict(self.cleaned_data)
        own = {column.key: stored(values.pop(f"custom_{column.key}")) for column in self.columns}
        if own:
            kept = {key: value for key, value in self.instance.custom.items() if key not in own}
            filled = {key: value for key, value in own.items() if value not in ("", None)}
            values["custom"] = kept | filled
        return values


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry of the TeleCMI phone book."""

    class Meta:
        model = Contact
        fields: ClassVar = ["first_name", "last_name", "phone", "email", "company", "job_title"]
        field_classes: ClassVar = {"phone": PhoneField}

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        phone = self.fields["phone"]
        assert isinstance(phone, PhoneField)  # noqa: S101
        phone.country = team.country
        phone.widget.attrs.update(inputmode="tel", dir="ltr")

    def clean_phone(self) -> str:
        """A phone book keeps a number once."""
        phone = str(self.cleaned_data["phone"])
        same = Contact.objects.filter(team=self.team, phone=phone, deleted_at=None)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This number is in the phone book already."))
        return phone


class LeadFieldForm(forms.ModelForm):  # type: ignore[type-arg]
    """A column of the team's own; its key is made from the label once and never changes."""

    options_text = forms.CharField(
        label=_("Choices, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only for “One of a list”."),
    )

    class Meta:
        model = LeadField
        fields: ClassVar = ["label", "kind"]

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        self.fields["options_text"].initial = "\n".join(map(str, self.instance.options))

    def clean(self) -> dict[str, Any]:
        """A list needs choices; a label needs to be new in the team."""
        values = super().clean() or {}
        options = [line.strip() for line in values.get("options_text", "").splitlines()]
        values["options"] = list(dict.fromkeys(filter(None, options)))
        if values.get("kind") == LeadField.Kind.DROPDOWN and not values["options"]:
            self.add_error("options_text", _("Write at least one choice."))
        label = values.get("label", "")
        same = LeadField.objects.filter(team=self.team, label__iexact=label)
        if label and same.exclude(pk=self.instance.pk).exists():
            self.add_error("label", _("There is a column with this name already."))
        return values

    def save(self, commit: bool = True) -> LeadField:
        """Save the column, with a key of its own the first time."""
        column: LeadField = self.instance
        column.team, column.options = self.team, self.cleaned_data["options"]
        if not column.pk:
            column.key = free_key(self.team, column.label)
            column.position = LeadField.objects.filter(team=self.team).count()
        column.save()
        return column


def free_key(team: Team, label: str, also_taken: Iterable[str] = ()) -> str:
    """Return a key for a new column of the team's own that no other has, not even one of Hindi
    letters only, which leave nothing of a key.
    """
    stem = slugify(label).replace("-", "_")[:50] or "column"
    taken = {*LeadField.objects.filter(team=team).values_list("key", flat=True), *also_taken}
    keys = [stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3))]
    return next(key for key in keys if key not in taken)


class DoNotCallForm(forms.Form):
    """Numbers to put on the do-not-call list."""

    numbers = forms.CharField(
        label=_("Numbers"),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr", "spellcheck": "false"}),
        max_length=2_000_000,
        help_text=_("One a line, as they are written anywhere."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class ListChoice(forms.Form):
    """A list of the team to move leads to."""

    to = forms.ModelChoiceField(LeadList.objects.none(), label=_("List"))

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = LeadList.objects.filter(team=team, deleted_at=None)
