"""Guess how a table was written from its first 64 KiB: encoding, delimiter, header or not."""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from leads.csvparse import parse

SAMPLE = 64 * 1024
MOST_COLUMNS = 256
MOST_LINES = 1_000  # looked at for a guess
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "mac_roman")
ONE_BYTE = ("cp1252", "mac_roman")  # any bytes are letters in them, also those of UTF-8

# First bytes of things that are not tables, and what to call them.
MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
)
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
LOCKED = "EncryptedPackage".encode("utf-16-le")  # an .xlsx with a password, in Excel's old box
UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
LOOKS_LIKE_DATA = re.compile(  # five digits: a header may well say 2026
    r"^[+'=(]*(?:[0-9][ ().,/:+-]*){5,}$|@[^@]+\.|^p:\+|^l:[0-9]|^https?://", re.A
)


class Unreadable(ValueError):
    """The file is not a table that can be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written. `start` is the byte where its first record begins, on `line`."""

    encoding: str = "utf-8"
    delimiter: str = ","
    has_header: bool = True
    start: int = 0
    line: int = 1
    width: int = 1
    numbered: bool = False  # first cell of each row is its line number (sheets turned into CSV)

    def as_json(self) -> dict[str, Any]:
        """Return the dialect for a JSON column."""
        return asdict(self)


def guess(sample: bytes, *, whole: bool = False) -> Dialect:
    """Return the dialect of a file from its first bytes; `whole` when there are no more.

    Raises Unreadable for an empty file, for pictures, archives and other binaries, and for
    more than 256 columns.
    """
    if not sample.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe,;|"):
        raise Unreadable(_("The file is empty. Export it again, with its rows."))
    if sample.startswith(UTF32):
        raise Unreadable(_("This file is in UTF-32. Save it as CSV in UTF-8 and try again."))
    encoding, mark = guess_encoding(sample)
    _refuse_other_files(sample, encoding)
    text = text_of(sample[mark:], encoding, whole=whole)
    start, line, delimiter = mark, 1, ""
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own way to name the delimiter
    if told:
        start, line, delimiter = start + len(told[0].encode(encoding)), 2, told[1]
        text = text[told.end() :]
    delimiter = delimiter or guess_delimiter(text)
    return shape(text, Dialect(encoding, delimiter, start=start, line=line))


def guess_encoding(sample: bytes) -> tuple[str, int]:
    """Return the encoding and the length of its byte order mark."""
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if sample.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", 2
    if sample.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", 2
    return _utf16_without_mark(sample) or _utf8_or_one_byte(sample), 0


def _utf16_without_mark(sample: bytes) -> str:
    """Tell UTF-16 by its zero bytes, all on one side: digits and delimiters have them in any
    script, so a fifth of the characters is enough. Returns "" for what is none.
    """
    high, low = sample[1::2].count(0), sample[0::2].count(0)  # as little-endian would have them
    pairs = len(sample) // 2
    if pairs <= 4 or max(high, low) < pairs / 5 or min(high, low) > max(high, low) / 20:
        return ""
    return "utf-16-le" if high > low else "utf-16-be"


