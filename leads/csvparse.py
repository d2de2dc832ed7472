"""Take the lines of one block apart into records, and settle the ones whose quotes are wrong."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_RECORD_LINES = 50  # a record over 50 lines is a quote somebody forgot to close
LONGEST_RECORD = 64 * 1024


class Parsed(NamedTuple):
    """Complete records: line each starts on, cells, faults by position, and lines used up."""

    lines: list[int] | range
    rows: list[list[str]]
    faults: dict[int, str]
    used: int


class _TooManyLines(Exception):
    """A record goes on for longer than any real one."""


def parse(lines: list[str], first_line: int, delimiter: str, width: int, *, final: bool) -> Parsed:
    """Return the records of `lines`; unless `final`, the last one may be left for the next block.

    `width` is the header's, 0 when unknown: a record over several lines that does not have it
    is a quote that closed in the wrong place.
    """
    parsed = _at_once(lines, first_line, delimiter, width, final=final)
    return parsed or _Careful(lines, first_line, delimiter, width).parsed(final=final)


def _at_once(
    lines: list[str], first_line: int, delimiter: str, width: int, *, final: bool
) -> Parsed | None:
    """Parse at full speed; None when any record is in trouble."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    ends = [0]
    try:
        for cells in reader:
            rows.append(cells)
            ends.append(reader.line_num)
    except csv.Error as trouble:
        if final or not _may_go_on(trouble, lines[ends[-1] :]):
            return None
    numbers: list[int] | range = range(first_line, first_line + len(rows))
    if len(rows) != ends[-1]:
        spans = zip(rows, ends, ends[1:], strict=False)
        if any(
            end - start > 1 and _is_runaway(row, width, end - start) for row, start, end in spans
        ):
            return None
        numbers = [first_line + start for start in ends[:-1]]
    if [] in rows:
        numbers = [number for number, cells in zip(numbers, rows, strict=True) if cells]
        rows = [cells for cells in rows if cells]
    return Parsed(numbers, rows, {}, ends[-1])


def _is_runaway(cells: list[str], width: int, span: int) -> bool:
    """Whether a record over several lines is rather a quote that closed in the wrong place."""
    misshapen = width and (len(cells) < width or any(cells[width:]))
    return bool(misshapen) or span > LONGEST_RECORD_LINES or sum(map(len, cells)) > LONGEST_RECORD


def _may_go_on(trouble: Exception, left: list[str]) -> bool:
    """Whether the record at the end of a block is merely cut by it."""
    small = len(left) <= LONGEST_RECORD_LINES and sum(map(len, left)) <= LONGEST_RECORD
    return small and "end of data" in str(trouble)


def cut_by_hand(line: str, delimiter: str) -> list[str]:
    """Take a line apart that csv refuses: the rows left out are given back as they came."""
    mark = re.escape(delimiter)
    cell = re.compile(rf'"((?:[^"]+|"")*+)(?:"(?={mark}|$)|$)|([^{mark}]*)')
    line, cells, at = line.rstrip("\r\n"), [], 0
    while at <= len(line):
        found = cell.match(line, at)
        quoted, plain = found.groups() if found else (None, "")
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        at = (found.end() if found else at) + 1
    return cells


class _Careful:
    """Parses lines that hold quotes, and finds the first line of a quote nobody closed."""

    def __init__(self, lines: list[str], first_line: int, delimiter: str, width: int) -> None:
        self.lines, self.first_line = lines, first_line
        self.delimiter, self.width = delimiter, width
        self.at = self.start = 0
        self.numbers: list[int] = []
        self.rows: list[list[str]] = []
        self.faults: dict[int, str] = {}

    def parsed(self, *, final: bool) -> Parsed:
        """Return every complete record; the last one may be left for the next block."""
        while self.at < len(self.lines):
            try:
                self._run()
            except (csv.Error, _TooManyLines) as trouble:
                if not final and _may_go_on(trouble, self.lines[self.start :]):
                    break
                self._one_line()
                self.at = self.start
        return Parsed(self.numbers, self.rows, self.faults, self.start)

    def _feed(self) -> Iterator[str]:
        for place in range(self.at, len(self.lines)):
            if place - self.start > LONGEST_RECORD_LINES:
                raise _TooManyLines
            yield self.lines[place]

    def _run(self) -> None:
        """Read records until one is in trouble; `start` is then its first line."""
        reader = csv.reader(self._feed(), delimiter=self.delimiter, strict=True)
        begin = self.start = self.at
        for cells in reader:
            end = begin + reader.line_num
            if end - self.start > 1 and _is_runaway(cells, self.width, end - self.start):
                raise _TooManyLines
            if cells:
                self.numbers.append(self.first_line + self.start)
                self.rows.append(cells)
            self.start = end
        self.at = len(self.lines)

    def _one_line(self) -> None:
        """Settle the line in trouble by itself: sloppy quotes are read, an open one is a fault."""
        line = self.lines[self.start]
        fault = "unclosed_quote"
        try:
            reader = csv.reader([line, '"\n'], delimiter=self.delimiter)
            cells = next(reader, [])
            if reader.line_num == 1:
                fault = ""
            else:
                cells = next(
                    csv.reader([line], delimiter=self.delimiter, quoting=csv.QUOTE_NONE), []
                )
        except csv.Error:
            cells, fault = cut_by_hand(line, self.delimiter), "cell_too_long"
        if fault:
            self.faults[len(self.rows)] = fault
        self.numbers.append(self.first_line + self.start)
        self.rows.append(cells)
        self.start += 1
