"""Starting the sandbox from a command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from sync.sandbox import memory
from sync.sandbox.server import HOST, Server
from sync.sandbox.world import World

PORT = 8100


def arguments() -> argparse.ArgumentParser:
    """Return the parser both front doors share."""
    parser = argparse.ArgumentParser(
        prog="sandbox", description="TeleCMI, Telecrm and Smartflo on loopback, for practice."
    )
    add_options(parser)
    return parser


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the sandbox's options to a parser."""
    parser.add_argument("--port", type=int, default=PORT, help="0 takes any free port")
    parser.add_argument("--script", help="JSON file with accounts, switches, seed and faults")
    parser.add_argument("--journal", help="file that gets one JSON line per request received")
    parser.add_argument("--state", help="file that keeps what the providers have between starts")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the sandbox until it is told to stop; returns the exit code."""
    given = arguments().parse_args(argv)
    return run(given.port, given.script, given.journal, given.state)


def run(port: int, script: str | None, journal: str | None, state: str | None = None) -> int:
    """Serve on `port`; a file that cannot be read or a taken port is one clear line."""
    try:
        world = World(journal)
        if state:
            memory.recall(world, Path(state))
        if script:
            world.play(json.loads(Path(script).read_text(encoding="utf-8")))
        asyncio.run(Server(world).serve(port, _announce))
        if state:
            memory.remember(world, Path(state))
    except (OSError, ValueError, KeyError) as trouble:
        sys.stderr.write(f"The sandbox could not start: {trouble}\n")
        return 1
    return 0


def _announce(port: int) -> None:
    sys.stdout.write(f"Sandbox ready on http://{HOST}:{port}\n")
    sys.stdout.flush()
