"""The demo files are what their writer says, and as messy as they should be."""

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from demo import make_leads

FOLDER = Path(__file__).parents[1] / "demo"


def rows() -> list[dict[str, str]]:
    """Return the rows of demo/leads.csv by header."""
    with (FOLDER / "leads.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_writing_the_demo_files_again_changes_nothing() -> None:
    before = {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}
    subprocess.run([sys.executable, FOLDER / "make_leads.py"], check=True)
    assert {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")} == before


def test_the_lead_file_has_2500_rows_of_every_kind() -> None:
    assert len(rows()) == sum(make_leads.KINDS.values()) == 2500


def test_the_lead_file_is_as_messy_as_real_exports() -> None:
    phones = [row["phone_number"] for row in rows()]
    assert sum(phone.startswith("p:+91") for phone in phones) > 800
    assert sum("E+09" in phone for phone in phones) == make_leads.KINDS["damaged"]
    assert sum(not phone.strip() for phone in phones) == make_leads.KINDS["empty"]
    assert any("\n" in row["notes"] for row in rows())
    assert any('"' in row["full_name"] and "," not in row["full_name"] for row in rows())
    assert any("," in row["full_name"] for row in rows())
    assert any("ऀ" <= letter <= "ॿ" for row in rows() for letter in row["full_name"])
    assert Counter(row["id"][:2] for row in rows())["l:"] > 1000


def test_every_mobile_in_the_lead_file_is_invented() -> None:
    for row in rows():
        phone = row["phone_number"].translate(str.maketrans("०१२३४५६७८९", "0123456789"))
        for mobile in re.findall(r"(?<!\d)(?:91|0)?([6-9]\d{4} ?\d{5})(?!\d)", phone):
            assert mobile.startswith("90000")
