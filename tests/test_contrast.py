"""Every pair of colours that meets on a page is readable in both themes.

Axe measures what a page happens to show; this reads static/tokens.css, so no pair is missed.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR, "static", "tokens.css").read_text(encoding="utf-8")
PAIRS = {
    name: halves for name, *halves in re.findall(r"--([\w-]+):light-dark\((#\w+),(#\w+)\)", TOKENS)
}
TEXT, SHAPE = 4.5, 3.0  # WCAG 2.2: 1.4.3 text, 1.4.11 what a control or chart needs
INKS = ("ink", "ink-2", "ink-3", "accent-text", "bad", "warn")
MEETINGS = [
    *((ink, ground, TEXT) for ink in INKS for ground in ("surface", "bg", "sunken", "hover")),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-hover", TEXT),
    ("surface", "ink", TEXT),
    ("accent-text", "accent-soft", TEXT),
    ("ink", "accent-soft", TEXT),
    ("ink-2", "accent-soft", TEXT),
    ("ink-2", "bad-soft", TEXT),
    ("bad", "bad-soft", TEXT),
    ("ink-2", "warn-soft", TEXT),
    ("warn", "warn-soft", TEXT),
    ("ok", "ok-soft", TEXT),
    ("ink-2", "mute-soft", TEXT),
    ("ok", "surface", SHAPE),
    ("line-strong", "surface", SHAPE),
    ("focus", "surface", SHAPE),
    ("focus", "bg", SHAPE),
    ("accent", "surface", SHAPE),
    ("c1", "surface", SHAPE),
    ("c2", "surface", SHAPE),
    ("c-bad", "surface", SHAPE),
    ("c-wait", "surface", SHAPE),
]


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, 0 to 1 (WCAG 2.2)."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), MEETINGS)
def test_colours_that_meet_can_be_told_apart(
    front: str, ground: str, least: float, theme: int
) -> None:
    assert contrast(PAIRS[front][theme], PAIRS[ground][theme]) >= least
