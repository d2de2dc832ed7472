"""Telecrm's endpoints: the async queue of seed 002 and the sync API of the public docs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sync.sandbox.provider import Provider
from sync.sandbox.telecrm import reading
from sync.sandbox.telecrm.pace import Pace
from sync.sandbox.telecrm.processing import append_action, overwrite, process, readable
from sync.sandbox.telecrm.reading import failure
from sync.sandbox.telecrm.values import Dropped
from sync.sandbox.telecrm.workspace import PRACTICE, Workspace, opened
from sync.sandbox.wire import Answer, Request

SYNC = "/autoupdate/v2/enterprise/{enterprise_id}"
Read = Callable[[Workspace, Request], Answer]
Write = Callable[[Workspace, Request, dict[str, Any]], Answer]


class Telecrm(Provider):
    """All Telecrm workspaces of the sandbox."""

    slug = "telecrm"
    title = "Telecrm"
    DEFAULT_SWITCHES = {
        "rate_per_hour": 18000,
        "burst": 0,  # requests that may come at once; 0 means a whole hour's worth
        "retry_after": "",  # value of the header on a 429; empty sends none
        "plain_ok": False,  # answer "OK" as plain text, like an older host
        "dropdown_auto_create": False,
        "processing_seconds": 0,  # how long a queued lead takes to show up
    }

    def add_routes(self) -> None:
        """Register the endpoints."""
        self.route(
            "POST", "/enterprise/{enterprise_id}/autoupdatelead", self.queue, "autoupdatelead"
        )
        reads: dict[str, tuple[str, Read]] = {
            "/metadata": ("metadata", reading.metadata),
            "/custom-fields": ("custom-fields", reading.custom_fields),
            "/custom-fields/{name}": ("custom-field", reading.custom_field),
            "/custom-actions": ("custom-actions", reading.custom_actions),
            "/lead-stage-pipeline": ("lead-stage-pipeline", reading.pipeline),
            "/team-members": ("team-members", reading.team_members),
            "/lead/{lead_id}": ("lead/get", reading.lead),
        }
        writes: dict[str, tuple[str, Write]] = {
            "/lead": ("lead/create", self.create),
            "/lead/search": ("lead/search", reading.search),
            "/action/search": ("action/search", reading.search_actions),
            "/lead/{lead_id}/action/search": ("action/search", reading.search_actions),
            "/lead/{lead_id}/action": ("action/create", self.act),
            "/lead/{lead_id}": ("lead/update", self.update),
        }
        for path, (name, read) in reads.items():
            self.route("GET", SYNC + path, self._reader(read), name)
        for path, (name, write) in writes.items():
            self.route("POST", SYNC + path, self._writer(write), name)

    def clear(self) -> None:
        """Forget all workspaces."""
        self.accounts: dict[str, Workspace] = {}
        self.pace = Pace()

    def open_default_accounts(self) -> None:
        """Open the practice workspace."""
        self.add_account(dict(PRACTICE))

    def add_account(self, text: dict[str, Any]) -> dict[str, Any]:
        """Open a workspace; see `workspace.opened` for the JSON."""
        workspace = opened(text)
        self.accounts[workspace.enterprise_id] = workspace
        return {"enterprise_id": workspace.enterprise_id}

    def expire(self, account: str) -> int:
        """Delete all tokens of a workspace, as its administrator may at any time."""
        count = 0
        for one in self.accounts.values():
            if account in ("", one.enterprise_id):
                count += len(one.async_tokens | one.sync_tokens)
                one.async_tokens.clear()
                one.sync_tokens.clear()
        return count

    def server_fault(self, endpoint: str) -> Any:
        """Return a 500 in Telecrm's envelope."""
        return {"error": {"code": "INTERNAL_ERROR", "message": "Something went wrong"}}

    # The async side

    def queue(self, request: Request) -> Answer:
        """Queue a lead: 200 QUEUED whatever its fields hold, then the silent drops."""
        workspace = self.accounts.get(request.params["enterprise_id"])
        if workspace is None or request.bearer not in workspace.async_tokens:
            return failure(401, "NOT_AUTHORIZED", "Token is not valid for the Async API")
        answer = self._queued(workspace, request)
        answer.account = workspace.enterprise_id
        return answer

    def _queued(self, workspace: Workspace, request: Request) -> Answer:
        rate, burst = self.switches["rate_per_hour"], self.switches["burst"]
        if not self.pace.allows(request.bearer, rate, burst):
            answer = failure(429, "TOO_MANY_REQUESTS", "Rate limit exceeded")
            wait = str(self.switches["retry_after"])
            answer.headers = {"Retry-After": wait} if wait else {}
            return answer
        try:
            body = request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or not isinstance(body.get("fields"), dict):
            return failure(400, "INVALID_REQUEST", "The body must be an object with fields")
        return self._accepted(workspace, body)

    def _accepted(self, workspace: Workspace, body: dict[str, Any]) -> Answer:
        wait = float(self.switches["processing_seconds"])
        stored, drops = True, ["queued"]
        if wait:
            workspace.queue.append((time.time() + wait, body))
        else:
            workspace.rules.grow_dropdowns = self.switches["dropdown_auto_create"]
            stored, drops = process(workspace, body)
        note = "; ".join(drops)
        if self.switches["plain_ok"]:
            return Answer(200, raw=b"OK", content_type="text/plain", applied=stored, note=note)
        return Answer(200, {"status": "QUEUED"}, applied=stored, note=note)

    def settle(self) -> None:
        """Process what has waited long enough in the queues."""
        for workspace in self.accounts.values():
            workspace.rules.grow_dropdowns = self.switches["dropdown_auto_create"]
            while workspace.queue and workspace.queue[0][0] <= time.time():
                process(workspace, workspace.queue.pop(0)[1])

    # The sync side

    def _signed_in(self, request: Request) -> Workspace | None:
        self.settle()
        workspace = self.accounts.get(request.params["enterprise_id"])
        return workspace if workspace and request.bearer in workspace.sync_tokens else None

    def _reader(self, read: Read) -> Callable[[Request], Answer]:
        def handler(request: Request) -> Answer:
            workspace = self._signed_in(request)
            if workspace is None:
                return failure(401, "NOT_AUTHORIZED", "Token is not valid for the Sync API")
            answer = read(workspace, request)
            answer.account = workspace.enterprise_id
            return answer

        return handler

    def _writer(self, write: Write) -> Callable[[Request], Answer]:
        def handler(workspace: Workspace, request: Request) -> Answer:
            try:
                body = request.json()
            except ValueError:
                body = None
            if not isinstance(body, dict):
                return failure(400, "INVALID_REQUEST", "The body must be an object")
            return write(workspace, request, body)

        return self._reader(handler)

    def create(self, workspace: Workspace, request: Request, body: dict[str, Any]) -> Answer:
        """Create a lead; a known identifier is 409."""
        values, drops = readable(workspace, body.get("fields") or {})
        key = values.get(workspace.identifier)
        if key is None:
            return failure(400, "INVALID_LEAD", f"{workspace.identifier} is required")
        if workspace.find(key):
            return failure(409, "LEAD_ALREADY_EXISTS", "Lead already exists")
        lead = workspace.create(values)
        done = []
        for action in body.get("actions") or []:
            done.append(self._one_action(workspace, lead.lead_id, action))
        remarks = [_remark(line) for line in drops]
        made = {"lead_id": lead.lead_id, "actions": done, "remarks": remarks}
        return Answer(201, made, applied=True)

    def update(self, workspace: Workspace, request: Request, body: dict[str, Any]) -> Answer:
        """Change a lead by its id; the identifier cannot be changed."""
        lead = workspace.leads.get(request.params["lead_id"])
        if lead is None:
            return failure(404, "LEAD_NOT_FOUND", "Lead not found")
        fields = dict(body.get("fields") or {})
        if workspace.identifier in fields:
            return failure(403, "INVALID_LEAD", "The identifier cannot be updated")
        if fields.get("status") not in (None, *workspace.statuses):
            del fields["status"]  # unknown labels are dropped, other bad values refused
        values, drops = readable(workspace, fields)
        if drops:
            return failure(400, "INVALID_REQUEST", "; ".join(drops))
        overwrite(lead, values)
        return Answer(200, {"lead_id": lead.lead_id, "fields": lead.fields}, applied=True)

    def act(self, workspace: Workspace, request: Request, body: dict[str, Any]) -> Answer:
        """Append one action (bare code) to a lead."""
        if request.params["lead_id"] not in workspace.leads:
            return failure(404, "LEAD_NOT_FOUND", "Lead not found")
        done = self._one_action(workspace, request.params["lead_id"], body)
        return Answer(200, done, applied=done["status"] == "CREATED")

    def _one_action(self, workspace: Workspace, lead_id: str, action: Any) -> dict[str, Any]:
        try:
            made = append_action(workspace, workspace.leads[lead_id], action, prefix="")
        except Dropped as reason:
            return {"status": "IGNORED", "remark": str(reason)}
        return {"action_id": made["action_id"], "status": "CREATED"}

    # What the pages and the control door see

    def state(self) -> dict[str, Any]:
        """Return every workspace's leads with their timelines, and what was dropped."""
        self.settle()
        return {"accounts": {one.enterprise_id: _state(one) for one in self.accounts.values()}}

    def counts(self) -> dict[str, int]:
        """Return how much is stored."""
        self.settle()
        every = self.accounts.values()
        return {
            "leads": sum(len(one.leads) for one in every),
            "actions": sum(len(lead.actions) for one in every for lead in one.leads.values()),
            "dropped": sum(len(one.dropped) for one in every),
            "queued": sum(len(one.queue) for one in every),
        }


def _remark(line: str) -> dict[str, str]:
    name, _, reason = line.partition(": ")
    return {"field": name, "status": "IGNORED", "remark": reason}


def _state(workspace: Workspace) -> dict[str, Any]:
    return {
        "identifier": workspace.identifier,
        "queued": len(workspace.queue),
        "dropped": workspace.dropped,
        "leads": [
            {
                "lead_id": one.lead_id,
                "fields": one.fields,
                "actions": one.actions,
                "timeline": one.timeline,
            }
            for one in workspace.leads.values()
        ],
    }
