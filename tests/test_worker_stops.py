"""A worker that is told to stop stops, at whatever moment the word reaches it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from django.core.management import call_command

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@pytest.fixture(autouse=True)
def _handlers_as_they_were() -> Iterator[None]:
    before = [(number, signal.getsignal(number)) for number in SIGNALS]
    yield
    sys.setprofile(None)
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("number", SIGNALS)
def test_a_worker_stops_though_the_signal_comes_while_it_begins_to_wait(number: int) -> None:
    """An Event would hold its lock just then, and whoever sets it from the handler waits for it."""

    def tell(frame: FrameType, event: str, argument: Any) -> None:
        waits = event == "call" and frame.f_code.co_qualname == "Condition.wait"
        if waits or (event == "c_call" and argument.__name__ == "sleep"):
            sys.setprofile(None)
            signal.raise_signal(number)

    sys.setprofile(tell)
    call_command("worker", lane="deliveries", threads=0)
