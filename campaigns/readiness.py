"""The last look at a saved campaign before it is handed to the ledger, by page and command line."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from campaigns import dialers, payload, policy
from campaigns.models import Campaign, CampaignState


def refusal(campaign: Campaign) -> str:
    """Return why `campaign` must not be created as it stands, or "".

    A dialer that starts twice or outside the hours harms people, so nothing gets round this: the
    dialer's rules, our own, and the campaign that has to end first.
    """
    found = payload.problems(campaign)
    words = [f"{dialers.BY_NAME[one.field].label}: {one.words}" for one in found]
    if not found:
        words = [f"{dialers.BY_NAME[one.field].label}: {one.words}" for one in _breaches(campaign)]
    if not words and waits_for(campaign):
        words = [_("“%(name)s” comes first.") % {"name": campaign.follows}]
    return words[0] if words else ""


def _breaches(campaign: Campaign) -> list[policy.Breach]:
    setting = policy.setting(campaign.team, campaign.account, campaign.outside_hours_reason)
    values = {**payload.values(campaign), "timezone": campaign.time_zone}
    return policy.breaches(values, setting)


def waits_for(campaign: Campaign) -> bool:
    """Whether another campaign has the agents until a person confirms that it has ended."""
    first = campaign.follows
    return first is not None and not first.deleted_at and not first.ended_confirmed_at


def wanted(parts: Iterable[int]) -> list[Campaign]:
    """Return the drafts over these parts that somebody asked to create, and that now can be."""
    drafts = Campaign.objects.living().filter(
        part__in=list(parts), state=CampaignState.DRAFT, wanted_at__isnull=False
    )
    chosen = drafts.select_related("account", "part", "team", "follows").order_by("pk")
    return [campaign for campaign in chosen if not refusal(campaign)]
