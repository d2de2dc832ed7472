"""Saving a campaign that was written rather than filled in (the command line)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from access import audit
from access.models import Account
from campaigns import choices, fields, ids, kinds, policy
from campaigns.dialers import Problem
from campaigns.models import Campaign
from campaigns.written import Written
from leads.models import LeadList, ListPart


class CannotAdd(Exception):
    """The campaign was not saved; the text says why, for people."""


def choose_part(lead_list: LeadList, account: Account, number: int | None) -> ListPart | None:
    """Return the part a campaign calls: the one named, or the only one; None before a send."""
    parts = list(ListPart.objects.filter(lead_list=lead_list, account=account).order_by("number"))
    if number is not None:
        found = next((part for part in parts if part.number == number), None)
        if found is None:
            raise CannotAdd(no_part(lead_list, account, number, len(parts)))
        return found
    if len(parts) > 1:
        words = _("%(list)s stands in %(count)s parts at %(account)s: say --part 1 to %(count)s.")
        raise CannotAdd(words % {"list": lead_list, "count": len(parts), "account": account})
    return parts[0] if parts else None


def no_part(lead_list: LeadList, account: Account | str, number: int, count: int) -> str:
    """Return the words for a part that does not exist."""
    words = _("%(list)s has no part %(number)s at %(account)s; it has %(count)s.")
    return words % {"list": lead_list, "number": number, "account": account, "count": count}


def add(
    written: Written,
    lead_list: LeadList,
    account: Account,
    part: ListPart | None,
    *,
    reason: str = "",
) -> Campaign:
    """Save `written` as a draft; raises CannotAdd with everything that is wrong, in one line.

    A missing TeleCMI id of the part is not wrong yet: it may be pasted until the campaign is sent.
    """
    setting = policy.setting(lead_list.team, account, reason)
    broken = [*written.problems, *_policy(written, setting)]
    open_id = part is None or part.provider_leads_id is None
    stops = [p for p in broken if not (p.field == "leads_id" and open_id and not _given(written))]
    stops = [p for p in stops if p.field != "leads_id" or _given(written)]
    if stops:
        raise CannotAdd(" ".join(f"{problem.field}: {problem.words}" for problem in stops))
    with transaction.atomic():
        if part and _given(written):
            ids.set_one(part, UUID(str(written.values["leads_id"])))
        campaign = Campaign(team=lead_list.team, account=account, lead_list=lead_list, part=part)
        _fill(campaign, written)
        campaign.outside_hours_reason = reason
        campaign.save()
        agents = choices.agents_by_id("\n".join(written.values["users"]), account, lead_list.team)
        campaign.seat(agents)
        audit.record("campaign.added", actor=None, target=campaign)
    return campaign


def _given(written: Written) -> bool:
    return not kinds.is_blank(written.values.get("leads_id"))


def _policy(written: Written, setting: policy.Setting) -> list[Problem]:
    wrong = {problem.field for problem in written.problems}
    known = {name: value for name, value in written.values.items() if name not in wrong}
    return [Problem(breach.field, breach.words) for breach in policy.breaches(known, setting)]


def _fill(campaign: Campaign, written: Written) -> None:
    for rule in fields.plain():
        value = written.values.get(rule.name)
        if value is not None:
            setattr(campaign, rule.column, value)
    campaign.time_zone = written.values["timezone"]
