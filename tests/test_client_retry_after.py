"""Retry-After in the shapes that servers send it in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.retry_after import longest, seconds

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("2.5", 2.5),
        ("0", 1),
        ("-1", 1),
        ("99999999", 900),
        ("9" * 400, 900),
        ("Fri, 20 Nov 2026 12:01:00 GMT", 60),
        ("Friday, 20-Nov-26 12:01:00 GMT", 60),
        ("Fri Nov 20 12:01:00 2026", 60),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 1),
        ("Fri, 20 Nov 2099 12:00:00 GMT", 900),
        ("Fri, 20 Nov 2026 17:31:00 +0530", 60),
        ("abc", None),
        ("", None),
        (None, None),
        ("٣", None),
        ("1e3", None),
        ("nan", None),
        ("Fri, 99 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_a_wait_is_read_and_bounded(header: str | None, wait: float | None) -> None:
    assert seconds(header, NOON) == wait


def test_of_several_headers_the_longest_wait_counts() -> None:
    assert longest(["5", "abc", "Fri, 20 Nov 2026 12:01:00 GMT", "7"], NOON) == 60
    assert longest(["abc", ""], NOON) is None


@given(st.text(max_size=40))
def test_no_header_breaks_the_reading(header: str) -> None:
    wait = seconds(header, NOON)
    assert wait is None or 1 <= wait <= 900
