"""What the providers have, kept in a file between two starts, so that practice goes on next day."""

from __future__ import annotations

import pickle
from pathlib import Path

from sync.sandbox.world import World

UNREADABLE = (pickle.UnpicklingError, AttributeError, ImportError, EOFError, IndexError)


def recall(world: World, path: Path) -> None:
    """Give the providers what the file remembers; without a readable one they start anew."""
    try:
        remembered = pickle.loads(path.read_bytes())  # noqa: S301 - written below, by this program
    except (FileNotFoundError, *UNREADABLE):
        return
    for slug, accounts in remembered.items():
        vars(world.providers[slug])["accounts"] = accounts


def remember(world: World, path: Path) -> None:
    """Write down what the providers have; the file is whole or the old one."""
    held = {slug: vars(provider)["accounts"] for slug, provider in world.providers.items()}
    fresh = path.with_suffix(".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_bytes(pickle.dumps(held))
    fresh.replace(path)
