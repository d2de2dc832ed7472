"""`manage.py import`: what it prints, what it refuses, and that a refusal leaves nothing."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.models import Team
from leads.models import Contact, Import, Lead, LeadField, LeadList
from tests.factories import AccountFactory, TeamFactory

pytestmark = pytest.mark.django_db

DEMO = Path(__file__).parents[2] / "demo" / "leads.csv"
FILE = "name,phone,email\nAsha,9876543210,asha@example.com\nRavi,98765,\nAsha,09876543210,\n"


@pytest.fixture
def leads_csv(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], *words: Any, **options: Any) -> dict[str, Any]:
    call_command("import", *map(str, words), "--json", **options)
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_json_adds_up_and_names_the_problems(
    leads_csv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = told(capsys, "leads", leads_csv, "--list", "Q2")
    assert {name: answer[name] for name in ("rows", "added", "updated", "skipped", "left_out")} == {
        "rows": 3,
        "added": 1,
        "updated": 0,
        "skipped": 1,
        "left_out": 1,
    }
    assert answer["problems"] == {"phone_too_short": 1}
    assert Team.objects.get().name == "My team"


def test_the_demo_file_imports_with_every_row_accounted_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    answer = told(capsys, "leads", DEMO, "--list", "Q2", "--rejects", rejects)
    assert answer["rows"] == 2500
    assert answer["added"] + answer["skipped"] + answer["left_out"] == 2500
    assert answer["added"] == LeadList.objects.get().lead_count == Lead.objects.count() > 2200
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == answer["left_out"]


def test_people_read_sentences(leads_csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import", "leads", str(leads_csv), "--list", "Q2")
    text = capsys.readouterr().out
    assert "leads.csv: 3 rows into Q2." in text
    assert "1 added, 0 updated, 1 skipped" in text
    assert "Phone has too few digits." in text


def test_one_row_is_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.csv"
    path.write_text("phone\n9876543210\n", encoding="utf-8")
    call_command("import", "leads", str(path), "--list", "Q2")
    assert "one.csv: 1 row into Q2." in capsys.readouterr().out


def test_a_dry_run_foretells_and_saves_nothing(
    leads_csv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foretold = told(capsys, "leads", leads_csv, "--list", "Q2", "--dry-run")
    assert not Lead.objects.exists()
    assert not Import.objects.exists()
    assert not LeadList.objects.exists()
    done = told(capsys, "leads", leads_csv, "--list", "Q2")
    for name in ("rows", "added", "updated", "skipped", "left_out", "problems"):
        assert foretold[name] == done[name]


def test_the_same_file_again_adds_nothing(
    leads_csv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "leads", leads_csv, "--list", "Q2")
    again = told(capsys, "leads", leads_csv, "--list", "Q2")
    assert (again["added"], again["skipped"], again["left_out"]) == (0, 2, 1)
    call_command("import", "leads", str(leads_csv), "--list", "Q2")
    assert " already: 0 added then.\nleads.csv: 3 rows" in capsys.readouterr().out


def test_settings_for_providers_stay_with_the_list_and_fields_fill_every_row(
    leads_csv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--set", "smartflo_list_id=441940", "--set", "source=Facebook", "--set", "city=Pune")
    told(capsys, "leads", leads_csv, "--list", "Q2", *words)
    made = LeadList.objects.get()
    assert made.provider_settings == {"smartflo_list_id": "441940"}
    assert made.source == "Facebook"
    lead = Lead.objects.get()
    assert (lead.source, lead.city) == ("Facebook", "Pune")


def test_columns_are_named_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("who,dial,where\nAsha,9876543210,Pune\n", encoding="utf-8")
    told(capsys, "leads", path, "--list", "Q2", "--map", "who=full_name", "--map", "where=city")
    lead = Lead.objects.get()
    assert (lead.first_name, lead.city, lead.phone) == ("Asha", "Pune", "+919876543210")


def test_what_was_said_of_a_set_of_headers_need_not_be_said_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "uae.csv"
    path.write_text("dial,met\n050 123 4567,03/04/2026\n", encoding="utf-8")
    columns = ("--map", "dial=phone", "--map", "met=consent_at/MDY")
    values = ("--set", "source=Dubai fair", "--set", "city=Dubai", "--country", "AE")
    told(capsys, "leads", path, "--list", "Q2", *columns, *values)
    path.write_text("met,dial\n03/04/2026,050 123 4568\n", encoding="utf-8")
    call_command("import", "leads", str(path), "--list", "Q2", "--set", "city=")
    assert "In every row: source = Dubai fair." in capsys.readouterr().out
    lead = Lead.objects.get(phone="+971501234568")
    assert (lead.source, lead.city, str(lead.consent_at)) == ("Dubai fair", "", "2026-03-04")
    path.write_text("met,dial\n03/04/2026,98765 43210\n", encoding="utf-8")
    told(capsys, "leads", path, "--list", "Q2", "--country", "IN", "--set", "source=Expo")
    assert Lead.objects.get(phone="+919876543210").source == "Expo"


def test_one_answer_settles_a_kind_of_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "two.csv"
    path.write_text("phones,email\n9876543210/9123456789,\n9000012345,at\n", encoding="utf-8")
    words = ("--map", "phones=phone/first_second", "--fix", "email_bad=without")
    assert told(capsys, "leads", path, "--list", "Q2", *words)["added"] == 2
    assert Lead.objects.get(phone="+919876543210").alt_phone == "+919123456789"


def test_the_country_of_numbers_without_a_code_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "uae.csv"
    path.write_text("phone\n050 123 4567\n", encoding="utf-8")
    told(capsys, "leads", path, "--list", "Dubai", "--country", "AE")
    assert Lead.objects.get().phone == "+971501234567"
    assert LeadList.objects.get().country == "AE"


def test_contacts_and_agents_are_imported_too(
    leads_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = AccountFactory.create()
    assert told(capsys, "contacts", leads_csv)["added"] == 1
    assert Contact.objects.get().first_name == "Asha"
    path = tmp_path / "agents.csv"
    path.write_text("agent id,name\n5159_2224257,Meera\n", encoding="utf-8")
    assert told(capsys, "agents", path)["added"] == 1
    assert account.agents.get().name == "Meera"


@pytest.mark.parametrize(
    ("content", "words", "sentence"),
    [
        (None, (), "There is no file"),
        (b"", (), "The file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(90), (), "a PNG picture, not a table"),
        (b"name,city\nA,Pune\n", (), "No column holds the phone. The file has: name, city."),
        (b"phone\n98765\n", (), "No row of leads.csv could be imported"),
        (b"phone\n9876543210\n", ("--map", "mobile=phone"), "no column “mobile”. It has: phone"),
        (b"phone\n9876543210\n", ("--map", "phone=tel"), "no field “tel”"),
        (b"phone\n9876543210\n", ("--list", "x" * 101), "--list: 100 letters are the most"),
        (b"phone,a\n9876543210,1\n", ("--map", "a=custom:My Key"), "small letters, digits and _"),
        (b"phone,a\n9876543210,1\n", ("--map", "a=custom:k/colour"), "There is no type colour"),
        (b"phone\n9876543210\n", ("--set", "ciyt=Pune"), "--set ciyt: there is no such field"),
        (b"phone,a\n9876543210,1\n", ("--map", "a=city/up"), "city cannot be read as “up”"),
        (b"phone\n9876543210\n", ("--set", "rating=9"), "“9” cannot stand as Rating in every row"),
        (
            b"phone\n9876543210\n",
            ("--set", "phone=9876543211"),
            "cannot stand as phone in every row",
        ),
        (b"phone\n9876543210\n", ("--country", "XX"), "XX is no country code"),
        (b"phone\n9876543210\n", ("--fix", "email_bad=pray"), "can be fixed by without, leave"),
        (b"phone\n9876543210\n", ("--scope", "moon"), "--scope is team, list or"),
        (b"phone\n9876543210\n", ("--team", "Nobody"), "There is no team Nobody"),
    ],
)
def test_what_cannot_be_imported_ends_in_one_sentence_and_leaves_nothing(
    content: bytes | None, words: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "leads.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as told_off:
        call_command("import", "leads", str(path), "--list", "Q2", *words)
    assert sentence in str(told_off.value)
    assert "\n" not in str(told_off.value)
    assert not LeadList.objects.exists()
    assert not Lead.objects.exists()
    assert not Import.objects.filter(state=Import.State.UPLOADED).exists()


def test_several_teams_ask_for_one(leads_csv: Path) -> None:
    TeamFactory.create_batch(2)
    with pytest.raises(CommandError, match="Say --team"):
        call_command("import", "leads", str(leads_csv), "--list", "Q2")


def test_a_column_is_kept_as_one_of_your_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("phone,Loan,Bank\n9876543210,25 lakh,SBI\n", encoding="utf-8")
    own = ("--map", "Loan=custom:loan/money", "--map", "Bank=custom:bank")
    told(capsys, "leads", path, "--list", "Q2", *own, "--dry-run")
    assert not LeadField.objects.exists()
    told(capsys, "leads", path, "--list", "Q2", *own)
    assert Lead.objects.get().custom == {"loan": 2_500_000, "bank": "SBI"}
    kinds = LeadField.objects.order_by("key").values_list("label", "kind")
    assert list(kinds) == [("Bank", "text"), ("Loan", "money")]
    path.write_text("phone,Loan,Bank\n9876543211,5,HDFC\n", encoding="utf-8")
    told(capsys, "leads", path, "--list", "Q2", *own[:1], own[1].removesuffix("/money"))
    assert Lead.objects.get(phone="+919876543211").custom == {"loan": 5, "bank": "HDFC"}


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_what_went_in_with_a_warning_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("name,phone,city\nAsha,9876543210,Pune\nRavi,9876543211,#N/A\n")
    call_command("import", "leads", str(path), "--list", "Q2", *more)
    told = capsys.readouterr().out
    assert "#N/A, left out: mend the sheet, import it again. First in row 3, city." in told
