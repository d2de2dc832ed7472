"""What every page of sends reads: names of providers, pages of rows, times for people."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access.models import Account, Hold
from leads.models import LeadList
from sync import providers
from sync.models import Push
from sync.providers.base import Endpoint, RecordKind, Role


def provider_name(slug: str) -> str:
    """Return a provider's name for people; its slug when it is no longer known."""
    known = providers.PROVIDERS.get(slug)
    return known.name if known else slug


def endpoint_of(provider: str, slug: str) -> Endpoint | None:
    """Return one endpoint of a provider, or None when either is not known."""
    known = providers.PROVIDERS.get(provider)
    if known is None:
        return None
    return next((endpoint for endpoint in known.endpoints if endpoint.slug == slug), None)


def endpoint_for(provider: str, record: RecordKind) -> Endpoint | None:
    """Return the endpoint that takes records of this kind, or None when the provider has none."""
    known = providers.PROVIDERS.get(provider)
    if known is None:
        return None
    writes = (one for one in known.endpoints if one.role == Role.WRITE and one.record == record)
    return next(writes, None)


def takes_parts(account: Account) -> bool:
    """Whether the account's provider takes a list as named groups (TeleCMI, seed 000)."""
    endpoint = endpoint_for(account.provider, RecordKind.LEAD)
    return bool(endpoint and endpoint.groups)


def open_holds(accounts: QuerySet[Account]) -> dict[int, Hold]:
    """Return the stop of each stopped account: one that stops it whole goes first."""
    holds = Hold.objects.filter(account__in=accounts, released_at=None).select_related("account")
    return {hold.account_id: hold for hold in holds.order_by("-credential", "-created_at")}


def stops(hold: Hold | None, push: Push) -> bool:
    """Whether `hold` is what `push` waits for."""
    if hold is None:
        return False
    endpoint = endpoint_of(push.account.provider, push.endpoint)
    return hold.credential in ("", endpoint.credential if endpoint else hold.credential)


def kept(query: QueryDict) -> str:
    """Return the filters of a page as a query string, without its place (leads/paging.py)."""
    places = ("after", "before", "from")
    return urlencode([(key, value) for key, value in query.items() if value and key not in places])


def page_of_send(pk: int) -> str:
    """Return the address of the page of one send, by its id."""
    return f"{reverse('sync:sent')}?send={pk}"


def moment(at: datetime | None, now: datetime | None = None) -> str:
    """Return a time for people: "14:22" today, "18 Nov, 17:31" this year, else with the year."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    today = timezone.localtime(now or timezone.now())
    clock = date_format(local, "H:i")
    if local.date() == today.date():
        return clock
    return f"{date_format(local, 'j M' if local.year == today.year else 'j M Y')}, {clock}"


def span(seconds: float) -> str:
    """Return a length of time for people: "a few seconds", "about 41 min", "about 2 h 10 min"."""
    if seconds < 20:
        return _("a few seconds")
    if seconds < 90:
        return _("about a minute")
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("about %(minutes)s min") % {"minutes": minutes}
    hours, rest = divmod(round(minutes / 5) * 5, 60)
    if hours >= 48:
        return _("about %(days)s days") % {"days": round(hours / 24)}
    if not rest:
        return _("about %(hours)s h") % {"hours": hours}
    return _("about %(hours)s h %(rest)s min") % {"hours": hours, "rest": rest}


def leads_at(lead_list: LeadList, account: Account, state: str = "") -> str:
    """Return the query string that shows a list's leads by where they stand at `account`."""
    wanted = {"list": lead_list.pk, "account": account.pk, "state": state}
    return "?" + urlencode({key: value for key, value in wanted.items() if value})


def figure(number: int) -> str:
    """Return a number as people read it: 9,865."""
    return str(intcomma(number))
