"""The one next step for a problem: which page, and what its button says."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from access.models import Account
from leads.models import LeadList
from sync.models import Delivery
from sync.providers.base import RecordKind
from sync.wording import how_many


@dataclass(frozen=True)
class WayOut:
    """A button that leads to where a problem is solved."""

    label: str
    url: str


@dataclass(frozen=True)
class Place:
    """What a problem is about, as far as it is known."""

    cause: str
    account: Account
    records: int = 0
    kind: RecordKind = RecordKind.LEAD
    lead_list: LeadList | None = None
    campaign_id: int | None = None
    delivery: Delivery | None = None


# Where the same records may go again once they were looked at; elsewhere they would fail again.
GOES_AGAIN = ("edit_records", "send_again", "rename", "wait", "none")


def address(name: str, *args: object) -> str:
    """Return the address of a page, "" while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def way_out(action: str, at: Place) -> WayOut | None:
    """Return the button for an Explanation's `action` (sync/providers/base.py), or None."""
    if action in ("credentials", "ask_admin"):
        return _known(_("Open the account"), address("sync:account", at.account.pk))
    if action in ("agents", "campaign_dates", "campaign") and at.campaign_id:
        label = _("Change agents") if action == "agents" else _("Change the campaign")
        return _known(label, address("campaigns:campaign", at.campaign_id))
    if action == "list_id" and at.lead_list:
        return WayOut(_("Paste the ids"), address("leads:list", at.lead_list.pk) + "#ids")
    if action == "list_settings" and at.lead_list:
        panel = f"?account={at.account.pk}#send"
        return WayOut(_("Change list settings"), address("leads:list", at.lead_list.pk) + panel)
    if action == "decide":
        return _known(_("Decide"), _one(at))
    if action in ("edit_records", "send_again", "rename"):
        return _known(_button(action, at), problem_url(at))
    return None


def problem_url(at: Place) -> str:
    """Return the address of the page that fixes a group: one kind of record, cause and account."""
    narrowed: dict[str, object] = {"account": at.account.pk, "kind": at.kind.value}
    if at.lead_list:
        narrowed["list"] = at.lead_list.pk
    return f"{address('problem', at.cause)}?{urlencode(narrowed)}"


def _button(action: str, at: Place) -> str:
    many = {"many": how_many(at.kind, at.records)}
    return (_("Fix %(many)s") if action == "edit_records" else _("Send %(many)s again")) % many


def _one(at: Place) -> str:
    if at.delivery:
        return address("sync:sent_one", at.delivery.pk) + "#decide"
    return problem_url(at)


def _known(label: str, url: str) -> WayOut | None:
    return WayOut(label, url) if url else None
