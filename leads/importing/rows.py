"""One row read: cells in, values or problems out. Compiled once, used a million times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from leads.ad_forms import TestRows
from leads.csvfile import TOO_LONG, damage
from leads.formulas import restored
from leads.importing.cells import Noted, Put, Putter, Refused
from leads.importing.problems import DECIDED, LEFT_BY_HAND, Issue, as_written
from leads.mapping import Unmatched, our_columns
from leads.models import Import, ImportEdit
from leads.phone_text import split_numbers
from leads.phones import Phone, PhoneReader
from leads.sheet_errors import GARBLED, LOST_LETTERS, is_sheet_error, ungarbled
from leads.targets import Target, TargetField, custom_field, target_of

ERRORS_BEGIN = "#E? "  # a look at the first letter spares most cells the pattern
STRAY = "\ufffd"  # what a note keeps of a stray byte or NUL
ROW_LEFT_OUT = 32_767  # the column of an ImportEdit that leaves a whole row out


class Row:
    """What became of one row: `values` for the record, or `problems`; `warnings` never block."""

    __slots__ = ("line", "problems", "values", "warnings")

    def __init__(self, line: int, values: dict[str, Any]) -> None:
        self.line, self.values = line, values
        self.problems: Sequence[Issue] = ()
        self.warnings: Sequence[Issue] = ()

    def refuse(self, code: str, place: int = -1, value: str = "", **figures: str | int) -> None:
        """Add a problem."""
        self.problems = [*self.problems, Issue(code, place, value, figures)]

    def warn(self, code: str, place: int, value: str) -> None:
        """Add a warning."""
        self.warnings = [*self.warnings, Issue(code, place, value)]


class RowReader:
    """Reads the rows of one import by its mapping, options, edits and fixes."""

    def __init__(self, record: Import, header: list[str]) -> None:
        """Compile the mapping. Raises Unmatched when the key has no column."""
        self.target: Target = target_of(record.kind)
        self.key = self.target.key
        self.options, self.header = record.options, header
        self.mapping: Mapping[str, Mapping[str, str]] = record.mapping
        self.fixes: Mapping[str, str] = record.options.get("fixes", {})
        self.phones = PhoneReader(record.options.get("country") or record.team.country)
        self.quick = self.phones.quick if self.key == "phone" else _never
        self.edits = _edits(record)
        self.encoding = record.encoding
        self.ours = our_columns(header)
        self.is_rejects = bool(self.ours)
        self.fields = {field.key: field for field in self._fields(record)}
        self.putter = Putter(self.phones, self.fields, self.fixes)
        self.fixed_texts: Mapping[str, str] = record.options.get("fixed", {})
        self.columns = self._columns()
        self.blank = self._blank()
        self.key_place, self.key_how = self._key_column()
        self.puts = self._puts()
        self.fixed = self._fixed()
        self.required = [f.key for f in self.fields.values() if f.required and f.kind != "phone"]
        self.has_tags = (
            any(e["to"] == "tags" for e in self.mapping.values()) or "tags" in self.fixed
        )
        self.tests = TestRows(header)
        self.is_special = bool(self.edits) or self.is_rejects or bool(self.tests)

    def _fields(self, record: Import) -> list[TargetField]:
        new = record.options.get("new_fields", {})
        fresh = [custom_field(key, field["label"], field["kind"]) for key, field in new.items()]
        return [*fresh, *self.target.fields(record.team)]

    def _columns(self) -> list[str]:
        """Return the model's columns that rows of this import may fill, without the key."""
        keys = {"alt_phone"} if self.key == "phone" and "alt_phone" in self.fields else set()
        chosen = [entry["to"] for entry in self.mapping.values()]
        for key in [*chosen, *self.fixed_texts]:
            if key == "full_name":
                keys.update(("first_name", "last_name"))
            elif key.startswith("custom:"):
                keys.add("custom")
            elif key in self.fields and key not in {"tags", self.key}:
                keys.add(key)
        return sorted(keys)

    def _blank(self) -> dict[str, Any]:
        """Return the values of a row in which nothing is filled, in the order they are saved."""
        fields = {field.attname: field for field in self.target.model._meta.concrete_fields}
        blank: dict[str, Any] = {self.key: ""}
        for name in self.columns:
            blank[name] = None if name == "custom" else fields[name].get_default()
        return blank

    def _key_column(self) -> tuple[int, str]:
        for place, entry in self.mapping.items():
            if entry["to"] == self.key and int(place) < len(self.header):
                return int(place), entry["how"]
        raise Unmatched(self.key)

    def _puts(self) -> list[tuple[int, Put]]:
        puts = []
        for place, entry in sorted(self.mapping.items(), key=lambda item: int(item[0])):
            field = self.fields.get(entry["to"])
            if field is None or int(place) >= len(self.header) or field.key in self.fixed_texts:
                continue
            if field.key != self.key:
                puts.append((int(place), self.putter.put(field, entry["how"], int(place))))
        return puts

    def _fixed(self) -> dict[str, Any]:
        """Return the values every row gets. Raises Unmatched for a value that does not fit."""
        values = dict(self.blank)
        for key, text in self.fixed_texts.items():
            field = self.fields.get(key) if key != self.key else None
            if field is None or not self._fits(values, field, text):
                label = field.label if field else key
                words = _("“{value}” cannot stand as {field} in every row. Change or empty it.")
                raise Unmatched(words.format(value=text[:60], field=label))
        return {name: value for name, value in values.items() if value != self.blank.get(name)}

    def _fits(self, values: dict[str, Any], field: TargetField, text: str) -> bool:
        """Put a text that every row gets into `values`; False when it is no such value."""
        try:
            self.putter.put(field, "plain", -1)(values, text)
        except Refused:
            return False
        return True

    def read(self, line: int, cells: list[str], fault: str = "") -> Row:
        """Return what became of a row; `fault` is what csvfile found wrong with it."""
        values = self.blank.copy()
        row, found = Row(line, values), fault
        if self.is_special:
            cells, fault = self._restored(row, cells, fault)
            if not fault and self.tests.hold(cells):
                fault = "phone_test_row"
        if fault:
            row.refuse(fault, value=found if fault == LEFT_BY_HAND else "".join(cells)[:200])
            return row
        cell = cells[self.key_place]
        quick = self.quick(cell)
        if quick is None:
            self._read_key(row, cell)
        else:
            values[self.key] = quick[0]
            if quick[1]:
                row.warn("phone_landline", self.key_place, cell)
        self._put_cells(row, cells)
        if self.fixed:
            values.update(self.fixed)
        if row.problems or self.required:
            self._finish(row, cells)
        return row

    def _put_cells(self, row: Row, cells: list[str]) -> None:
        """Write the cells besides the key into the row's values."""
        values = row.values
        for place, put in self.puts:
            text = cells[place]
            if text and text[0] in ERRORS_BEGIN and (lost := self._lost(place, text)):
                row.warnings = [*row.warnings, lost]
            elif text:
                if not text.isascii() and GARBLED.search(text):
                    text = self._ungarbled(row, place, text)
                try:
                    put(values, text)
                except Noted as trouble:
                    row.warnings = [*row.warnings, trouble.issue]
                except Refused as trouble:
                    row.problems = [*row.problems, trouble.issue]

    def bucket_of(self, row: Row) -> str:
        """Return the count a row with problems stands in: left out when somebody chose so."""
        code = row.problems[0].code
        decided = code in DECIDED or self.fixes.get(code) == "leave_out"
        return "left_out" if decided else "to_fix"

    def _restored(self, row: Row, cells: list[str], fault: str) -> tuple[list[str], str]:
        """Apply what a person or our own rejects file changed in the cells."""
        if self.is_rejects:
            cells = [restored(cell) for cell in cells]
        edits = self.edits.get(row.line)
        if edits is None:
            return cells, fault
        if ROW_LEFT_OUT in edits:
            return cells, LEFT_BY_HAND
        cells = (cells + [""] * len(self.header))[: len(self.header)]
        for column, value in edits.items():
            if column < len(cells):
                cells[column] = value
        still_bad = fault in ("bad_bytes", "nul") and any(map(self._is_damaged, cells))
        is_part = fault == TOO_LONG  # nobody has seen the rest of the line
        return cells, fault if still_bad or is_part else ""

    def _is_damaged(self, cell: str) -> bool:
        """Whether a cell holds stray bytes or NUL, as the file has them or as a note keeps them."""
        return STRAY in cell or bool(damage(cell, self.encoding))

    def _read_key(self, row: Row, cell: str) -> None:
        """Read a key the fast way left open: a phone with its problem and fix, or plain text."""
        if self.key != "phone":
            self._read_id(row, cell.strip())
            return
        phone = self.phones.read(cell)
        if phone.problem == "two_numbers":
            phone = self._one_of_two(row, phone, cell)
        if phone.e164 is None:
            row.refuse(f"phone_{phone.problem}", self.key_place, cell, **phone.figures)
            return
        row.values["phone"] = phone.e164
        for code in phone.warnings:
            name = f"repaired_{phone.repair}" if code == "repaired" else f"phone_{code}"
            row.warn(name, self.key_place, cell)

    def _ungarbled(self, row: Row, place: int, text: str) -> str:
        mended = ungarbled(text)
        if mended != text:
            row.warn("repaired_letters", place, text)
        return mended

    def _lost(self, place: int, text: str) -> Issue | None:
        """Return the warning of a cell that a spreadsheet wrote without its value."""
        field = self.fields[self.mapping[str(place)]["to"]]
        code = "sheet_error" if is_sheet_error(text) else ""
        if field.kind in ("name", "full_name") and LOST_LETTERS.fullmatch(text):
            code = "lost_letters"
        figures = {"field": as_written(field.label), "value": text.strip()[:40]}
        return Issue(code, place, text, figures) if code else None

    def _read_id(self, row: Row, text: str) -> None:
        """Read a key that is no phone: an agent's id."""
        field = self.fields[self.key]
        fits = field.pattern is None or field.pattern.fullmatch(text) is not None
        if text and not (fits and len(text) <= field.longest):
            figures = {
                "field": as_written(field.label),
                "id": text[:40],
                "example": field.looks_like,
            }
            row.refuse("no_such_id", self.key_place, text, **figures)
        row.values[self.key] = text

    def _one_of_two(self, row: Row, phone: Phone, cell: str) -> Phone:
        """Take the first number as phone and the second as alternate, where that was chosen."""
        how = self.fixes.get("phone_two_numbers") or self.key_how
        numbers = [self.phones.read(part) for part in split_numbers(cell)]
        if how != "first_second" or not numbers[0].e164:
            return phone
        if len(numbers) > 1 and numbers[1].e164 and "alt_phone" in row.values:
            row.values["alt_phone"] = numbers[1].e164
        return numbers[0]

    def _finish(self, row: Row, cells: list[str]) -> None:
        """Apply what looks at the whole row: the alternate number, blank rows, required fields."""
        if row.problems and not any(
            cell.strip() for place, cell in enumerate(cells) if place not in self.ours
        ):
            row.problems = [Issue("blank_row")]
            return
        if row.problems and self.fixes.get(row.problems[0].code) == "use_alternate":
            self._use_alternate(row)
        for name in self.required:
            if not row.values[name]:
                row.refuse("missing", self.key_place, "", field=as_written(self.fields[name].label))

    def _use_alternate(self, row: Row) -> None:
        alternate = row.values.get("alt_phone") or row.values.get("whatsapp")
        if alternate:
            row.problems = row.problems[1:]
            row.values.update(phone=alternate, alt_phone="")


def _never(cell: str) -> None:
    """The quick reading of keys that are no phones."""


def _edits(record: Import) -> dict[int, dict[int, str]]:
    edits: dict[int, dict[int, str]] = {}
    for line, column, value in ImportEdit.objects.filter(record=record).values_list(
        "row_number", "column", "value"
    ):
        edits.setdefault(line, {})[column] = value
    return edits
