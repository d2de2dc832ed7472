"""What TeleCMI's answers mean: one strict reading for all of its calls.

Envelope `{"code": number, "msg": string}` (seeds 000, 001, 003); user calls add `status`. Its own
documents say that a logical refusal may come with HTTP 200, so a success needs both to agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import answers
from .answers import Body
from .base import Built, Endpoint, Evidence, Json, Outcome, Parcel, Record, Reply, Role, replace
from .wire import whole_number

LIMIT = "TeleCMI publishes no limit; one request a second is our own caution."
Build = Callable[[Sequence[Record], Mapping[str, Any]], Built]


@dataclass(frozen=True)
class Verdict:
    """The common part of an answer: its meaning, the number that decided it, TeleCMI's words."""

    outcome: Outcome
    number: int
    message: str

    @property
    def said(self) -> str:
        """The words, ready to compare."""
        return " ".join(self.message.casefold().split())

    def reply(self, outcome: Outcome | None = None, **more: Any) -> Reply:
        """Return the reply this verdict is, or the same words with another outcome."""
        return Reply(outcome or self.outcome, message=self.message, code=str(self.number), **more)

    def inferred(self) -> Reply:
        """Return "it is there": the refusal names ids that only an earlier try can have brought."""
        return self.reply(Outcome.ACCEPTED, evidence=Evidence.INFERRED)


@dataclass(frozen=True)
class Call:
    """One TeleCMI call: where it is, its body with the credentials, what its answers mean.

    `quotable` is False where an answer holds passwords: then no text of it is ever kept.
    """

    endpoint: Endpoint
    path: str
    body: Callable[[Parcel], Json]
    settle: Callable[[Parcel, Verdict, Body], Reply]
    build: Build | None = None
    quotable: bool = True


def judge(status: int, body: Body) -> Verdict:
    """Return what HTTP `status` and the envelope say together; a body only makes a 2xx worse."""
    message = body.words("msg", "message", "error", "errors", "status")
    meaning = answers.meaning_of(status)
    if meaning is not None:
        return Verdict(_without_account(meaning, status), status, message)
    code = body.named.get("code")
    number = code if isinstance(code, int) and not isinstance(code, bool) else None
    if answers.succeeded(body) is False and number == 200:
        return Verdict(Outcome.UNCERTAIN, status, message)
    if number is None and body.named.get("status") == "success" and code is None:
        return Verdict(Outcome.ACCEPTED, status, message)
    if number == 200 and body.named.get("status", "success") == "success":
        return Verdict(Outcome.ACCEPTED, status, message)
    if number is not None and 400 <= number < 600 and body.named.get("status") != "success":
        meaning = answers.meaning_of(number) or Outcome.UNCERTAIN
        return Verdict(_without_account(meaning, number), number, message)
    return Verdict(Outcome.UNCERTAIN, status, message)


def _without_account(meaning: Outcome, number: int) -> Outcome:
    # Every documented 404 of these calls says that the account or the user is not known.
    return Outcome.MISCONFIGURED if number == 404 else meaning


def settle(call: Call, parcel: Parcel, status: int, body: Body) -> Reply:
    """Return what an answer to `call` means."""
    if answers.stranger(status, body):
        return answers.not_our_api(status, body)
    write = call.endpoint.role is Role.WRITE
    if 200 <= status < 300 and not body.named:
        return answers.unreadable(body if call.quotable else Body(""), write=write)
    verdict = judge(status, body)
    if not (call.quotable or body.is_json):
        verdict = replace(verdict, message="")
    if not write and verdict.outcome is Outcome.UNCERTAIN:
        verdict = replace(verdict, outcome=Outcome.RETRY)  # a read leaves nothing behind
    return call.settle(parcel, verdict, body)


def account(parcel: Parcel, name: str = "inet_no") -> dict[str, Json]:
    """Return the account's two values; TeleCMI calls the number inet_no or appid by call."""
    held = parcel.credentials
    return {name: whole_number(held.get("inet_no", "")), "secret": held.get("secret", "").strip()}
