"""A text as a QR picture: one SVG path, drawn here, so that no secret goes to a picture service."""

from __future__ import annotations

from dataclasses import dataclass

import segno

BORDER = 4  # light modules around it, which the standard asks for


@dataclass(frozen=True)
class Picture:
    """The dark modules as path data, and the side of the square, both in modules."""

    path: str
    side: int


def draw(text: str) -> Picture:
    """Return the QR picture of `text`."""
    code = segno.make_qr(text, error="m")
    runs = []
    for y, row in enumerate(code.matrix, BORDER):
        x = 0
        while x < len(row):
            length = 1
            while x + length < len(row) and row[x + length] == row[x]:
                length += 1
            if row[x]:
                runs.append(f"M{x + BORDER} {y}h{length}v1h-{length}z")
            x += length
    return Picture("".join(runs), len(code.matrix) + 2 * BORDER)
