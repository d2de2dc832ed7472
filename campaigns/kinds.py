"""Kinds of values a dialer field holds: how people write them, their wire form, what fits.

A kind knows nothing of campaigns; campaigns/dialers.py says which field is of which kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING, Any, TypeAlias

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Promise

Json = Any
Words: TypeAlias = "Mapping[Any, str | Promise]"
MOST_AGENTS = 100  # seed 003: "List of Agent IDs (max 100)"
MOST_SECONDS = 2_147_483_647  # what the column holds; policy.py refuses far less

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
AGENT = re.compile(r"[A-Za-z0-9.-]+_[A-Za-z0-9.-]+", re.ASCII)
AN_AGENT = "5159_2224257"  # the seed's own example
_INTERVAL = re.compile(r"\d{1,4}_[a-z]", re.ASCII)
_RATIO = re.compile(r"[1-9]\d?:[1-9]\d?", re.ASCII)
_CALLER = re.compile(r"[1-9]\d{6,14}", re.ASCII)
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}


class Unreadable(ValueError):
    """What a person wrote cannot be a value of this kind; the text says how to write it."""


@dataclass(frozen=True, eq=False)
class Kind:
    """`parse`: a person's text -> value (raises Unreadable); `wire`: value -> JSON;
    `complaint`: JSON -> why it does not fit, "" when it does; `choices`: wire value -> words;
    `about`: a line under a choice; `show`: value -> the text a person would write.
    """

    parse: Callable[[str], Any]
    wire: Callable[[Any], Json]
    complaint: Callable[[Json], str]
    choices: Words = field(default_factory=dict)
    about: Words = field(default_factory=dict)
    show: Callable[[Any], str] = str


def is_blank(value: object) -> bool:
    """Whether nothing was chosen or written; False and 0 are answers."""
    return value is None or value == "" or value == [] or value == ()


def _as_is(value: Any) -> Json:
    return value


def _plain(value: Any) -> Json:
    return str(value) if isinstance(value, str) else value  # a TextChoices is a str, not JSON's


def _fits(pattern: re.Pattern[str], value: Json) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _text_complaint(value: Json) -> str:
    return "" if isinstance(value, str) and value.strip() else _("Write something here.")


def _parse_flag(text: str) -> bool:
    word = text.strip().casefold()
    if word not in _TRUE | _FALSE:
        raise Unreadable(_("Write true or false."))
    return word in _TRUE


def _flag_complaint(value: Json) -> str:
    return "" if isinstance(value, bool) else _("Write true or false.")


def _uuid_complaint(value: Json) -> str:
    if _fits(_UUID, value):
        return ""
    return _("This is not a TeleCMI id. It looks like 550e8400-e29b-41d4-a716-446655440000.")


def _offset_complaint(value: Json) -> str:
    return "" if _fits(_OFFSET, value) else _("Choose a time zone, or write it like +05:30.")


def _parse_day(text: str) -> date:
    bare = text.strip()
    day_first = _DAY_FIRST.fullmatch(bare)
    try:
        if day_first:
            day, month, year = map(int, day_first.groups())
            return date(year, month, day)
        if _DAY.fullmatch(bare):
            return date.fromisoformat(bare)
    except ValueError as trouble:
        raise Unreadable(_("There is no such day. Write it like 25/11/2026.")) from trouble
    raise Unreadable(_("Write the day like 25/11/2026."))


def _day_complaint(value: Json) -> str:
    try:
        fits = _fits(_DAY, value) and bool(date.fromisoformat(value))
    except ValueError:
        return _("There is no such day. Write it like 25/11/2026.")
    return "" if fits else _("Write the day like 25/11/2026.")


def _parse_clock(text: str) -> time:
    bare = text.strip()
    if re.match(r"\d:", bare, re.ASCII):
        bare = f"0{bare}"
    if not _CLOCK.fullmatch(bare):
        raise Unreadable(_("Write the time in 24 hours, like 18:30."))
    return time.fromisoformat(bare)


def _clock_complaint(value: Json) -> str:
    return "" if _fits(_CLOCK, value) else _("Write the time in 24 hours, like 18:30.")


def _parse_agents(text: str) -> list[str]:
    return list(dict.fromkeys(re.split(r"[\s,;]+", text.strip().strip("[]").replace('"', ""))))


def _agents_complaint(value: Json) -> str:
    if not isinstance(value, list) or not value:
        return _("Choose at least one agent.")
    if len(value) > MOST_AGENTS:
        over = {"count": len(value), "most": MOST_AGENTS}
        return _("%(count)s agents are too many: TeleCMI takes %(most)s at most.") % over
    strange = next((one for one in value if not _fits(AGENT, one)), None)
    if strange is None:
        return ""
    words = _("%(id)s is not an agent id. It looks like 5159_2224257.")
    return words % {"id": strange if strange != "" else '""'}


def _parse_number(text: str) -> int:
    bare = text.strip().replace(",", "")
    if not re.fullmatch(r"\d{1,10}", bare, re.ASCII) or int(bare) > MOST_SECONDS:
        raise Unreadable(_("Write a whole number, 0 or more."))
    return int(bare)


def _number_complaint(value: Json) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return "" if whole else _("Write a whole number, 0 or more.")


def _parse_interval(text: str) -> str:
    bare = text.strip()
    return f"{bare}_s" if re.fullmatch(r"\d{1,4}", bare, re.ASCII) else bare


def _interval_complaint(value: Json) -> str:
    if _fits(_INTERVAL, value):
        return ""
    return _("Write the seconds, 0 to 9999. TeleCMI reads them as 10_s.")


def _parse_ratio(text: str) -> str:
    bare = text.strip()
    return f"1:{bare}" if re.fullmatch(r"\d{1,2}", bare, re.ASCII) else bare


def _ratio_complaint(value: Json) -> str:
    if _fits(_RATIO, value):
        return ""
    return _("Write the lines for each agent, 1 to 99, or a ratio like 1:2 (99:99 at most).")


def _parse_caller(text: str) -> str:
    return re.sub(r"[\s().-]", "", text).removeprefix("+")


def _caller_complaint(value: Json) -> str:
    return "" if _fits(_CALLER, value) else _("Write the number with its country code, +91…")


def one_of(choices: Words, about: Words | None = None) -> Kind:
    """Return the kind of a field that takes one of `choices` (wire value -> words for people)."""
    by_text = {str(value): value for value in choices}

    def parse(text: str) -> Any:
        return by_text.get(text.strip(), text.strip())

    def complaint(value: Json) -> str:
        if any(value == one and type(value) is type(one) for one in choices):
            return ""
        return _("Choose one of: %(list)s.") % {"list": ", ".join(by_text)}

    return Kind(parse, _plain, complaint, choices, about or {})


def yes_or_no(choices: Words, about: Words) -> Kind:
    """Return the kind of a flag that is a choice of two on the form ("true", "false" -> words)."""
    return Kind(_parse_flag, _as_is, _flag_complaint, choices, about, _show_flag)


def _show_flag(value: Any) -> str:
    return "true" if value else "false"


def _show_interval(value: Any) -> str:
    return str(value).removesuffix("_s")


def _show_ratio(value: Any) -> str:
    return str(value).removeprefix("1:")


def _show_caller(value: Any) -> str:
    return f"+{value}"


TEXT = Kind(str.strip, _as_is, _text_complaint)
FLAG = Kind(_parse_flag, _as_is, _flag_complaint, show=_show_flag)
ID = Kind(str.strip, lambda value: str(value).lower(), _uuid_complaint)
OFFSET = Kind(str.strip, _as_is, _offset_complaint)
DAY = Kind(
    _parse_day,
    lambda value: value.isoformat(),
    _day_complaint,
    show=lambda value: value.strftime("%d/%m/%Y"),
)
CLOCK = Kind(
    _parse_clock,
    lambda value: value.strftime("%H:%M:%S"),  # the update call takes no shorter form
    _clock_complaint,
    show=lambda value: value.strftime("%H:%M"),
)
AGENTS = Kind(_parse_agents, list, _agents_complaint, show="\n".join)
SECONDS = Kind(_parse_number, _as_is, _number_complaint)
INTERVAL = Kind(_parse_interval, _as_is, _interval_complaint, show=_show_interval)
RATIO = Kind(_parse_ratio, _as_is, _ratio_complaint, show=_show_ratio)
CALLER = Kind(_parse_caller, _as_is, _caller_complaint, show=_show_caller)
