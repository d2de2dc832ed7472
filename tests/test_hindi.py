"""The Hindi that is shipped: compiled from what is written, and with every placeholder kept."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from leads.importing import problems
from sync.explanations import explain
from sync.pages import figure
from tests.factories import TeamFactory, UserFactory

FOLDER = Path(settings.BASE_DIR, "locale", "hi", "LC_MESSAGES")
TEXT = (FOLDER / "django.po").read_text(encoding="utf-8")
LINE = r'"((?:[^"\\]|\\.)*)"'
PAIRS = re.findall(rf"^msgid {LINE}\nmsgstr {LINE}$", TEXT, re.M)
PLURALS = re.findall(
    rf"^msgid {LINE}\nmsgid_plural {LINE}\nmsgstr\[0\] {LINE}\nmsgstr\[1\] {LINE}$", TEXT, re.M
)


def plain(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")


def test_the_compiled_file_is_what_is_written() -> None:
    """``msgfmt -o django.mo django.po`` in that folder puts it right."""
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert len(PAIRS) > 200
    for source, hindi in PAIRS:
        if source:
            assert compiled.gettext(plain(source)) == plain(hindi)
    for one, many, single, several in PLURALS:
        assert compiled.ngettext(plain(one), plain(many), 1) == plain(single)
        assert compiled.ngettext(plain(one), plain(many), 5) == plain(several)


@pytest.mark.parametrize(("source", "hindi"), [pair for pair in PAIRS if pair[0]])
def test_placeholders_survive_translation(source: str, hindi: str) -> None:
    names = re.compile(r"%\(\w+\)s|#")
    assert sorted(names.findall(source)) == sorted(names.findall(hindi))


def test_figures_are_grouped_as_they_are_read_in_india() -> None:
    with translation.override("hi"):
        assert figure(1_234_567) == "12,34,567"
    with translation.override("en"):
        assert figure(1_234_567) == "1,234,567"


@pytest.mark.django_db
def test_a_person_reads_the_frame_in_hindi(client: Client) -> None:
    client.force_login(UserFactory.create(team=TeamFactory.create()))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"
    page = client.get(reverse("access:settings")).text
    assert '<html lang="hi"' in page
    assert "सूचियाँ" in page
    assert "<h1>सेटिंग</h1>" in page


@pytest.mark.django_db
def test_what_is_wrong_with_a_row_and_with_a_record_is_said_in_hindi() -> None:
    with translation.override("hi"):
        assert problems.title("phone_empty") == "फ़ोन खाली है"
        assert problems.sentence("phone_too_short", {"digits": 9, "expected": 10}) == (
            "भारत के लिए छोटा है: 9 अंक, 10 नहीं।"
        )
        said = explain("telecmi", "leads", "404", "Lead Name Already Exists")
        assert said.sentence == "इस नाम की TeleCMI सूची पहले से है। कुछ नहीं जोड़ा गया।"
