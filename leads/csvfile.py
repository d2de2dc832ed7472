"""Read a table of any size as numbered rows, a block at a time, from any byte it stopped at.

A block is a pure function of the file and a cursor, so a killed job goes on where its last
commit left it. Nothing is guessed silently: a byte that does not fit the encoding, a NUL, a
cell too long, a quote that is never closed or cells beyond the header are faults of their row,
and the rest of the file goes on.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from leads.csvguess import MOST_COLUMNS, ONE_BYTE, SAMPLE, Dialect, Unreadable, errors_of, guess
from leads.csvparse import LONGEST_RECORD_LINES, cut_by_hand, parse

__all__ = ["Block", "Cursor", "Dialect", "Table", "Unreadable", "guess", "open_table"]

BLOCK = 64 * 1024  # about 700 leads: a commit others do not notice waiting for
LONGEST_LINE = 2 * 1024 * 1024
TOO_LONG = "line_too_long"
HALF = "\udc80"
ENDS = ("\n", "\r")
BAD_CHARACTERS = re.compile("[\ud800-\udfff]")


class Cursor(NamedTuple):
    """Where the next record starts: a byte of the file and its line, counted from 1."""

    offset: int
    line: int


@dataclass(slots=True)
class Block:
    """Some rows: `lines[i]` is where row i starts in the file, `faults[i]` its trouble if any."""

    end: Cursor
    lines: list[int] | range = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)


class Table:
    """A table in an open binary file."""

    def __init__(self, file: BinaryIO, dialect: Dialect) -> None:
        """Read the header. Raises Unreadable when there is none or it is too wide."""
        self.file, self.dialect, self.block_size = file, dialect, BLOCK
        self.errors = errors_of(dialect.encoding)
        self.names, self.first = self._read_header()  # the names as the file has them
        self.header = column_names(self.names)
        self.width = len(self.header)

    def blocks(self, cursor: Cursor | None = None) -> Iterator[Block]:
        """Yield the rows from `cursor` (default: the first row) to the end of the file."""
        at = cursor or self.first
        while True:
            block = self.block(at)
            if block.rows:
                yield block
            if block.end.offset == at.offset:
                return
            at = block.end

    def block(self, at: Cursor) -> Block:
        """Return the rows that start at `at`; none, and `end` equal to `at`, at the end."""
        size = self.block_size
        while True:
            raw, final = self._read(at.offset, size)
            if not raw:
                return Block(at)
            if not final and len(raw) > LONGEST_LINE:
                return self._skipped_line(at)
            block = self._parsed(at, raw, final=final)
            if final or block.end.offset > at.offset:
                return self._fitted(block)
            size *= 2  # one long record fills the whole block: read on to its end

    def _parsed(self, at: Cursor, raw: bytes, *, final: bool) -> Block:
        text, dirty = self._decoded(raw)
        lines = list(io.StringIO(text, newline=""))
        width = 0 if self.dialect.numbered else self.width
        parsed = parse(lines, at.line, self.dialect.delimiter, width, final=final)
        left = "".join(lines[parsed.used :])
        offset = at.offset + len(raw) - len(left.encode(self.dialect.encoding, self.errors))
        block = Block(Cursor(offset, at.line + parsed.used), *parsed[:3])
        if dirty:
            self._mark_bad_bytes(block)
        return block

    def _read(self, offset: int, size: int) -> tuple[bytes, bool]:
        """Return whole lines from `offset`, and whether they reach the end of the file."""
        self.file.seek(offset)
        raw = self.file.read(size)
        if len(raw) < size:
            return raw, True
        while len(raw) <= LONGEST_LINE:
            cut = self._last_line_end(raw)
            if cut:
                return raw[:cut], False
            more = self.file.read(size)
            if not more:
                return raw, True
            raw += more
        return raw, False

    def _last_line_end(self, raw: bytes) -> int:
        """Return where the last complete line of `raw` ends; 0 when there is none."""
        for end in ENDS:
            mark = end.encode(self.dialect.encoding)
            place = raw.rfind(mark)
            while place > 0 and place % len(mark):
                place = raw.rfind(mark, 0, place + len(mark) - 1)
            if place >= 0:
                return place + len(mark)
        return 0

    def _skipped_line(self, at: Cursor) -> Block:
        """Pass over one line that is too long to be a row, in constant memory: of its bytes only
        the first LONGEST_LINE are kept.
        """
        self.file.seek(at.offset)
        text, _dirty = self._decoded(self.file.read(LONGEST_LINE))
        end = self._line_end(at.offset + LONGEST_LINE)
        cells = cut_by_hand(text, self.dialect.delimiter)
        return self._fitted(Block(Cursor(end, at.line + 1), [at.line], [cells], {0: TOO_LONG}))

    def _line_end(self, offset: int) -> int:
        """Return where the line that goes on at `offset` ends, in constant memory."""
        size = self.file.seek(0, io.SEEK_END)
        for end in ENDS:
            mark = end.encode(self.dialect.encoding)
            for start in range(offset, size, BLOCK):
                self.file.seek(start)
                raw = self.file.read(BLOCK)
                place = raw.find(mark)
                while place % len(mark) and place >= 0:  # half of two characters
                    place = raw.find(mark, place + 1)
                if place >= 0:
                    return start + place + len(mark)
        return size

    def _decoded(self, raw: bytes) -> tuple[str, bool]:
        """Return the text, and whether some of its bytes need a look row by row."""
        encoding = self.dialect.encoding
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            if encoding.startswith("utf-16") and len(raw) % 2:  # cut in the middle of a character
                return raw[:-1].decode(encoding, self.errors) + HALF, True
            return raw.decode(encoding, self.errors), True
        return text, "\0" in text or (encoding in ONE_BYTE and not text.isascii())

    def _mark_bad_bytes(self, block: Block) -> None:
        for place, cells in enumerate(block.rows):
            fault = damage("".join(cells), self.dialect.encoding)
            if fault:
                block.faults.setdefault(place, fault)

    def _fitted(self, block: Block) -> Block:
        """Make every row as wide as the header; cells beyond it are a fault of their row."""
        if self.dialect.numbered:
            block.lines = [int(cells[0]) for cells in block.rows]
            block.rows = [cells[1:] for cells in block.rows]
        width = self.width
        if set(map(len, block.rows)) <= {width}:
            return block
        for place, cells in enumerate(block.rows):
            missing = width - len(cells)
            if missing > 0:
                cells.extend([""] * missing)
            elif missing < 0:
                if any(cell.strip() for cell in cells[width:]):
                    block.faults.setdefault(place, "extra_cells")
                else:
                    del cells[width:]
        return block

    def _read_header(self) -> tuple[list[str], Cursor]:
        """Return the header's cells, empty ones where there is no header, and the first row."""
        start = Cursor(self.dialect.start, self.dialect.line)
        self.file.seek(start.offset)
        raw = self.file.read(SAMPLE * 4)
        if self.dialect.encoding.startswith("utf-16"):
            raw = raw[: len(raw) // 2 * 2]
        text = raw.decode(self.dialect.encoding, self.errors)
        lines = list(io.StringIO(text, newline=""))[: 2 * LONGEST_RECORD_LINES]
        parsed = parse(lines, start.line, self.dialect.delimiter, 0, final=True)
        names = next(iter(parsed.rows), [])
        if self.dialect.numbered:
            names = names[1:]
        if not names:
            raise Unreadable(_("The file has no header and no rows. Export it again."))
        if len(names) > MOST_COLUMNS:
            words = _("The file has {count} columns; at most {most} can be read.")
            raise Unreadable(words.format(count=f"{len(names):,}", most=MOST_COLUMNS))
        if not self.dialect.has_header:
            width = max(len(names), self.dialect.width)
            return [""] * width, start
        used = parsed.lines[1] - start.line if len(parsed.rows) > 1 else parsed.used
        size = len("".join(lines[:used]).encode(self.dialect.encoding, self.errors))
        return names, Cursor(start.offset + size, start.line + used)


def column_names(cells: list[str]) -> list[str]:
    """Return names for the columns: blank ones numbered, repeated ones told apart."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        clean = BAD_CHARACTERS.sub("\ufffd", cell.replace("\0", "").replace("\ufeff", ""))
        if clean.count('"') == 1:  # one that never closed: no part of the name
            clean = clean.replace('"', "")
        name = " ".join(clean.split())[:100]
        name = name or _("Column {number}").format(number=place)
        stem, copy = name, 2
        while name in names:
            name, copy = f"{stem} ({copy})", copy + 1
        names.append(name)
    return names


def damage(text: str, encoding: str) -> str:
    """Return the fault of text as `encoding` reads it: "nul", "bad_bytes" or ""."""
    if "\0" in text:
        return "nul"
    if text.isascii():
        return ""
    strange = BAD_CHARACTERS.search(text) or (encoding in ONE_BYTE and _is_utf8(text, encoding))
    return "bad_bytes" if strange else ""


def _is_utf8(text: str, encoding: str) -> bool:
    """Whether text of one byte a letter reads as UTF-8: then it was, in a mixed file."""
    try:
        text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return True


def open_table(file: BinaryIO, dialect: Dialect | None = None) -> Table:
    """Return the table in an open binary file, guessing its dialect when none is given.

    Raises Unreadable.
    """
    if dialect is None:
        file.seek(0)
        sample = file.read(SAMPLE)
        if not any(end.encode() in sample for end in ENDS):
            sample += file.readline(LONGEST_LINE)  # a header of thousands of columns
        dialect = guess(sample, whole=len(sample) < SAMPLE)
    return Table(file, dialect)
