"""Read the next blocks of a file while the database saves the one before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.utils.translation import get_language, override

from leads.csvfile import BLOCK, Block, Cursor, Table
from leads.importing.looking import read_lines
from leads.importing.rows import Row, RowReader

Read = tuple[Block, list[Row]]
Result = TypeVar("Result")
DEPTH = 2  # one block to be looked up before the database is busy, one to be read meanwhile


class Ahead:
    """Blocks of one import in their order from `at` on; the thread asks the database nothing.

    The first is small and each twice the one before, up to the table's block size: the database
    is soon at work, and the next block is read before it is done.
    """

    def __init__(self, reader: RowReader, table: Table, at: Cursor) -> None:
        self.reader, self.table, self.at = reader, table, at
        self.largest, table.block_size = table.block_size, min(BLOCK, table.block_size)
        self.language = get_language() or ""
        self.pool = ThreadPoolExecutor(1)
        self.reading: deque[Future[Read]] = deque()

    def take(self) -> Read:
        """Return the next block and what became of its lines; an empty one at the end."""
        reading = self.reading.popleft() if self.reading else self.pool.submit(self._read)
        return reading.result()

    @property
    def is_ready(self) -> bool:
        """Whether the next block need not be waited for."""
        return bool(self.reading) and self.reading[0].done()

    def begin(self) -> None:
        """Begin to read what follows."""
        while len(self.reading) < DEPTH:
            self.reading.append(self.pool.submit(self._read))

    def do(self, work: Callable[[], Result]) -> Future[Result]:
        """Let the thread do something else that asks the database nothing."""
        return self.pool.submit(work)

    def close(self) -> None:
        """Wait for the thread: the file is closed next."""
        self.pool.shutdown(cancel_futures=True)

    def _read(self) -> Read:
        with override(self.language):
            block = self.table.block(self.at)
            self.at = block.end
            self.table.block_size = min(2 * self.table.block_size, self.largest)
            return block, read_lines(self.reader, block)
