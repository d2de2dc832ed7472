"""Our own rules for campaigns: TeleCMI would take these plans, and people would be harmed by them.

Each rule has a name, so that a refusal of ours is never mistaken for one of TeleCMI's. What TeleCMI
itself asks for is campaigns/dialers.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from access.models import Account, Team
from campaigns import clock, dialers, kinds

LONGEST_SECONDS = 3600
LONGEST_NAME = 100  # with our token in it; the same room as a list's name
LONGEST_TEXT = 100
OVERNIGHT_SETTING = "overnight_windows"  # an account whose dialer is known to take them
FIRST_DAY_EVER = date(2020, 1, 1)
MOST_DAYS = 366


@dataclass(frozen=True)
class Setting:
    """What a rule may look at beside the plan: now (aware), the team's hours, what was allowed."""

    now: datetime
    calling_from: time = time(9)
    calling_until: time = time(21)
    account_settings: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""  # an administrator's reason to call outside the hours

    @property
    def takes_overnight(self) -> bool:
        """Whether the account's dialer is known to take hours that run past midnight."""
        return self.account_settings.get(OVERNIGHT_SETTING) in (True, "yes")


def setting(team: Team, account: Account, reason: str = "") -> Setting:
    """Return what the rules look at for a plan of `team` at `account`, now."""
    return Setting(
        timezone.now(),
        # A team made in this process still holds its default as text.
        time.fromisoformat(str(team.calling_from)),
        time.fromisoformat(str(team.calling_until)),
        account.settings,
        reason,
    )


@dataclass(frozen=True)
class Breach:
    """A rule of ours that a plan breaks: the rule's name, the field to change, why."""

    rule: str
    field: str  # wire name
    words: str


Values = Mapping[str, Any]
Check = Callable[[Values, Setting], str]


@dataclass(frozen=True)
class Rule:
    """`check` gets the plan's values by wire name (timezone: the zone itself) and returns why not.

    `fields` must all be filled for the rule to speak; the first one is where the words stand.
    """

    name: str
    fields: tuple[str, ...]
    check: Check


def _overnight(values: Values, setting: Setting) -> str:
    start, end = values["start_time"], values["end_time"]
    if start < end or (start != end and setting.takes_overnight):
        return ""
    return _("Calling would end before it starts. Overnight hours are two campaigns.")


def _over(values: Values, setting: Setting) -> str:
    last = _moment(values, "end_date", "end_time")
    return _("These hours are already over. Choose a later day.") if last <= setting.now else ""


def _too_early(values: Values, setting: Setting) -> str:
    if values["start_time"] >= setting.calling_from or setting.reason:
        return ""
    hours = {"from": f"{setting.calling_from:%H:%M}", "until": f"{setting.calling_until:%H:%M}"}
    return (
        _("Calls are allowed %(from)s to %(until)s where the leads are. An admin may say why not.")
        % hours
    )


def _too_late(values: Values, setting: Setting) -> str:
    start = values.get("start_time")
    overnight = setting.takes_overnight and clock.is_overnight(start, values["end_time"])
    if setting.reason or (values["end_time"] <= setting.calling_until and not overnight):
        return ""
    hours = {"from": f"{setting.calling_from:%H:%M}", "until": f"{setting.calling_until:%H:%M}"}
    return (
        _("Calls are allowed %(from)s to %(until)s where the leads are. An admin may say why not.")
        % hours
    )


def _strange_day(name: str) -> Check:
    def check(values: Values, _setting: Setting) -> str:
        return "" if values[name] >= FIRST_DAY_EVER else _("This day is long past.")

    return check


def _too_many_days(values: Values, _setting: Setting) -> str:
    count = clock.days(values["start_date"], values["end_date"])
    if count <= MOST_DAYS:
        return ""
    return _("%(count)s days are more than a year. Plan it in pieces.") % {"count": count}


def _longer_than(name: str, most: int) -> Check:
    def check(values: Values, _setting: Setting) -> str:
        if len(values[name]) <= most:
            return ""
        return _("Too long: %(most)s letters at most.") % {"most": most}

    return check


def _too_slow(name: str) -> Check:
    def check(values: Values, _setting: Setting) -> str:
        seconds = values[name]
        if not isinstance(seconds, int) or seconds <= LONGEST_SECONDS:
            return ""
        return _("More than an hour is surely a slip. Write seconds, 3600 at most.")

    return check


def _moment(values: Values, day: str, at: str) -> datetime:
    start = values.get("start_time")
    return clock.ends_at(values["timezone"], values[day], values[at], start=start)


MUST_FIT = ("long name", "long music", "more than an hour")  # also for a draft
_SECONDS = [one.name for one in dialers.FIELDS if one.kind is kinds.SECONDS]
RULES: tuple[Rule, ...] = (
    Rule("overnight", ("end_time", "start_time"), _overnight),
    Rule("window over", ("end_date", "end_time", "timezone"), _over),
    Rule("before calling hours", ("start_time",), _too_early),
    Rule("after calling hours", ("end_time",), _too_late),
    Rule("long past", ("start_date",), _strange_day("start_date")),
    Rule("more than a year", ("end_date", "start_date"), _too_many_days),
    Rule("long name", ("name",), _longer_than("name", LONGEST_NAME)),
    Rule("long music", ("waiting_music",), _longer_than("waiting_music", LONGEST_TEXT)),
    Rule("long music", ("unanswered_music",), _longer_than("unanswered_music", LONGEST_TEXT)),
    *(Rule("more than an hour", (name,), _too_slow(name)) for name in _SECONDS),
)


def breaches(values: Values, setting: Setting) -> list[Breach]:
    """Return every rule of ours that `values` (wire name -> our value) break.

    Values of fields that the chosen dialer does not have are not looked at.
    """
    found = []
    sent = dialers.wire({**values, "timezone": "+00:00"})
    for rule in RULES:
        blank = any(kinds.is_blank(values.get(name)) for name in rule.fields)
        if blank or rule.fields[0] not in sent:
            continue
        if words := rule.check(values, setting):
            found.append(Breach(rule.name, rule.fields[0], words))
    return found
