"""A campaign to be typed into TeleCMI's own form, when TeleCMI shows no list id."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns import dialers, payload
from campaigns.models import Campaign


@dataclass(frozen=True)
class SheetLine:
    """One value to copy: the wire name (also the id of its box), our label, the value."""

    name: str
    label: str
    value: str


def lines(campaign: Campaign) -> list[SheetLine]:
    """Return every value in the order of seed 003; the list by the name TeleCMI shows for it."""
    values = payload.values(campaign)
    sent = dialers.wire(values)
    found = []
    for rule in dialers.FIELDS:
        if rule.name == "leads_id":
            name = campaign.part.wire_name if campaign.part else ""
            found.append(SheetLine("leads_id", _("List"), name))
        elif rule.name in sent:
            found.append(SheetLine(rule.name, str(rule.label), _value(sent[rule.name])))
    return found


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(value)
    return str(value)
