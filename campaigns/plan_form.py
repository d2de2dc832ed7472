"""The form that plans campaigns for all parts of a list at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from access.models import User
from campaigns import copying, dialers, ids, sharing
from campaigns.dialers import Problem
from campaigns.forms import CampaignForm
from campaigns.models import Agent, Campaign
from campaigns.sharing import AFTER, TOGETHER, CannotShare, Piece
from leads.models import LeadList, ListPart


def _share_cards() -> forms.RadioSelect:
    cards = forms.RadioSelect(
        choices=[
            (TOGETHER, lazy("Shared out")),
            (AFTER, lazy("All agents on one part after another")),
        ]
    )
    cards.about = {  # type: ignore[attr-defined]
        TOGETHER: lazy("All parts are called at the same time"),
        AFTER: lazy("The next part starts when you say that the one before has ended"),
    }
    return cards


class PlanForm(CampaignForm):
    """What all campaigns have in common, how they share the agents, and the parts' ids.

    After is_valid(): `pieces`, one campaign each; `matched`, the pasted ids.
    """

    share = forms.CharField(
        required=False, initial=TOGETHER, label=lazy("Who calls which part"), widget=_share_cards()
    )
    ids = forms.CharField(
        required=False,
        label=lazy("Paste the lines from TeleCMI, Leads: name and id"),
        help_text=lazy("In any order; each is matched by the letters in brackets."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, parts: Sequence[ListPart], **kwargs: Any) -> None:
        self.parts = list(parts)
        self.pieces: list[Piece] = []
        self.matched = ids.Matched()
        self.trouble = ""  # why the agents or days cannot be shared out
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Check the plan as one campaign, match the ids, share agents and days out."""
        super().clean()
        self.matched = ids.match(self.cleaned_data.get("ids") or "", self.parts)
        for words in self.matched.problems:
            self.add_error("ids", words)
        first, last = self.values.get("start_date"), self.values.get("end_date")
        how = AFTER if self.cleaned_data.get("share") == AFTER else TOGETHER
        try:
            self.pieces = sharing.pieces(self.parts, self.chosen, first, last, how)
        except CannotShare as trouble:
            self.pieces = [Piece(part, (), first, last) for part in self.parts]
            self.trouble = str(trouble)
            self.add_error("share", self.trouble)
        return self.cleaned_data

    def _broken_rules(self) -> list[Problem]:
        """Judge the plan by its campaign with the most agents: TeleCMI counts those of each."""
        sent = dict(self.sent)
        if sent.get("users") and self.cleaned_data.get("share") != AFTER:
            shares = sharing.proportion(len(sent["users"]), [p.lead_count for p in self.parts])
            sent["users"] = sent["users"][: max(shares, default=0)]
        return dialers.problems(sent)

    def _stops(self, problem: Problem) -> bool:
        return problem.field != "leads_id" and super()._stops(problem)

    def has_id(self, part: ListPart) -> bool:
        """Whether the part has its id, also one that was just pasted."""
        return part.provider_leads_id is not None or part.pk in self.matched.by_part

    @property
    def ready(self) -> list[Piece]:
        """The pieces that can be created at once: their part has its id, and nobody comes first."""
        first = self.pieces[:1] if self.cleaned_data.get("share") == AFTER else self.pieces
        return [piece for piece in first if self.has_id(piece.part)]

    def plan(
        self, by: User, lead_list: LeadList, *, wanted: bool, click: str = ""
    ) -> list[Campaign]:
        """Save the ids and one draft for each part; `wanted`: create each as soon as it can be."""
        with transaction.atomic():
            ids.save(self.matched)
            made: list[Campaign] = []
            for piece in self.pieces:
                draft = self._draft(piece, lead_list, made[-1:])
                draft.created_by, draft.click = by, click
                draft.wanted_at = timezone.now() if wanted else None
                draft.save()
                draft.seat(_saved(piece.agents))
                made.append(draft)
        return made

    def _draft(self, piece: Piece, lead_list: LeadList, before: list[Campaign]) -> Campaign:
        template = self.fill()
        piece.part.refresh_from_db()
        draft = Campaign(
            team=self.team,
            account=self.account,
            lead_list=lead_list,
            part=piece.part,
            name=template.name or lead_list.name,
            time_zone=template.time_zone,
            outside_hours_reason=template.outside_hours_reason,
            **copying.held(template),
        )
        draft.start_date, draft.end_date = piece.first, piece.last
        if self.cleaned_data.get("share") == AFTER and before:
            draft.follows = before[0]
        return draft


def _saved(agents: Sequence[Agent]) -> list[Agent]:
    """Return the agents; those whose ids were typed are entered, once for all parts."""
    for agent in agents:
        if agent.pk is None:
            agent.save()
    return list(agents)
