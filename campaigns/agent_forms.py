"""Forms of the agents page."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from access.models import Account, Team
from campaigns import choices, kinds
from campaigns.models import Agent

MOST_LINES = 1000


class AgentForm(forms.ModelForm[Agent]):
    """What may be changed of an agent; the id is the provider's."""

    class Meta:
        model = Agent
        fields = ("name", "group", "extension", "phone")


class NewAgentsForm(forms.Form):
    """Agents by their ids, one on each line, a name behind it or not."""

    account = forms.ModelChoiceField(Account.objects.none(), label=lazy("Account"))
    lines = forms.CharField(
        label=lazy("Agents"),
        help_text=lazy("One on each line: 5159_2224257, then the name. Paste from a sheet."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        usable = choices.accounts(team)
        account: Any = self.fields["account"]
        account.queryset = usable
        account.empty_label = None
        account.initial = usable.first()

    def clean_lines(self) -> list[tuple[str, str]]:
        """Return (agent id, name) for each line; raises with the line that is not one."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["lines"].splitlines()[:MOST_LINES], 1):
            if not (bare := line.strip().strip(",;")):
                continue
            agent_id, *rest = re.split(r"[\t,;]|\s+", bare, maxsplit=1)
            agent_id = agent_id.strip("\"' ")
            if words := kinds.AGENTS.complaint([agent_id]):
                raise forms.ValidationError(_("Line %(n)s: %(why)s") % {"n": number, "why": words})
            found[agent_id] = " ".join(part.strip("\"' \t,;") for part in rest)[:120]
        return list(found.items())

    def save(self) -> int:
        """Enter new agents, bring back and rename known ones; return how many were new."""
        account = self.cleaned_data["account"]
        known = {agent.agent_id: agent for agent in Agent.objects.filter(account=account)}
        added = 0
        for agent_id, name in self.cleaned_data["lines"]:
            agent = known.get(agent_id)
            if agent is None:
                agent = choices.new_agent(agent_id, account, self.team)
                added += 1
            agent.name, agent.left_at = name or agent.name, None
            agent.save()
        return added
