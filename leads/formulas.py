"""Cells a spreadsheet would run as a formula: kept from running, and taken back as they were."""

from __future__ import annotations

import re

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
HARMLESS = re.compile(r"[-+]?[0-9][0-9 ()./,-]*|-+", re.A)  # no formula: +91 98765, -5, -


def safe(cell: str) -> str:
    """Return a cell no spreadsheet runs; one that is merely a number stays as it is."""
    if cell.startswith(DANGEROUS) and not HARMLESS.fullmatch(cell):
        return f"'{cell}"
    return cell


def restored(cell: str) -> str:
    """Take off the apostrophe `safe` put in front."""
    if cell[:1] == "'" and cell[1:2] in DANGEROUS and safe(cell[1:]) == cell:
        return cell[1:]
    return cell
