"""Rows reach the table as they are, whatever is in them, and one that cannot stops no other."""

from __future__ import annotations

import pytest

from leads.importing.bulk import Loader
from leads.models import ImportIssue, Lead, LeadList
from tests.factories import ImportFactory, LeadFactory, LeadListFactory

pytestmark = pytest.mark.django_db

COLUMNS = ("phone", "phone_rev", "first_name", "comment", "origin_row")
NAUGHTY = [
    "",
    r"\N",
    r"\.",
    "tab\there",
    "line\nbreak\r\nand return\r",
    "back\\slash \\t \\\\",
    "हिंदी ñ 😀",
    "\t",
    "{}",
    "'; DROP TABLE leads_lead; --",
    " spaces ",
]


def loader(lead_list: LeadList) -> Loader:
    shared = {"team_id": lead_list.team_id, "lead_list_id": lead_list.pk}
    return Loader(Lead, COLUMNS, shared)


def row(number: int, text: str = "") -> tuple[str, str, str, str, int]:
    phone = f"+91900001{number:04d}"
    return phone, phone[:0:-1], f"Lead {number}", text, number


def test_text_comes_back_letter_by_letter() -> None:
    lead_list = LeadListFactory.create()
    rows = [row(number, text) for number, text in enumerate(NAUGHTY)]
    assert loader(lead_list).insert(rows) == len(rows)
    saved = Lead.objects.order_by("origin_row")
    assert list(saved.values_list("comment", flat=True)) == NAUGHTY
    first = saved[0]
    assert (first.team_id, first.lead_list_id) == (lead_list.team_id, lead_list.pk)
    assert (first.custom, first.rating, first.do_not_call, first.version) == ({}, None, False, 1)
    assert first.created_at is not None


def test_a_number_somebody_added_meanwhile_is_passed_over_and_the_rest_goes_in() -> None:
    lead_list = LeadListFactory.create()
    LeadFactory.create(lead_list=lead_list, phone=row(2)[0], first_name="Earlier")
    assert loader(lead_list).insert([row(number) for number in range(5)]) == 4
    assert Lead.objects.get(phone=row(2)[0]).first_name == "Earlier"
    assert Lead.objects.count() == 5


def test_more_rows_than_one_piece_all_go_in() -> None:
    lead_list = LeadListFactory.create()
    assert loader(lead_list).insert([row(number) for number in range(1_201)]) == 1_201
    assert Lead.objects.filter(lead_list=lead_list).count() == 1_201


def test_problems_are_kept_with_empty_columns_and_json() -> None:
    record = ImportFactory.create()
    columns = ("row_number", "column", "code", "value", "cells", "words_kept", "is_warning")
    rows = [(2, None, "nul", "\\N", '["a\\tb", "c"]', "Words", False)]
    assert Loader(ImportIssue, columns, {"record_id": record.pk}).insert(rows) == 1
    issue = record.issues.get()
    assert (issue.column, issue.value, issue.cells) == (None, "\\N", ["a\tb", "c"])
    assert issue.is_warning is False
