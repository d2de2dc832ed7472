"""Read the next block of a file while the database saves the one before."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from django.utils.translation import get_language, override

from leads.csvfile import Block, Cursor, Table
from leads.importing.looking import read_lines
from leads.importing.rows import Row, RowReader

Read = tuple[Block, list[Row]]


class Ahead:
    """Blocks of one import, read in their order; the thread asks the database nothing."""

    def __init__(self, reader: RowReader, table: Table) -> None:
        self.reader, self.table = reader, table
        self.pool = ThreadPoolExecutor(1)
        self.next: tuple[Cursor, Future[Read]] | None = None

    def read(self, at: Cursor) -> Read:
        """Return the block at `at` and what became of its lines."""
        begun, self.next = self.next, None
        if begun:
            found = begun[1].result()
            if begun[0] == at:
                return found
        return self._read(at, get_language() or "")

    def begin(self, at: Cursor) -> None:
        """Begin to read the block at `at`."""
        self.next = at, self.pool.submit(self._read, at, get_language() or "")

    def close(self) -> None:
        """Wait for the thread: the file is closed next."""
        self.pool.shutdown(cancel_futures=True)

    def _read(self, at: Cursor, language: str) -> Read:
        with override(language):
            block = self.table.block(at)
            return block, read_lines(self.reader, block)
