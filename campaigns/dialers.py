"""The dialer's rules, once: every field of a TeleCMI campaign (seed 003) as one table.

Our own rules, which TeleCMI does not ask for, are in campaigns/policy.py and never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaigns import kinds
from campaigns.kinds import Json, Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Promise

PREDICTIVE = "predictive"
PROGRESSIVE = "progressive"
DIALERS = {PREDICTIVE: lazy("Predictive"), PROGRESSIVE: lazy("Progressive")}
ABOUT_DIALERS = {
    PREDICTIVE: lazy("Dials ahead so agents rarely wait"),
    PROGRESSIVE: lazy("One call for each free agent"),
}
RING_RULES = {
    "round-robin": lazy("Agents take turns"),
    "ring-all": lazy("Everyone rings"),
    "longest-idle-agent": lazy("Who has been idle longest"),
    "agent-with-least-talk-time": lazy("Who has talked least"),
    "agent-with-fewest-calls": lazy("Who has had fewest calls"),
}
WAITING = {"true": lazy("Hang up at once"), "false": lazy("Let them wait")}
ABOUT_WAITING = {
    "true": lazy("Nobody waits on the line"),
    "false": lazy("They hear the waiting music"),
}
CALL_INTERVALS = {
    seconds: format_lazy(lazy("{seconds} seconds"), seconds=seconds)
    for seconds in (10, 20, 30, 40, 50, 60, 120)
}


class Section(StrEnum):
    """Where a field stands on the form."""

    WHO = "who"
    WHEN = "when"
    PACE = "pace"
    AGENTS = "agents"
    MORE = "more"


@dataclass(frozen=True)
class Field:
    """One field of the seed.

    `name` is its wire name; `column` where Campaign keeps it (empty: the same); `dialer` the only
    dialer type that has it (empty: both); `only_if` a further (wire name, value) that must hold.
    Seed 003 has no optional field: one that is allowed is needed. `default` is what a new form
    shows, as a person would write it.
    """

    name: str
    kind: Kind
    label: str | Promise
    section: Section
    dialer: str = ""
    only_if: tuple[str, Json] | None = None
    help: str | Promise = ""
    unit: str | Promise = ""
    default: str = ""
    column: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", self.column or self.name)

    def applies(self, body: Mapping[str, Json]) -> bool:
        """Whether a campaign with these wire values has this field, and so needs it."""
        if self.dialer and body.get("dialer_type") != self.dialer:
            return False
        if self.only_if is None:
            return True
        name, value = self.only_if
        return body.get(name) is value

    @property
    def shown_for(self) -> str:
        """The `data-for` mark of the form: which choice shows this field; "" = always."""
        return "wait" if self.only_if else self.dialer


@dataclass(frozen=True)
class Problem:
    """One field that breaks a rule, with words for the person who fills the form."""

    field: str  # wire name
    words: str

    @property
    def column(self) -> str:
        """Campaign's name for the field."""
        known = BY_NAME.get(self.field)
        return known.column if known else self.field


_SECONDS = lazy("seconds")
_MUSIC = lazy("“default” is TeleCMI’s own")
_PEOPLE_WAIT = ("no_agent_no_wait", False)


def _predictive(
    name: str, kind: Kind, label: Promise | str, section: Section, **more: Any
) -> Field:
    return Field(name, kind, label, section, dialer=PREDICTIVE, **more)


def _timed(name: str, label: Promise | str, section: Section, default: str, **more: Any) -> Field:
    more.setdefault("unit", _SECONDS)
    return _predictive(name, kinds.SECONDS, label, section, default=default, **more)


