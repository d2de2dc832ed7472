"""One event, one line: what people typed can neither begin a line of the log nor fill it."""

from __future__ import annotations

import logging
import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_PHONE = re.compile(r"\+[0-9]{3,11}(?=[0-9]{4}(?![0-9]))")


class OneLine(logging.Formatter):
    """Escapes line breaks and control characters, and shows the last four digits of a number."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line; a traceback, when there is one, follows on lines of its own."""
        return tidy(super().formatMessage(record))


def tidy(text: str) -> str:
    """Return `text` as one line without whole phone numbers."""
    return _PHONE.sub("+…", _CONTROL.sub(lambda found: repr(found[0])[1:-1], text))
