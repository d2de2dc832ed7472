"""What can be wrong with a row: codes, the sentence for each, the fix, and fixes for a kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import override

from leads import phone_words

WHOLE_ROW = -1
LEFT_BY_HAND = "left_by_hand"
BLANK = "blank_row"
DECIDED = frozenset((LEFT_BY_HAND, BLANK))  # left out, and nobody is asked again


class Issue(NamedTuple):
    """One problem or warning of a row; `column` is an index into the header or WHOLE_ROW."""

    code: str
    column: int = WHOLE_ROW
    value: str = ""
    figures: Mapping[str, str | int] = {}
    words_kept: str = ""  # the sentence, where its figures are no longer known

    @property
    def words(self) -> str:
        """What is wrong, in one sentence."""
        return self.words_kept or sentence(self.code, self.figures)


# code -> (what is wrong, how to fix it)
PROBLEMS = {
    "unclosed_quote": (
        noop("A quotation mark opens in this line and never closes."),
        noop("Delete the lone quotation mark in this line, or close it."),
    ),
    "cell_too_long": (
        noop("A cell of this line is too long to be read (over 131,072 characters)."),
        noop("Shorten the long cell, or leave this row out."),
    ),
    "line_too_long": (
        noop("This line is over 2 MB, which no lead is; only its beginning could be kept."),
        noop("Shorten it in the original file and import that row again, or leave it out."),
    ),
    "bad_bytes": (
        noop("This line is written in another encoding than the rest of the file."),
        noop("Type the damaged letters again, or save the whole file as UTF-8."),
    ),
    "nul": (
        noop("This line holds an empty character (NUL) no program should write."),
        noop("Type the damaged cell again, or leave this row out."),
    ),
    "extra_cells": (
        noop("This line has more cells than the header."),
        noop("Put quotation marks around the cell that holds the delimiter."),
    ),
    "blank_row": (noop("Nothing in this row."), noop("Nothing to do: it is left out.")),
    "missing": (
        noop("{field} is empty, and every row needs one."),
        noop("Type it here, or leave this row out."),
    ),
    "no_such_id": (
        noop("{field} “{id}” is not one. It looks like {example}."),
        noop("Correct it here, or leave this row out."),
    ),
    "email_bad": (
        noop("The email address is incomplete or mistyped."),
        noop("Correct it here, or import the row without the email."),
    ),
    "text_too_long": (
        noop("{field} is too long: {length} characters, at most {longest} fit."),
        noop("Shorten it here, or cut it off for all rows."),
    ),
    "do_not_call": (
        noop("This number is on the do-not-call list."),
        noop("Leave this row out."),
    ),
    LEFT_BY_HAND: (noop("Left out by hand."), noop("Nothing to do.")),
}

CORRECTED = "corrected"  # a note, not a problem: a good row somebody corrected by hand
WARNINGS = {
    CORRECTED: noop("Corrected by hand."),
    "alternate_left_out": noop("{field} is no phone number and was left out."),
    "sheet_error": noop(
        "“{value}” is what a spreadsheet shows for an error or a column too narrow: {field} was "
        "left out. Mend the sheet and import it again, updating what is here."
    ),
    "lost_letters": noop(
        "“{value}” stands where letters were lost as the file was saved: {field} was left out. "
        "Save it as “CSV UTF-8” or XLSX and import it again, updating what is here."
    ),
    "value_left_out": noop("“{value}” does not fit {field} and was left out."),
}

# Fixes for every row of a kind: how -> (kinds it answers, its words on a button).
FIXES = {
    "use_alternate": (("phone_",), noop("Use the alternate number when the phone is bad")),
    "first_second": (("phone_two_numbers",), noop("First is phone, second is alternate")),
    "without": (("email_bad",), noop("Import these without the email")),
    "cut": (("text_too_long",), noop("Cut the text off")),
    "leave_out": (("",), noop("Leave them out, list them for the vendor")),
}


# Titles of kinds: what "41 rows" have in common.
TITLES = {
    "unclosed_quote": noop("A quotation mark that never closes"),
    "cell_too_long": noop("A cell too long to be read"),
    "line_too_long": noop("A line of over 2 MB"),
    "bad_bytes": noop("Letters of another encoding"),
    "nul": noop("An empty character in the line"),
    "extra_cells": noop("More cells than the header"),
    "blank_row": noop("Nothing in the row"),
    "missing": noop("A required cell is empty"),
    "no_such_id": noop("An id that is none"),
    "email_bad": noop("Email is incomplete"),
    "text_too_long": noop("Text too long for its field"),
    "do_not_call": noop("On the do-not-call list"),
    LEFT_BY_HAND: noop("Left out by hand"),
    CORRECTED: noop("Corrected by hand"),
    "alternate_left_out": noop("Second number left out: it is none"),
    "sheet_error": noop(
        "A spreadsheet's error, as #N/A, left out: mend the sheet, import it again"
    ),
    "lost_letters": noop("A name of ??? left out: save the file as CSV UTF-8, import it again"),
    "value_left_out": noop("Value left out: it does not fit its field"),
}


def as_written(label: str | Promise) -> str:
    """Return a field's label untranslated: it is kept so, and translated where it is read."""
    with override(None):
        return str(label)


def title(code: str) -> str:
    """Return what the rows of a kind have in common, in a few words."""
    if code.startswith("repaired_"):
        return _(phone_words.REPAIRS[code.removeprefix("repaired_")])
    if code.startswith("phone_"):
        return phone_words.title(code.removeprefix("phone_"))
    return _(TITLES[code])


def how_words(how: str) -> str:
    """Return what a fix says on its button."""
    return _(FIXES[how][1])


def fixes_for(code: str) -> list[str]:
    """Return the fixes a whole kind of problem can get; what is decided needs none."""
    if code in DECIDED:
        return []
    return [how for how, (kinds, _words) in FIXES.items() if code.startswith(kinds)]


def sentence(code: str, figures: Mapping[str, str | int]) -> str:
    """Return what a code says, filled in; a `field` is named in the reader's language."""
    if figures.get("field"):
        figures = {**figures, "field": _(str(figures["field"]))}
    if code.startswith("phone_"):
        bare = code.removeprefix("phone_")
        if bare in phone_words.WARNINGS:
            return _(phone_words.WARNINGS[bare]) + "."
        return phone_words.problem(bare, figures)
    if code.startswith("repaired_"):
        return _(phone_words.REPAIRS[code.removeprefix("repaired_")]) + "."
    words = WARNINGS[code] if code in WARNINGS else PROBLEMS[code][0]
    return _(words).format(**figures)


def fix(code: str) -> str:
    """Return the next step for a kind of problem."""
    if code.startswith("phone_"):
        return phone_words.fix(code.removeprefix("phone_"))
    return _(PROBLEMS[code][1])
