"""Our words for the providers' messages: how a table of them is read.

The tables mark their sentences with `gettext_noop`; sync/explanations.py translates them, so that a
provider needs no Django.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .base import Explanation


def gettext_noop(text: str) -> str:
    """Return `text`; the name tells makemessages to collect it."""
    return text


@dataclass(frozen=True)
class Meaning:
    """One line of a table: `says` (words of the message, or a code) is what `explanation` is for.

    `endpoints` names the calls it is about (all when empty); `codes` the codes it needs.
    """

    says: str
    explanation: Explanation
    endpoints: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def fits(self, endpoint: str, code: str, said: str) -> bool:
        """Whether this line is about the message."""
        if self.endpoints and endpoint not in self.endpoints:
            return False
        return self.says in said and (not self.codes or code in self.codes)


def look_up(table: Sequence[Meaning], endpoint: str, code: str, message: str) -> Explanation | None:
    """Return the explanation of the first line that fits, or None: then the quote stands alone."""
    said = " ".join(message.casefold().split())
    for line in table:
        if line.fits(endpoint, code, said):
            return line.explanation
    return None
