"""docs/fault-matrix.md names tests that exist, one or more for each of its 40 rows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+) \|.*\| ([^|]+) \|$", re.MULTILINE)
NAME = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def defined_in(path: str) -> set[str]:
    """Return the names of the tests a file defines."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_row_of_the_fault_matrix_names_a_test_that_exists() -> None:
    rows = ROW.findall((ROOT / "docs" / "fault-matrix.md").read_text(encoding="utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, 41))
    for number, cell in rows:
        named = NAME.findall(cell)
        assert named, f"row {number} names no test"
        for path, name in named:
            assert name in defined_in(path), f"row {number}: {path} has no {name}"
