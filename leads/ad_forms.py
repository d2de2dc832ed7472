"""What the lead forms of ad networks write besides leads: ids, their own states, test rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

FACEBOOK_ID = re.compile(r"(?:l|f|c|ag|as|fo):\d+", re.A)
FACEBOOK_COLUMNS = frozenset(("id", "ad_id", "adset_id", "campaign_id", "form_id", "is_organic"))
FACEBOOK_OWN = "lead_status"  # where a lead stands at Facebook ("CREATED"), not with the team


def is_facebook(header: Iterable[str]) -> bool:
    """Whether a file comes straight out of Facebook's lead forms."""
    return len(FACEBOOK_COLUMNS.intersection(header)) > len(FACEBOOK_COLUMNS) / 2


class TestRows:
    """Knows the rows of one file that a network wrote to try a form out."""

    def __init__(self, header: Sequence[str]) -> None:
        self.is_facebook = is_facebook(header)
        names = [name.replace("_", " ").strip().casefold() for name in header]
        self.google = [place for place, name in enumerate(names) if name == "is test"]

    def __bool__(self) -> bool:
        """Whether the file can hold any."""
        return self.is_facebook or bool(self.google)

    def hold(self, cells: Sequence[str]) -> bool:
        """Whether a row is one: a cell of Facebook's says so, or Google's column "Is Test"."""
        if self.is_facebook and any("<test lead" in cell for cell in cells):
            return True
        return any(cells[place].strip().casefold() == "true" for place in self.google)
