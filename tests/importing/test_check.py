"""The check reads every row, writes no record, and its counts add up to the file."""

import re

import pytest
from django.utils.translation import override

from leads import jobs
from leads.importing import fixing, progress
from leads.importing.problems import WHOLE_ROW
from leads.importing.rejects import rejects
from leads.mapping import Unmatched
from leads.models import Import, ImportIssue, Lead, LeadList
from tests.factories import DoNotCallFactory, LeadFactory, LeadListFactory
from tests.importing.files import checked, imported, rejected, staged, sums

pytestmark = pytest.mark.django_db

FILE = (
    "name,phone,alt phone,email\n"
    "Asha,9876543210,,asha@example.com\n"
    "Twice,+91 98765 43210,,\n"
    "Short,98765,9123456789,\n"
    "Excel,9.87E+09,,\n"
    "Mail,9000012345,,no at sign\n"
    "Two,9000012346/9000012347,,\n"
)


def adds_up(record: Import) -> bool:
    parts = record.ready + record.already_here + record.repeated + record.to_fix + record.left_out
    return parts == record.row_count == record.rows_read


def test_the_check_counts_every_row_once_and_saves_no_lead() -> None:
    record = checked(FILE)
    assert (record.ready, record.repeated, record.to_fix) == (1, 1, 4)
    assert adds_up(record)
    assert not Lead.objects.exists()
    assert not LeadList.objects.exists()
    assert record.state == Import.State.CHECKED


def test_numbers_here_already_are_counted_with_the_list_they_are_in() -> None:
    lead_list = LeadListFactory.create()
    LeadFactory.create(lead_list=lead_list, phone="+919876543210")
    record = checked(FILE, team=lead_list.team)
    assert record.already_in == {str(lead_list.pk): 1}
    assert adds_up(record)


def test_each_problem_is_kept_with_its_line_column_reason_and_row() -> None:
    record = checked(FILE)
    issue = record.issues.get(code="phone_too_short")
    assert (issue.row_number, issue.column, issue.value) == (4, 1, "98765")
    assert issue.words == "Too short for India: 5 digits, not 10."
    assert issue.cells == ["Short", "98765", "9123456789", ""]


def test_details_stop_at_a_thousand_of_a_kind_and_counts_do_not() -> None:
    record = checked("phone\n" + "98765\n" * 1500)
    assert record.problems == {"phone_too_short": 1500}
    assert record.issues.count() == 1000


def test_a_corrected_cell_makes_its_row_ready_and_is_imported() -> None:
    record = checked(FILE)
    row = fixing.edit_cell(record, 5, 1, "9000099999", by=None)
    assert not row.problems
    assert (record.ready, record.to_fix) == (2, 3)
    assert "phone_excel_exponent" not in record.problems
    assert adds_up(record)
    progress.start_import(record)
    assert sums(jobs.finish(record)) == (2, 0, 1, 3)
    assert Lead.objects.filter(phone="+919000099999").exists()


def test_a_cell_corrected_wrongly_stays_to_fix_with_its_new_reason() -> None:
    record = checked(FILE)
    row = fixing.edit_cell(record, 5, 1, "ask him", by=None)
    assert row.problems[0].code == "phone_letters"
    assert record.to_fix == 4
    assert record.issues.get(row_number=5).code == "phone_letters"
    assert adds_up(record)


def test_a_row_left_out_by_hand_is_no_longer_to_fix() -> None:
    record = checked(FILE)
    fixing.leave_out(record, 5, by=None)
    assert (record.to_fix, record.left_out) == (3, 1)
    assert adds_up(record)


def test_a_row_corrected_into_the_number_of_another_line_is_counted_as_repeated() -> None:
    record = checked("phone,name\n9876543210,A\n98765,B\n98766,C\n9000000009,D\n")
    assert (record.ready, record.repeated, record.to_fix) == (2, 0, 2)
    for line, number, ready, repeated in (
        (3, "9876543210", 2, 1),
        (3, "9000000001", 3, 0),
        (4, "9000000001", 3, 1),
        (3, "9000000002", 3, 1),
        (4, "9000000001", 4, 0),
        (4, "+91 98765 43210", 3, 1),
    ):
        fixing.edit_cell(record, line, 0, number, by=None)
        assert (record.ready, record.repeated) == (ready, repeated)
        assert adds_up(record)
    progress.start_import(record)
    assert sums(jobs.finish(record)) == (3, 0, 1, 0)