# In the order of the seed's sample, which is also the order on the wire.
FIELDS: tuple[Field, ...] = (
    Field("name", kinds.TEXT, lazy("Campaign name"), Section.WHO),
    Field(
        "dialer_type",
        kinds.one_of(DIALERS, ABOUT_DIALERS),
        lazy("How it dials"),
        Section.WHO,
        default=PREDICTIVE,
    ),
    Field(
        "active",
        kinds.FLAG,
        lazy("Starts by itself at the first hour"),
        Section.WHEN,
        default="true",
    ),
    Field("leads_id", kinds.ID, lazy("List and part"), Section.WHO, column="part"),
    Field(
        "timezone",
        kinds.OFFSET,
        lazy("Time where the leads are"),
        Section.WHEN,
        column="time_zone",
    ),
    Field("start_date", kinds.DAY, lazy("First day"), Section.WHEN),
    Field("end_date", kinds.DAY, lazy("Last day"), Section.WHEN),
    Field("start_time", kinds.CLOCK, lazy("From"), Section.WHEN, default="10:00"),
    Field("end_time", kinds.CLOCK, lazy("To"), Section.WHEN, default="18:00"),
    Field("users", kinds.AGENTS, lazy("Agents"), Section.AGENTS, column="agents"),
    Field(
        "user_interval",
        kinds.INTERVAL,
        lazy("Rest between calls, for each agent"),
        Section.PACE,
        dialer=PROGRESSIVE,
        unit=_SECONDS,
        default="10",
    ),
    _predictive(
        "ratio",
        kinds.RATIO,
        lazy("Lines for each agent"),
        Section.PACE,
        help=lazy("2 lines is TeleCMI’s 1:2; 99:99 at most"),
        default="2",
    ),
    _predictive(
        "waiting_music",
        kinds.TEXT,
        lazy("Waiting music"),
        Section.MORE,
        help=_MUSIC,
        default="default",
    ),
    _predictive(
        "unanswered_music",
        kinds.TEXT,
        lazy("Music when nobody answers"),
        Section.MORE,
        help=_MUSIC,
        default="default",
    ),
    _predictive(
        "ring_rule",
        kinds.one_of(RING_RULES),
        lazy("Who gets the call"),
        Section.PACE,
        default="round-robin",
    ),
    _timed("ring_seconds", lazy("Let it ring for"), Section.PACE, "30"),
    _timed("max_waiting_time", lazy("Wait for a free agent, at most"), Section.PACE, "60"),
    _predictive(
        "call_interval",
        kinds.one_of(CALL_INTERVALS),
        lazy("Pause between calls"),
        Section.PACE,
        default="10",
    ),
    _predictive(
        "no_agent_no_wait",
        kinds.yes_or_no(WAITING, ABOUT_WAITING),
        lazy("When someone picks up and no agent is free"),
        Section.PACE,
        default="true",
    ),
    _predictive(
        "caller_id",
        kinds.CALLER,
        lazy("Caller ID"),
        Section.PACE,
        help=lazy("The number people see, with its country code"),
    ),
    _timed("reject_delay_time", lazy("After an agent declines, wait"), Section.MORE, "10"),
    _timed("no_answer_delay_time", lazy("After an agent misses a call, wait"), Section.MORE, "10"),
    _timed(
        "max_waiting_time_without_agent",
        lazy("Wait when no agent is signed in, at most"),
        Section.PACE,
        "30",
        only_if=_PEOPLE_WAIT,
    ),
)
BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}


def problems(body: Mapping[str, Json]) -> list[Problem]:
    """Return every rule of seed 003 that `body` (wire names and wire values, without
    credentials) breaks; an empty list means that TeleCMI has nothing to refuse in its form.
    """
    found = [problem for field in FIELDS if (problem := _problem(field, body))]
    strange = _("A TeleCMI campaign has no such setting.")
    found += [Problem(name, strange) for name in body.keys() - BY_NAME]
    return found or _order_of_days(body)


def _problem(field: Field, body: Mapping[str, Json]) -> Problem | None:
    if field.applies(body):
        is_given = field.name in body
        words = field.kind.complaint(body[field.name]) if is_given else missing(field)
        return Problem(field.name, words) if words else None
    if field.name in body and (dialer := _dialer(body)):
        return Problem(field.name, foreign(field, dialer))
    return None


def _dialer(body: Mapping[str, Json]) -> str:
    chosen = body.get("dialer_type")
    return chosen if isinstance(chosen, str) and chosen in DIALERS else ""


def missing(field: Field) -> str:
    """Return the words for a field that is needed and empty."""
    if field.name == "leads_id":
        return _("This part has no TeleCMI id yet. Copy it from TeleCMI, Leads, and paste it.")
    if field.name == "users":
        return _("Choose at least one agent.")
    if field.only_if:
        return _("Needed, because people wait when no agent is free.")
    if field.dialer:
        return _("Needed for a %(dialer)s campaign.") % {"dialer": field.dialer}
    return _("Needed.")


def foreign(field: Field, dialer: str) -> str:
    """Return the words for a field that this campaign must not have."""
    if field.dialer == dialer:
        return _("Leave this out: nobody waits when no agent is free.")
    return _("Leave this out: a %(dialer)s campaign does not have it.") % {"dialer": dialer}


def _order_of_days(body: Mapping[str, Json]) -> list[Problem]:
    if body["start_date"] <= body["end_date"]:  # ISO days compare as text
        return []
    words = _("The last day is before the first day.")
    return [Problem("start_date", words), Problem("end_date", words)]


def wire(values: Mapping[str, Any]) -> dict[str, Json]:
    """Return the wire form of `values` (wire name -> our value) in the order of seed 003's sample.

    Blank values and those of the other dialer are left out: a form keeps them in case somebody
    switches back. `inet_no` and `secret` are the adapter's.
    """
    filled = {
        field.name: field.kind.wire(values[field.name])
        for field in FIELDS
        if not kinds.is_blank(values.get(field.name))
    }
    return {
        name: value
        for name, value in filled.items()
        if BY_NAME[name].applies(filled) or not _dialer(filled)
    }
