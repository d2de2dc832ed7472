"""A campaign as somebody writes it on the command line: KEY=VALUE with the seed's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import clock, dialers, fields, kinds
from campaigns.dialers import BY_NAME, Problem
from campaigns.kinds import Json

ALSO = {rule.column: rule.name for rule in dialers.FIELDS} | {"time_zone": "timezone"}


@dataclass
class Written:
    """`values` by wire name (timezone: the zone), the wire body made of them, what is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, Json] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def from_key_values(given: Mapping[str, str], *, defaults: bool = False) -> Written:
    """Read `given` (wire name or column -> text); `defaults` fills what was not given.

    Unlike a form, which keeps the other dialer's values, a line that sets them is refused.
    """
    texts = {ALSO.get(key, key): text for key, text in given.items()}
    if defaults:
        texts = {**_defaults(texts), **texts}
    written = Written()
    for name, text in texts.items():
        if name not in BY_NAME:
            words = _("A TeleCMI campaign has no such setting. It has: %(names)s.")
            written.problems.append(Problem(name, words % {"names": ", ".join(BY_NAME)}))
            continue
        value, words = fields.read(BY_NAME[name], text)
        if words:
            written.problems.append(Problem(name, words))
        else:
            written.values[name] = value
    _to_wire(written)
    refused = {problem.field for problem in written.problems}
    written.problems += [p for p in dialers.problems(written.sent) if p.field not in refused]
    return written


def _to_wire(written: Written) -> None:
    values = {name: v for name, v in written.values.items() if not kinds.is_blank(v)}
    if zone := values.get("timezone"):
        values["timezone"] = _offset(zone, values)
    written.sent = {
        name: rule.kind.wire(values[name]) for name, rule in BY_NAME.items() if name in values
    }


def _offset(zone: str, values: Mapping[str, Any]) -> str:
    try:
        return clock.offset(zone, values.get("start_date") or timezone.localdate())
    except clock.UnknownZone:
        return zone  # the table says what is wrong with it


def _defaults(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the default of each field that the campaign in `texts` has."""
    every = {rule.name: rule.default for rule in dialers.FIELDS if rule.default}
    written = {**every, **texts}
    flags: dict[str, Any] = {**written, "no_agent_no_wait": _waits_not(written)}
    return {name: text for name, text in every.items() if BY_NAME[name].applies(flags)}


def _waits_not(written: Mapping[str, str]) -> bool:
    value, words = fields.read(BY_NAME["no_agent_no_wait"], written["no_agent_no_wait"])
    return bool(value) or bool(words)
