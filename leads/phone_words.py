"""The sentences about phone numbers: why one is refused, how to fix it, what was repaired."""

from __future__ import annotations

from collections.abc import Mapping

import phonenumbers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

# Countries telecalling teams name in one word; others are named by their code.
COUNTRIES = {
    "AE": noop("the United Arab Emirates"),
    "AU": noop("Australia"),
    "BD": noop("Bangladesh"),
    "BH": noop("Bahrain"),
    "BR": noop("Brazil"),
    "CA": noop("Canada"),
    "CN": noop("China"),
    "DE": noop("Germany"),
    "EG": noop("Egypt"),
    "ES": noop("Spain"),
    "FR": noop("France"),
    "GB": noop("the United Kingdom"),
    "HK": noop("Hong Kong"),
    "ID": noop("Indonesia"),
    "IE": noop("Ireland"),
    "IN": noop("India"),
    "IT": noop("Italy"),
    "JP": noop("Japan"),
    "KE": noop("Kenya"),
    "KW": noop("Kuwait"),
    "LK": noop("Sri Lanka"),
    "MX": noop("Mexico"),
    "MY": noop("Malaysia"),
    "NG": noop("Nigeria"),
    "NP": noop("Nepal"),
    "NZ": noop("New Zealand"),
    "OM": noop("Oman"),
    "PH": noop("the Philippines"),
    "PK": noop("Pakistan"),
    "QA": noop("Qatar"),
    "SA": noop("Saudi Arabia"),
    "SG": noop("Singapore"),
    "TH": noop("Thailand"),
    "US": noop("the United States"),
    "VN": noop("Vietnam"),
    "ZA": noop("South Africa"),
}

# code -> (what is wrong, how to fix it)
PROBLEMS = {
    "empty": (noop("No phone number."), noop("Type the number here, or leave this row out.")),
    "sheet_error": (
        noop("Not a number, but what a spreadsheet shows for an error or a column too narrow."),
        noop("Take the number from the original sheet and type it here, or leave this row out."),
    ),
    "test_row": (
        noop("A test row from Facebook or Google, not a person."),
        noop("Leave this row out."),
    ),
    "letters": (
        noop("There are letters in the number."),
        noop("Keep only the digits, with + and the country code before a foreign number."),
    ),
    "bidi": (
        noop("Hidden direction marks in the cell can change the order of the digits."),
        noop("Type the number again; do not paste it."),
    ),
    "two_numbers": (
        noop("Two numbers in one cell."),
        noop("Keep one here, or choose “first is phone, second is alternate” for this column."),
    ),
    "excel_exponent": (
        noop("Excel has changed this number; the last digits are lost."),
        noop("Take the number from the original file. In Excel, format the column as Text first."),
    ),
    "excel_zeros": (
        noop("Ends in zeros Excel put in place of lost digits."),
        noop("Take the number from the original file. In Excel, format the column as Text first."),
    ),
    "too_short": (
        noop("Too short for {country}: {digits} digits, not {expected}."),
        noop("Ask for the missing digits, or leave this row out."),
    ),
    "too_long": (
        noop("Too long for {country}: {digits} digits, not {expected}."),
        noop("Take the extra digits out; put + and the country code before a foreign number."),
    ),
    "not_in_use": (
        noop("No number in {country} looks like this."),
        noop("Check the first digits; put + and the country code before a foreign number."),
    ),
    "unknown_country": (
        noop("No country has the code this number starts with."),
        noop("Check the digits after the +."),
    ),
    "not_a_number": (
        noop("Not a phone number."),
        noop("Type the number here, or leave this row out."),
    ),
}

WARNINGS = {
    "repaired": noop("Repaired"),
    "landline": noop("Landline: it can be called, but gets no WhatsApp or SMS"),
    "extension": noop("Extension left out"),
    "zeros": noop("Ends in 0000: compare it with the original file"),
    "made_up": noop("Looks made up: one digit repeated, or counting up"),
}

TITLES = {
    "empty": noop("Phone is empty"),
    "sheet_error": noop("A spreadsheet's error, as #N/A, in place of the phone"),
    "test_row": noop("Facebook or Google test row"),
    "letters": noop("Phone with letters"),
    "bidi": noop("Phone with hidden direction marks"),
    "two_numbers": noop("Two numbers in one cell"),
    "excel_exponent": noop("Phone was changed by Excel, as 9.88E+09"),
    "excel_zeros": noop("Phone was changed by Excel, ending in zeros"),
    "too_short": noop("Phone has too few digits"),
    "too_long": noop("Phone has too many digits"),
    "not_in_use": noop("No such phone number"),
    "unknown_country": noop("Unknown country code"),
    "not_a_number": noop("Not a phone number"),
}

REPAIRS = {
    "prefix": noop("Text before the number taken off (p:, tel:)"),
    "quote": noop("Excel's ' or = before the number taken off"),
    "dot_zero": noop("“.0” at the end taken off"),
    "digits": noop("Digits of another script written as 0 to 9"),
    "commas": noop("Commas between the digits taken out"),
    "exponent": noop("Written out from the form 9.87E9, no digit lost"),
    "code_twice": noop("Country code written twice or after a 0"),
    "lost_zero": noop("Leading 0 put back"),
    "letters": noop("Garbled letters (à¤°) written as the Hindi they were (र)"),
}


def country(region: str) -> str:
    """Return a country's name in a sentence; "numbers with +41" countries by their code."""
    if region in COUNTRIES:
        return _(COUNTRIES[region])
    code = phonenumbers.country_code_for_region(region)
    return _("the country +{code}").format(code=code) if code else region


def _filled(sentence: str, figures: Mapping[str, str | int]) -> str:
    words: dict[str, str | int] = {"digits": "?", **figures}
    words["expected"] = str(figures.get("expected", "?")).replace("|", _(" or "))
    return _(sentence).format(country=country(str(figures.get("region", "IN"))), **words)


def problem(code: str, figures: Mapping[str, str | int]) -> str:
    """Return what is wrong with a number, in one sentence."""
    return _filled(PROBLEMS[code][0], figures)


def title(code: str) -> str:
    """Return a kind of problem or warning in a few words."""
    return _(TITLES.get(code) or WARNINGS[code])


def fix(code: str) -> str:
    """Return the next step for a kind of problem."""
    return _(PROBLEMS[code][1])


def unknown_country(code: str) -> str:
    """Return the sentence for a country code nobody knows."""
    return _("{code} is no country code. Use two letters, such as IN for India.").format(code=code)
