"""The campaign form of page and admin: asks by the dialer table, refuses with its words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from access.models import Account, Team
from campaigns import choices, clock, dialers, fields, places, policy
from campaigns.dialers import BY_NAME, Problem
from campaigns.models import Agent, Campaign
from leads.models import LeadList, ListPart


class WrittenFields(forms.Form):
    """One form field for each field of the table that a person writes, in the table's order."""

    # On the class and not on the form, because the admin looks at the class.
    vars().update(fields.form_fields())


class CampaignForm(forms.ModelForm[Campaign], WrittenFields):
    """One campaign of `team` at `account`. `complete=False` saves a draft with holes.

    After is_valid(), also when it said no: `values` (wire name -> our value; timezone: the zone),
    `sent` (the wire body), `chosen` (agents in order), `unreadable` (wire name -> why), `problems`
    of the table, `breaches` of our own rules.
    """

    part = choices.PartField(
        ListPart.objects.none(), required=False, label=BY_NAME["leads_id"].label
    )
    time_zone = forms.CharField(
        required=False, label=BY_NAME["timezone"].label, widget=forms.Select()
    )
    agents = forms.ModelMultipleChoiceField(
        Agent.objects.none(),
        required=False,
        label=BY_NAME["users"].label,
        widget=forms.CheckboxSelectMultiple,
    )
    agent_ids = forms.CharField(
        required=False,
        label=lazy("Add agents by their id"),
        help_text=lazy("One or many, like 5159_2224257; paste a column from a sheet"),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )
    outside_hours_reason = forms.CharField(
        required=False,
        max_length=200,
        label=lazy("Reason to call outside the calling hours"),
        help_text=lazy("Only an administrator may do that; the reason is kept."),
    )

    class Meta:
        model = Campaign
        fields = ()

    def __init__(
        self,
        *args: Any,
        account: Account,
        team: Team | None = None,
        complete: bool = True,
        may_override: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.complete, self.may_override = account, complete, may_override
        self.team = team or account.team
        self.values: dict[str, Any] = {}
        self.sent: dict[str, Any] = {}
        self.chosen: list[Agent] = []
        self.unreadable: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.breaches: list[policy.Breach] = []
        self._draw()

    def _draw(self) -> None:
        """Offer what there is to choose from, and show what the campaign holds."""
        campaign = self.instance
        if campaign.pk:
            held = {rule.column: getattr(campaign, rule.column) for rule in fields.plain()}
            held |= {"part": campaign.part_id, "agents": campaign.agents_in_order()}
            held |= {"outside_hours_reason": campaign.outside_hours_reason}
            self.initial = {**held, **self.initial}
        zone = campaign.time_zone if campaign.pk else self.team.time_zone
        self.initial.setdefault("time_zone", zone)
        shown: dict[str, Any] = self.fields
        shown["part"].queryset = choices.parts_at(self.account, self.team)
        shown["agents"].queryset = choices.agents_at(self.account, self.team, campaign)
        day = campaign.start_date or timezone.localdate()
        shown["time_zone"].widget.choices = places.choices(
            day, self.team.time_zone, str(self.initial["time_zone"])
        )

    def clean(self) -> dict[str, Any]:
        """Read what was written by the table, then ask the table and our own rules."""
        super().clean()
        unreadable = self._read()
        self.sent = dialers.wire(self._wire_values())
        self.unreadable = {
            name: words for name, words in unreadable.items() if BY_NAME[name].applies(self.sent)
        }
        for name, words in self.unreadable.items():
            self.add_error(BY_NAME[name].column, words)
        found = self._broken_rules()
        self.problems = [one for one in found if one.field not in self.unreadable]
        for problem in filter(self._stops, self.problems):
            self.add_error(self._place(problem), problem.words)
        if not self._lead_list():
            self.add_error("part", _("Choose the list that is called; a draft needs one too."))
        self._judge(set(self.unreadable))
        return self.cleaned_data

    def _broken_rules(self) -> list[Problem]:
        return dialers.problems(self.sent)

    def _read(self) -> dict[str, str]:
        """Fill `values` from the texts; return wire name -> why it cannot be read."""
        unreadable = {}
        for rule in fields.plain():
            value, words = fields.read(rule, self.cleaned_data.get(rule.column))
            if words:
                unreadable[rule.name] = words
                value = getattr(self.instance, rule.column) if self.instance.pk else None
            self.values[rule.name] = value
        part = self.cleaned_data.get("part")
        self.values["leads_id"] = part.provider_leads_id if part else None
        self.values["timezone"] = self.cleaned_data.get("time_zone") or ""
        self._choose_agents()
        return unreadable

    def _choose_agents(self) -> None:
        written = self.cleaned_data.get("agent_ids") or ""
        typed = choices.agents_by_id(written, self.account, self.team)
        found = {a.agent_id: a for a in [*(self.cleaned_data.get("agents") or ()), *typed]}
        self.chosen = list(found.values())
        self.values["users"] = list(found)

    def _wire_values(self) -> dict[str, Any]:
        zone, first = self.values["timezone"], self.values.get("start_date")
        try:
            ahead = clock.offset(zone, first or timezone.localdate()) if zone else ""
        except clock.UnknownZone:
            ahead = zone
        return {**self.values, "timezone": ahead}

    def _lead_list(self) -> LeadList | None:
        """Return the list that is called: the part's, else the one the page was opened for."""
        part = self.cleaned_data.get("part")
        chosen = part.lead_list if part else self.cleaned_data.get("lead_list")
        known = self.instance.lead_list if self.instance.lead_list_id else None
        return chosen or known

    def _stops(self, problem: Problem) -> bool:
        """Whether a problem stops this save: a draft may have holes, and a part without its id."""
        if problem.field == "leads_id":
            return False  # its pre-flight line links to where the part is sent or its id is pasted
        return self.complete or problem.field in self.sent

    def _place(self, problem: Problem) -> str:
        typed = (self.cleaned_data.get("agent_ids") or "").strip()
        return "agent_ids" if problem.field == "users" and typed else problem.column

    def _judge(self, refused: set[str]) -> None:
        """Add what our own rules say; a draft only has to fit into its columns."""
        reason = self.cleaned_data.get("outside_hours_reason") or ""
        setting = policy.setting(self.team, self.account, reason if self.may_override else "")
        wrong = refused | {problem.field for problem in self.problems}
        known = {name: value for name, value in self.values.items() if name not in wrong}
        self.breaches = policy.breaches(
            {**known, "dialer_type": self.sent.get("dialer_type")}, setting
        )
        for breach in self.breaches:
            if self.complete or breach.rule in policy.MUST_FIT:
                self.add_error(BY_NAME[breach.field].column, breach.words)

    def _post_clean(self) -> None:
        """Leave the instance alone: the table has judged, the model would say it in other words."""

    def fill(self) -> Campaign:
        """Write the values into the campaign without saving it, for preview and checks."""
        campaign = self.instance
        campaign.account, campaign.team = self.account, self.team
        campaign.part = self.cleaned_data.get("part")
        if lead_list := self._lead_list():
            campaign.lead_list = lead_list
        for rule in fields.plain():
            value = self.values.get(rule.name)
            text = rule.column in fields.TEXT_COLUMNS
            setattr(campaign, rule.column, "" if text and value is None else value)
        zone = self.values.get("timezone") or ""
        campaign.time_zone = zone if clock.is_known(zone) else ""
        campaign.outside_hours_reason = self.cleaned_data.get("outside_hours_reason") or ""
        return campaign

    def save(self, commit: bool = True) -> Campaign:
        """Save the campaign and its agents in the order chosen; unknown agents are entered."""
        campaign = self.fill()
        campaign.updated_at = timezone.now()
        campaign.version += int(campaign.pk is not None)
        campaign.save()
        campaign.seat(self.chosen)
        return campaign
