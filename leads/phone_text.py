"""The text of a cell that may hold a phone number, before anybody asks what number it is.

What Excel, Facebook or a keyboard put around a number is taken off here, several numbers in one
cell are told apart, and what no number can look like is named. Knows no country's numbers.
"""

from __future__ import annotations

import re
import unicodedata

from leads.sheet_errors import is_sheet_error

LONGEST = 200  # characters of a cell that may still be read as numbers
PLAIN = re.compile(r"[-+0-9() ]+", re.A)
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TEST_ROW = re.compile(r"<\s*test lead\b", re.I)
PREFIX_WORD = re.compile(
    r"^\s*(?:p|t|m|tel|telephone|phone|ph|mob|mobile|cell|call|callto|whatsapp|wa|no|number)"
    r"\s*(?:no|number)?\s*[.:]+\s*",
    re.I,
)
EXCEL_TEXT = re.compile(r"""^\s*(?:="?|'+|"+)\s*([^"']*?)\s*["']?\s*$""")
QUOTES = frozenset("='\"")
DOT_ENDS = frozenset((".0", ",0", "00"))
EXPONENT = re.compile(r"^\+?(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})$", re.A)
DOT_ZERO = re.compile(r"^(\+?\d{6,15})(?:\.0{1,6}|,0{1,2})$", re.A)
THOUSANDS = re.compile(r"^\d{1,3}(?:,\d{2,3})*,\d{3,4}$", re.A)
EXTENSION = re.compile(r"(?<=[\d)])(?:;ext=|\s{0,2}(?:extn?\.?:?|x|#)\s?)(\d{1,5})$", re.I | re.A)
EXTENSION_MARK = re.compile(r"[xXtT#=]")
LETTERS = re.compile(r"[^\W\d_]")
BREAKS = re.compile(r"[/,;|&\n\r\t\\]+|\s+(?:or|and|ya|aur|या|और)\s+|(?<=\d)\s*(?=\+)", re.I)
GLUED = re.compile(r"((?:\+?91|0)?[6-9]\d{9})((?:\+?91|0)?[6-9]\d{9})", re.A)
NOT_DIGITS = re.compile(r"\D+")
PUNCTUATION = str.maketrans("", "", " -().\u00a0\u200b\u2013")
WIDE_GAP = re.compile(r"\s+")
BLANKS = frozenset(
    ("", "-", "--", "n/a", "na", "n.a.", "nil", "none", "null", "nan", "no", "0", ".", "?")
)


def split_numbers(cell: str) -> list[str]:
    """Return the numbers written in one cell, in order: first is phone, second is alternate.

    A cell with one number, or none, comes back as it is in a list of one.
    """
    if len(cell) > LONGEST:
        return [cell]
    parts = [part.strip() for part in BREAKS.split(without_extension(cell)) if part.strip()]
    if len([part for part in parts if digits_in(part) >= 6]) > 1:
        return parts
    words = WIDE_GAP.split(cell.strip())
    if len(words) == 2 and all(digits_in(word) >= 10 for word in words):
        return words
    glued = GLUED.fullmatch(re.sub(r"[\s-]", "", _western_digits(cell)))
    if glued:
        return [glued[1], glued[2]]
    return [cell]


def digits_in(text: str) -> int:
    """Count the digits of a text."""
    return len(NOT_DIGITS.sub("", text))


def _western_digits(text: str) -> str:
    """Write the decimal digits of every script (Devanagari, full-width) as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def refused_on_sight(cell: str) -> str:
    """Return the code of what phonenumbers must not even be asked, or nothing."""
    if cell.strip().casefold() in BLANKS:
        return "empty"
    if is_sheet_error(cell):
        return "sheet_error"
    if "<" in cell and TEST_ROW.search(cell):
        return "test_row"
    return "bidi" if not cell.isascii() and BIDI.search(cell) else ""


def tidy(cell: str) -> tuple[str, str]:
    """Take off what programs put around a number; return text and repair."""
    text, repair = _western_digits(cell.strip()), ""
    if text != cell.strip():
        repair = "digits"
    text = text.replace("\uff0b", "+")
    if text[:1] in QUOTES:
        text, repair = _replaced(EXCEL_TEXT, r"\1", text, repair, "quote")
    if text[:1].isalpha():
        text, repair = _replaced(PREFIX_WORD, "", text, repair, "prefix")
    if text[-2:] in DOT_ENDS:
        text, repair = _replaced(DOT_ZERO, r"\1", text, repair, "dot_zero")
    if "," in text and THOUSANDS.match(text):
        text, repair = text.replace(",", ""), "commas"
    return text, repair


def without_extension(text: str) -> str:
    """Return a number without the extension after it ("x12", "ext 12", ";ext=12")."""
    if text.isdecimal() or not EXTENSION_MARK.search(text):
        return text
    bare = EXTENSION.sub("", text)
    return bare if digits_in(bare) >= 7 else text


def _replaced(
    pattern: re.Pattern[str], by: str, text: str, repair: str, name: str
) -> tuple[str, str]:
    changed = pattern.sub(by, text).strip()
    return (changed, name) if changed != text else (text, repair)


def spelled_out(exponent: re.Match[str]) -> str:
    """Write 9.876543210E9 out when every digit is there; empty when Excel kept only some.

    Excel shows at most five decimals; Java and Python write all, less the zeros at the end.
    """
    decimals, power = exponent[2] or "", int(exponent[3])
    if len(decimals) < max(7, power - 2) or power > 14:
        return ""
    return f"{exponent[1]}{decimals}".ljust(power + 1, "0")[: power + 1]


def is_range(text: str) -> bool:
    """Whether 022-2345678/79 is meant: one number, and the last digits of the next."""
    head, slash, tail = text.partition("/")
    return bool(slash) and digits_in(head) >= 7 and 0 < digits_in(tail) < 6
