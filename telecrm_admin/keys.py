"""Keys of a development installation, made once and kept in var/."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def development_key(path: Path, make: Callable[[], str]) -> str:
    """Return the text in `path`, creating it with `make()` once; safe with several processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        for _ in range(100):
            if text := path.read_text(encoding="utf-8").strip():
                return text
            time.sleep(0.02)  # another process is just making it
        raise ImproperlyConfigured(f"{path.name} is empty: delete it and start again") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        key = make()
        file.write(key)
    return key
