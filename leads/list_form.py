"""The form behind "New list" and "Rename"."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Team
from leads.models import LeadList


class ListForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, source and country of a list; the name stands once in a team."""

    class Meta:
        model = LeadList
        fields: ClassVar = ["name", "source", "country"]
        labels: ClassVar = {"name": _("Name"), "source": _("Source"), "country": _("Country")}
        help_texts: ClassVar = {
            "name": _("Providers see this name too."),
            "source": _("Where these people come from: Facebook, branch files. Reports use it."),
            "country": _("For numbers written without a country code: IN, AE, GB."),
        }

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.team = team
        self.fields["country"].initial = team.country

    def clean_name(self) -> str:
        """Refuse a name that another list of the team has."""
        name: str = self.cleaned_data["name"].strip()
        others = LeadList.objects.filter(team=self.instance.team, name=name, deleted_at=None)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("Another list is called so. Choose a different name."), code="name_taken"
            )
        return name

    def clean_country(self) -> str:
        """Take a two-letter country in any case."""
        country: str = self.cleaned_data["country"].strip().upper()
        if len(country) != 2 or not country.isalpha():
            raise forms.ValidationError(
                _("Write two letters, such as IN for India."), code="country"
            )
        return country