def test_a_row_corrected_into_a_number_that_is_here_counts_in_the_list_it_is_in() -> None:
    lead_list = LeadListFactory.create()
    LeadFactory.create(lead_list=lead_list, phone="+919876543210")
    record = checked("phone\n98765\n9000000001\n", team=lead_list.team)
    fixing.edit_cell(record, 2, 0, "9876543210", by=None)
    assert (record.already_here, record.already_in) == (1, {str(lead_list.pk): 1})
    progress.start_check(record)
    record = jobs.finish(record)
    fixing.edit_cell(record, 2, 0, "9000000002", by=None)
    assert (record.ready, record.already_here, record.already_in) == (2, 0, {})


def test_a_corrected_row_that_is_in_two_lists_counts_in_the_one_it_would_go_into() -> None:
    elsewhere = LeadListFactory.create()
    into = LeadListFactory.create(team=elsewhere.team)
    for lead_list in (elsewhere, into):
        LeadFactory.create(lead_list=lead_list, phone="+919876543210")
    record = checked("phone\n98765\n9000000001\n", team=into.team, lead_list=into)
    fixing.edit_cell(record, 2, 0, "9876543210", by=None)
    assert record.already_in == {str(into.pk): 1}
    progress.start_check(record)
    record = jobs.finish(record)
    assert record.already_in == {str(into.pk): 1}
    fixing.edit_cell(record, 2, 0, "9000000002", by=None)
    assert (record.already_here, record.already_in) == (0, {})


def test_a_corrected_row_can_be_corrected_again() -> None:
    record = checked(FILE)
    fixing.edit_cell(record, 5, 1, "9000099999", by=None)
    assert fixing.corrected(record) == 1
    shown = fixing.bad_rows(record, code="corrected")
    assert [(row.line, row.cells[1], row.issues) for row in shown] == [
        (5, "9000099999", {1: "9.87E+09"})
    ]
    fixing.edit_cell(record, 5, 1, "9000088888", by=None)
    assert (record.ready, record.to_fix) == (2, 3)
    fixing.edit_cell(record, 5, 1, "12345", by=None)
    assert (record.ready, record.to_fix, fixing.corrected(record)) == (1, 4, 0)
    fixing.edit_cell(record, 5, 1, "9000077777", by=None)
    assert adds_up(record)
    progress.start_import(record)
    assert sums(jobs.finish(record)) == (2, 0, 1, 3)
    assert Lead.objects.filter(phone="+919000077777").exists()


def test_a_corrected_row_can_be_corrected_again_after_the_file_was_read_again() -> None:
    record = checked(FILE)
    fixing.edit_cell(record, 4, 1, "9876543210", by=None)  # the number of line 2
    fixing.fix_kind(record, "email_bad", "without")
    record = jobs.finish(record)
    assert (record.ready, record.repeated, fixing.corrected(record)) == (2, 2, 1)
    fixing.edit_cell(record, 4, 1, "9000077777", by=None)
    assert (record.ready, record.repeated) == (3, 1)
    assert adds_up(record)


def test_a_row_of_a_kind_that_is_left_out_can_still_be_corrected() -> None:
    record = checked(FILE)
    fixing.fix_kind(record, "phone_excel_exponent", "leave_out")
    record = jobs.finish(record)
    fixing.edit_cell(record, 5, 1, "9000099999", by=None)
    assert (record.ready, record.to_fix, record.left_out) == (2, 3, 0)
    assert adds_up(record)


def test_a_row_left_out_by_hand_can_be_brought_back() -> None:
    record = checked(FILE)
    fixing.leave_out(record, 5, by=None)
    assert [kind.hows for kind in fixing.kinds(record) if kind.code == "left_by_hand"] == [[]]
    row = fixing.bring_back(record, 5)
    assert row.problems[0].code == "phone_excel_exponent"
    assert (record.to_fix, record.left_out) == (4, 0)
    assert adds_up(record)


def test_a_note_that_was_emptied_for_an_erased_person_can_still_be_corrected() -> None:
    record = checked(FILE)
    fixing.edit_cell(record, 5, 1, "9000099999", by=None)
    fixing.leave_out(record, 4, by=None)
    record.issues.update(value="", cells=[], figures={})
    fixing.edit_cell(record, 5, 1, "9000088888", by=None)
    fixing.bring_back(record, 4)
    assert (record.ready, record.to_fix, record.left_out) == (2, 2, 1)  # nothing is left in it


def test_a_number_on_the_do_not_call_list_is_no_correction() -> None:
    record = checked(FILE)
    DoNotCallFactory.create(team=record.team, phone="+919000099999")
    row = fixing.edit_cell(record, 5, 1, "9000099999", by=None)
    assert row.problems[0].code == "do_not_call"
    assert record.to_fix == 4


def test_what_a_line_suffers_from_is_known_after_it_was_left_out_and_brought_back() -> None:
    record = checked('name,phone,city\nA,"9876543210,Pune\nB,9123456789,\n')
    fixing.leave_out(record, 2, by=None)
    assert fixing.bring_back(record, 2).problems[0].code == "unclosed_quote"
    assert (record.ready, record.to_fix) == (1, 1)


