"""The one vocabulary of states: what people read, and which mark stands beside it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from sync.models import Push, State
from sync.providers.base import RecordKind

# What became of some records of a send, by the counter of Push, in the order they are told.
_BECAME = {
    "delivered": noop("%(n)s at %(account)s"),
    "accepted": noop("%(n)s given to %(account)s, not confirmed"),
    "already_there": noop("%(n)s there already"),
    "rejected": noop("%(n)s refused"),
    "uncertain": noop("%(n)s not sure: needs your decision"),
    "failed": noop("%(n)s not sent"),
    "cancelled": noop("%(n)s cancelled"),
    "superseded": noop("%(n)s replaced by a newer edit"),
}


def some(push: Push, counter: str) -> str:
    """Return "2 refused": what became of the records of a send that one of its counters counts."""
    n = intcomma(getattr(push, counter))
    return _(_BECAME[counter]) % {"n": n, "account": push.account.name}


def became(push: Push) -> str:
    """Return "821 at TeleCMI Main, 2 refused": what became of the records of a send so far."""
    return ", ".join(some(push, counter) for counter in _BECAME if getattr(push, counter))


def how_many(kind: RecordKind | None, count: int) -> str:
    """Return "821 leads", "1 campaign": records of a kind, counted."""
    table = {
        RecordKind.CONTACT: ngettext("%(n)s phone book entry", "%(n)s phone book entries", count),
        RecordKind.CAMPAIGN: ngettext("%(n)s campaign", "%(n)s campaigns", count),
        RecordKind.ACTION: ngettext("%(n)s action", "%(n)s actions", count),
    }
    leads = ngettext("%(n)s lead", "%(n)s leads", count)
    return table.get(kind or RecordKind.LEAD, leads) % {"n": intcomma(count)}


@dataclass(frozen=True)
class Words:
    """A state for people: `mark` is a `data-s` value of templates/parts/_state.html."""

    mark: str
    text: str


def words(state: str, provider: str, *, evidence: str = "", tries: int = 0) -> Words:
    """Return mark and words for `state` at the provider named `provider` ("TeleCMI")."""
    place = {"provider": provider}
    there = {
        "inferred": _("At %(provider)s, confirmed after a lost reply") % place,
        "verified": _("At %(provider)s, seen there") % place,
    }
    table: dict[str, tuple[str, str]] = {
        "": ("none", _("Not sent")),
        State.QUEUED: ("wait", _("Waiting")),
        State.RETRY_WAIT: ("wait", _("Waiting to try again")),
        "held": ("stopped", _("Waiting: stopped")),
        State.SENDING: ("sending", _("Sending")),
        State.DELIVERED: ("at", there.get(evidence, _("At %(provider)s") % place)),
        State.ACCEPTED: ("given", _("Given to %(provider)s, not confirmed") % place),
        State.ALREADY_THERE: ("at", _("Was already at %(provider)s") % place),
        State.REJECTED: ("refused", _("Refused")),
        State.UNCERTAIN: ("unsure", _("Not sure: needs your decision")),
        State.FAILED: ("refused", _not_sent(tries)),
        State.CANCELLED: ("none", _("Cancelled")),
        State.SUPERSEDED: ("none", _("Replaced by a newer edit")),
        State.SPLIT: ("done", _("Sent in smaller parts")),
    }
    mark, text = table[state]
    return Words(mark, text)


def _not_sent(tries: int) -> str:
    words = ngettext("Not sent after %(tries)s try", "Not sent after %(tries)s tries", tries)
    return words % {"tries": tries} if tries else _("Not sent")
