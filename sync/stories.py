"""The story of one lead: where it came from, every send of it, what was changed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import AuditEvent
from leads.models import Lead
from sync.models import DeliveryItem, State
from sync.pages import moment, provider_name
from sync.wording import words

MOST = 50  # of a kind; a number with more is read on the pages of its sends


@dataclass(frozen=True)
class Entry:
    """One thing that happened: the shape templates/parts/_timeline.html draws, with a link."""

    at: datetime
    s: str
    title: str
    text: str = ""
    who: str = ""
    words: str = ""
    code: str = ""
    small: str = ""
    url: str = ""

    @property
    def time(self) -> str:
        """When, as people write it."""
        return moment(self.at)


def story(lead: Lead) -> list[Entry]:
    """Return what happened to `lead`, newest first."""
    found = [*_sends(lead), *_edits(lead), *_campaigns(lead), _beginning(lead)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _sends(lead: Lead) -> list[Entry]:
    about = Q(lead=lead) | Q(action__lead=lead)
    items = DeliveryItem.objects.filter(about).order_by("-pk")
    found = items.select_related("delivery__account", "delivery__push", "action")[:MOST]
    return [_send(item) for item in found]


def _send(item: DeliveryItem) -> Entry:
    """One send of the lead: how it ended, in the provider's words and in ours."""
    delivery = item.delivery
    state = item.state if item.state != State.QUEUED else delivery.state
    said = words(state, delivery.account.name, evidence=item.evidence, tries=delivery.tries)
    others = delivery.item_count - 1
    text = item.action.words if item.action else _("In %(send)s") % {"send": delivery.push.label}
    if others > 0:
        text += ngettext(", with %(n)s other.", ", with %(n)s others.", others) % {"n": others}
    return Entry(
        at=item.ended_at or delivery.ended_at or delivery.created_at,
        s=said.mark,
        title=said.text,
        text=text,
        who=provider_name(delivery.account.provider),
        words=item.quote or delivery.quote,
        code=f"HTTP {delivery.code}" if delivery.code.isdigit() else delivery.code,
        small=item.reason or delivery.reason,
        url=reverse("sync:sent_one", args=[delivery.pk]),
    )


def _edits(lead: Lead) -> list[Entry]:
    """What people did to the lead here."""
    events = AuditEvent.objects.filter(target_kind="lead", target_id=str(lead.pk))
    titles = {
        "edited": _("Changed here"),
        "deleted": _("Deleted here"),
        "restored": _("Brought back"),
    }
    labels = {field.name: str(field.verbose_name) for field in Lead._meta.fields}
    return [
        Entry(
            at=event.at,
            s="none",
            title=titles[event.kind],
            text=_changes(event.details, labels),
            small=event.actor_label,
        )
        for event in events.order_by("-pk")[:MOST]
        if event.kind in titles
    ]


def _changes(details: dict[str, Any], labels: dict[str, str]) -> str:
    """Return "City: Pune, was Mumbai; ..." for the changes an audit event kept."""
    before, after = details.get("before"), details.get("after")
    if isinstance(after, list):
        return _("Tags: %(tags)s") % {"tags": ", ".join(after) or "–"}
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ""
    changed = []
    for name in after:
        place = {"field": labels.get(name, name), "now": after[name], "before": before.get(name)}
        if name == "custom":
            place |= {"field": _("Your columns"), "now": _("changed"), "before": None}
        form = _("%(field)s: %(now)s, was %(before)s") if place["before"] else "%(field)s: %(now)s"
        changed.append(form % place)
    return "; ".join(changed)


def _campaigns(lead: Lead) -> list[Entry]:
    """Campaigns that dial a part this lead was sent in."""
    parts = DeliveryItem.objects.filter(
        lead=lead, state__in=(State.DELIVERED, State.ALREADY_THERE), delivery__part__isnull=False
    ).select_related("delivery__part")
    found: dict[int, Entry] = {}
    for item in parts[:MOST]:
        part = item.delivery.part
        for campaign in part.campaigns.filter(deleted_at=None) if part else ():
            if campaign.left_at:
                found[campaign.pk] = Entry(
                    at=campaign.left_at, s="done", title=_("In a campaign"), text=campaign.name
                )
    return list(found.values())


def _beginning(lead: Lead) -> Entry:
    """How the lead came here."""
    if lead.origin is None:
        return Entry(at=lead.created_at, s="done", title=_("Added here"), text=str(lead.lead_list))
    place = {"list": lead.lead_list, "file": lead.origin.file_name, "row": lead.origin_row}
    by = str(lead.origin.created_by or "")
    text = _("Into %(list)s, from %(file)s, line %(row)s.") % place
    return Entry(at=lead.created_at, s="done", title=_("Imported"), text=text, small=by)
