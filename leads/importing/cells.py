"""What writes one cell into a row's values: built once for each mapped column of an import.

A `Put` takes the values of the row and the text of the cell. It raises Refused for a problem
that keeps the row out, and Noted when the value is left out and the row goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leads import values as reading
from leads.importing.problems import Issue, as_written
from leads.mapping import JOINABLE
from leads.phone_text import split_numbers
from leads.phones import PhoneReader
from leads.targets import TargetField

Put = Callable[[dict[str, Any], str], None]
DATE_ORDERS = frozenset(("DMY", "MDY", "YMD"))


class Refused(Exception):
    """The cell keeps its row out; carries the Issue."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.code)
        self.issue = issue


class Noted(Refused):
    """The cell's value is left out with a warning."""


class Putter:
    """Builds the puts of one import."""

    def __init__(
        self, phones: PhoneReader, fields: Mapping[str, TargetField], fixes: Mapping[str, str]
    ) -> None:
        self.phones, self.fields, self.fixes = phones, fields, fixes

    def put(self, field: TargetField, how: str, place: int) -> Put:
        """Return what writes the cells of column `place` into `field`."""
        if field.kind == "full_name":
            return self._full_name(place, join=how == "join")
        if field.kind == "phone":
            return self._phone(field, place)
        if field.kind == "tags":
            return _put_tags
        if field.kind == "email" and not field.custom_key:
            return self._email(field, place)
        if field.kind in reading.READERS:
            return self._value(field, how, place)
        if field.custom_key:
            return _custom_text(field.custom_key, how)
        return self._text(field, how, place)

    def _text(self, field: TargetField, how: str, place: int) -> Put:
        key, longest = field.key, field.longest or 1_000_000
        is_name, joined = field.kind == "name", how == "join" and field.kind in JOINABLE

        def put(values: dict[str, Any], text: str) -> None:
            text = " ".join(text.split()) if is_name else text.strip()
            if joined and values[key]:
                text = f"{values[key]} {text}"
            values[key] = text if len(text) <= longest else self._cut(field, place, text)

        return put

    def _full_name(self, place: int, *, join: bool) -> Put:
        longest = self.fields["first_name"].longest

        def put(values: dict[str, Any], text: str) -> None:
            if join and values["first_name"]:
                text = f"{values['first_name']} {values['last_name']} {text}"
            first, last = reading.split_name(text)
            if len(first) > longest:
                first = self._cut(self.fields["first_name"], place, first)
            if len(last) > longest:
                last = self._cut(self.fields["last_name"], place, last)
            if first:
                values["first_name"], values["last_name"] = first, last

        return put

    def _cut(self, field: TargetField, place: int, text: str) -> str:
        """Cut a text that does not fit, when the manager chose so; else refuse the row."""
        if self.fixes.get("text_too_long") != "cut":
            figures: dict[str, str | int] = {
                "field": as_written(field.label),
                "longest": field.longest,
            }
            figures["length"] = len(text)
            raise Refused(Issue("text_too_long", place, text, figures))
        return text[: field.longest]

    def _phone(self, field: TargetField, place: int) -> Put:
        """A second number never keeps a row out: one that is none is left out with a warning."""
        key, custom = field.key, field.custom_key

        def put(values: dict[str, Any], text: str) -> None:
            phone = self.phones.read(text)
            number = phone.e164 or self.phones.read(split_numbers(text)[0]).e164
            if number is None:
                if phone.problem == "empty":
                    return
                figures = {"field": as_written(field.label)}
                raise Noted(Issue("alternate_left_out", place, text, figures))
            if custom:
                _put_custom(values, custom, number)
            else:
                values[key] = number

        return put

    def _email(self, field: TargetField, place: int) -> Put:
        key, is_plain = field.key, reading.PLAIN_EMAIL.fullmatch

        def put(values: dict[str, Any], text: str) -> None:
            if is_plain(text) and ".." not in text:
                values[key] = text
                return
            if text.strip().casefold() in reading.NOTHING or not text.strip():
                return
            try:
                values[key] = reading.email(text)
            except reading.Unclear:
                if self.fixes.get("email_bad") != "without":
                    raise Refused(Issue("email_bad", place, text)) from None

        return put

    def _value(self, field: TargetField, how: str, place: int) -> Put:
        key, custom, read = field.key, field.custom_key, reading.READERS[field.kind]
        order = how if how in DATE_ORDERS else "DMY"
        is_date = field.kind == "date"

        def put(values: dict[str, Any], text: str) -> None:
            if text.strip().casefold() in reading.NOTHING or not text.strip():
                return
            try:
                value = reading.date(text, order) if is_date else read(text)
            except reading.Unclear:
                figures = {"field": as_written(field.label), "value": text[:40]}
                raise Noted(Issue("value_left_out", place, text, figures)) from None
            if custom:
                _put_custom(values, custom, value)
            else:
                values[key] = value

        return put


def _custom_text(key: str, how: str) -> Put:
    def put(values: dict[str, Any], text: str) -> None:
        text = text.strip()
        if how == "tail":  # Facebook's "l:880000000000013"
            text = text.partition(":")[2] or text
        if text:
            _put_custom(values, key, text)

    return put


def _put_custom(values: dict[str, Any], key: str, value: Any) -> None:
    values["custom"] = {**(values["custom"] or {}), key: value}


def _put_tags(values: dict[str, Any], text: str) -> None:
    names = (name.strip()[:60] for name in text.replace(";", ",").replace("|", ",").split(","))
    values["tags"] = [*values.get("tags", ()), *(name for name in names if name)]
