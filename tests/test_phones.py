"""What a phone number is: the table of forms people and programs write, and the authority."""

import random

import phonenumbers
import pytest

from leads.phone_text import split_numbers
from leads.phones import PhoneReader

INDIA = PhoneReader("IN")
BY_DESIGN = {"letters", "bidi", "two_numbers", "excel_zeros", "test_row", "empty", "excel_exponent"}


@pytest.mark.parametrize(
    "cell",
    [
        "9876543210",
        "+919876543210",
        "+91 98765 43210",
        "91-98765-43210",
        "098765 43210",
        "0091 98765 43210",
        "+91(0)9876543210",
        " 9876543210 ",
        "98765\u00a043210",
        "98765\u201343210",
        "98765\u200b43210",
    ],
)
def test_ordinary_forms_of_one_number_are_the_same_number(cell: str) -> None:
    phone = INDIA.read(cell)
    assert (phone.e164, phone.warnings) == ("+919876543210", ())


@pytest.mark.parametrize(
    ("cell", "repair"),
    [
        ("p:+919876543210", "prefix"),
        ("tel:+919876543210", "prefix"),
        ("Ph: 98765 43210", "prefix"),
        ("whatsapp:+919876543210", "prefix"),
        ("'9876543210", "quote"),
        ("=9876543210", "quote"),
        ('="9876543210"', "quote"),
        ("9876543210.0", "dot_zero"),
        ("919876543210.0", "dot_zero"),
        ("9876543210.000", "dot_zero"),
        ("९८७६५४३२१०", "digits"),
        ("９８７６５４３２１０", "digits"),
        ("𝟗𝟖𝟕𝟔𝟓𝟒𝟑𝟐𝟏𝟎", "digits"),
        ("98,76,54,3210", "commas"),
        ("9.87654321E9", "exponent"),
        ("9.876543210E+09", "exponent"),
        ("0919876543210", "code_twice"),
        ("+91919876543210", "code_twice"),
        ("+91 91 98765 43210", "code_twice"),
    ],
)
def test_damage_that_loses_no_digit_is_repaired_and_said(cell: str, repair: str) -> None:
    phone = INDIA.read(cell)
    assert (phone.e164, phone.repair) == ("+919876543210", repair)
    assert "repaired" in phone.warnings


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("N/A", "empty"),
        ("-", "empty"),
        ("0000000000", "empty"),
        ("<test lead: dummy data for phone_number>", "test_row"),
        ("1800FLOWERS", "letters"),
        ("98765 43210 (office)", "letters"),
        ("98765432О0", "letters"),
        ("\u202e9876543210", "bidi"),
        ("\u202a+919876543210\u202c", "bidi"),
        ("9876543210\u200f", "bidi"),
        ("9876543210/9123456789", "two_numbers"),
        ("9876543210, 9123456789", "two_numbers"),
        ("9876543210 or 9123456789", "two_numbers"),
        ("9876543210 9123456789", "two_numbers"),
        ("98765 43210 91234 56789", "two_numbers"),
        ("98765432109123456789", "two_numbers"),
        ("+919876543210+919123456789", "two_numbers"),
        ("9876543210\n9123456789", "two_numbers"),
        ("022-23456789/90", "two_numbers"),
        ("9.87654E+09", "excel_exponent"),
        ("9.19877E+11", "excel_exponent"),
        ("9,88E+09", "excel_exponent"),
        ("9.88e+09", "excel_exponent"),
        ("919877000000", "excel_zeros"),
        ("987654321091200000", "excel_zeros"),
        ("919876543000000", "excel_zeros"),
        ("9876543210000", "excel_zeros"),
        ("98765", "too_short"),
        ("987654321", "too_short"),
        ("98765432101", "too_long"),
        ("5234567890", "not_in_use"),
        ("+999 1234567890", "unknown_country"),
        ("+971 50 123", "too_short"),
        ("+033642376320(", "unknown_country"),
        ("+043\xa01721878", "unknown_country"),
    ],
)
def test_a_number_that_cannot_be_trusted_is_refused_with_its_reason(
    cell: str, problem: str
) -> None:
    phone = INDIA.read(cell)
    assert (phone.e164, phone.problem) == (None, problem)
    assert phone.words.endswith(".")


