"""TeleCMI's endpoints: POST and JSON throughout, `{code, msg}` back (seeds 000, 001, 003)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from sync.sandbox import checks
from sync.sandbox.provider import Provider
from sync.sandbox.telecmi import campaigns, contacts, leads, users
from sync.sandbox.telecmi.account import PRACTICE, Account, opened
from sync.sandbox.wire import Answer, Request

Work = Callable[[Account, dict[str, Any]], Answer]
UPLOAD_404 = "Account Not Found (Invalid secret or inet_no)"
APP_404 = "App Not Found"
USER_404 = "Authenticated user record not found"
CONTACT_400 = "Invalid request parameters / Validation error"


class TeleCMI(Provider):
    """All TeleCMI accounts of the sandbox."""

    slug = "telecmi"
    title = "TeleCMI"
    DEFAULT_SWITCHES = {
        "check_order": "name_first",  # or "id_first": which "Already Exists" comes first
        "phone_scope": "request",  # or "account": where a repeated phone is looked for
        "contact_batch": "atomic",  # or "partial": what a 409 leaves behind
        "success_body_with_leads_id": False,
        "success_body_with_campaign_id": False,
        "errors_on_http_200": False,
        "requests_per_second": 0,
    }

    def add_routes(self) -> None:
        """Register the endpoints."""
        for path, handler in {
            "/v3/leads/add-custom": self.add_leads,
            "/v3/leads/delete": self.delete_leads,
            "/v3/campaign/create": self.create_campaign,
            "/v3/campaign/update": self.update_campaign,
            "/v3/contact/add": self.add_contacts,
            "/v3/contact/get": self.get_contacts,
            "/v3/contact/update": self.update_contacts,
            "/v3/contact/delete": self.delete_contacts,
            "/v3/user/list": self.list_users,
            "/v3/user/all": self.list_users,
            "/v2/user/login": self.login,
            "/v2/token": self.admin_token,
        }.items():
            self.route("POST", path, handler, path[4:])

    def clear(self) -> None:
        """Forget all accounts."""
        self.accounts: dict[int, Account] = {}

    def open_default_accounts(self) -> None:
        """Open the practice account."""
        self.add_account(dict(PRACTICE))

    def add_account(self, text: dict[str, Any]) -> dict[str, Any]:
        """Open an account; see `account.opened` for the JSON."""
        account = opened(text)
        self.accounts[account.inet_no] = account
        return {"inet_no": account.inet_no, "agents": list(account.agents)}

    def expire(self, account: str) -> int:
        """Let all user tokens of an account run out."""
        count = 0
        for one in self.accounts.values():
            if account in ("", str(one.inet_no)):
                count += len(one.tokens)
                one.tokens.clear()
        return count

    def server_fault(self, endpoint: str) -> Any:
        """Return the 500 body of seeds 001 and 003."""
        contact = endpoint.startswith("contact/")
        message = "Something went wrong!" if contact else "Internal Server Error"
        return {"code": 500, "msg": message}

    # Leads and campaigns: account number and secret

    def add_leads(self, request: Request) -> Answer:
        """Upload a group of leads with own ids."""
        body, trouble = _read(request, leads.complaint)
        if trouble:
            return self._say(422, f"Schema validation failed ({trouble})")

        def upload(account: Account, body: dict[str, Any]) -> Answer:
            if refusal := leads.refusal(account, body, self.switches):
                return self._say(400, refusal)
            group = account.add_group(body["lead_name"], body["leads"])
            more = {"leads_id": group.leads_id}
            extra = more if self.switches["success_body_with_leads_id"] else {}
            return self._say(200, "Leads Added Successfully", applied=True, **extra)

        return self._with_account(body, body["inet_no"], UPLOAD_404, upload)

    def delete_leads(self, request: Request) -> Answer:
        """Delete a group; its logical errors arrive on HTTP 200 (public docs)."""
        required: dict[str, checks.Check] = {
            "inet_no": checks.integer,
            "secret": checks.filled_text,
            "leads_id": checks.filled_text,
        }
        body, trouble = _read(request, lambda body: checks.complaint(body, required))
        if trouble:
            return self._say(422, f"Validation Failed ({trouble})")

        def delete(account: Account, body: dict[str, Any]) -> Answer:
            code, message = leads.remove(account, body["leads_id"].lower())
            return Answer(200, {"code": code, "msg": message}, applied=code == 200)

        return self._with_account(body, body["inet_no"], APP_404, delete)

    def create_campaign(self, request: Request) -> Answer:
        """Create a campaign; the answer carries no id (003), unless a switch says otherwise."""
        body, trouble = _read(request, campaigns.complaint)
        if trouble:
            return self._say(422, f"Validation Failed ({trouble})")

        def create(account: Account, body: dict[str, Any]) -> Answer:
            if refusal := campaigns.refusal(account, body):
                return self._say(400, refusal)
            more = {"campaign_id": campaigns.store(account, body)}
            extra = more if self.switches["success_body_with_campaign_id"] else {}
            return self._say(200, "Campaign created successfully", applied=True, **extra)

        return self._with_account(body, body["inet_no"], APP_404, create)

    def update_campaign(self, request: Request) -> Answer:
        """Change some fields of a campaign whose id is known (public docs)."""
        body, trouble = _read(request, campaigns.update_complaint)
        if trouble:
            return self._say(422, f"Validation Failed ({trouble})")

        def update(account: Account, body: dict[str, Any]) -> Answer:
            if refusal := campaigns.update_refusal(account, body):
                return self._say(400, refusal)
            campaigns.change(account, body)
            return self._say(200, "Campaign updated successfully", applied=True)

        return self._with_account(body, body["inet_no"], APP_404, update)

    # Contacts: a user's token

    def add_contacts(self, request: Request) -> Answer:
        """Add contacts to the phone book."""

        def add(account: Account, body: dict[str, Any]) -> Answer:
            partial = self.switches["contact_batch"] == "partial"
            added, clash = contacts.add(account, body["contacts"], partial=partial)
            if clash:
                message = "Duplicate contact detected within the organization"
                return self._say(409, message, applied=added > 0)
            return self._say(200, "Contact added successfully", applied=True)

        return self._with_user(request, contacts.add_complaint, add)

    def get_contacts(self, request: Request) -> Answer:
        """Read contacts, at most 100 a page."""

        def get(account: Account, body: dict[str, Any]) -> Answer:
            return Answer(200, {"code": 200, **contacts.page(account, body)})

        return self._with_user(request, contacts.get_complaint, get)

    def update_contacts(self, request: Request) -> Answer:
        """Change contacts by their ids."""

        def update(account: Account, body: dict[str, Any]) -> Answer:
            code, message = contacts.update(account, body["contacts"])
            return self._say(code, message, applied=code == 200)

        return self._with_user(request, contacts.update_complaint, update)

    def delete_contacts(self, request: Request) -> Answer:
        """Delete contacts by their ids."""

        def delete(account: Account, body: dict[str, Any]) -> Answer:
            for contact_id in body["contact_ids"]:
                account.contacts.pop(contact_id.lower(), None)
            return self._say(200, "Contacts Deleted Successfully", applied=True)

        return self._with_user(request, contacts.delete_complaint, delete)

    # Users

    def login(self, request: Request) -> Answer:
        """Give a user a token for 30 days."""
        required = {"id": checks.filled_text, "password": checks.filled_text}
        body, trouble = _read(request, lambda body: checks.complaint(body, required))
        if trouble:
            return self._say(400, "Parameter missing")
        for account in self.accounts.values():
            if account.passwords.get(body["id"]) == body["password"]:
                extra = users.signed_in(account, body["id"])
                # "loged" is how the public docs spell it
                answer = self._say(200, "User loged in successfully", **extra)
                answer.account = str(account.inet_no)
                return answer
        return self._say(404, "Invalid id or password")

    def admin_token(self, request: Request) -> Answer:
        """Mint a token for live-call monitoring; proves appid and secret."""

        def mint(account: Account, body: dict[str, Any]) -> Answer:
            return Answer(200, {"code": 200, "secret": secrets.token_hex(16), "expiresIn": "30d"})

        return self._with_app(request, mint)

    def list_users(self, request: Request) -> Answer:
        """List agents, with their passwords in clear text as TeleCMI does (public docs)."""

        def listed(account: Account, body: dict[str, Any]) -> Answer:
            whole = request.path.endswith("/all")
            return Answer(200, users.page(account, body, whole=whole))

        return self._with_app(request, listed)

    # What the endpoints share

    def _say(self, code: int, message: str, *, applied: bool = False, **extra: Any) -> Answer:
        status = 200 if self.switches["errors_on_http_200"] else code
        return Answer(status, {"code": code, "msg": message, **extra}, applied=applied)

    def _with_app(self, request: Request, work: Work) -> Answer:
        body, trouble = _read(request, users.app_complaint)
        if trouble:
            return self._say(400, f"Parameter missing ({trouble})")
        return self._with_account(body, int(body["appid"]), APP_404, work)

    def _with_account(self, body: dict[str, Any], number: int, unknown: str, work: Work) -> Answer:
        account = self.accounts.get(number)
        if account is None or account.secret != body["secret"]:
            return self._say(404, unknown)
        return self._run(account, body, work)

    def _with_user(self, request: Request, complaint: Callable[[Any], str], work: Work) -> Answer:
        body, trouble = _read(request, complaint)
        if trouble:
            answer = self._say(400, CONTACT_400)
            answer.note = trouble
            return answer
        for account in self.accounts.values():
            if account.accepts_token(body["token"]):
                return self._run(account, body, work)
        return self._say(404, USER_404)

    def _run(self, account: Account, body: dict[str, Any], work: Work) -> Answer:
        number = str(account.inet_no)
        if not self.limiter.allows(number, self.switches["requests_per_second"]):
            answer = self._say(429, "Too many requests")
        else:
            answer = work(account, body)
        answer.account = number
        return answer

    # What the pages and the control door see

    def state(self) -> dict[str, Any]:
        """Return every account's groups, campaigns, contacts and agents."""
        return {"accounts": {str(one.inet_no): one.as_json() for one in self.accounts.values()}}

    def counts(self) -> dict[str, int]:
        """Return how much is stored."""
        every = self.accounts.values()
        return {
            "lists": sum(len(one.groups) for one in every),
            "leads": sum(len(one.lead_ids) for one in every),
            "campaigns": sum(len(one.campaigns) for one in every),
            "contacts": sum(len(one.contacts) for one in every),
        }


def _read(request: Request, complaint: Callable[[Any], str]) -> tuple[dict[str, Any], str]:
    """Return the body and what is wrong with it."""
    if "json" not in request.headers.get("content-type", "").lower():
        return {}, "content type must be application/json"
    try:
        body = request.json()
    except ValueError as error:
        return {}, f"not JSON: {error}"
    return body, complaint(body)
