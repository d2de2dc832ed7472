"""The listening process: connections in, the right provider, the scripted fault, an answer out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable

from sync.sandbox import broken, control, pages
from sync.sandbox.faults import Rule
from sync.sandbox.journal import Entry
from sync.sandbox.provider import Provider, Route
from sync.sandbox.wire import (
    LARGEST_LINE,
    Answer,
    BrokenRequest,
    Connection,
    Request,
    read_body,
    read_head,
)
from sync.sandbox.world import World

HOST = "127.0.0.1"  # loopback only: the sandbox holds no real secrets and guards none


class Server:
    """Serves one world on one loopback port."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.open: set[asyncio.Task[None]] = set()

    async def serve(self, port: int, announce: Callable[[int], None]) -> None:
        """Listen until SIGTERM or SIGINT; `announce` gets the port that was really taken."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        listener = await asyncio.start_server(self.accept, HOST, port, limit=LARGEST_LINE)
        announce(listener.sockets[0].getsockname()[1])
        await stop.wait()
        listener.close()
        for task in self.open:
            task.cancel()
        await asyncio.gather(*self.open, return_exceptions=True)
        self.world.journal.close()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side is done with it."""
        task = asyncio.current_task()
        if task:
            self.open.add(task)
        connection = Connection(reader, writer)
        try:
            while await self._one(connection):
                pass
        except (BrokenRequest, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            if task:
                self.open.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _one(self, connection: Connection) -> bool:
        """Serve one request; False when the connection is finished."""
        request = await read_head(connection)
        if request is None:
            return False
        place = self.world.locate(request)
        if place is not None:
            return await self._provider(connection, request, *place) and request.keep_alive
        request.body = await read_body(connection, request)
        if request.path.startswith("/_control/"):
            answer = control.answer(self.world, request)
        else:
            answer = pages.answer(self.world, request)
        await connection.answer(answer, keep_alive=request.keep_alive)
        return request.keep_alive

    async def _provider(
        self, connection: Connection, request: Request, provider: Provider, route: Route | None
    ) -> bool:
        endpoint = route.endpoint if route else f"{request.method} {request.path}"
        entry = Entry(provider.slug, endpoint, request, time.monotonic(), time.time())
        rule = self.world.faults.take_mid_body(provider.slug, endpoint)
        if rule is not None:
            return await self._kill_mid_body(connection, entry, rule)
        try:
            request.body = await read_body(connection, request)
        except BrokenRequest:
            entry.partial = True
            self.world.journal.add(entry)
            raise
        rule = self.world.faults.take(provider.slug, endpoint, request.body)
        if rule is None:
            answer = _handle(provider, route, request)
            self._note(entry, answer)
            await connection.answer(answer, keep_alive=request.keep_alive)
            return True
        return await self._faulty(connection, entry, provider, route, rule)

    async def _faulty(
        self,
        connection: Connection,
        entry: Entry,
        provider: Provider,
        route: Route | None,
        rule: Rule,
    ) -> bool:
        entry.fault = rule.kind
        if rule.when == "on_receive":
            broken.strike(rule)
        if rule.kind == "delay" and rule.when == "before":
            await asyncio.sleep(float(rule.options.get("seconds", 1)))
        goes_on = rule.applies_first or rule.kind in ("delay", "kill_client")
        if goes_on and rule.options.get("apply", True):
            answer = _handle(provider, route, entry.request)
        else:
            answer = Answer(200, {})
        sent = broken.planned(rule, answer, provider.server_fault(entry.endpoint))
        sent.applied, sent.account, sent.note = answer.applied, answer.account, answer.note
        self._note(entry, sent, silent=broken.has_no_answer(rule))
        if rule.when == "after_commit":
            broken.strike(rule)
        if rule.kind == "delay" and rule.when == "after":
            await asyncio.sleep(float(rule.options.get("seconds", 1)))
        return await broken.sender(rule)(connection, sent, rule)

    async def _kill_mid_body(self, connection: Connection, entry: Entry, rule: Rule) -> bool:
        entry.fault, entry.partial = rule.kind, True
        half = max(1, int(entry.request.headers.get("content-length") or 2) // 2)
        await connection.reader.read(half)
        self.world.journal.add(entry)
        broken.strike(rule)
        await connection.wait_for_goodbye()
        return False

    def _note(self, entry: Entry, answer: Answer, *, silent: bool = False) -> None:
        entry.status = None if silent else answer.status
        entry.applied, entry.account, entry.note = answer.applied, answer.account, answer.note
        entry.reply = answer.payload()
        self.world.journal.add(entry)


def _handle(provider: Provider, route: Route | None, request: Request) -> Answer:
    if route is None:
        return provider.not_found(request)
    try:
        return route.handler(request)
    except Exception as trouble:  # a hole in the sandbox: say so in the journal, go on serving
        note = f"the sandbox failed: {trouble!r}"
        return Answer(500, provider.server_fault(route.endpoint), note=note)
