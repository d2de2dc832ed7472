"""Every row of a file ends in exactly one count, and what is here already is treated as chosen."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from leads import jobs
from leads.importing import progress
from leads.models import Contact, DoNotCall, Import, ImportMemory, Lead, LeadField, LeadList, Tag
from tests.factories import AccountFactory, LeadFactory, LeadListFactory, TeamFactory
from tests.importing.files import imported, phones, staged, sums

pytestmark = pytest.mark.django_db

FILE = "name,phone,email,city\nAsha Rao,9876543210,asha@example.com,Pune\nRavi,98765,,\n"


def test_good_rows_are_saved_and_bad_ones_counted() -> None:
    record = imported(FILE)
    assert sums(record) == (1, 0, 0, 1)
    assert record.problems == {"phone_too_short": 1}
    lead = Lead.objects.get()
    assert (lead.first_name, lead.last_name, lead.city) == ("Asha", "Rao", "Pune")
    assert (lead.phone, lead.phone_rev) == ("+919876543210", "012345678919")
    assert (lead.origin_id, lead.origin_row, lead.version) == (record.pk, 2, 1)


def test_the_list_is_made_with_the_first_lead_and_keeps_its_counters() -> None:
    record = imported(FILE + "Asha,+91 98765 43210,,\n")
    made = LeadList.objects.get(name="Q2")
    assert (made.lead_count, made.row_count, made.repeated_count, made.bad_count) == (1, 3, 1, 1)
    assert record.lead_list == made


def test_a_file_without_any_good_row_makes_no_list() -> None:
    record = imported("name,phone\nA,98765\nB,\n")
    assert sums(record) == (0, 0, 0, 2)
    assert not LeadList.objects.exists()


def test_a_number_twice_in_a_file_is_saved_once_the_first_time() -> None:
    record = imported("name,phone\nA,9876543210\nB,9123456789\nC,098765 43210\n")
    assert sums(record) == (2, 0, 1, 0)
    assert record.repeated == 1
    assert Lead.objects.get(phone="+919876543210").first_name == "A"


def known(policy: str, scope: str = "team", days: int = 0) -> Import:
    """A file of a number that stands in another list, one that stands in this list, a new one."""
    team = TeamFactory.create()
    here = LeadListFactory.create(team=team, name="Q2")
    there = LeadListFactory.create(team=team, name="Q1")
    LeadFactory.create(lead_list=there, phone="+919876543210", first_name="There", city="Goa")
    LeadFactory.create(lead_list=here, phone="+919123456789", first_name="Here", city="Goa")
    Lead.objects.filter(lead_list=there).update(created_at=timezone.now() - dt.timedelta(9))
    rows = "name,phone,city\nA,9876543210,\nB,9123456789,\nC,9000012345,Pune\n"
    options = {"duplicates": policy, "scope": scope, "days": days}
    return imported(rows, team=team, lead_list=here, options=options)


def test_skip_leaves_what_is_here_as_it_is() -> None:
    record = known("skip")
    assert sums(record) == (1, 0, 2, 0)
    assert set(Lead.objects.values_list("first_name", flat=True)) == {"There", "Here", "C"}


def test_update_changes_them_where_they_are_and_adds_them_to_this_list() -> None:
    record = known("update")
    assert sums(record) == (1, 2, 0, 0)
    assert phones(record) == ["+919123456789", "+919876543210", "+919000012345"]
    assert set(Lead.objects.filter(phone="+919876543210").values_list("first_name", flat=True)) == {
        "A"
    }


def test_an_empty_cell_never_erases() -> None:
    known("update")
    changed = Lead.objects.get(phone="+919123456789")
    assert (changed.first_name, changed.city, changed.version) == ("B", "Goa", 2)


@pytest.mark.parametrize("nothing", ["", "  ", "-", "N/A", "none"])
def test_what_people_type_for_nothing_never_erases_either(nothing: str) -> None:
    head = "name,phone,email,city,rating,consent date\n"
    record = imported(f"{head}Asha Rao,9876543210,a@x.in,Goa,4,03/04/2026\n")
    rows = f"{head}{nothing},9876543210,{nothing},{nothing},{nothing},{nothing}\n"
    options = {"duplicates": "update"}
    assert sums(imported(rows, team=record.team, options=options)) == (0, 1, 0, 0)
    lead = Lead.objects.get()
    assert (lead.first_name, lead.last_name, lead.city) == ("Asha", "Rao", "Goa")
    assert (lead.email, lead.rating, lead.consent_at) == ("a@x.in", 4, dt.date(2026, 4, 3))


def test_keep_puts_a_number_of_another_list_here_too() -> None:
    record = known("keep")
    assert sums(record) == (2, 0, 1, 0)


def test_scope_list_looks_at_this_list_only() -> None:
    assert sums(known("skip", scope="list")) == (2, 0, 1, 0)


def test_scope_days_forgets_what_is_older() -> None:
    assert sums(known("skip", scope="days", days=5)) == (2, 0, 1, 0)
    assert sums(known("skip", scope="days", days=30)) == (1, 0, 2, 0)


@pytest.mark.parametrize("policy", ["skip", "update", "keep"])
def test_two_files_for_one_new_list_meet_in_it(policy: str) -> None:
    team, rows = TeamFactory.create(), "name,phone\nA,9876543210\nB,9123456789\n"
    first = staged(rows, team=team)
    second = staged(f"{rows}C,9000012345\n", team=team, options={"duplicates": policy})
    third = staged(f"{rows}D,9000012346\n", team=team, options={"duplicates": policy})
    progress.start_import(third)  # before there is a list
    progress.start_import(first)
    jobs.finish(first)
    progress.start_import(second)
    here = (0, 2) if policy == "update" else (2, 0)
    for record in map(jobs.finish, (second, third)):
        assert record.state == Import.State.DONE
        assert sums(record) == (1, here[1], here[0], 0)
    assert LeadList.objects.get().lead_count == Lead.objects.count() == 4


@pytest.mark.parametrize("kind", ["leads", "contacts"])
def test_a_deleted_number_is_not_here_already(kind: str) -> None:
    first = imported("phone\n9822000001\n9822000002\n", kind=kind)
    model = Contact if kind == "contacts" else Lead
    model.objects.filter(phone="+919822000001").update(deleted_at=timezone.now())
    again = imported("phone\n9822000001\n9822000002\n", kind=kind, team=first.team)
    assert sums(again) == (1, 0, 1, 0)


def test_another_teams_numbers_are_nobodys_business() -> None:
    LeadFactory.create(phone="+919876543210")
    assert sums(imported(FILE)) == (1, 0, 0, 1)


def test_a_number_on_the_do_not_call_list_is_left_out() -> None:
    team = TeamFactory.create()
    DoNotCall.objects.create(team=team, phone="+919876543210")
    record = imported(FILE, team=team)
    assert record.problems == {"do_not_call": 1, "phone_too_short": 1}


def test_typed_custom_columns_tags_and_fixed_values_are_saved() -> None:
    team = TeamFactory.create()
    LeadField.objects.create(team=team, key="loan", label="Loan amount", kind="money")
    data = 'phone,loan amount,tags\n9876543210,25 lakh,"hot, EMI"\n9123456789,,hot\n'
    imported(data, team=team, options={"fixed": {"source": "Facebook"}})
    first = Lead.objects.get(phone="+919876543210")
    assert first.custom == {"loan": 2_500_000}
    assert sorted(first.tags.values_list("name", flat=True)) == ["EMI", "hot"]
    assert first.source == "Facebook"
    assert Tag.objects.count() == 2


def test_a_new_custom_column_is_made_with_the_import() -> None:
    record = staged("phone,Loan\n9876543210,12\n")
    assert record.mapping["1"]["to"] == ""
    record.mapping["1"] = {"to": "custom:loan", "how": "plain", "why": "chosen"}
    record.options["new_fields"] = {"loan": {"label": "Loan", "kind": "number"}}
    record.save()
    from leads import jobs
    from leads.importing import progress

    progress.start_import(record)
    jobs.finish(record)
    assert LeadField.objects.get().kind == "number"
    assert Lead.objects.get().custom == {"loan": 12}


def test_the_matching_of_a_header_set_is_remembered_for_any_order() -> None:
    first = staged("who,dial\nAsha,9876543210\n")
    first.mapping["0"] = {"to": "company", "how": "plain", "why": "chosen"}
    first.save()
    from leads.importing import progress

    progress.start_import(first)
    assert ImportMemory.objects.count() == 1
    again = staged("dial,who\n9123456789,Ravi\n", team=first.team)
    assert again.mapping["1"] == {"to": "company", "how": "plain", "why": "remembered"}


def test_contacts_go_into_the_phone_book() -> None:
    record = imported(FILE + "X,9123456789,,\nX,9123456789,,\n", kind="contacts")
    assert sums(record) == (2, 0, 1, 1)
    assert not LeadList.objects.exists()


def test_agents_go_to_their_account() -> None:
    account = AccountFactory.create()
    data = "agent id,name,extension\n5159_2224257,Meera,5159\n,Nobody,1\n5159_2224257,M,5159\n"
    record = imported(data, team=account.team, kind="agents", account=account)
    assert sums(record) == (1, 0, 1, 1)
    assert account.agents.get().name == "Meera"


def test_rows_in_are_rows_saved_and_rows_reported_whatever_the_file() -> None:
    dice = random.Random(5)
    cells = ["9876543210", "91234567", '"', "p:+919000012345", "", ",", "x\ny", "\0", "🙂", "=1+1"]
    lines = [",".join(dice.choice(cells) for _ in range(3)) for _ in range(400)]
    record = imported("name,phone,city\n" + "\n".join(lines) + "\n")
    assert sums(record)
    assert record.added == Lead.objects.count()
    assert record.left_out == sum(record.problems.values())
