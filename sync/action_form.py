"""The forms that write on a lead's timeline: a custom action, or a payment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from access.models import Account
from sync.lead_actions import Written, timeline_of
from sync.models import LeadAction
from sync.pickers import METADATA
from sync.providers.base import PAYMENT

STATUS_WORDS = {
    "PENDING": lazy("Pending"),
    "COMPLETED": lazy("Completed"),
    "FAILED": lazy("Failed"),
    "REFUNDED": lazy("Refunded"),
    "CANCELLED": lazy("Cancelled"),
    "PROCESSING": lazy("Processing"),
}


def _choose(field: forms.Field, choices: Sequence[tuple[str, Any]]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101
    field.choices = choices


class TimelineForm(forms.Form):
    """What both have in common: the account, chosen where there are several."""

    account = forms.ModelChoiceField(Account.objects.none(), label=lazy("At"), empty_label=None)

    def __init__(self, *args: Any, accounts: Sequence[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = accounts
        account = self.fields["account"]
        assert isinstance(account, forms.ModelChoiceField)  # noqa: S101
        account.queryset = Account.objects.filter(pk__in=[one.pk for one in accounts])
        account.initial = accounts[0].pk

    def written(self) -> Written:
        """Return what was written; only after is_valid()."""
        raise NotImplementedError


def texts_of(action: LeadAction) -> dict[str, str]:
    """Return a kept action as somebody would type it into its form."""
    lines = [
        f"{name} (number): {value}" if isinstance(value, int | float) else f"{name}: {value}"
        for name, value in action.fields.items()
    ]
    on = action.predated_at
    return {
        "kind": action.kind,
        "fields_text": "\n".join(lines),
        "created_on": timezone.localtime(on).strftime("%d/%m/%Y %H:%M") if on else "",
        "status": action.payment_status,
        "currency": action.payment_currency,
        "amount": str(action.payment_amount or ""),
    }


class ActionForm(TimelineForm):
    """A custom action of the workspace."""

    kind = forms.CharField(
        label=lazy("Action"),
        max_length=60,
        help_text=lazy("Its code, as Telecrm shows it under Custom Actions, such as 1001"),
    )
    fields_text = forms.CharField(
        label=lazy("What to write"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy(
            "A line for each field, by its API name: note: called back; cost (number): 1500"
        ),
    )
    created_on = forms.CharField(
        label=lazy("When"),
        required=False,
        max_length=40,
        help_text=lazy("DD/MM/YYYY HH:MM, for an action that may be dated back; empty is now"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [(one.settings.get(METADATA) or {}).get("actions") or {} for one in self.accounts]
        known = {code: name for actions in held for code, name in actions.items()}
        if known:
            offered = [(code, f"{name} ({code})" if name else code) for code, name in known.items()]
            self.fields["kind"] = forms.ChoiceField(label=lazy("Action"), choices=offered)

    def clean_fields_text(self) -> dict[str, str]:
        """Read the lines as fields."""
        lines = self.cleaned_data["fields_text"].splitlines()
        pairs = [line.partition(":") for line in lines if line.strip()]
        return {name: text for name, _colon, text in pairs}

    def written(self) -> Written:
        """Return the action as it was written."""
        said = self.cleaned_data
        return Written(said["kind"], said["fields_text"], said["created_on"])


class PaymentForm(TimelineForm):
    """A payment."""

    amount = forms.CharField(
        label=lazy("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.ChoiceField(label=lazy("Currency"))
    status = forms.ChoiceField(label=lazy("Payment is"), initial="COMPLETED")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [timeline_of(account) for account in self.accounts]
        currencies = dict.fromkeys(one for timeline in known for one in timeline.currencies)
        statuses = dict.fromkeys(one for timeline in known for one in timeline.statuses)
        _choose(self.fields["currency"], [(code, code) for code in currencies])
        named = [(one, STATUS_WORDS.get(one, one.capitalize())) for one in statuses]
        _choose(self.fields["status"], named)

    def written(self) -> Written:
        """Return the payment as it was written."""
        said = {name: self.cleaned_data[name] for name in ("status", "currency", "amount")}
        return Written(PAYMENT, **said)
