"""Where on the campaign form each refusal of TeleCMI is put right (seed 003, its status table).

The causes are those of the provider's own explanations; what is not listed here has nothing to fix
on the form: an administrator or time does it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaigns import addresses, dialers
from campaigns.models import Campaign
from campaigns.preflight import busy_agents


@dataclass(frozen=True)
class Fix:
    """The one button beside a refusal, and what our own records add to TeleCMI's words."""

    url: str
    label: str
    more: str = ""


AT_FIELD = {
    "telecmi-campaign-name": ("name", lazy("Go to the name")),
    "telecmi-list-taken": ("leads_id", lazy("Go to the list")),
    "telecmi-agent-unknown": ("users", lazy("Go to the agents")),
    "telecmi-agent-taken": ("users", lazy("Go to the agents")),
    "telecmi-campaign-format": ("name", lazy("Go to the form")),
}
IDS = "telecmi-list-id"
ACCOUNT = "telecmi-account"


def anchor(field: str) -> str:
    """Return the place on the form of a wire field."""
    if field == "users":
        return "#agents"
    rule = dialers.BY_NAME[field]
    cards = rule.kind.about
    return f"#id_{rule.column}_0" if cards else f"#id_{rule.column}"


def fix_of(campaign: Campaign) -> Fix | None:
    """Return where the last refusal of `campaign` is put right; None when nothing is refused."""
    if not campaign.cause:
        return None
    if campaign.cause == IDS:
        return Fix(addresses.of_list(campaign.lead_list_id) + "#ids", _("Paste the id again"))
    if campaign.cause == ACCOUNT:
        url = addresses.page("sync:account", campaign.account_id, otherwise="")
        return Fix(url, _("Open the account")) if url else None
    if campaign.cause not in AT_FIELD:
        return None
    field, label = AT_FIELD[campaign.cause]
    if named := _field_named(campaign.quote):
        words = {"field": dialers.BY_NAME[named].label}
        return Fix(anchor(named), _("Go to “%(field)s”") % words)
    return Fix(anchor(field), str(label), _ours(campaign))


def _field_named(quote: str) -> str:
    """Return the wire field that a 422 names in its words, the longest name first."""
    names = sorted(dialers.BY_NAME, key=len, reverse=True)
    return next((name for name in names if "_" in name and name in quote), "") or next(
        (name for name in names if f"{name}:" in quote or quote.endswith(f": {name}")), ""
    )


def _ours(campaign: Campaign) -> str:
    """Return what our records know that TeleCMI does not say."""
    if campaign.cause != "telecmi-agent-taken":
        return ""
    busy = busy_agents(campaign, agents := campaign.agents_in_order())
    found = [f"{agent} (“{busy[agent.pk].name}”)" for agent in agents if agent.pk in busy]
    if not found:
        return _("By our records all of them are free.")
    return _("By our records it is %(agents)s.") % {"agents": ", ".join(found[:5])}
