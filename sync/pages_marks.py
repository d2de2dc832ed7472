"""Where the records of lists stand at each account, as one mark a list and account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync import remembered
from sync.models import ACTIVE, Standing, State
from sync.pages import figure

THERE = (State.DELIVERED, State.ALREADY_THERE)
REFUSED = (State.REJECTED, State.FAILED)


@dataclass
class Tally:
    """How many leads of one list stand where at one account."""

    states: dict[str, int] = field(default_factory=dict)

    def of(self, *states: str) -> int:
        """Return the number of leads in any of `states`."""
        return sum(self.states.get(state, 0) for state in states)

    @property
    def there(self) -> int:
        """At the provider, by its own word or by proof."""
        return self.of(*THERE)

    @property
    def given(self) -> int:
        """Taken by a provider that does not report the end."""
        return self.of(State.ACCEPTED)

    @property
    def gone(self) -> int:
        """At the provider or given to it."""
        return self.there + self.given

    @property
    def waiting(self) -> int:
        """On their way or waiting for their turn."""
        return self.of(*ACTIVE)

    @property
    def refused(self) -> int:
        """Refused, or not sent after every try."""
        return self.of(*REFUSED)

    @property
    def spoken_for(self) -> int:
        """Everything that a further send would leave alone."""
        again = (State.CANCELLED, State.FAILED, State.SUPERSEDED)
        return sum(self.states.values()) - self.of(*again)

    @property
    def unsure(self) -> int:
        """Needs a person's decision."""
        return self.of(State.UNCERTAIN)


Tallies = dict[tuple[int, int], Tally]


def tallies(list_ids: Iterable[int]) -> Tallies:
    """Return (list id, account id) -> how many of the list's leads stand where, from standings."""
    ids = set(list_ids)
    long = remembered.large(ids)
    found = _counted(ids - set(long))
    for pk, fingerprint in long.items():
        found |= remembered.recall(("tally", pk), fingerprint, partial(_counted, [pk]))
    return found


def _counted(list_ids: Iterable[int]) -> Tallies:
    found: Tallies = defaultdict(Tally)
    rows = (
        Standing.objects.filter(lead__lead_list__in=list(list_ids), lead__deleted_at=None)
        .values_list("lead__lead_list", "account", "state")
        .annotate(leads=Count("pk"))
    )
    for list_id, account_id, state, leads in rows:
        found[list_id, account_id].states[state] = leads
    return found


@dataclass(frozen=True)
class Mark:
    """One cell: a state mark, its short words, and the same in full for screen readers."""

    s: str
    text: str
    url: str = ""


def mark(tally: Tally, good: int, stopped: bool) -> Mark | None:
    """Return the one mark for a list at an account, worst first; None when nothing was sent."""
    if not any(tally.states.values()):
        return None
    if stopped and tally.waiting:
        wait = ngettext("%(n)s waits", "%(n)s wait", tally.waiting) % {"n": figure(tally.waiting)}
        return Mark("stopped", wait)
    if tally.refused:
        return Mark("refused", _("%(n)s refused") % {"n": figure(tally.refused)})
    if tally.unsure:
        return Mark("unsure", _("%(n)s not sure") % {"n": figure(tally.unsure)})
    if tally.waiting:
        return Mark("sending", figure(tally.gone))
    if not tally.gone:
        return None
    all_there = tally.gone >= good
    return Mark("given" if tally.given else "at", _("All") if all_there else figure(tally.gone))


def key() -> list[tuple[str, str]]:
    """Return the legend below a table of marks."""
    return [
        ("at", _("At the provider")),
        ("given", _("Given, not confirmed")),
        ("sending", _("Sending")),
        ("stopped", _("Account stopped")),
        ("refused", _("Refused")),
        ("unsure", _("Not sure")),
    ]
