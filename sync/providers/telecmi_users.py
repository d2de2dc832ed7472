"""TeleCMI users: signing in for a 30-day token, and reading the agents."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

from . import answers
from .answers import Body
from .base import Endpoint, Json, Outcome, Parcel, Reply, Response, Role, always, replace
from .telecmi_answers import Call, Verdict, account

TOKEN_LASTS = timedelta(days=30)
OTHER_ACCOUNT = "other_account"
AGENT_KEYS = ("agent_id", "first_name", "last_name", "extension", "phone")


def can_sign_in(parcel: Parcel) -> bool:
    """Whether the account holds what a sign-in needs and this parcel did not just have one."""
    held = parcel.credentials
    tried = parcel.endpoint == "login" or parcel.options.get("signed_in")
    return bool(held.get("user_id") and held.get("password")) and not tried


def sign_in(parcel: Parcel) -> Parcel:
    """Return the sign-in to make in front of `parcel`."""
    after = replace(parcel, options={**parcel.options, "signed_in": True})
    return replace(parcel, endpoint="login", payload={}, options={}, then=after)


def sign_in_again(parcel: Parcel, verdict: Verdict) -> Reply:
    """Return the reply to a refused token: one new sign-in where possible, else a person."""
    if can_sign_in(parcel):
        return verdict.reply(Outcome.RETRY, next=sign_in(parcel))
    return verdict.reply(Outcome.MISCONFIGURED)


def login_body(parcel: Parcel) -> Json:
    """Return the user's name and password."""
    held = parcel.credentials
    return {"id": held.get("user_id", "").strip(), "password": held.get("password", "")}


def settle_login(parcel: Parcel, verdict: Verdict, body: Body) -> Reply:
    """Return the token a sign-in brought and the parcel it was made for."""
    token = answers.first_text(body.named, ("token",))
    if verdict.outcome is not Outcome.ACCEPTED or not token:
        refused = verdict.outcome in (Outcome.REJECTED, Outcome.ACCEPTED)
        return verdict.reply(Outcome.MISCONFIGURED if refused else None)
    learned = {"token": token}
    after = parcel.then
    if after is not None:
        after = replace(after, credentials={**after.credentials, **learned})
    reply = verdict.reply(learned=learned, next=after)
    theirs = answers.first_text(body.named, ("agent.inet_no",))
    ours = parcel.credentials.get("inet_no", "").strip()
    return replace(reply, code=OTHER_ACCOUNT) if theirs and ours and theirs != ours else reply


def with_expiry(reply: Reply, response: Response) -> Reply:
    """Return `reply` with the day its token ends, counted from the answer's own Date."""
    if "token" not in reply.learned:
        return reply
    try:
        signed_in = parsedate_to_datetime(response.headers.get("date", ""))
        ends = (signed_in + TOKEN_LASTS).isoformat()
    except (TypeError, ValueError, OverflowError):
        return reply
    return replace(reply, learned={**reply.learned, "token_expires": ends})


def agents_body(parcel: Parcel) -> Json:
    """Return one page of the agents' list; here TeleCMI calls the account number appid."""
    return {**account(parcel, "appid"), **parcel.payload}


def settle_agents(parcel: Parcel, verdict: Verdict, body: Body) -> Reply:
    """Return the agents, without the passwords that the answer carries in clear text."""
    if verdict.outcome is not Outcome.ACCEPTED:
        return verdict.reply()
    agents = tuple(
        {key: answers.first_text(row, (key,)) for key in AGENT_KEYS}
        for row in answers.rows(body.named.get("agents"))
    )
    message = body.words("msg", "message")  # never the whole body: it holds passwords
    return replace(verdict.reply(found=agents, next=parcel.then), message=message)


LOGIN = Call(
    Endpoint("login", "Sign in for the phone book", Role.LOGIN, credential="user"),
    "v2/user/login",
    login_body,
    settle_login,
)
AGENTS = Call(
    Endpoint("agents_read", "Read the agents", Role.READ, credential="app", repeatable=always),
    "v3/user/list",
    agents_body,
    settle_agents,
    quotable=False,
)
