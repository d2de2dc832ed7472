"""Smartflo's endpoints: lead lists, bulk upload of seed 004, sign-in of the public docs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sync.sandbox import checks
from sync.sandbox.provider import Provider
from sync.sandbox.smartflo import uploads
from sync.sandbox.smartflo.account import PRACTICE, TOKEN_SECONDS, Account, LeadList, opened
from sync.sandbox.wire import Answer, Request

Work = Callable[[Account, Request], Answer]
WRONG_PASSWORD = "The username or password is incorrect."  # noqa: S105 - a message
HIGHEST_PRIORITY = 30


class Smartflo(Provider):
    """All Smartflo accounts of the sandbox."""

    slug = "smartflo"
    title = "Smartflo"
    DEFAULT_SWITCHES = {
        "batch_id": False,  # whether a bulk answer carries the id of its batch
        "batch_seconds": 0,  # how long a batch takes to reach the list
        "bad_row": "atomic",  # or "partial": what one bad row does to the rest
        "duplicate_key": "duplicate_option",  # or "duplicate_options", as the prose table says
        "default_duplicate": "skip",  # what an omitted option means; undocumented
    }

    def add_routes(self) -> None:
        """Register the endpoints."""
        self.route("POST", "/v1/auth/login", self.login, "auth/login")
        works: dict[tuple[str, str], tuple[str, Work]] = {
            ("POST", "/v1/auth/refresh"): ("auth/refresh", self.refresh),
            ("POST", "/v1/auth/logout"): ("auth/logout", self.logout),
            ("GET", "/v1/broadcast/lists"): ("lists", self.lists),
            ("POST", "/v1/broadcast/list"): ("list/create", self.create_list),
            ("POST", "/v1/broadcast/leads/{list_id}"): ("leads/bulk", self.upload),
            ("GET", "/v1/broadcast/leads/{list_id}"): ("leads/read", self.read),
            ("POST", "/v1/broadcast/lead/{list_id}"): ("lead/add", self.add_one),
            ("GET", "/v1/broadcast/batch_status/{batch_id}"): ("batch_status", self.status),
        }
        for (method, path), (name, work) in works.items():
            self.route(method, path, self._guarded(work), name)

    def clear(self) -> None:
        """Forget all accounts."""
        self.accounts: dict[str, Account] = {}

    def open_default_accounts(self) -> None:
        """Open the practice account."""
        self.add_account(dict(PRACTICE))

    def add_account(self, text: dict[str, Any]) -> dict[str, Any]:
        """Open an account; see `account.opened` for the JSON."""
        account = opened(text)
        self.accounts[account.name] = account
        return {"name": account.name, "lists": list(account.lists)}

    def expire(self, account: str) -> int:
        """Let the tokens of an account run out, portal token included."""
        count = 0
        for one in self.accounts.values():
            if account in ("", one.name):
                count += len(one.tokens) + len(one.sessions)
                one.tokens.clear()
                one.sessions.clear()
        return count

    def server_fault(self, endpoint: str) -> Any:
        """Return a 500 in Smartflo's envelope."""
        return {"success": False, "message": "Internal server error."}

    # Signing in

    def login(self, request: Request) -> Answer:
        """Give a session for an hour; failures are counted."""
        body = _object(request)
        email, password = body.get("email"), body.get("password")
        for account in self.accounts.values():
            if account.email != email:
                continue
            if account.password == password:
                account.failed_logins = 0
                return self._session(account)
            account.failed_logins += 1
            return _no(401, WRONG_PASSWORD, login_failed_count=account.failed_logins)
        return _no(401, "Invalid credentials")

    def _session(self, account: Account) -> Answer:
        answer = {
            "success": True,
            "access_token": account.sign_in(),
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
            "number_of_days_left": 90,
        }
        return Answer(200, answer, account=account.name)

    def refresh(self, account: Account, request: Request) -> Answer:
        """Replace a session by a new one."""
        account.sessions.pop(request.bearer, None)
        return self._session(account)

    def logout(self, account: Account, request: Request) -> Answer:
        """End a session."""
        account.sessions.pop(request.bearer, None)
        return _yes("Signed out.")

    # Lists and leads

    def lists(self, account: Account, request: Request) -> Answer:
        """List the lead lists."""
        return Answer(
            200,
            [
                {
                    "id": int(one.list_id) if one.list_id.isdigit() else one.list_id,
                    "name": one.name,
                    "header": json.dumps(one.header),
                    "lead_count": len(one.rows),
                }
                for one in account.lists.values()
            ],
        )

    def create_list(self, account: Account, request: Request) -> Answer:
        """Create a lead list; `field` holds its column titles."""
        body = _object(request)
        columns = body.get("field")
        titles = columns if isinstance(columns, list) else []
        if not isinstance(body.get("name"), str) or not titles:
            return _no(400, "The name and field fields are required.")
        list_id = str(max([int(one) for one in account.lists if one.isdigit()], default=441939) + 1)
        account.lists[list_id] = LeadList(list_id, body["name"], [str(one) for one in titles])
        return _yes("Lead list created.", id=int(list_id))

    def upload(self, account: Account, request: Request) -> Answer:
        """Take in many leads for one list."""
        lead_list = account.lists.get(request.params["list_id"])
        if lead_list is None:
            return _no(404, "Lead list not found.")
        body, key = _object(request), self.switches["duplicate_key"]
        if trouble := uploads.body_trouble(body, key):
            return _no(400, trouble)
        checked = [(row, uploads.row_trouble(row, lead_list.header)) for row in body["data"]]
        bad = [f"data.{place} {why}" for place, (_, why) in enumerate(checked) if why]
        if bad and (self.switches["bad_row"] == "atomic" or len(bad) == len(checked)):
            return _no(400, f"{bad[0]}.")
        skill = body.get("skill_id", "")
        rows = [uploads.stored(row, skill) for row, why in checked if not why]
        option = body.get(key, self.switches["default_duplicate"])
        wait = float(self.switches["batch_seconds"])
        batch = uploads.accept(account, lead_list, rows, option, wait)
        extra = {"batch_id": batch.batch_id} if self.switches["batch_id"] else {}
        note = f"{len(bad)} rows left out: {bad[0]}" if bad else ""
        return _yes("Leads are being processed.", note=note, **extra)

    def add_one(self, account: Account, request: Request) -> Answer:
        """Add a single lead with a flat body."""
        lead_list = account.lists.get(request.params["list_id"])
        if lead_list is None:
            return _no(404, "Lead list not found.")
        body, key = _object(request), self.switches["duplicate_key"]
        row = {name: value for name, value in body.items() if name.startswith("field_")}
        rest = {name: value for name, value in body.items() if name not in row}
        priority = rest.pop("priority", 1)
        if not checks.is_integer(priority) or not 1 <= priority <= HIGHEST_PRIORITY:
            return _no(400, "The priority must be between 1 and 30.")
        trouble = uploads.body_trouble({"data": [row], **rest}, key)
        trouble = trouble or uploads.row_trouble(row, lead_list.header)
        if trouble:
            return _no(400, trouble)
        kept = uploads.stored(row, rest.get("skill_id", ""), priority)
        option = rest.get(key, self.switches["default_duplicate"])
        uploads.accept(account, lead_list, [kept], option, 0)
        return _yes("Lead added.")

    def read(self, account: Account, request: Request) -> Answer:
        """Read a list back: an array, or an object when something is wrong."""
        lead_list = account.lists.get(request.params["list_id"])
        if lead_list is None:
            return _no(404, "Lead list not found.")
        rows = lead_list.rows
        if number := request.query.get("number", "").replace(" ", "+"):
            rows = lead_list.with_phone(uploads.international(number) or number)
        return Answer(200, [uploads.shown(lead_list, row) for row in rows])

    def status(self, account: Account, request: Request) -> Answer:
        """Tell how far a batch is; the shape of the reply is not documented."""
        batch = account.batches.get(request.params["batch_id"])
        if batch is None:
            return _no(404, "Batch not found.")
        said = "completed" if batch.done else "processing"
        return Answer(200, {"success": True, "status": said, **batch.result})

    def _guarded(self, work: Work) -> Callable[[Request], Answer]:
        def handler(request: Request) -> Answer:
            for account in self.accounts.values():
                if account.accepts(request.bearer):
                    uploads.settle(account)
                    answer = self._within_speed(account, request, work)
                    answer.account = account.name
                    return answer
            return _no(401, "Unauthenticated.")

        return handler

    def _within_speed(self, account: Account, request: Request, work: Work) -> Answer:
        if not self.limiter.allows(account.name, account.requests_per_second):
            # "false" is a string in the public docs of the rate limit
            return Answer(429, {"success": "false", "message": "Too many requests."})
        return work(account, request)

    # What the pages and the control door see

    def state(self) -> dict[str, Any]:
        """Return every account's lists with their rows, and its batches."""
        return {"accounts": {one.name: uploads.state(one) for one in self.accounts.values()}}

    def counts(self) -> dict[str, int]:
        """Return how much is stored."""
        lists = [one for account in self.accounts.values() for one in account.lists.values()]
        batches = sum(len(account.batches) for account in self.accounts.values())
        rows = sum(len(one.rows) for one in lists)
        return {"lists": len(lists), "leads": rows, "uploads": batches}


def _object(request: Request) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _no(status: int, message: str, **extra: Any) -> Answer:
    return Answer(status, {"success": False, "message": message, **extra})


def _yes(message: str, *, note: str = "", **extra: Any) -> Answer:
    return Answer(200, {"success": True, "message": message, **extra}, applied=True, note=note)
