"""The head of a list's page: where it stands in a sentence, and its way from file to calls."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Account
from sync.pages import figure, leads_at
from sync.pages_list import ListPage, leads_address
from sync.pages_lists import plan_url
from sync.pages_marks import Tally


def lede(page: ListPage) -> str:
    """Return the sentence under the list's name: where it stands and what comes next."""
    good = page.lead_list.lead_count
    if page.main is None:
        if not good:
            return _("No leads yet. Add a file, or add people one by one.")
        return ngettext(
            "%(n)s good lead, sent nowhere yet.", "%(n)s good leads, sent nowhere yet.", good
        ) % {"n": figure(good)}
    said = [
        _("%(there)s of %(good)s leads are at %(account)s.")
        % {"there": figure(page.at_main.gone), "good": figure(good), "account": page.main.name}
    ]
    if page.at_main.refused:
        said.append(_("%(n)s were refused.") % {"n": figure(page.at_main.refused)})
    if page.at_main.unsure:
        said.append(_("Of %(n)s we are not sure.") % {"n": figure(page.at_main.unsure)})
    if page.unsent and page.parts:
        waits = ngettext(
            "%(n)s newer one waits for the next part.",
            "%(n)s newer ones wait for the next part.",
            page.unsent,
        )
        said.append(waits % {"n": figure(page.unsent)})
    if page.parts and page.at_main.there and not page.planned_parts:
        said.append(_("No calls are planned yet."))
    return " ".join(said)


def funnel(page: ListPage, *, may_send: bool) -> list[dict[str, Any]]:
    """Return the head of the page: File, Clean, At the provider, In a campaign.

    Who may send is led from the last to planning what has no campaign yet.
    """
    made, files = page.lead_list, len(page.files)
    left_out = made.repeated_count + made.bad_count
    leads = leads_address()
    rows = ngettext("rows in %(n)s file", "rows in %(n)s files", files) % {"n": files}
    steps = [
        {"word": _("File"), "figure": figure(made.row_count), "about": rows, "url": "#files"},
        {
            "word": _("Clean"),
            "figure": figure(made.lead_count),
            "about": _("%(n)s left out") % {"n": figure(left_out)},
            "url": f"{leads}?list={made.pk}",
        },
    ]
    if page.main is None:
        steps.append(
            {"word": _("At a provider"), "figure": "0", "about": _("not sent yet"), "url": "#send"}
        )
        steps.append(
            {"word": _("In a campaign"), "figure": "0", "about": _("none planned"), "url": "#send"}
        )
        return steps
    steps.append(_at_step(page, page.main, leads))
    steps.append(_plan_step(page, may_send))
    return steps


def _at_step(page: ListPage, main: Account, leads: str) -> dict[str, Any]:
    not_sent = _("%(n)s not sent") % {"n": figure(page.unsent)}
    parts = sum(len(at.rows) for at in page.parts if at.account == main)
    if parts:
        groups = ngettext("%(n)s part", "%(n)s parts", parts) % {"n": parts}
        about = f"{groups}, {not_sent}" if page.unsent else groups
    else:
        about = not_sent if page.unsent else _not_there(page.at_main)
    return {
        "word": _("At %(account)s") % {"account": main.name},
        "figure": figure(page.at_main.gone),
        "about": about,
        "url": leads + leads_at(page.lead_list, main, "delivered"),
    }


def _not_there(tally: Tally) -> str:
    """Say what became of the leads that were sent and are not there; the worst first."""
    for number, text in (
        (tally.refused, _("%(n)s refused")),
        (tally.unsure, _("%(n)s not sure")),
        (tally.waiting, _("%(n)s waiting")),
    ):
        if number:
            return text % {"n": figure(number)}
    return _("all of them")


def _plan_step(page: ListPage, may_send: bool) -> dict[str, Any]:
    if page.unplanned_parts > 0:
        about = _("%(n)s to plan") % {"n": figure(page.unplanned_parts)}
    elif page.refused_plans:
        about = _("%(n)s refused") % {"n": figure(page.refused_plans)}
    else:
        plans = page.planned_parts
        about = ngettext("%(n)s campaign", "%(n)s campaigns", plans) % {"n": plans}
    return {
        "word": _("In a campaign"),
        "figure": figure(page.planned_leads),
        "about": about,
        "url": plan_url(page.lead_list.pk) if may_send and page.unplanned_parts > 0 else "#parts",
    }
