"""What stands beside the campaign form: its sentence, how far it gets, what is still open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import dialers, fields, fixes, payload, preflight, sentence
from campaigns.feasibility import Assumptions, Estimate, estimate
from campaigns.forms import CampaignForm
from campaigns.preflight import Level, Line
from campaigns.sentence import Bit

STOPS = (Level.STOP, Level.OPEN)


@dataclass
class Rail:
    """Everything the sticky column shows, worked out from one form."""

    sentence: list[Bit]
    details: list[Bit]
    payload: str
    leads: int | None
    estimate: Estimate | None
    assumed: Assumptions
    lines: list[Line] = field(default_factory=list)
    echoes: dict[str, str] = field(default_factory=dict)  # column -> the day in words

    def echo_below(self, form: CampaignForm) -> None:
        """Put the words of each echo below its field."""
        for column, words in self.echoes.items():
            form.fields[column].help_text = words

    @property
    def unmet(self) -> list[Line]:
        """The lines that are not fine."""
        return [line for line in self.lines if line.level in (*STOPS, Level.DOUBT)]

    @property
    def passed(self) -> list[Line]:
        """The lines nobody has to read."""
        return [line for line in self.lines if line not in self.unmet]

    @property
    def stops(self) -> list[Line]:
        """The lines without which nothing is sent."""
        return [line for line in self.lines if line.level in STOPS]

    @property
    def doubts(self) -> str:
        """A mark of the doubts shown, so that "create anyway" means these and no others; or ""."""
        words = [line.words for line in self.lines if line.level is Level.DOUBT]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16] if words else ""

    @property
    def title(self) -> str:
        """The verdict over the lines."""
        count = len(self.unmet)
        if not count:
            return _("Ready to create")
        words = ngettext("One thing is open", "%(count)d things are open", count)
        return words % {"count": count}


def of(form: CampaignForm, assumed: Assumptions) -> Rail:
    """Return the rail of a bound form, whether it is valid or not."""
    plan = form.fill()
    leads = plan.part.lead_count if plan.part else None
    said = readable(form, form.sent)
    found = [*of_table(form), *of_policy(form), *preflight.lines(plan, form.chosen)]
    order = list(Level)
    return Rail(
        sentence.sentence(said, leads, plan.time_zone),
        sentence.details(said),
        payload.preview(form.sent),
        leads,
        estimated(form, leads, assumed) if leads else None,
        assumed,
        sorted(found, key=lambda line: order.index(line.level)),
        echoes(form),
    )


def estimated(form: CampaignForm, leads: int, assumed: Assumptions) -> Estimate | None:
    """Return how far the plan gets; None while it is incomplete or its hours are refused."""
    if any(one.rule == "overnight" for one in form.breaches):
        return None
    return estimate(readable(form, form.values), leads, assumed)


def echoes(form: CampaignForm) -> dict[str, str]:
    """Return first and last day in words, for the line below their fields."""
    return {column: day_in_words(form.values.get(column)) for column in ("start_date", "end_date")}


def day_in_words(day: Any) -> str:
    """Return "Fri 20 Nov 2026, today"; how to write a day where there is none."""
    if not isinstance(day, date):
        return _("Day/month/year")
    words = date_format(day, "D j M Y")
    return _("%(day)s, today") % {"day": words} if day == timezone.localdate() else words


def readable(form: CampaignForm, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` (by wire name) without those the table refuses: nothing repeats or counts
    them.
    """
    refused = {problem.field for problem in form.problems} | form.unreadable.keys()
    return {name: value for name, value in values.items() if name not in refused}


def of_table(form: CampaignForm) -> list[Line]:
    """Return a line for each value the dialer's table refuses, and one for all that is empty."""
    open_ = [p.field for p in form.problems if p.field not in (*form.sent, "leads_id")]
    wrong = {p.field: p.words for p in form.problems if p.field in form.sent} | form.unreadable
    lines = [
        Line(Level.STOP, "form", f"{_label(name)}: {words}", fixes.anchor(name))
        for name, words in wrong.items()
    ]
    if open_ := [name for name in open_ if name not in wrong]:
        words = _("Still to fill in: %(fields)s.") % {"fields": ", ".join(map(_label, open_))}
        lines.append(Line(Level.OPEN, "form", words, fixes.anchor(open_[0]), _("Fill in")))
    return lines


def of_policy(form: CampaignForm) -> list[Line]:
    """Return a line for each rule of ours that the plan breaks."""
    return [
        Line(Level.STOP, one.rule, f"{_label(one.field)}: {one.words}", fixes.anchor(one.field))
        for one in form.breaches
    ]


def _label(name: str) -> str:
    return str(dialers.BY_NAME[name].label)


def assumptions(posted: Mapping[str, Any]) -> Assumptions:
    """Return the assumptions somebody set beside the estimate, within bounds; else the usual."""
    usual = Assumptions()
    found = {}
    for name, least, most in (("pickup", 1, 100), ("talk", 1, 3600), ("after", 0, 3600)):
        written = str(posted.get(f"assume_{name}", "")).strip()
        number = int(written) if written.isdecimal() else getattr(usual, name)
        found[name] = min(most, max(least, number))
    written = str(posted.get("assume_tries", "")).strip()
    tries = int(written) if written.isdecimal() else usual.tries
    return Assumptions(**found, tries=min(20, max(1, tries)))


def as_posted(form: CampaignForm) -> dict[str, Any]:
    """Return what a browser would post for a form nobody has touched."""
    posted: dict[str, Any] = {}
    for name, drawn in form.fields.items():
        value = form.get_initial_for_field(drawn, name)
        if name == "agents":
            value = [getattr(one, "pk", one) for one in value or ()]
        elif isinstance(drawn, fields.DialerField):
            value = drawn.prepare_value(value)
        if value not in (None, "", False):
            posted[name] = getattr(value, "pk", value)
    return posted
