"""The three providers as a model: what each request does to them, and which answers get lost."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sync import client
from sync.models import Attempt, Delivery
from sync.providers.base import Request, Response

FAULTS = (
    "none",
    "lost_before",
    "lost_after",
    "never_left",
    "500_before",
    "500_after",
    "torn_after",
    "429",
    "401",
    "400",
)
Answer = tuple[int, Any]


@dataclass
class Providers:
    """Stands where client.send stands. `fault` is used up by the next request.

    `copies` counts, by (provider, what), the records that exist there; `history` holds the names a
    number had, in order. `wrong` collects broken promises as they happen.
    """

    fault: str = "none"
    names: set[str] = field(default_factory=set)
    lead_ids: set[str] = field(default_factory=set)
    copies: Counter[tuple[int, str]] = field(default_factory=Counter)
    history: dict[tuple[int, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    def __call__(self, request: Request, **_: Any) -> client.Answer:
        """Answer one request as the fault says, and apply it or not."""
        delivery = self._written_down()
        fault, self.fault = self.fault, "none"
        if fault == "never_left":
            return client.NoAnswer(client.Kind.NEVER_SENT, "connect", "No connection.")
        if delivery:
            self._check_wanted(delivery, request)
        applies = fault in ("none", "lost_after", "500_after", "torn_after")
        said = self._apply(delivery, json.loads(request.content)) if applies and delivery else None
        if fault.startswith("lost"):
            return client.NoAnswer(client.Kind.UNKNOWN, "cut", "The connection broke.")
        if fault == "torn_after":
            return Response(200, text='{"stat', request=request)
        status, body = said or (200, {})
        if fault not in ("none",):
            status = int(fault[:3])
            body = {"code": status, "msg": "no", "success": False, "error": {"code": "NO"}}
        return Response(status, json=body, request=request)

    def _written_down(self) -> Delivery | None:
        tries = Attempt.objects.filter(result=Attempt.Result.IN_FLIGHT).order_by("-pk")
        attempt = tries.select_related("delivery__account").first()
        if attempt is None:
            self.wrong.append("I5 a request left that is not written down")
            return None
        return attempt.delivery

    def _check_wanted(self, delivery: Delivery, request: Request) -> None:
        if delivery.had_unknown:
            return
        for item in delivery.items.select_related("lead"):
            lead = item.lead
            gone = lead is not None and (lead.deleted_at or lead.do_not_call)
            if lead and gone and lead.phone[-10:] in request.content.decode():
                self.wrong.append(f"{lead.phone} left although it was deleted or blocked before")

    def _apply(self, delivery: Delivery, body: dict[str, Any]) -> Answer:
        account = delivery.account
        if account.provider == "telecmi":
            return self._telecmi(account.pk, body)
        if account.provider == "telecrm":
            return self._telecrm(account.pk, body)
        return self._smartflo(account.pk, body)

    def _telecmi(self, account: int, body: dict[str, Any]) -> Answer:
        if body["lead_name"] in self.names:
            return 400, {"code": 400, "msg": "Lead Name Already Exists"}
        ids = {lead["lead_id"] for lead in body["leads"]}
        if ids & self.lead_ids:
            return 400, {"code": 400, "msg": "lead_id Already Exists"}
        self.names.add(body["lead_name"])
        self.lead_ids |= ids
        for lead in body["leads"]:
            self.copies[account, lead["phone"][-10:]] += 1
        return 200, {"code": 200, "msg": "Leads Added Successfully"}

    def _telecrm(self, account: int, body: dict[str, Any]) -> Answer:
        phone = body["fields"]["phone"][-10:]
        if "actions" in body:
            for action in body["actions"]:
                self.copies[account, f"paid {float(action['amount']):.2f}"] += 1
        else:
            self.copies[account, phone] = 1
            self._named(account, phone, body["fields"]["name"])
        return 200, {"status": "QUEUED"}

    def _smartflo(self, account: int, body: dict[str, Any]) -> Answer:
        clone = body["duplicate_option"] == "clone"
        for row in body["data"]:
            phone = row["field_0"][-10:]
            self.copies[account, phone] += 1 if clone or not self.copies[account, phone] else 0
            if body["duplicate_option"] == "overwrite":
                self._named(account, phone, row["field_1"])
        return 200, {"success": True, "message": "Leads added"}

    def _named(self, account: int, phone: str, name: str) -> None:
        """Note the name; names end in the version they are of."""
        before = self.history[account, phone]
        if before and int(name.rsplit("v", 1)[1]) < int(before[-1].rsplit("v", 1)[1]):
            self.wrong.append(f"I9 {phone}: {name} was applied after {before[-1]}")
        before.append(name)
