"""A campaign in one sentence, made from what is sent: each wire value is said once, by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from campaigns import clock, dialers
from campaigns.kinds import Json

OPEN = "…"
_PLACE = re.compile(r"\{(\w+)\}")
_TURNS = {
    "round-robin": lazy("who take turns"),
    "ring-all": lazy("who all ring at once"),
    "longest-idle-agent": lazy("longest idle first"),
    "agent-with-least-talk-time": lazy("least talked first"),
    "agent-with-fewest-calls": lazy("fewest calls first"),
}


@dataclass(frozen=True)
class Bit:
    """A piece of the sentence; `field` is the wire name whose value it says, "" for other words."""

    text: str
    field: str = ""
    strong: bool = False


def sentence(sent: Mapping[str, Json], leads: int | None = None, zone: str = "") -> list[Bit]:
    """Return the one sentence a manager checks: who, when, with whom, how fast.

    `sent` is the wire body, possibly incomplete: a clause whose values are missing is left out.
    `leads` is how many the part holds; `zone` the IANA zone behind the offset, for its name.
    """
    words = _words(sent)
    words["leads"] = Bit(_leads(leads), strong=True)
    if "timezone" in sent:
        words["zone"] = Bit(_zone(sent, zone), "timezone")
    if days := _days(sent):
        words["days"] = Bit(days)
    clauses = [
        _("Calls to {leads} run"),
        _hours(sent),
        _(", {start_date} to {end_date} {days}"),
        *_how(sent),
        ". ",
        "{active}",
    ]
    return list(_compose(clauses, words))


def details(sent: Mapping[str, Json]) -> list[Bit]:
    """Return the rest of what is sent, in words: how it rings, waits and rests."""
    clauses = [_("At TeleCMI it is {name}"), _(", over the list {leads_id}"), ". "]
    if sent.get("dialer_type") == dialers.PREDICTIVE:
        clauses += [
            _("People see {caller_id}. "),
            _("Each number rings {ring_seconds}. "),
            _("The next call goes out {call_interval} later. "),
            *_waiting(sent),
            _("Music: {waiting_music} while waiting, {unanswered_music} when nobody answers. "),
            _("An agent rests {reject_delay_time} after declining, "),
            _("{no_answer_delay_time} after missing a call."),
        ]
    return list(_compose(clauses, _words(sent)))


def _hours(sent: Mapping[str, Json]) -> str:
    if clock.is_overnight(_as_time(sent.get("start_time")), _as_time(sent.get("end_time"))):
        return _(" every day from {start_time} to {end_time} the next day {zone}")
    return _(" every day {start_time}–{end_time} {zone}")


def _how(sent: Mapping[str, Json]) -> list[str]:
    if sent.get("dialer_type") == dialers.PROGRESSIVE:
        return [
            _(", {dialer_type}, with {users}"),
            _(", and {user_interval} of rest after each call"),
        ]
    if "ratio" not in sent or "users" not in sent:
        return [_(", {dialer_type}"), _(", with {users}")]
    if str(sent["ratio"]).startswith("1:"):
        return [_(", {dialer_type}, with {ratio} for each of {users}"), ", {ring_rule}"]
    return [_(", {dialer_type}, with {ratio} among {users}"), ", {ring_rule}"]


def _waiting(sent: Mapping[str, Json]) -> list[str]:
    if sent.get("no_agent_no_wait") is False:
        return [
            _("When no agent is free, {no_agent_no_wait}, at most {max_waiting_time}; "),
            _("with nobody signed in, {max_waiting_time_without_agent}. "),
        ]
    return [
        _("When no agent is free, {no_agent_no_wait}; "),
        _("waiting for one ends after {max_waiting_time}. "),
    ]


def _compose(clauses: Iterable[str], words: Mapping[str, Bit]) -> Iterator[Bit]:
    for clause in clauses:
        if any(place not in words for place in _PLACE.findall(clause)):
            continue
        at = 0
        for place in _PLACE.finditer(clause):
            if place.start() > at:
                yield Bit(clause[at : place.start()])
            yield words[place[1]]
            at = place.end()
        if clause[at:]:
            yield Bit(clause[at:])


def _words(sent: Mapping[str, Json]) -> dict[str, Bit]:
    strong = ("start_time", "end_time", "start_date", "end_date", "ratio", "users")
    return {name: Bit(_say(name, value), name, name in strong) for name, value in sent.items()}


def _say(name: str, value: Json) -> str:
    if name in _SAY:
        return str(_SAY[name](value))
    field = dialers.BY_NAME.get(name)
    if field and field.unit and isinstance(value, int):
        return _seconds(value)
    if field and value in field.kind.choices:
        return str(field.kind.choices[value])
    return str(value)


def _seconds(count: int) -> str:
    return ngettext("%(count)d second", "%(count)d seconds", count) % {"count": count}


def _interval(value: Json) -> str:
    number, _sep, unit = str(value).partition("_")
    return _seconds(int(number)) if unit == "s" and number.isdecimal() else str(value)


def _ratio(value: Json) -> str:
    agents, _colon, lines = str(value).partition(":")
    if not (agents.isdecimal() and lines.isdecimal()):
        return str(value)
    said = ngettext("%(count)d line", "%(count)d lines", int(lines)) % {"count": int(lines)}
    return said if agents == "1" else _("%(lines)s for every %(n)s") % {"lines": said, "n": agents}


def _day(value: Json) -> str:
    try:
        return date_format(date.fromisoformat(value), "j F Y")
    except (TypeError, ValueError):
        return str(value)


def _agents(value: Json) -> str:
    return ngettext("%(count)d agent", "%(count)d agents", len(value)) % {"count": len(value)}


def _leads(count: int | None) -> str:
    if count is None:
        return OPEN
    return ngettext("%(count)s lead", "%(count)s leads", count) % {"count": f"{count:,}"}


def _zone(sent: Mapping[str, Json], zone: str) -> str:
    ahead = str(sent["timezone"])
    first = _as_date(sent.get("start_date"))
    if not (zone and first):
        return ahead
    name = clock.short_name(zone, first)
    return ahead if name == ahead else f"{name} ({ahead})"


def _days(sent: Mapping[str, Json]) -> str:
    first, last = _as_date(sent.get("start_date")), _as_date(sent.get("end_date"))
    if not (first and last) or last < first:
        return ""
    count, sundays = clock.days(first, last), clock.sundays(first, last)
    said = ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
    of_them = ngettext("%(count)d Sunday", "%(count)d Sundays", sundays) % {"count": sundays}
    return f"({said}, {of_them})"


def _as_date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _as_time(value: Any) -> time | None:
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        return None


_SAY: dict[str, Any] = {
    "active": lambda value: (
        _("It starts by itself.") if value else _("It waits until somebody starts it at TeleCMI.")
    ),
    "dialer_type": lambda value: str(dialers.DIALERS.get(value, value)).lower(),
    "start_date": _day,
    "end_date": _day,
    "start_time": lambda value: str(value).removesuffix(":00") if len(value) == 8 else value,
    "end_time": lambda value: str(value).removesuffix(":00") if len(value) == 8 else value,
    "users": _agents,
    "user_interval": _interval,
    "ratio": _ratio,
    "ring_rule": lambda value: _TURNS.get(value, value),
    "no_agent_no_wait": lambda value: _("they are cut off") if value else _("they wait"),
    "caller_id": lambda value: f"+{value}",
}


def plain(bits: list[Bit]) -> str:
    """Return the sentence as text."""
    return "".join(bit.text for bit in bits)
