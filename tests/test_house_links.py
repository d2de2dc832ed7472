"""Every address a template or a page's data names is an address of this site."""

from __future__ import annotations

import re
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
IN_TEMPLATES = re.compile(r"""\{%\s*url\s+["']([\w:-]+)["']""")
IN_CODE = re.compile(r"""\b(?:reverse|redirect|address)\(\s*["']([a-z_]+:[a-z_]+)["']""")


def names(resolver: URLResolver, namespace: str = "") -> set[str]:
    """Every name the URLconf knows, with its namespaces."""
    found: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern) and entry.name:
            found.add(f"{namespace}{entry.name}")
        elif isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found |= names(entry, inner)
    return found


def test_every_address_named_in_a_template_or_view_exists() -> None:
    known = names(get_resolver())
    files = [*(ROOT / "templates").rglob("*.html"), *ROOT.glob("[acstl]*/**/*.py")]
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        if "tests" not in path.relative_to(ROOT).parts
        for name in (IN_TEMPLATES if path.suffix == ".html" else IN_CODE).findall(path.read_text())
        if name not in known
    ]
    assert missing == []
