"""The control door: JSON under /_control/ for tests and for people who try things out."""

from __future__ import annotations

import json
from typing import Any

from sync.sandbox.wire import Answer, Request
from sync.sandbox.world import World


def answer(world: World, request: Request) -> Answer:
    """Answer a control request; a wrong one gets 400 and a sentence."""
    name = request.path.removeprefix("/_control/").rstrip("/")
    try:
        if request.method == "GET":
            return _look(world, name, request)
        if request.method == "POST":
            return _change(world, name, json.loads(request.body or b"{}"))
    except (ValueError, KeyError, TypeError) as error:
        return Answer(400, {"error": f"{type(error).__name__}: {error}"})
    return Answer(405, {"error": "The control door knows GET and POST."})


def _look(world: World, name: str, request: Request) -> Answer:
    query = request.query
    match name:
        case "ready":
            return Answer(200, {"ready": True, "started_at": world.started_at})
        case "state":
            return Answer(200, world.state(query.get("provider", "")))
        case "counts":
            return Answer(200, {slug: one.counts() for slug, one in world.providers.items()})
        case "journal":
            narrowed = (query.get("provider", ""), query.get("endpoint", ""))
            return Answer(200, raw=world.journal.as_json(*narrowed, int(query.get("after", 0))))
        case "faults":
            return Answer(200, [rule.as_json() for rule in world.faults.rules])
    return Answer(404, {"error": f"The control door has no {name!r} to look at."})


def _change(world: World, name: str, body: Any) -> Answer:
    match name:
        case "faults":
            return _set_faults(world, body)
        case "reset":
            world.reset()
            return Answer(200, {"reset": True})
        case "accounts":
            return Answer(200, world.providers[body["provider"]].add_account(body))
        case "switches":
            for slug, values in body.items():
                world.providers[slug].switch(values)
            return Answer(200, {slug: one.switches for slug, one in world.providers.items()})
        case "expire":
            gone = world.providers[body["provider"]].expire(str(body.get("account", "")))
            return Answer(200, {"expired": gone})
    return Answer(404, {"error": f"The control door has no {name!r} to change."})


def _set_faults(world: World, body: Any) -> Answer:
    """Accept a list of rules, or {"rules": [...], "seed": n, "replace": true}."""
    if isinstance(body, list):
        body = {"rules": body}
    if body.get("replace"):
        world.faults.clear()
    if "seed" in body:
        world.faults.seed(int(body["seed"]))
    world.faults.add(body.get("rules", []))
    return Answer(200, {"rules": len(world.faults.rules)})
