"""A saved campaign as the provider will read it."""

from __future__ import annotations

import json
from typing import Any

from campaigns import clock, dialers
from campaigns.kinds import Json
from campaigns.models import Campaign

HIDDEN = "••••••"
ASIDE = ("name", "leads_id", "timezone", "users")  # not a plain column of the same name


def values(campaign: Campaign) -> dict[str, Any]:
    """Return the campaign's values by wire name; what is missing is None.

    The offset is that of the first day (seed 003 takes one offset for the whole campaign).
    """
    zone, first, part = campaign.time_zone, campaign.start_date, campaign.part
    found: dict[str, Any] = {
        "name": campaign.wire_name or campaign.name,
        "leads_id": part.provider_leads_id if part else None,
        "timezone": clock.offset(zone, first) if zone and first else None,
        "users": agent_ids(campaign),
    }
    for field in dialers.FIELDS:
        if field.name not in ASIDE:
            found[field.name] = getattr(campaign, field.column)
    return found


def agent_ids(campaign: Campaign) -> list[str]:
    """Return the ids of the campaign's agents in the order of the form."""
    if campaign.pk is None:
        return []
    return list(campaign.seats.order_by("position").values_list("agent__agent_id", flat=True))


def body(campaign: Campaign) -> dict[str, Json]:
    """Return what is sent for `campaign`, without the account's credentials."""
    return dialers.wire(values(campaign))


def problems(campaign: Campaign) -> list[dialers.Problem]:
    """Return every rule of seed 003 the campaign breaks as it stands."""
    return dialers.problems(body(campaign))


def preview(sent: dict[str, Json]) -> str:
    """Return the exact request as text; the account's credentials are masked."""
    return json.dumps({"inet_no": HIDDEN, "secret": HIDDEN, **sent}, indent=2, ensure_ascii=False)
