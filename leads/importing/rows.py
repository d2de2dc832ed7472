"""One row read: cells in, values or problems out. Compiled once, used a million times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leads import values
from leads.formulas import restored
from leads.importing.problems import Issue
from leads.mapping import JOINABLE, REJECT_COLUMNS, Unmatched
from leads.models import Import, ImportEdit
from leads.phones import Phone, PhoneReader, split_numbers
from leads.targets import Target, TargetField, custom_field, target_of

ROW_LEFT_OUT = 32_767  # the column of an ImportEdit that leaves a whole row out

Put = Callable[["Row", str], None]


class Row:
    """What became of one row: `values` for the record, or `problems`; `warnings` never block."""

    __slots__ = ("line", "problems", "values", "warnings")

    def __init__(self, line: int) -> None:
        self.line = line
        self.values: dict[str, Any] = {}
        self.problems: list[Issue] = []
        self.warnings: list[Issue] = []


class RowReader:
    """Reads the rows of one import by its mapping, options, edits and fixes."""

    def __init__(self, record: Import, header: list[str]) -> None:
        """Compile the mapping. Raises Unmatched when a required field has no column."""
        self.target: Target = target_of(record.kind)
        self.options, self.header = record.options, header
        self.mapping: Mapping[str, Mapping[str, str]] = record.mapping
        self.fixes: Mapping[str, str] = record.options.get("fixes", {})
        self.phones = PhoneReader(record.options.get("country") or record.team.country)
        self.edits = _edits(record)
        self.fields = {field.key: field for field in self._fields(record)}
        self.is_rejects = set(REJECT_COLUMNS) <= set(header)
        self.key_columns: list[int] = []
        self.key_how = "plain"
        self.puts: list[tuple[int, Put]] = []
        for place, entry in sorted(record.mapping.items(), key=lambda item: int(item[0])):
            self._compile(int(place), entry)
        self.fixed = self._fixed(record)
        if not self.key_columns:
            raise Unmatched(self.target.key)
        self.required = [f.key for f in self.fields.values() if f.required and f.kind != "phone"]

    def _fields(self, record: Import) -> list[TargetField]:
        new = record.options.get("new_fields", {})
        fresh = [custom_field(key, field["label"], field["kind"]) for key, field in new.items()]
        return [*fresh, *self.target.fields(record.team)]

    def _compile(self, place: int, entry: Mapping[str, str]) -> None:
        field = self.fields.get(entry["to"])
        if field is None or place >= len(self.header) or field.key in self.options.get("fixed", {}):
            return
        if field.key == self.target.key:
            self.key_columns.append(place)
            self.key_how = entry["how"]
        else:
            self.puts.append((place, self._put(field, entry["how"], place)))

    def _fixed(self, record: Import) -> dict[str, Any]:
        """Return the values every row gets. Raises Unmatched for a field that does not exist."""
        row = Row(0)
        for key, text in record.options.get("fixed", {}).items():
            if key not in self.fields:
                raise Unmatched(key)
            self._put(self.fields[key], "plain", -1)(row, text)
        return row.values

    def _put(self, field: TargetField, how: str, place: int) -> Put:
        """Return what writes one cell of a field into a row."""
        key, custom = field.key, field.custom_key
        if field.kind == "full_name":
            return self._name_put(place, join=how == "join")
        if field.kind == "phone":
            return self._phone_put(field, place)
        if field.kind in values.READERS:
            return self._value_put(field, how, place)
        if field.kind == "tags":
            return _put_tags
        longest, is_name = field.longest, field.kind == "name"
        joined = how == "join" and field.kind in JOINABLE

        def put(row: Row, text: str) -> None:
            text = " ".join(text.split()) if is_name else text.strip()
            if how == "tail":
                text = text.partition(":")[2] or text
            if custom:
                row.values.setdefault("custom", {})[custom] = text
                return
            if joined and row.values.get(key):
                text = f"{row.values[key]} {text}"
            if longest and len(text) > longest:
                text = self._cut(row, field, place, text)
            row.values[key] = text

        return put

    def _name_put(self, place: int, *, join: bool) -> Put:
        first, last = self.fields["first_name"], self.fields["last_name"]

        def put(row: Row, text: str) -> None:
            if join and row.values.get("first_name"):
                text = f"{row.values['first_name']} {row.values.get('last_name', '')} {text}"
            for field, name in zip((first, last), values.split_name(text), strict=True):
                if len(name) > field.longest:
                    name = self._cut(row, field, place, name)  # noqa: PLW2901
                if name:
                    row.values[field.key] = name

        return put

    def _cut(self, row: Row, field: TargetField, place: int, text: str) -> str:
        """Cut a text that does not fit, when the manager chose so; else it is a problem."""
        if self.fixes.get("text_too_long") != "cut":
            figures: dict[str, str | int] = {"field": str(field.label), "longest": field.longest}
            figures["length"] = len(text)
            row.problems.append(Issue("text_too_long", place, text, figures))
        return text[: field.longest]

    def _phone_put(self, field: TargetField, place: int) -> Put:
        """A second number never keeps a row out: one that is none is left out with a warning."""
        custom = field.custom_key

        def put(row: Row, text: str) -> None:
            phone = self.phones.read(text)
            number = phone.e164 or self.phones.read(split_numbers(text)[0]).e164
            if number is None:
                if phone.problem != "empty":
                    figures = {"field": str(field.label)}
                    row.warnings.append(Issue("alternate_left_out", place, text, figures))
            elif custom:
                row.values.setdefault("custom", {})[custom] = number
            else:
                row.values[field.key] = number

        return put

    def _value_put(self, field: TargetField, how: str, place: int) -> Put:
        """Write a typed value. A bad email is a problem; other values are left out and told."""
        custom, read = field.custom_key, values.READERS[field.kind]
        if field.kind == "date" and how in {"DMY", "MDY", "YMD"}:
            read = lambda text: values.date(text, how)  # noqa: E731

        def put(row: Row, text: str) -> None:
            if text.strip().casefold() in values.NOTHING:
                return
            try:
                value = read(text)
            except values.Unclear as trouble:
                if str(trouble) != "email_bad" or custom:
                    figures = {"field": str(field.label), "value": text[:40]}
                    row.warnings.append(Issue("value_left_out", place, text, figures))
                elif self.fixes.get("email_bad") != "without":
                    row.problems.append(Issue("email_bad", place, text))
                return
            if custom:
                row.values.setdefault("custom", {})[custom] = value
            else:
                row.values[field.key] = value

        return put

    def columns(self) -> list[str]:
        """Return the model's columns that rows of this import may fill, without the key."""
        keys = {"alt_phone"} if self.target.key == "phone" and "alt_phone" in self.fields else set()
        chosen = [entry["to"] for entry in self.mapping.values()]
        for key in [*chosen, *self.fixed]:
            if key == "full_name":
                keys.update(("first_name", "last_name"))
            elif key.startswith("custom:") or key == "custom":
                keys.add("custom")
            elif key in self.fields and key not in {"tags", self.target.key}:
                keys.add(key)
        return sorted(keys)

    def read(self, line: int, cells: list[str], fault: str = "") -> Row:
        """Return what became of a row; `fault` is what csvfile found wrong with it."""
        row = Row(line)
        if self.is_rejects:
            cells = [restored(cell) for cell in cells]
        if line in self.edits:
            cells, fault = self._edited(row, cells, fault)
        if fault:
            row.problems.append(Issue(fault, value="".join(cells)[:200]))
            return row
        self._read_key(row, cells)
        for place, put in self.puts:
            text = cells[place]
            if text:
                put(row, text)
        if self.fixed:
            row.values.update(self.fixed)
        self._finish(row, cells)
        return row

    def _edited(self, row: Row, cells: list[str], fault: str) -> tuple[list[str], str]:
        edits = self.edits[row.line]
        if ROW_LEFT_OUT in edits:
            return cells, "left_by_hand"
        cells = (cells + [""] * len(self.header))[: len(self.header)]
        for column, value in edits.items():
            if column < len(cells):
                cells[column] = value
        still_bad = fault == "bad_bytes" and any(map(_has_stray_bytes, cells))
        return cells, fault if still_bad else ""

    def _read_key(self, row: Row, cells: list[str]) -> None:
        """Read the phone: the fast way first, with its problem and the manager's fixes after."""
        place = self.key_columns[0]
        cell = cells[place]
        if self.target.key != "phone":
            if cell.strip():
                row.values[self.target.key] = cell.strip()
            return
        quick = self.phones.quick(cell)
        if quick is not None:
            row.values["phone"] = quick[0]
            if quick[1]:
                row.warnings.append(Issue("phone_landline", place, cell))
            return
        self._settle_phone(row, self.phones.read(cell), cell, place)

    def _settle_phone(self, row: Row, phone: Phone, cell: str, place: int) -> None:
        if phone.e164 is None and phone.problem == "two_numbers":
            how = self.fixes.get("phone_two_numbers") or self.key_how
            numbers = [self.phones.read(part) for part in split_numbers(cell)]
            if how == "first_second" and numbers[0].e164:
                phone = numbers[0]
                if numbers[1].e164:
                    row.values["alt_phone"] = numbers[1].e164
        if phone.e164 is None:
            code = f"phone_{phone.problem}"
            row.problems.append(Issue(code, place, cell, phone.figures))
            return
        row.values["phone"] = phone.e164
        for code in phone.warnings:
            name = f"repaired_{phone.repair}" if code == "repaired" else f"phone_{code}"
            row.warnings.append(Issue(name, place, cell))

    def _finish(self, row: Row, cells: list[str]) -> None:
        """Apply what looks at the whole row: fixes with the alternate, blocks, required fields."""
        if row.problems:
            if not any(cell.strip() for cell in cells):
                row.problems = [Issue("blank_row")]
                return
            self._use_alternate(row)
        for name in self.required:
            if not row.values.get(name):
                label = {"field": str(self.fields[name].label)}
                row.problems.append(Issue("missing", self.key_columns[0], "", label))

    def _use_alternate(self, row: Row) -> None:
        first = row.problems[0]
        alternate = row.values.get("alt_phone") or row.values.get("whatsapp")
        if self.fixes.get(first.code) == "use_alternate" and alternate:
            row.problems = [issue for issue in row.problems if issue is not first]
            row.values["phone"] = alternate
            row.values.pop("alt_phone", None)


def _put_tags(row: Row, text: str) -> None:
    names = (name.strip()[:60] for name in text.replace(";", ",").replace("|", ",").split(","))
    row.values["tags"] = [*row.values.get("tags", []), *(name for name in names if name)]


def _has_stray_bytes(cell: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in cell)


def _edits(record: Import) -> dict[int, dict[int, str]]:
    edits: dict[int, dict[int, str]] = {}
    for line, column, value in ImportEdit.objects.filter(record=record).values_list(
        "row_number", "column", "value"
    ):
        edits.setdefault(line, {})[column] = value
    return edits
