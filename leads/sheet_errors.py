"""What a spreadsheet writes in a cell where it has no value: no name, no city and no number."""

from __future__ import annotations

import re

# Excel's own, Google's #ERROR!, LibreOffice's Err:502, and the ##### of a column too narrow for
# its date or number, which "Save as CSV" writes in the place of it.
SHEET_ERROR = re.compile(
    r"\s*(?:#(?:N/A|VALUE!|REF!|NAME\?|NUM!|DIV/0!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!"
    r"|BUSY!|UNKNOWN!|ERROR!|GETTING_DATA)|#{3,}|Err:5[0-9]{2})\s*",
    re.I,
)
# What "Save as CSV" makes of Hindi: every letter the encoding of Windows has not is a "?".
LOST_LETTERS = re.compile(r"\s*\?{3}[?\s.]*")
# The first two bytes of a letter of India in UTF-8, read as letters of Windows 1252: "à¤°" is "र".
GARBLED = re.compile("à[¤-µ]")


def ungarbled(text: str) -> str:
    """Return text as it was before a spreadsheet read its UTF-8 as Windows 1252; what was never
    UTF-8 as it is.
    """
    try:
        raw = b"".join(
            letter.encode("latin-1" if "\x80" <= letter <= "\x9f" else "cp1252") for letter in text
        )
        return raw.decode("utf-8")
    except UnicodeError:
        return text


def is_sheet_error(text: str) -> bool:
    """Whether the text of a cell is what a spreadsheet shows for an error."""
    return SHEET_ERROR.fullmatch(text) is not None
