"""The pages that show what each provider has."""

from __future__ import annotations

from sync.sandbox.wire import Answer, Request
from sync.sandbox.world import World


def answer(world: World, request: Request) -> Answer:
    """Answer a page request."""
    return Answer(404, raw=b"Not here", content_type="text/plain")
