"""The pages that show what each provider has, for people who walk through the product."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.sandbox.markup import Markup, joined, page, table, tag
from sync.sandbox.wire import Answer, Request
from sync.sandbox.world import World

MOST = 200
STYLE = Path(__file__).with_name("sandbox.css")
RULES = "default-src 'none'; style-src 'self'"


def answer(world: World, request: Request) -> Answer:
    """Answer a page request; unknown addresses get a page that says so."""
    place = request.path.rstrip("/") or "/"
    if place == "/sandbox.css":
        return Answer(raw=STYLE.read_bytes(), content_type="text/css; charset=utf-8")
    draw = PAGES.get(place)
    headers = {"Content-Security-Policy": RULES, "Cache-Control": "no-store"}
    status, content = (200, draw(world)) if draw else (404, page("There is no such page"))
    return Answer(status, raw=content, headers=headers, content_type="text/html; charset=utf-8")


def _overview(world: World) -> bytes:
    rows = [
        (
            tag("a", provider.title, href=f"/{slug}"),
            ", ".join(f"{count:,} {what}" for what, count in provider.counts().items()),
        )
        for slug, provider in world.providers.items()
    ]
    faults = [
        (rule.kind, rule.provider or "any", rule.endpoint or "any", rule.times, rule.used)
        for rule in world.faults.rules
    ]
    columns = ("Fault", "Provider", "Endpoint", "Times left", "Used")
    return page(
        "Practice providers",
        table("What each provider has", ("Provider", "Has"), rows),
        table("Scripted faults", columns, faults),
        tag("p", f"{world.journal.count:,} requests received."),
    )


def _telecmi(world: World) -> bytes:
    parts = []
    for number, account in world.state("telecmi")["telecmi"]["accounts"].items():
        groups = account["groups"]
        used = {one["leads_id"]: one["name"] for one in account["campaigns"]}
        lines = "\n".join(f"{one['name']}  {one['leads_id']}" for one in groups)
        shown = [
            (
                one["name"],
                tag("code", one["leads_id"]),
                len(one["leads"]),
                used.get(one["leads_id"], ""),
            )
            for one in groups[:MOST]
        ]
        columns = ("Name", "Leads ID", "Leads", "Campaign")
        parts += [
            tag("h2", f"Account {number}"),
            table(_count("Lead lists", groups), columns, shown),
            joined([tag("h3", "Names and ids to copy"), tag("pre", lines)]) if groups else "",
            _records("Campaigns", account["campaigns"]),
            _records("Agents", account["agents"], ("agent_id", "first_name", "last_name", "phone")),
            _records("Contacts", account["contacts"]),
            *(_records(f"Leads of {one['name']}", one["leads"]) for one in groups[:20]),
        ]
    return page("TeleCMI", *parts)


def _telecrm(world: World) -> bytes:
    parts: list[Any] = []
    for name, account in world.state("telecrm")["telecrm"]["accounts"].items():
        leads, dropped = account["leads"], account["dropped"]
        rows = [
            (one["fields"].get("phone", ""), _listing(one["fields"]), _timeline(one["timeline"]))
            for one in leads[-MOST:]
        ]
        drops = [(_clock(one["at"]), one["what"], one["reason"]) for one in dropped[-MOST:]]
        parts += [
            tag("h2", f"Workspace {name}"),
            tag("p", f"{account['queued']} waiting in the queue.", class_="quiet"),
            table(_count("Leads", leads), ("Phone", "Fields", "Timeline"), rows),
            table(_count("Dropped without a word", dropped), ("When", "What", "Why"), drops),
        ]
    return page("Telecrm", *parts)


def _smartflo(world: World) -> bytes:
    parts: list[Any] = []
    for name, account in world.state("smartflo")["smartflo"]["accounts"].items():
        parts.append(tag("h2", f"Account {name}"))
        for one in account["lists"]:
            keys = [f"field_{place}" for place in range(len(one["header"]))]
            titles = [f"{key} {title}" for key, title in zip(keys, one["header"], strict=True)]
            rows = [[row.get(key, "") for key in keys] for row in one["rows"][:MOST]]
            caption = _count(f"List {one['id']} {one['name']}: leads", one["rows"])
            parts.append(table(caption, titles, rows))
        parts.append(_records("Uploads", account["batches"]))
    return page("Smartflo", *parts)


def _journal(world: World) -> bytes:
    lines = [json.loads(line) for _, _, line in world.journal.lines[-MOST:]]
    rows = [
        (
            one["number"],
            _clock(one["time"]),
            f"{one['provider']} {one['endpoint']}",
            one["status"] or "no answer",
            "yes" if one["applied"] else "no",
            one["fault"] or "",
            tag("code", json.dumps(one["body"], ensure_ascii=False)[:300]),
        )
        for one in reversed(lines)
    ]
    columns = ("No.", "When", "Endpoint", "Status", "Applied", "Fault", "Body")
    return page("Requests", table(f"The last {len(rows)} requests", columns, rows))


def _records(
    caption: str, records: Sequence[dict[str, Any]], columns: Sequence[str] = ()
) -> Markup:
    """Return a table whose columns are the records' own keys."""
    names = list(columns) or list(dict.fromkeys(key for one in records[:MOST] for key in one))
    rows = [[_words(one.get(name, "")) for name in names] for one in records[:MOST]]
    return table(_count(caption, records), names, rows)


def _words(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _count(what: str, records: Sequence[Any]) -> str:
    shown = f", {MOST} of them here" if len(records) > MOST else ""
    return f"{what} ({len(records):,}{shown})"


def _listing(fields: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {_words(value)}" for name, value in fields.items())


def _timeline(events: Sequence[dict[str, Any]]) -> Markup:
    items = (f"{_clock(one['at'])} {one['what']}: {one['detail']}" for one in events)
    return tag("ol", *(tag("li", item) for item in items))


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


PAGES: dict[str, Callable[[World], bytes]] = {
    "/": _overview,
    "/telecmi": _telecmi,
    "/telecrm": _telecrm,
    "/smartflo": _smartflo,
    "/journal": _journal,
}
