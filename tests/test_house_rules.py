"""The house rules of CONTRIBUTING.md that a program can measure."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("telecrm_admin", "access", "leads", "campaigns", "sync")
CODE = (*PACKAGES, "tests", "demo", "benchmarks")
NAMELESS = {"utils", "helpers", "common", "core", "services", "managers", "misc"}
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_TEST, LONGEST_TEMPLATE = 50, 400, 600, 120
NEVER_SAID = re.compile(r"\b(oops|invalid|successfully|please)\b", re.IGNORECASE)
NOT_ON_PAGES = re.compile(
    r"\b(push(es|ed)?|deliver(y|ies)|batch(es)?|superseded|rejected|accepted)\b", re.IGNORECASE
)
SECRETS = re.compile(
    r"eyJ[A-Za-z0-9_-]{20,}\.|AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY|gh[ps]_\w{30}"
)
INLINE = re.compile(
    r"""\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|hx-on|javascript:"""
)
UNESCAPED = re.compile(r"\|\s*safe\b|autoescape off|mark_safe|SafeString\(|verify\s*=\s*False")
TAG = re.compile(r"{%.*?%}", re.DOTALL)


def python_files(*folders: str) -> list[Path]:
    """Return the Python files in these folders, migrations left out."""
    found = chain.from_iterable((ROOT / folder).rglob("*.py") for folder in folders)
    return sorted(path for path in found if "migrations" not in path.parts)


def templates() -> list[Path]:
    """Return every template."""
    return sorted((ROOT / "templates").rglob("*.html"))


def name_of(path: Path) -> str:
    """Return a path as people write it."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def spoken(path: Path) -> str:
    """Return what a template says to people: its text and its translated strings, no markup."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", " ", text, flags=re.DOTALL)
    text = re.sub(r"""{%\s*(?:translate|trans)\s+(["'])(.*?)\1.*?%}""", r" \2 ", text)
    labels = " ".join(re.findall(r"""\s(?:title|placeholder|alt|aria-label)="([^"{]*)""", text))
    return re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>", " ", text, flags=re.DOTALL) + labels


def translated(path: Path) -> Iterator[str]:
    """Yield the strings a Python file gives to gettext."""
    names = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "lazy", "noop"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id in names:
            given = [a.value for a in node.args if isinstance(a, ast.Constant)]
            yield from (text for text in given if isinstance(text, str))


def test_functions_are_short() -> None:
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in python_files(*CODE)
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_files_are_short() -> None:
    long = [
        name_of(path)
        for path in python_files(*CODE)
        if len(path.read_text(encoding="utf-8").splitlines())
        > (LONGEST_TEST if "tests" in path.parts else LONGEST_FILE)
    ]
    assert long == []


def test_templates_are_short() -> None:
    long = [
        name_of(path)
        for path in templates()
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_TEMPLATE
    ]
    assert long == []


def test_file_names_say_what_a_file_knows_or_does() -> None:
    nameless = [name_of(p) for p in python_files(*PACKAGES) if p.stem in NAMELESS]
    assert nameless == []


def test_nothing_is_left_to_do_later() -> None:
    later = [
        f"{name_of(path)}:{number}"
        for path in [*python_files(*PACKAGES, "benchmarks", "demo"), *templates()]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line)
    ]
    assert later == []


def test_public_functions_say_what_they_are_for() -> None:
    silent = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in python_files(*PACKAGES)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_templates_hold_no_inline_code() -> None:
    found = [
        f"{name_of(path)}: {match.group().strip()}"
        for path in templates()
        for match in INLINE.finditer(TAG.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_templates_escape_everything() -> None:
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in templates()
        for match in UNESCAPED.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_code_escapes_everything_and_always_checks_certificates() -> None:
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in python_files(*PACKAGES)
        for match in UNESCAPED.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_two_modules_know_the_http_library() -> None:
    knows = re.compile(r"^\s*(import|from) (httpx|requests|urllib\.request)\b", re.MULTILINE)
    found = {
        name_of(path)
        for path in python_files(*PACKAGES)
        if knows.search(path.read_text(encoding="utf-8"))
    }
    assert found <= {"sync/client.py", "sync/providers/base.py"}


def test_templates_speak_plainly() -> None:
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in templates()
        for pattern in (NEVER_SAID, NOT_ON_PAGES)
        for match in pattern.finditer(spoken(path))
    ]
    assert found == []


def test_messages_speak_plainly() -> None:
    found = [
        f"{name_of(path)}: {text}"
        for path in python_files(*PACKAGES)
        for text in translated(path)
        if NEVER_SAID.search(text)
        or (path.name not in {"models.py", "admin.py"} and NOT_ON_PAGES.search(text))
    ]
    assert found == []


def read_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what of a module runs when it is imported: nothing that is inside a function."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from read_once(child)


def test_nothing_is_translated_before_it_is_known_who_reads_it() -> None:
    at_once = re.compile(r"^from django.utils.translation import (n?gettext)(?: as (\w+))?$", re.M)
    early = []
    for path in python_files(*PACKAGES):
        text = path.read_text(encoding="utf-8")
        names = {alias or name for name, alias in at_once.findall(text)}
        early += [
            f"{name_of(path)}:{node.lineno}"
            for node in read_once(ast.parse(text))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in names
        ]
    assert early == []


def test_no_file_holds_a_secret_or_a_path_of_one_machine() -> None:
    folders = (*CODE, "templates", "docs", "static")
    files = [p for folder in folders for p in (ROOT / folder).rglob("*") if p.is_file()]
    files += [p for p in ROOT.iterdir() if p.is_file() and p.name not in {".env", ".git"}]
    found = []
    for path in files:
        if path.suffix in {".pyc", ".png", ".sqlite3", ".woff2", ".mo", ".xlsx"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if SECRETS.search(text) or re.search(r"(^|[\s\"'=(`])/(home|Users|work)/\w", text):
            found.append(name_of(path))
    assert [name for name in found if name != "tests/test_house_rules.py"] == []


# Their callers have begun the transaction, or there is nothing to write but the line itself.
IN_ITS_CALLERS = {
    "campaigns/views/form.py: _save",
    "campaigns/views/plan.py: _make",
    "leads/acting.py: _tell",
    "sync/enqueueing.py: write",
    "sync/results.py: stop",
    "telecrm_admin/undoing.py: _restore_contact",
    "telecrm_admin/undoing.py: _restore_list",
}
NOTHING_ELSE = {
    "access/entering.py: _let_in",
    "leads/views/export.py: export_answer",
    "sync/next_part.py: _send",
    "sync/person.py: take_out",
    "telecrm_admin/management/commands/rotate_keys.py: handle",
    "telecrm_admin/views_reports.py: workbook",
}


def lines_alone(node: ast.AST) -> Iterator[ast.Call]:
    """Yield what writes into the log below `node` with no transaction around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.With) and "atomic(" in ast.unparse(child.items[0]):
            continue
        if isinstance(child, ast.Call) and ast.unparse(child.func) in ("record", "audit.record"):
            yield child
        if not isinstance(child, ast.FunctionDef):
            yield from lines_alone(child)


def test_an_act_and_its_line_in_the_log_are_saved_together() -> None:
    found = {
        f"{name_of(path)}: {function.name}"
        for path in python_files(*PACKAGES)
        for function in functions(path)
        if "atomic" not in " ".join(map(ast.unparse, function.decorator_list))
        and any(lines_alone(function))
    }
    assert found == IN_ITS_CALLERS | NOTHING_ELSE
