"""The text of a cell as a value."""

import pytest

from leads import values


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/04/2026", "2026-04-03"),
        ("3-Apr-26", "2026-04-03"),
        ("3rd April 2026", "2026-04-03"),
        ("Apr 3, 2026", "2026-04-03"),
        ("April 3rd 2026 10:30 PM", "2026-04-03"),
        ("2026-04-03T10:00:00+05:30", "2026-04-03"),
        ("46115", "2026-04-03"),
        ("46115.0", "2026-04-03"),
        ("1-Jan-91", "1991-01-01"),
        ("31/12/69", "1969-12-31"),
        ("31/12/68", "2068-12-31"),
    ],
)
def test_a_date_is_read_in_the_forms_people_and_sheets_write(text: str, day: str) -> None:
    assert values.date(text) == day


@pytest.mark.parametrize("text", ["31/02/2026", "00/00/0000", "2026-13-01", "1990", "soon", "May"])
def test_what_is_no_day_is_no_date(text: str) -> None:
    with pytest.raises(values.Unclear):
        values.date(text)
