"""Pictures of pages: ``python -m tests.e2e.shots http://127.0.0.1:8000 FOLDER /lists/ /leads/``.

Each page at 1440 and 390 px, light and dark. SHOTS_SESSION is the value of a session cookie.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.looks import LOOKS, QUIET
from tests.surroundings import browser


def take(home: str, folder: Path, addresses: list[str]) -> None:
    """Write ``<page>_<width>_<theme>.png`` for every address and look into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=QUIET)
        for (width, height), theme in LOOKS:
            context = chromium.new_context(
                base_url=home,
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
            )
            if session := os.environ.get("SHOTS_SESSION"):
                context.add_cookies([{"name": "sessionid", "value": session, "url": home}])
            page = context.new_page()
            for address in addresses:
                page.goto(address)
                page.wait_for_load_state("networkidle")
                name = address.strip("/").replace("/", "_").replace("?", "_") or "today"
                page.screenshot(path=folder / f"{name}_{width}_{theme}.png", full_page=True)
            context.close()
        chromium.close()


if __name__ == "__main__":
    take(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
