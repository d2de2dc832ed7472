"""What the names of columns mean: which field a header names, in English or Hindi."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from access.models import Team
from leads.targets import Target, TargetField

Names = list[tuple[TargetField, set[str]]]

PARTS = ("first_name", "last_name")
# Whose name, phone or city it is, as portals write it: SENDER_MOBILE, User Phone, Party Name.
WHOSE = re.compile(
    r"(?:sender|user|lead|customer|client|buyer|contact|party|prospect|enquirer|applicant|candidate|"
    r"student|patient|guest) (?=.)"
)
NOISE = re.compile(r"[\s_\-./:*()?]+")


@lru_cache(maxsize=4_096)
def plain(name: str) -> str:
    """Return a name without what people put between words, in small letters."""
    return NOISE.sub(" ", name).strip().casefold()


def fields_named(rows: Iterable[Iterable[str]], target: Target, team: Team) -> list[int]:
    """Return how many fields the cells of each row name: the row of names has the most."""
    names, found = names_of(target.fields(team)), []
    for cells in rows:
        taken: set[str] = set()
        for cell in cells:
            field = by_name(plain(cell), names, taken) or by_name(whosever(cell), names, taken)
            if field:
                taken.add(field.key)
        found.append(len(taken))
    return found


def whosever(name: str) -> str:
    """Return a name without whose it is: "mobile" for SENDER_MOBILE."""
    return WHOSE.sub("", plain(name), count=1)


def names_of(fields: Iterable[TargetField]) -> Names:
    """Return every field with what headers may call it, in English and Hindi."""
    called = ((field, (*field.spellings, field.key, str(field.label))) for field in fields)
    return [(field, {plain(word) for word in words}) for field, words in called]


def by_name(name: str, names: Names, taken: set[str]) -> TargetField | None:
    """Return the free field a header names."""
    for field, spelled in names:
        if field.key not in taken and name in spelled:
            return field if not (field.key == "full_name" and taken & set(PARTS)) else None
    return None
