"""What stands beside the plan for all parts: one sentence for all, one list of what is open."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import rail, sentence
from campaigns.feasibility import Assumptions
from campaigns.plan_form import PlanForm
from campaigns.preflight import Level, Line, about_account, about_agents, about_clock
from campaigns.rail import Rail
from campaigns.sentence import Bit
from campaigns.sharing import Piece


@dataclass
class PlanRail(Rail):
    """The rail of a plan, with its campaigns and what the button does."""

    pieces: list[Piece] = field(default_factory=list)
    with_id: set[int] = field(default_factory=set)
    button: str = ""


def of(form: PlanForm, assumed: Assumptions) -> PlanRail:
    """Return the rail of a bound plan form, whether it is valid or not."""
    plan = form.fill()
    leads = sum(part.lead_count for part in form.parts)
    said = rail.readable(form, form.sent)
    lines = [
        *rail.of_table(form),
        *rail.of_policy(form),
        *_sharing(form),
        *_ids(form),
        *about_agents(plan, form.chosen),
        *about_clock(plan),
        about_account(plan),
    ]
    order = list(Level)
    return PlanRail(
        [Bit(_opening(form)), *sentence.sentence(said, leads, plan.time_zone)],
        sentence.details(said),
        "",
        leads,
        rail.estimated(form, leads, assumed),
        assumed,
        sorted(lines, key=lambda line: order.index(line.level)),
        rail.echoes(form),
        pieces=form.pieces,
        with_id={part.pk for part in form.parts if form.has_id(part)},
        button=_button(form),
    )


def _sharing(form: PlanForm) -> list[Line]:
    """Return what is wrong with how the agents are shared out, if anything is."""
    if not form.trouble:
        return []
    return [Line(Level.STOP, "share", form.trouble, "#id_share_0", _("Change it"))]


def _opening(form: PlanForm) -> str:
    count = len(form.parts)
    return ngettext("One campaign. ", "%(count)s campaigns. ", count) % {"count": count}


def _ids(form: PlanForm) -> list[Line]:
    missing = [part for part in form.parts if not form.has_id(part)]
    if not missing:
        return [Line(Level.FINE, "leads-id", _("Every part’s TeleCMI id is here"))]
    words = ngettext(
        "%(count)s part has no TeleCMI id yet; its campaign is created when it is pasted.",
        "%(count)s parts have no TeleCMI id yet; their campaigns are created when they are pasted.",
        len(missing),
    )
    words %= {"count": len(missing)}
    return [Line(Level.NOTE, "leads-id", words, "#id_ids", _("Paste them"))]


def _button(form: PlanForm) -> str:
    count, ready = len(form.parts), len(form.ready)
    if not ready:
        return _("Create them when their ids are here")
    if ready == count:
        return ngettext(
            "Create the campaign at TeleCMI", "Create %(count)s campaigns at TeleCMI", count
        ) % {"count": count}
    if form.cleaned_data.get("share") == "after":
        return _("Create the first of %(count)s") % {"count": count}
    return _("Create %(ready)s now, %(rest)s later") % {"ready": ready, "rest": count - ready}
