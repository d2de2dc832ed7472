"""What every template and static file keeps to, so that the strict policy and the budgets hold."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = Path(settings.BASE_DIR, "templates")
STATIC = Path(settings.BASE_DIR, "static")
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=|\shx-on|<script(?![^>]*\ssrc=)|javascript:", re.I)
OUTSIDE = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")
MOST_LINES = 120
KB = 1024


def read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def packed(name: str) -> int:
    """Bytes of a static file as a browser gets it."""
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_nothing_inline_and_nothing_from_outside(name: str) -> None:
    assert not INLINE.search(read(name))
    assert not OUTSIDE.search(read(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_short(name: str) -> None:
    assert read(name).count("\n") <= MOST_LINES


@pytest.mark.parametrize("name", NAMES)
def test_a_form_that_posts_carries_its_token(name: str) -> None:
    for form in re.findall(r"<form[^>]*method=.post.*?</form>", read(name), re.S | re.I):
        assert "csrf" in form, form[:120]


def test_a_comment_over_several_lines_uses_the_comment_tag() -> None:
    """Django's short comment ends with its line; the rest would be printed, or run."""
    for name in NAMES:
        for line in read(name).splitlines():
            assert ("{#" in line) == ("#}" in line), f"{name}: {line}"


def test_the_first_load_stays_light() -> None:
    assert packed("app.css") <= 8 * KB
    assert packed("tokens.css") <= 1 * KB
    assert packed("app.js") <= 6 * KB
    assert packed("favicon.svg") <= 1 * KB


def test_every_class_of_the_style_sheet_is_used() -> None:
    """What no page uses is taken out, so that the sheet stays small enough to know."""
    sheet = re.sub(r"\{[^{}]*\}", "{}", (STATIC / "app.css").read_text(encoding="utf-8"))
    named = set(re.findall(r"\.([a-zA-Z][\w-]*)", sheet))
    apps = ("access", "leads", "campaigns", "sync", "telecrm_admin")
    code = [file for app in apps for file in Path(settings.BASE_DIR, app).rglob("*.py")]
    words = {
        word
        for path in [*TEMPLATES.rglob("*.html"), STATIC / "app.js", *code]
        for word in re.findall(r"[\w-]+", path.read_text(encoding="utf-8"))
    }
    assert named <= words, sorted(named - words)