@pytest.mark.parametrize("cell", ["{}9", "9{}9", "p{}9", "'{}x'9'", "9 {}or{}9", "{}9876543210{}"])
def test_a_cell_of_a_hundred_thousand_characters_holds_nobody_up(cell: str) -> None:
    long = cell.format(" " * 100_000, "\t" * 100_000)
    assert split_numbers(long) == [long]
    good = "+919876543210" if "9876543210" in cell else None
    assert INDIA.read(long).e164 == good


def test_a_wrong_length_names_the_country_and_the_length_expected() -> None:
    assert INDIA.read("98765").words == "Too short for India: 5 digits, not 10."


@pytest.mark.parametrize(
    ("cell", "warning"),
    [
        ("022 2345 6789", "landline"),
        ("(0484) 2345678", "landline"),
        ("9876543210 ext 12", "extension"),
        ("9876543210 x5", "extension"),
        ("9876543210;ext=9", "extension"),
        ("9876540000", "zeros"),
        ("+919877000000", "zeros"),
        ("98770 00000", "zeros"),
        ("9999999999", "made_up"),
        ("1234567890", "made_up"),
    ],
)
def test_a_doubtful_number_is_kept_with_a_warning(cell: str, warning: str) -> None:
    phone = INDIA.read(cell)
    assert phone.e164
    assert warning in phone.warnings


def test_a_foreign_number_with_its_code_is_read_whatever_the_home_country() -> None:
    assert INDIA.read("+971 50 123 4567").e164 == "+971501234567"
    assert PhoneReader("AE").read("050 123 4567").e164 == "+971501234567"


def test_a_landline_that_lost_its_zero_is_repaired_where_the_zero_is_part_of_it() -> None:
    assert PhoneReader("IT").read("0669812345").e164 == "+390669812345"
    assert PhoneReader("IT").read("669812345").repair in {"", "lost_zero"}


def test_a_country_nobody_knows_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="XX is no country code"):
        PhoneReader("XX")


def test_two_numbers_in_a_cell_come_apart_in_order() -> None:
    assert split_numbers("98765 43210 / 022-23456789") == ["98765 43210", "022-23456789"]
    assert split_numbers("98765432109123456789") == ["9876543210", "9123456789"]
    assert split_numbers("98765 43210") == ["98765 43210"]
    assert split_numbers("") == [""]


def authority(cell: str) -> str | None:
    """What phonenumbers alone says."""
    try:
        number = phonenumbers.parse(cell, "IN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def adversarial(count: int, seed: int) -> list[str]:
    """Prefixes, lengths and punctuation thrown together."""
    dice = random.Random(seed)
    codes = ("", "", "+91", "91", "0", "0091", "+", "00", "+910", "910", "091", "1", "+44", "p:+91")
    cells = []
    for _ in range(count):
        length = dice.choice((8, 9, 10, 10, 10, 10, 11, 12))
        core = dice.choice(codes) + "".join(dice.choice("0123456789") for _ in range(length))
        noise = " -  -().,/xX'\u00a0*#;\uff0b"
        cells.append(
            "".join(c + (dice.choice(noise) if dice.random() < 0.06 else "") for c in core)
        )
    return cells


def test_no_accepted_number_differs_from_the_authority() -> None:
    for cell in adversarial(20_000, seed=20):
        phone, expected = INDIA.read(cell), authority(cell)
        if phone.repair and not expected:
            continue
        if phone.e164:
            assert phone.e164 == expected, cell
        elif expected:
            assert phone.problem in BY_DESIGN, (cell, expected, phone)


def test_the_fast_answer_is_the_slow_answer() -> None:
    for cell in adversarial(20_000, seed=21):
        quick = INDIA.quick(cell)
        if quick is not None:
            slow = INDIA._explain(cell)
            assert slow.e164 == quick[0], cell
            assert ("landline" in slow.warnings) == quick[1], cell