def test_a_row_without_problems_cannot_be_edited() -> None:
    with pytest.raises(ImportIssue.DoesNotExist):
        fixing.edit_cell(checked(FILE), 2, 1, "9000099999", by=None)


@pytest.mark.parametrize(
    ("code", "how", "left"),
    [
        ("phone_too_short", "use_alternate", 3),
        ("email_bad", "without", 3),
        ("phone_two_numbers", "first_second", 3),
        ("phone_excel_exponent", "leave_out", 3),
    ],
)
def test_one_fix_settles_a_whole_kind(code: str, how: str, left: int) -> None:
    record = checked(FILE)
    fixing.fix_kind(record, code, how)
    record = jobs.finish(record)
    assert record.to_fix == left
    assert adds_up(record)


def test_a_fix_that_cannot_help_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be fixed"):
        fixing.fix_kind(checked(FILE), "email_bad", "use_alternate")


def test_first_is_phone_and_second_is_alternate() -> None:
    imported(FILE, options={"fixes": {"phone_two_numbers": "first_second"}})
    lead = Lead.objects.get(phone="+919000012346")
    assert lead.alt_phone == "+919000012347"


def test_the_grid_shows_bad_rows_with_a_reason_at_each_bad_cell() -> None:
    record = checked("name,phone,email\nA,98765,bad\nB,9876543210,ok@example.com\nC,,\n")
    rows = fixing.bad_rows(record)
    assert [row.line for row in rows] == [2, 4]
    assert set(rows[0].issues) == {1, 2}
    assert [row.line for row in fixing.bad_rows(record, after=2)] == [4]
    assert [kind.code for kind in fixing.kinds(record)] == ["phone_empty", "phone_too_short"]


def test_a_line_with_an_open_quote_can_be_corrected_in_place() -> None:
    record = checked('name,phone,city\nA,"9876543210,Pune\nB,9123456789,\n')
    assert fixing.bad_rows(record)[0].issues.keys() == {WHOLE_ROW}
    fixing.edit_cell(record, 2, 1, "9876543210", by=None)
    assert (record.ready, record.to_fix) == (2, 0)


@pytest.mark.parametrize(
    ("name", "encoding", "shown"),
    [
        (b"Jos\xe9", "utf-8", "Jos\ufffd"),
        (b"A\0B", "utf-8", "A\ufffdB"),
        (b"Zo\xc3\xa9", "cp1252", "ZoÃ©"),
    ],
)
def test_a_damaged_cell_stays_to_fix_until_it_is_typed_again(
    name: bytes, encoding: str, shown: str
) -> None:
    others = "प्रिया" if encoding == "utf-8" else "José,9000030003\nZoë,9000030004\nÜli"
    head = f"name,phone\n{others},9000030001\n".encode(encoding)
    record = checked(head + name + b",9000030002\n")
    assert record.encoding == encoding
    issue = record.issues.get(is_warning=False)
    assert issue.cells == [shown, "9000030002"]
    line, ready = issue.row_number, record.ready
    assert fixing.edit_cell(record, line, 1, "9000030005", by=None).problems
    assert (record.to_fix, record.ready) == (1, ready)
    assert not fixing.edit_cell(record, line, 0, "Asha", by=None).problems
    progress.start_import(record)
    assert sums(jobs.finish(record)) == (ready + 1, 0, 0, 0)
    assert Lead.objects.get(phone="+919000030005").first_name == "Asha"


def test_columns_that_hold_no_phone_are_refused_before_anything() -> None:
    record = staged("name,city\nAsha,Pune\n")
    with pytest.raises(Unmatched, match="No column holds the phone. The file has: name, city."):
        progress.start_check(record)


def test_two_columns_into_one_field_are_refused_unless_joined() -> None:
    record = staged("phone,city,town\n9876543210,Pune,Baner\n")
    record.mapping["2"] = {"to": "city", "how": "plain", "why": "chosen"}
    with pytest.raises(Unmatched, match="both go into City"):
        progress.start_check(record)
    record.mapping["1"]["how"] = record.mapping["2"]["how"] = "join"
    progress.start_import(record)
    jobs.finish(record)
    assert Lead.objects.get().city == "Pune Baner"


def test_rejects_are_the_original_cells_with_line_reason_and_fix() -> None:
    record = imported(FILE)
    rows = rejected(record)
    assert len(rows) == record.left_out == 4
    assert rows[1]["phone"] == "9.87E+09"
    assert rows[1]["row_number"] == "5"
    assert rows[1]["problem"].startswith("Excel has changed this number")
    assert rows[1]["how_to_fix"]


