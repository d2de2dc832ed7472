"""HTML from Python: everything that is not markup already is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any


class Markup(str):
    """Text that may go into a page as it is."""

    __slots__ = ()


def escaped(value: Any) -> Markup:
    """Return a value as markup; only Markup passes unchanged."""
    return value if isinstance(value, Markup) else Markup(html.escape(str(value), quote=True))


def tag(name: str, *children: Any, **attributes: str) -> Markup:
    """Return one element; `class_` stands for class."""
    inside = "".join(escaped(child) for child in children)
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{said}>{inside}</{name}>")


def joined(parts: Iterable[Any]) -> Markup:
    """Return parts one after the other."""
    return Markup("".join(escaped(part) for part in parts))


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Markup:
    """Return a table, or a sentence when it would be empty."""
    body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    if not body:
        return joined([tag("h3", caption), tag("p", "Nothing yet.", class_="quiet")])
    head = tag("tr", *(tag("th", column, scope="col") for column in columns))
    whole = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body))
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def page(title: str, *parts: Any) -> bytes:
    """Return a whole page."""
    links = {"/": "Overview", "/telecmi": "TeleCMI", "/telecrm": "Telecrm"}
    links |= {"/smartflo": "Smartflo", "/journal": "Requests"}
    head = joined(
        [
            Markup('<meta charset="utf-8">'),
            Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            tag("title", f"{title} - practice providers"),
            Markup('<link rel="stylesheet" href="/sandbox.css">'),
        ]
    )
    menu = tag("nav", *(tag("a", name, href=path) for path, name in links.items()))
    notice = tag("p", "Practice: nothing here reaches a real provider.", class_="practice")
    main = tag("main", tag("h1", title), *parts)
    body = tag("body", tag("header", menu, notice), main)
    return f"<!doctype html>{tag('html', tag('head', head), body, lang='en')}".encode(
        "utf-8", "replace"
    )
