"""The setting for looking sent leads up: alike at every provider that can be asked about them."""

from __future__ import annotations

from .base import AccountField

KEY, OFF = "look_up", "off"


def setting(where: str) -> AccountField:
    """Return the field that asks whether leads are looked up; `where` says when and which."""
    return AccountField(
        KEY,
        "What became of sent leads",
        required=False,
        where=where,
        choices=(("on", "is looked up afterwards"), (OFF, "is not looked up")),
        default="on",
    )
