"""What a phone number is: the text of a cell and a country in, E.164 or a reason out.

`phonenumbers` is the authority. A pattern built from its own metadata answers the common
Indian forms about fifty times faster, so an upgrade of the package moves both together.
What the package would wrongly take (letters dialled as keys, bidi marks, two numbers glued
into one) is refused before it is asked; what Excel, Facebook or a keyboard did to a number
without losing a digit is repaired and said so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import phonenumbers

from leads import phone_patterns, phone_words
from leads.phone_text import (
    EXPONENT,
    LETTERS,
    LONGEST,
    NOT_DIGITS,
    PLAIN,
    PUNCTUATION,
    digits_in,
    is_range,
    refused_on_sight,
    spelled_out,
    split_numbers,
    tidy,
    without_extension,
)

ZERO_KEPT = frozenset(("IT", "SM", "VA"))  # where a landline's 0 is part of the number
LANDLINE = phone_patterns.LANDLINE
UNKNOWN = phonenumbers.PhoneNumberType.UNKNOWN
LONGEST_ABROAD = 12  # digits of a foreign number written without its +

Quick = Callable[[str], tuple[str, bool] | None]


@dataclass(frozen=True, slots=True)
class Phone:
    """The answer for one cell: `e164`, or `problem` (a code) with the figures its words need.

    `warnings` are codes that never block: repaired, landline, extension, zeros, made_up.
    `repair` names what was repaired (`phone_words.REPAIRS`).
    """

    e164: str | None = None
    problem: str = ""
    warnings: tuple[str, ...] = ()
    repair: str = ""
    figures: dict[str, str | int] = field(default_factory=dict)

    @property
    def holds_number(self) -> bool:
        """Whether at least one phone number stands in the cell."""
        return self.e164 is not None or self.problem == "two_numbers"

    @property
    def words(self) -> str:
        """Why the cell is refused, for a sales manager; empty for a good number."""
        return phone_words.problem(self.problem, self.figures) if self.problem else ""


class PhoneReader:
    """Reads cells of one country: `read` explains, `quick` answers only the plain good forms."""

    def __init__(self, country: str = "IN") -> None:
        """Take an ISO 3166 code such as "IN"; raises ValueError for one nobody knows."""
        self.country = country.upper()
        if self.country not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(phone_words.unknown_country(country))
        self._code = f"+{phonenumbers.country_code_for_region(self.country)}"
        # Answers (E.164, is a landline) for an ordinary number of this country, else None.
        self.quick = _quick(phone_patterns.home(self.country), self._code)
        self._remember = lru_cache(maxsize=20_000)(self._explain)

    def read(self, cell: str) -> Phone:
        """Return the number in a cell, or the reason why there is none."""
        found = self.quick(cell)
        if found:
            return _plain(found)
        if len(cell) > LONGEST:  # neither remembered nor given to patterns that would take hours
            cell = cell.strip()
            if len(cell) > LONGEST:
                return Phone(problem="not_a_number")
        if cell.startswith("p:"):  # Facebook writes p:+91... on every row
            found = self.quick(cell[2:])
        return _plain(found, "prefix") if found else self._remember(cell)

    def _explain(self, cell: str) -> Phone:
        """Answer for everything the fast pattern leaves open."""
        text, repair = cell, ""
        if not PLAIN.fullmatch(cell):
            problem = refused_on_sight(cell)
            if problem:
                return Phone(problem=problem)
            text, repair = tidy(cell)
        bare = without_extension(text)
        found = self._straight(bare)
        if found:
            return _plain(found, repair, extension=bare != text)
        exponent = EXPONENT.match(text)
        if exponent:
            text = spelled_out(exponent)
            if not text:
                return Phone(problem="excel_exponent")
            repair = "exponent"
        if len(split_numbers(text)) > 1 or is_range(text):
            return Phone(problem="two_numbers")
        if LETTERS.search(without_extension(text)):
            return Phone(problem="letters")
        return self._ask(text, repair)

    def _straight(self, text: str) -> tuple[str, bool] | None:
        """Answer without the authority once brackets, dots and spaces are gone."""
        compact = text.translate(PUNCTUATION)
        found = self.quick(compact)
        if found is None and compact.startswith("+"):
            return phone_patterns.abroad(compact)
        return found

    def _ask(self, text: str, repair: str) -> Phone:
        """Put the tidied text to phonenumbers, then try the repairs that lose nothing."""
        compact = text.translate(PUNCTUATION)
        if not compact.strip("0"):
            return Phone(problem="empty")
        national = phone_patterns.unassigned(self.country, compact)
        if national and len(national) <= 15:
            return self._why(national, self.country)
        first = self._parsed(text)
        mended = ((self._parsed(again), mend) for again, mend in self._mended(text))
        for number, mend in ((first, repair), *mended):
            # A known type is what is_valid_number asks for, at half the price of asking both.
            kind = phonenumbers.number_type(number) if number else UNKNOWN
            if number and kind != UNKNOWN:
                return self._accepted(number, kind, mend, typed=not text.isdecimal())
        return self._refused(text, first)

    def _parsed(self, text: str) -> phonenumbers.PhoneNumber | None:
        try:
            return phonenumbers.parse(text, self.country)
        except phonenumbers.NumberParseException:
            return None

    def _mended(self, text: str) -> list[tuple[str, str]]:
        """Forms a keyboard or a form produced: country code twice, 091..., a lost zero."""
        digits = NOT_DIGITS.sub("", text)
        code = self._code[1:]
        if not digits.startswith((code, f"0{code}")) and self.country not in ZERO_KEPT:
            return []
        lengths = "|".join(rf"\d{{{length}}}" for length in phone_patterns.lengths(self.country))
        twice = re.fullmatch(rf"0*{code}(?:0|{code})*{code}({lengths})", digits)
        zero = re.fullmatch(rf"0{code}({lengths})", digits)
        mended = [(f"+{code}{match[1]}", "code_twice") for match in (twice, zero) if match]
        if self.country in ZERO_KEPT and text == digits:
            mended.append((f"0{digits}", "lost_zero"))
        return mended

    def _accepted(
        self, number: phonenumbers.PhoneNumber, kind: int, repair: str, *, typed: bool
    ) -> Phone:
        """Accept a number; `typed`: a + or a space shows that no sheet took it for an amount."""
        national = phonenumbers.national_significant_number(number)
        e164 = f"+{number.country_code}{national}"
        if not typed and re.search(r"0{6}$", national) and len(national) >= 9:
            return Phone(problem="excel_zeros", figures={"number": e164})
        notes = ["repaired"] if repair else []
        if kind == phonenumbers.PhoneNumberType.FIXED_LINE:
            notes.append("landline")
        if number.extension:
            notes.append("extension")
        if len(set(national)) == 1 or national == "1234567890":
            notes.append("made_up")
        elif national.endswith("0000"):
            notes.append("zeros")
        return Phone(e164, warnings=tuple(notes), repair=repair)

    def _refused(self, text: str, number: phonenumbers.PhoneNumber | None) -> Phone:
        """Say what is wrong with a number the authority does not know."""
        count = digits_in(text)
        if count > 15:  # Excel keeps fifteen figures and writes zeros for the rest
            return Phone(problem="excel_zeros" if text.endswith("000") else "two_numbers")
        if number is None:
            problem = "unknown_country" if text.startswith(("+", "00")) else "not_a_number"
            return Phone(problem=problem if count >= 3 else "empty")
        national = phonenumbers.national_significant_number(number)
        region = self.country
        if number.country_code != int(self._code):
            region = phonenumbers.region_code_for_country_code(number.country_code or 0)
        return self._why(national, region)

    def _why(self, national: str, region: str) -> Phone:
        """Name what keeps national digits from being a number of a region."""
        if not national.strip("0"):
            return Phone(problem="empty")
        if len(national) > LONGEST_ABROAD and national.endswith("000"):
            return Phone(problem="excel_zeros")
        expected = phone_patterns.lengths(region)
        figures: dict[str, str | int] = {"region": region, "digits": len(national)}
        figures["expected"] = "|".join(map(str, expected)) or "?"
        if expected and len(national) < expected[0]:
            return Phone(problem="too_short", figures=figures)
        if expected and len(national) > expected[-1]:
            return Phone(problem="too_long", figures=figures)
        return Phone(problem="not_in_use", figures=figures)


def _quick(pattern: re.Pattern[str] | None, code: str) -> Quick:
    """Return the fast reading of one country: a plain function, called for every row."""
    if pattern is None:
        return lambda cell: None
    matches, mobile_group = pattern.fullmatch, phone_patterns.MOBILE

    def quick(cell: str) -> tuple[str, bool] | None:
        match = matches(cell)
        if match is None:
            if " " not in cell and "-" not in cell:
                return None
            match = matches(cell.replace(" ", "").replace("-", ""))
            if match is None:
                return None
        mobile = match[mobile_group]
        return (code + mobile, False) if mobile else (code + match[LANDLINE], True)

    return quick


def _plain(found: tuple[str, bool], repair: str = "", *, extension: bool = False) -> Phone:
    """Wrap an answer of the patterns."""
    number, landline = found
    if not (repair or landline or extension):
        return Phone(number)
    notes = (("repaired", repair), ("landline", landline), ("extension", extension))
    return Phone(number, warnings=tuple(code for code, on in notes if on), repair=repair)
