"""Every way to break one rule of seed 003, made from the table itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from campaigns import dialers, kinds

PART_ID = "6b1f0c52-9d3e-4f6a-8b1e-2d7c5a904e11"
AGENTS = ["5159_2224257", "5160_2224257"]
TEXTS: dict[str, str] = {
    "name": "Top-up loans",
    "active": "true",
    "leads_id": PART_ID,
    "timezone": "Asia/Kolkata",
    "start_date": "01/03/2097",
    "end_date": "31/03/2097",
    "start_time": "10:00",
    "end_time": "18:00",
    "users": " ".join(AGENTS),
    "user_interval": "10",
    "ratio": "1:2",
    "waiting_music": "default",
    "unanswered_music": "default",
    "ring_rule": "round-robin",
    "ring_seconds": "30",
    "max_waiting_time": "60",
    "call_interval": "10",
    "no_agent_no_wait": "true",
    "caller_id": "+91 98765 43210",
    "reject_delay_time": "10",
    "no_answer_delay_time": "10",
    "max_waiting_time_without_agent": "30",
}
CHOICES: tuple[dict[str, str], ...] = (
    {"dialer_type": "predictive", "no_agent_no_wait": "true"},
    {"dialer_type": "predictive", "no_agent_no_wait": "false"},
    {"dialer_type": "progressive"},
)
MISFITS: list[tuple[kinds.Kind, str, Any]] = [
    (kinds.FLAG, "perhaps", "perhaps"),
    (kinds.ID, "not-an-id", "not-an-id"),
    (kinds.OFFSET, "Mars/Olympus", "+5:30"),
    (kinds.DAY, "31/02/2027", "2027-02-31"),
    (kinds.CLOCK, "25:00", "25:00"),
    (kinds.AGENTS, "aarti", ["aarti"]),
    (kinds.AGENTS, " ".join(f"{n}_1" for n in range(101)), [f"{n}_1" for n in range(101)]),
    (kinds.SECONDS, "-5", -5),
    (kinds.SECONDS, "soon", "30"),
    (kinds.INTERVAL, "ten", "ten"),
    (kinds.INTERVAL, "10000", "10000_s"),
    (kinds.RATIO, "1:100", "1:100"),
    (kinds.RATIO, "0", "1:0"),
    (kinds.CALLER, "+91", "91"),
    (kinds.CALLER, "call us", "+919876543210"),
]


@dataclass(frozen=True)
class Broken:
    """One broken rule: the choices made, what was written (None: nothing), its wire value."""

    choices: dict[str, str]
    field: str
    how: str
    text: str | None
    sent: Any = None

    def __str__(self) -> str:
        return f"{'-'.join(self.choices.values())}-{self.field}-{self.how}"

    def texts(self) -> dict[str, str]:
        """What a person wrote: everything right but this."""
        written = right(self.choices)
        written.pop(self.field, None)
        return written if self.text is None else {**written, self.field: self.text}

    def body(self) -> dict[str, Any]:
        """The same on the wire."""
        body = wire(right(self.choices))
        body.pop(self.field, None)
        return body if self.text is None else {**body, self.field: self.sent}


def right(choices: dict[str, str]) -> dict[str, str]:
    """Everything a campaign with these choices needs, as a person writes it."""
    written = {**TEXTS, **choices}
    return {f.name: written[f.name] for f in dialers.FIELDS if f.applies(_flags(written))}


def wire(written: dict[str, str]) -> dict[str, Any]:
    """The wire form of what was written."""
    values = {name: dialers.BY_NAME[name].kind.parse(text) for name, text in written.items()}
    if values.get("timezone") == "Asia/Kolkata":
        values["timezone"] = "+05:30"
    return dialers.wire(values)


def broken_rules() -> Iterator[Broken]:
    """Each rule of the table, broken once for each dialer it matters to."""
    for choices in CHOICES:
        for field in dialers.FIELDS:
            if not field.applies(_flags({**TEXTS, **choices})):
                text = TEXTS[field.name]
                sent = field.kind.wire(field.kind.parse(text))
                yield Broken(choices, field.name, "foreign", text, sent)
                continue
            if field.name not in choices:
                yield Broken(choices, field.name, "missing", None)
            yield from _misfits(choices, field)


def _misfits(choices: dict[str, str], field: dialers.Field) -> Iterator[Broken]:
    number = 0
    for kind, text, sent in MISFITS:
        if kind is field.kind or (kind is kinds.FLAG and field.name == "no_agent_no_wait"):
            number += 1
            yield Broken(choices, field.name, f"misfit{number}", text, sent)
    if field.kind.choices and field.name != "no_agent_no_wait":
        yield Broken(choices, field.name, "misfit", "sometimes", "sometimes")
    if field.kind is kinds.TEXT:
        yield Broken(choices, field.name, "misfit", "  ", "  ")


def _flags(written: dict[str, str]) -> dict[str, Any]:
    return {**written, "no_agent_no_wait": written.get("no_agent_no_wait") == "true"}
