"""README, .env.example, CHANGELOG and the docs say what is true."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests.test_house_rules import python_files

ROOT = Path(__file__).parents[1]
PACKAGES = ("telecrm_admin", "access", "leads", "campaigns", "sync")
PAPERS = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
OWN_COMMANDS = sorted(
    name for name, app in get_commands().items() if str(app).split(".")[0] in PACKAGES
)


def read(name: str) -> str:
    """Return the text of a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def settings_read() -> set[str]:
    """Return the environment variables that settings.py reads."""
    return {
        str(node.args[0].value)
        for node in ast.walk(ast.parse(read("telecrm_admin/settings.py")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def imported(path: Path) -> set[str]:
    """Return the top-level modules a file imports, wherever in it; its own package left out."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def shell_lines(paper: str) -> list[str]:
    """Return the commands in a paper's code fences, their comments left out."""
    fences = re.findall(r"```(?:sh|bash|console)?\n(.*?)```", read(paper), flags=re.DOTALL)
    return [line.split("  #")[0].strip() for fence in fences for line in fence.splitlines()]


def test_the_environment_example_names_every_variable_and_no_other() -> None:
    named = set(re.findall(r"^#?\s?([A-Z][A-Z_]+)=", read(".env.example"), flags=re.MULTILINE))
    assert named == settings_read()


def test_the_changelog_has_a_place_for_the_next_line() -> None:
    assert "## Unreleased" in read("CHANGELOG.md")
    assert set(re.findall(r"^### (.*)", read("CHANGELOG.md"), flags=re.MULTILINE)) <= {
        "Added",
        "Changed",
        "Fixed",
    }


@pytest.mark.parametrize("paper", PAPERS)
def test_every_make_target_a_paper_names_exists(paper: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.MULTILINE))
    named = {word for line in shell_lines(paper) for word in re.findall(r"^make ([a-z]+)", line)}
    assert named <= targets


@pytest.mark.parametrize("paper", PAPERS)
def test_every_command_a_paper_names_exists(paper: str) -> None:
    named = set(re.findall(r"manage\.py ([a-z]\w+)", read(paper)))
    assert named <= set(get_commands())


@pytest.mark.parametrize("paper", PAPERS)
def test_every_link_in_a_paper_leads_somewhere(paper: str) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", read(paper))
    dead = [link for link in links if not ((ROOT / paper).parent / link).exists()]
    assert dead == []


@pytest.mark.parametrize("name", OWN_COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    assert command.help
    assert "usage" in command.create_parser("manage.py", name).format_help()


@pytest.mark.parametrize("paper", ["requirements", "requirements-dev", "requirements-scale"])
def test_every_dependency_is_explained(paper: str) -> None:
    wanted = re.findall(r"^([a-z][\w-]+)", read(f"{paper}.in"), flags=re.MULTILINE)
    silent = [name for name in wanted if f"`{name}`" not in read("docs/dependencies.md")]
    assert silent == []


def test_what_runs_imports_only_what_running_installs() -> None:
    given = set(re.findall(r"^([a-z][\w-]+)==", read("requirements.txt"), flags=re.MULTILINE))
    by_module = packages_distributions()
    wanted = {
        name
        for package in PACKAGES
        for path in python_files(package)
        if path.name != "celery.py"  # requirements-scale.txt
        for name in imported(path)
        if name not in sys.stdlib_module_names and name in by_module
    }
    missing = [n for n in wanted if not given & {d.lower().replace("_", "-") for d in by_module[n]}]
    assert missing == []


@pytest.mark.parametrize("paper", ["requirements", "requirements-dev", "requirements-scale"])
def test_every_pinned_version_has_hashes_and_names_no_index(paper: str) -> None:
    text = read(f"{paper}.txt")
    pins = re.findall(r"^\S+==.*(?:\n {4}--hash=sha256:[0-9a-f]{64}.*)+", text, flags=re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\S+==", text, flags=re.MULTILINE))
    assert "://" not in text


def test_decisions_are_listed_in_their_index() -> None:
    index = read("docs/decisions/README.md")
    files = sorted(p.name for p in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [name for name in files if name not in index] == []


def test_every_decision_the_code_names_exists() -> None:
    code = [path.read_text(encoding="utf-8") for name in PACKAGES for path in python_files(name)]
    named = {number for text in code for number in re.findall(r"decisions/(\d{4})", text)}
    assert named <= {path.name[:4] for path in (ROOT / "docs/decisions").glob("[0-9]*.md")}


def test_make_alone_prints_what_there_is() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    (targets,) = re.findall(r"^\.PHONY: (.+)$", read("Makefile"), flags=re.MULTILINE)
    for target in targets.split():
        assert f"make {target} " in done.stdout


def test_continuous_integration_runs_the_readme_test_command() -> None:
    assert "make test" in shell_lines("README.md")
    assert "exec make test" in read(".ci/run")