def test_fixed_rejects_import_clean_with_the_matching_remembered() -> None:
    record = imported(FILE)
    text = b"".join(rejects(record)).decode()
    fixed = text.replace("9.87E+09", "9000077777").replace(",98765,", ",9000088888,")
    again = imported(fixed, team=record.team, name="rejects.csv")
    assert again.mapping["1"]["why"] == "remembered"
    assert again.mapping["5"]["why"] == "ours"
    assert sums(again) == (2, 0, 0, 2)


def test_rejects_have_the_names_of_the_columns_as_the_file_has_them() -> None:
    data = "Phone  No;Phone  No;;Städt;+x\r\n98765;1;a;Köln;b\r\n9000000001;2;c;Ulm;d\r\n"
    record = imported(data.encode("cp1252"))
    back = b"".join(rejects(record))
    first, second = back.decode("cp1252").splitlines()
    assert first == "Phone  No;Phone  No;;Städt;'+x;row_number;problem;how_to_fix"
    assert second.startswith("98765;1;a;Köln;b;2;")
    again = imported(back.replace(b"98765", b"9000000002"), team=record.team)
    assert sums(again) == (1, 0, 0, 0)
    assert again.header_key == record.header_key
    assert {entry["why"] for entry in again.mapping.values()} == {"remembered", "ours"}


def test_a_column_that_is_called_problem_is_not_taken_for_ours() -> None:
    record = imported("phone,problem\n98765,AC broken\n9000000001,none\n")
    for number in (b"98766", b"9000000002"):
        back = b"".join(rejects(record))
        assert back.decode("utf-8-sig").startswith("phone,problem,row_number,problem,how_to_fix")
        assert b",AC broken,2," in back
        record = imported(re.sub(rb"9876\d", number, back), team=record.team)
    assert sums(record) == (1, 0, 0, 0)


def test_rejects_keep_the_bytes_of_an_encoding_and_defuse_formulas() -> None:
    data = "name;phone;note\nJosé;12345;=cmd|' /C calc'!A0\n".encode("cp1252")
    record = imported(data)
    text = b"".join(rejects(record))
    assert b"Jos\xe9;12345;'=cmd" in text
    fixed = text.replace(b"12345", b"9876543210")
    imported(fixed, team=record.team, list_name="again", options={"scope": "list"})
    assert Lead.objects.get().first_name == "José"


def test_the_same_file_is_known_again_by_its_content() -> None:
    from leads.importing import staging

    record = imported(FILE)
    again = staged(FILE, team=record.team, name="other name.csv")
    assert staging.same_file(again).get() == record


def test_what_is_wrong_is_said_in_the_language_of_whoever_reads_it() -> None:
    rows = f"name,phone,email\nA,98765,\nB,9000030001,bad\n{'C' * 200},9000030002,\n,x,\n"
    with override("hi"):
        record = checked(rows)
        hindi = {row.line: row.issues for row in fixing.bad_rows(record)}
    english = {row.line: row.issues for row in fixing.bad_rows(record)}
    assert english == {
        2: {1: "Too short for India: 5 digits, not 10."},
        3: {2: "The email address is incomplete or mistyped."},
        4: {0: "First name is too long: 200 characters, at most 100 fit."},
        5: {1: "There are letters in the number."},
    }
    assert hindi[2].keys() == english[2].keys()
    with override("hi"):
        fixing.leave_out(record, 2, by=None)
    assert fixing.bad_rows(record)[0].issues == {WHOLE_ROW: "Left out by hand."}


def test_an_error_of_the_sheet_is_no_number_no_name_and_no_city() -> None:
    record = imported(
        "name,phone,city\nAsha,9876543210,#N/A\n#NAME?,9876543211,######\nRavi,#REF!,Pune\n"
        "Sita,#N/A,Pune\nErr:502,9876543212,#1 Road\n"
    )
    assert sums(record) == (3, 0, 0, 2)
    assert record.problems == {"phone_sheet_error": 2}
    assert record.warnings == {"sheet_error": 4}
    found = Lead.objects.order_by("pk").values_list("first_name", "city")
    assert list(found) == [("Asha", ""), ("", ""), ("", "#1 Road")]
    assert [row["phone"] for row in rejected(record)] == ["#REF!", "#N/A"]
    words = record.issues.get(code="sheet_error", row_number=2).words
    assert words.startswith("“#N/A” is what a spreadsheet shows for an error")
    assert "City was left out" in words


def test_a_warning_says_where_it_first_stands() -> None:
    record = checked("name,phone,city\nAsha,9876543210,Pune\nRavi,9876543211,#N/A\n")
    [(title, count, place)] = fixing.warned(record)
    assert "#N/A" in title
    assert (count, place) == (1, "row 3, city")
