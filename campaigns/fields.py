"""Form fields made from the dialer table: the form asks what the table holds, and judges nothing.

Every field takes any text; campaigns/dialers.py says afterwards what is wrong with it, so that
page, admin and command line refuse with the same words.
"""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns import dialers, kinds
from campaigns.dialers import Field
from campaigns.models import Campaign

NUMERIC = (kinds.SECONDS, kinds.INTERVAL, kinds.RATIO, kinds.DAY, kinds.CLOCK)
APART = ("leads_id", "users", "timezone")  # chosen from our own records, not written


TEXT_COLUMNS = {
    rule.column
    for rule in dialers.FIELDS
    if rule.name not in APART and Campaign._meta.get_field(rule.column).empty_strings_allowed
}


def plain() -> list[Field]:
    """Return the fields of the table that a person fills in one by one."""
    return [field for field in dialers.FIELDS if field.name not in APART]


class DialerField(forms.CharField):
    """A text as somebody wrote it, shown again the way people write this kind of value."""

    def __init__(self, rule: Field, **more: Any) -> None:
        self.rule = rule
        super().__init__(
            required=False,
            label=rule.label,
            help_text=rule.help,
            widget=widget(rule),
            initial=rule.default,
            **more,
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a stored value as a person would write it; leave written text alone."""
        if value is None or (isinstance(value, str) and not value):
            return ""
        if isinstance(value, str) and self.rule.kind not in (kinds.INTERVAL, kinds.RATIO):
            return value if self.rule.kind is not kinds.CALLER else _caller(value)
        return self.rule.kind.show(value)


def _caller(value: str) -> str:
    return kinds.CALLER.show(value) if value.isdecimal() else value


def widget(rule: Field) -> forms.Widget:
    """Return the input for a field of the table."""
    if rule.kind.about:
        cards = forms.RadioSelect(choices=list(rule.kind.choices.items()))
        cards.about = dict(rule.kind.about)  # type: ignore[attr-defined]
        return cards
    if rule.kind.choices:
        return forms.Select(choices=[(str(k), words) for k, words in rule.kind.choices.items()])
    attrs = {"autocomplete": "off"}
    if rule.kind in NUMERIC:
        attrs["inputmode"] = "numeric"
    if rule.kind is kinds.CALLER:
        attrs["inputmode"] = "tel"
    return forms.TextInput(attrs=attrs)


def form_fields() -> dict[str, forms.Field]:
    """Return the form's fields by Campaign column, in the table's order."""
    made: dict[str, forms.Field] = {}
    for rule in plain():
        if rule.kind is kinds.FLAG:
            made[rule.column] = forms.BooleanField(required=False, label=rule.label, initial=True)
        else:
            made[rule.column] = DialerField(rule)
    return made


def read(rule: Field, written: Any) -> tuple[Any, str]:
    """Return (value, "") for what somebody wrote, or (None, why it cannot be read)."""
    if isinstance(written, bool) or written is None:
        return written, ""
    if not str(written).strip():
        return None, ""
    try:
        return rule.kind.parse(str(written)), ""
    except kinds.Unreadable as trouble:
        return None, str(trouble)
