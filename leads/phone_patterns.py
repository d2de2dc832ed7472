"""Patterns of ordinary numbers, read from the metadata of `phonenumbers` itself.

A pattern says yes only where the authority would say the same; what it leaves open goes to
the authority. Groups: 1 one digit repeated (never part of a match), 2 mobile, 3 landline.
"""

from __future__ import annotations

import re
from functools import cache

import phonenumbers

# Home countries whose short forms were compared with the authority on 1,400,000 strings,
# with the length of their numbers.
HOME_LENGTHS = {"IN": 10}
MOBILE, LANDLINE = 2, 3
# Numbers ending in 0000 or made of one digit deserve the second look of the slow path.
ORDINARY = r"(?![0-9]*0000$)(?!([0-9])\1+$|1234567890$)"


MAIN_REGIONS = {1: ("US", "CA")}  # the North American code has no single owner


def _flat(kind: phonenumbers.PhoneNumberDesc | None) -> str:
    """Return the pattern of one kind of number without groups; "" when there is none."""
    pattern = (kind.national_number_pattern if kind else None) or ""
    digits = re.sub(r"\\d", "[0-9]", re.sub(r"\s", "", pattern))
    return re.sub(r"\((?!\?)", "(?:", digits)


def _metadata(region: str) -> phonenumbers.PhoneMetadata | None:
    return phonenumbers.PhoneMetadata.metadata_for_region(region, None)


def _kinds(*regions: phonenumbers.PhoneMetadata) -> str:
    mobile = "|".join(_flat(region.mobile) for region in regions)
    fixed = "|".join(_flat(region.fixed_line) for region in regions)
    return f"(?:({mobile})|({fixed}))"


@cache
def home(country: str) -> re.Pattern[str] | None:
    """Return the pattern of numbers of the home country with or without 0 or code, or None."""
    length = HOME_LENGTHS.get(country)
    metadata = _metadata(country)
    if length is None or metadata is None:
        return None
    code = metadata.country_code
    plain = rf"(?=[1-9][0-9]{{{length - 1}}}$){ORDINARY}"
    return re.compile(rf"(?:(?:\+|00)?{code})?0?{plain}{_kinds(metadata)}", re.A)


@cache
def _assigned(country: str) -> re.Pattern[str] | None:
    """Return the pattern of every kind of number of a verified home country, or None."""
    metadata = _metadata(country)
    if country not in HOME_LENGTHS or metadata is None:
        return None
    kinds = "mobile fixed_line toll_free premium_rate shared_cost personal_number voip pager uan"
    patterns = [_flat(getattr(metadata, kind)) for kind in [*kinds.split(), "voicemail"]]
    code = metadata.country_code
    return re.compile(f"{code}[0-9]*|0[0-9]*|(?:{'|'.join(filter(None, patterns))})", re.A)


def unassigned(country: str, text: str) -> str | None:
    """Return the national digits when no number of the country can look like this, else None.

    Takes digits with at most one 0 before them; what might start with the country code is
    left to the authority.
    """
    pattern = _assigned(country)
    if pattern is None or not text.isascii() or not text.isdigit():
        return None
    national = text[1:] if text.startswith("0") else text
    return None if pattern.fullmatch(national) else national


@cache
def _abroad_by_code(code: int) -> re.Pattern[str] | None:
    """Return the pattern of national numbers of the main region behind a country code."""
    names = MAIN_REGIONS.get(code) or (phonenumbers.region_code_for_country_code(code),)
    regions = [region for name in names if (region := _metadata(name))]
    if not regions or not all(_flat(r.mobile) and _flat(r.fixed_line) for r in regions):
        return None
    main = regions[0]
    if main.leading_digits or main.national_prefix_transform_rule:
        return None
    # A number that begins like a national prefix might lose it: left to the authority.
    prefix = main.national_prefix_for_parsing
    guard = rf"(?!{prefix})" if prefix else ""
    return re.compile(f"{guard}(?=[0-9]{{7}}){ORDINARY}{_kinds(*regions)}", re.A)


def abroad(text: str) -> tuple[str, bool] | None:
    """Return (E.164, is a landline) for "+" and digits of an ordinary foreign number."""
    if text[1:2] == "0":  # no country code starts so; the authority has its own ways with it
        return None
    for size in (2, 3, 1):
        code = text[1 : 1 + size]
        if code.isdecimal() and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            pattern = _abroad_by_code(int(code))
            match = pattern.fullmatch(text[1 + size :]) if pattern else None
            return (text, match.lastindex == LANDLINE) if match else None
    return None


@cache
def lengths(region: str) -> tuple[int, ...]:
    """Return the lengths a mobile number of a region may have, shortest first."""
    metadata = _metadata(region)
    if metadata is None or metadata.mobile is None:
        return ()
    return tuple(length for length in sorted(metadata.mobile.possible_length) if length > 0)