def _utf8_or_one_byte(sample: bytes) -> str:
    """Decide by counting: a stray byte in a UTF-8 file must not turn it all into cp1252."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(sample)
    stray = sum(1 for character in text if "\udc80" <= character <= "\udcff")
    good = sum(1 for character in text if character > "\x7f") - stray
    if stray <= good:
        return "utf-8"
    return "cp1252" if b"\n" in sample else "mac_roman"  # the CSV of Excel for the old Mac


def _refuse_other_files(sample: bytes, encoding: str) -> None:
    for magic, name in MAGIC:
        if sample.startswith(magic):
            raise Unreadable(
                _("This is {what}, not a table. Choose a CSV or XLSX file.").format(what=_(name))
            )
    if sample.startswith(OLD_EXCEL) and LOCKED in sample:
        raise Unreadable(_("This workbook has a password. Save a copy without it and choose that."))
    if sample.startswith(OLD_EXCEL):
        raise Unreadable(
            _(
                "This is an old Excel file (.xls), or a workbook with a password. Save it as .xlsx "
                "without a password, or as CSV, and choose that."
            )
        )
    if encoding.startswith("utf-16"):
        return
    head = sample[:400].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(b"<?xml") and b"excel.sheet" in head:
        raise Unreadable(_("This is an Excel XML file. Open it in Excel and save it as XLSX."))
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise Unreadable(_("This is a web page, not a table. Open it in Excel and save it as CSV."))
    if head.startswith((b'{"', b"[{", b"{\n", b"{\r")):
        raise Unreadable(_("This is JSON, not a table. Export the leads as CSV or XLSX."))
    controls = sum(1 for byte in sample if byte < 9 or 13 < byte < 32)
    if controls > max(8, len(sample) // 20):
        raise Unreadable(_("This is not a text table. Choose a CSV or XLSX file."))


def errors_of(encoding: str) -> str:
    """Return the error handler that keeps bytes which do not fit, to be found row by row."""
    return "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"


def text_of(sample: bytes, encoding: str, *, whole: bool) -> str:
    """Return the text of a file's first bytes: its whole lines, unless there are no more."""
    if encoding.startswith("utf-16"):
        sample = sample[: len(sample) // 2 * 2]
    text = sample.decode(encoding, errors_of(encoding))
    if whole:
        return text
    cut = max(text.rfind("\n"), text.rfind("\r"))
    return text[: cut + 1] if cut > 0 else text


def _records(text: str, delimiter: str, limit: int = 200) -> list[list[str]]:
    """Return the first records; one whose quote never closes is its first line, not the rest."""
    lines = list(io.StringIO(text, newline=""))[:MOST_LINES]
    return parse(lines, 1, delimiter, 0, final=True).rows[:limit]


def guess_delimiter(text: str) -> str:
    """Return the delimiter whose rows are most often of one width."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        records = _records(text, delimiter)
        if not records:
            continue
        width, times = Counter(map(len, records)).most_common(1)[0]
        score = times / len(records) * (1 + min(width, 50) / 100) if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def shape(text: str, dialect: Dialect) -> Dialect:
    """Find where the table starts below title lines, how wide it is and whether it has names.

    Raises Unreadable when there is no row, or more than 256 columns.
    """
    records = _records(text, dialect.delimiter)
    if not records:
        raise Unreadable(_("No row could be read. Save the file as CSV in UTF-8 and try again."))
    width = Counter(map(len, records)).most_common(1)[0][0]
    widest = max(width, len(records[0]))
    if widest > MOST_COLUMNS:
        words = _(
            "The file has {count} columns; at most {most} can be read. Delete the ones not needed."
        )
        raise Unreadable(words.format(count=f"{widest:,}", most=MOST_COLUMNS))
    lines = list(io.StringIO(text, newline=""))
    titles = _title_lines(lines, dialect.delimiter, width)
    above = "".join(lines[:titles]).encode(dialect.encoding, errors_of(dialect.encoding))
    rest = _records("".join(lines[titles:]), dialect.delimiter, 1)
    header = rest[0] if rest else records[0]
    named = bool(header) and not any(LOOKS_LIKE_DATA.search(cell.strip()) for cell in header)
    return Dialect(
        dialect.encoding,
        dialect.delimiter,
        has_header=named,
        start=dialect.start + len(above),
        line=dialect.line + titles,
        width=len(header) if named else width,
    )


def _title_lines(lines: list[str], delimiter: str, width: int) -> int:
    """Count the lines above the table: blank ones, and titles in one cell of a wide table."""
    for titles, line in enumerate(lines[:10]):
        records = parse([line], 1, delimiter, 0, final=True).rows
        filled = [cell for cells in records for cell in cells if cell.strip()]
        if not filled and len(lines) > titles + 1:
            continue
        lone = width >= 3 and len(filled) == 1 and '"' not in line
        if not lone or LOOKS_LIKE_DATA.search(filled[0]):
            return titles
    return 0
