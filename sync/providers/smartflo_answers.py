"""What Smartflo's answers mean. Its `success` may be the text "false", and true in a refusal."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

from . import answers
from .answers import Body
from .base import TOO_FAST, Outcome, Parcel, Reply, Response, replace

LOGIN_FAILED = "login_failed"
TOO_MANY = "too many requests"


def verdict(parcel: Parcel, status: int, body: Body, *, write: bool) -> Reply:
    """Return the common meaning of an answer: ACCEPTED only for a 2xx whose `success` is true."""
    if answers.stranger(status, body):
        return answers.not_our_api(status, body)
    message = body.words("message", "msg", "error", "errors")
    meaning = answers.meaning_of(status)
    if status == 401 and can_sign_in(parcel):
        return Reply(Outcome.RETRY, message, str(status), next=sign_in(parcel))
    if meaning is not None:
        return Reply(meaning, message, str(status))
    success = answers.succeeded(body)
    if success is None:
        return answers.unreadable(body, write=write)
    if success:
        return Reply(Outcome.ACCEPTED, message, str(status))
    if TOO_MANY in message.casefold():
        return Reply(Outcome.RETRY, message, TOO_FAST)
    return Reply(Outcome.REJECTED, message, str(status))


def read_trouble(parcel: Parcel, status: int, body: Body) -> Reply | None:
    """Return what is wrong with the answer to a read, or None when it is the documented array."""
    if 200 <= status < 300 and isinstance(body.value, list):
        return None
    reply = verdict(parcel, status, body, write=False)
    if reply.outcome in (Outcome.UNCERTAIN, Outcome.ACCEPTED):
        return replace(reply, outcome=Outcome.RETRY, code=answers.UNREADABLE)
    return reply


def can_sign_in(parcel: Parcel) -> bool:
    """Whether the account holds a sign-in and this parcel did not just have one."""
    held = parcel.credentials
    tried = parcel.endpoint == "login" or parcel.options.get("signed_in")
    return bool(held.get("email") and held.get("password")) and not tried


def sign_in(parcel: Parcel) -> Parcel:
    """Return the sign-in to make in front of `parcel`."""
    after = replace(parcel, options={**parcel.options, "signed_in": True})
    return replace(parcel, endpoint="login", payload={}, options={}, then=after)


def settle_login(parcel: Parcel, response: Response, body: Body) -> Reply:
    """Return the token a sign-in brought; a refused one is never tried again by itself.

    Smartflo counts failed sign-ins and locks the account.
    """
    status = response.status_code
    reply = verdict(parcel, status, body, write=False)
    token = answers.first_text(body.named, ("access_token",))
    if reply.outcome is Outcome.ACCEPTED and token:
        learned = {"token": token, **_ends(response, body)}
        after = parcel.then
        if after is not None:
            after = replace(after, credentials={**after.credentials, "token": token})
        return replace(reply, learned=learned, next=after)
    if reply.outcome in (Outcome.RETRY, Outcome.UNCERTAIN):
        return replace(reply, outcome=Outcome.RETRY)
    code = reply.code if reply.code == answers.NOT_OUR_API else LOGIN_FAILED
    return replace(reply, outcome=Outcome.MISCONFIGURED, code=code)


def _ends(response: Response, body: Body) -> dict[str, str]:
    seconds = answers.first_text(body.named, ("expires_in",))
    try:
        signed_in = parsedate_to_datetime(response.headers.get("date", ""))
        return {"token_expires": (signed_in + timedelta(seconds=int(seconds))).isoformat()}
    except (TypeError, ValueError, OverflowError):
        return {}
