"""The sync side of Telecrm, reads: workspace, people, leads and actions (public docs)."""

from __future__ import annotations

from typing import Any

from sync.sandbox.telecrm.values import Dropped, FieldType, kept
from sync.sandbox.telecrm.workspace import Lead, Workspace
from sync.sandbox.wire import Answer, Request

MOST_LEADS = 100
MOST_MEMBERS = 10


def failure(status: int, code: str, message: str) -> Answer:
    """Return an error in Telecrm's envelope."""
    return Answer(status, {"error": {"code": code, "message": message}})


def described(field_type: FieldType, *, detail: bool = True) -> dict[str, Any]:
    """Return one field as the workspace pages describe it."""
    words = {"apiName": field_type.name, "type": field_type.kind}
    options = {"options": field_type.options} if field_type.options and detail else {}
    return {**words, "displayName": field_type.name.replace("_", " ").capitalize(), **options}


def metadata(workspace: Workspace, request: Request) -> Answer:
    """Everything a form needs: identifier, fields, actions, statuses."""
    return Answer(
        200,
        {
            "leadIdentifierFieldId": workspace.identifier,
            "fields": [described(one) for one in workspace.fields.values()],
            "actions": _actions(workspace),
            "statuses": workspace.statuses,
        },
    )


def custom_fields(workspace: Workspace, request: Request) -> Answer:
    """List the fields; `detail=true` adds the options."""
    detail = request.query.get("detail") == "true"
    every = workspace.fields.values()
    return Answer(200, {"data": [described(one, detail=detail) for one in every]})


def custom_field(workspace: Workspace, request: Request) -> Answer:
    """Show one field."""
    found = workspace.fields.get(request.params["name"])
    if found is None:
        return failure(404, "FIELD_NOT_FOUND", "No such field")
    return Answer(200, described(found))


def custom_actions(workspace: Workspace, request: Request) -> Answer:
    """List the custom actions with their async codes."""
    return Answer(200, {"data": _actions(workspace)})


def pipeline(workspace: Workspace, request: Request) -> Answer:
    """List the statuses a lead can have."""
    return Answer(200, {"data": [{"label": label} for label in workspace.statuses]})


def team_members(workspace: Workspace, request: Request) -> Answer:
    """List employees, at most 10 a page."""
    try:
        skip, limit = _window(request, MOST_MEMBERS)
    except ValueError as error:
        return failure(400, "INVALID_REQUEST", str(error))
    team = workspace.rules.team
    members = [{"email": one, "name": one.partition("@")[0].capitalize()} for one in team]
    return Answer(200, {"data": members[skip : skip + limit], "total_count": len(members)})


def lead(workspace: Workspace, request: Request) -> Answer:
    """Show one lead, with its actions when asked."""
    found = workspace.leads.get(request.params["lead_id"])
    if found is None:
        return failure(404, "LEAD_NOT_FOUND", "Lead not found")
    shown: dict[str, Any] = {"lead_id": found.lead_id, "fields": found.fields}
    if request.query.get("includeActions") == "true":
        shown["actions"] = found.actions
    return Answer(200, shown)


def search(workspace: Workspace, request: Request, body: dict[str, Any]) -> Answer:
    """Find leads by field values; results carry fields, not the lead's id."""
    try:
        skip, limit = _window(request, MOST_LEADS)
    except ValueError as error:
        return failure(400, "INVALID_REQUEST", str(error))
    wanted = dict(body["fields"] if isinstance(body.get("fields"), dict) else body)
    found = [one for one in workspace.leads.values() if _fits(workspace, one, wanted)]
    page = [{"fields": one.fields} for one in found[skip : skip + limit]]
    return Answer(200, {"data": page, "total_count": len(found)})


def search_actions(workspace: Workspace, request: Request, body: dict[str, Any]) -> Answer:
    """Find actions by `type` and `performed_at`, of one lead when its id is in the path."""
    lead_id = request.params.get("lead_id")
    if lead_id and lead_id not in workspace.leads:
        return failure(404, "LEAD_NOT_FOUND", "Lead not found")
    span = body.get("performed_at") or {}
    found = [
        {"lead_id": one.lead_id, **action}
        for one in workspace.leads.values()
        if lead_id in (None, one.lead_id)
        for action in one.actions
        if body.get("type") in (None, action["type"], action["type"].removeprefix("ACTION_"))
        and _within(action["performed_at"], span)
    ]
    return Answer(200, {"data": found, "total_count": len(found)})


def _actions(workspace: Workspace) -> list[dict[str, Any]]:
    return [
        {
            "code": f"ACTION_{code}",
            "name": one["name"],
            "predated": one["predated"],
            "fields": [described(field_type) for field_type in one["fields"].values()],
        }
        for code, one in workspace.actions.items()
    ]


def _window(request: Request, most: int) -> tuple[int, int]:
    limit = int(request.query.get("limit", most if most < MOST_LEADS else 10))
    if not 1 <= limit <= most:
        raise ValueError(f"Limit should be between 1 and {most}")
    return max(0, int(request.query.get("skip", 0))), limit


def _fits(workspace: Workspace, one: Lead, wanted: dict[str, Any]) -> bool:
    for name, value in wanted.items():
        if name == "created_on":
            if not _within(one.created_at, value if isinstance(value, dict) else {}):
                return False
        elif not _same(workspace, name, one.fields.get(name), value):
            return False
    return True


def _same(workspace: Workspace, name: str, stored: Any, value: Any) -> bool:
    field_type = workspace.fields.get(name)
    if field_type and field_type.kind == "phone":
        try:
            return bool(stored == kept(field_type, value, workspace.rules))
        except Dropped:
            return False
    if name == "status" or not isinstance(value, str):
        return bool(stored == value)
    return str(stored or "").lower() == value.lower()


def _within(at: float, span: dict[str, Any]) -> bool:
    """Whether a moment lies in {from, to}, both epoch ms and both optional."""
    first, last = span.get("from"), span.get("to")
    too_early = isinstance(first, int | float) and at * 1000 < first
    too_late = isinstance(last, int | float) and at * 1000 > last
    return not (too_early or too_late)
