"""One event, one line: what people typed can neither begin a line of the log nor fill it."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_PHONE = re.compile(r"\+[0-9]{3,11}(?=[0-9]{4}(?![0-9]))")


class OneLine(logging.Formatter):
    """Escapes line breaks and control characters, and shows the last four digits of a number."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line; a traceback, when there is one, follows on lines of its own."""
        return tidy(super().formatMessage(record))


class OneObject(logging.Formatter):
    """One JSON object a line, with its traceback inside: for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: time (ISO 8601, UTC), level, logger, message, and traceback if any."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps({name: _masked(text) for name, text in told.items()})


def tidy(text: str) -> str:
    """Return `text` as one line without whole phone numbers."""
    return _masked(_CONTROL.sub(lambda found: repr(found[0])[1:-1], text))


def _masked(text: str) -> str:
    """Return `text` with the last four digits of every phone number only."""
    return _PHONE.sub("+…", text)
