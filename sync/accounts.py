"""Provider accounts: proving that one works, and what people see of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, prefetch_related_objects
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from access.models import Account, Hold, Team, User
from access.roles import Role
from sync import client, expiry, explanations, pickers, providers
from sync.models import ACTIVE, Standing, State
from sync.providers.base import Outcome, Parcel, Provider, Reply
from sync.redaction import masked, secret_values
from sync.sending import policy
from sync.wording import Words

MOST_STEPS = 4  # a sign-in, the read, a second read; more would be a loop


@dataclass(frozen=True)
class TestResult:
    """What a test showed. `works` is None where only a real send can show it."""

    works: bool | None
    words: str
    quote: str = ""


def test(account: Account) -> TestResult:
    """Ask the provider something harmless with the account's credentials; note the result."""
    result = _test(account, providers.get(account.provider))
    account.tested_at = timezone.now()
    account.test_works = result.works
    account.test_words = result.words[:300]
    account.save(update_fields=["tested_at", "test_works", "test_words"])
    return result


def _test(account: Account, provider: Provider) -> TestResult:
    address = account.base_url or provider.base_url
    parcel = provider.test(address, account.credentials)
    if parcel is None:
        return TestResult(None, unproven(provider))
    step: Parcel | None = provider.opening(parcel)
    for _number in range(MOST_STEPS):
        if step is None:
            break
        answer = client.send(provider.request(step), allow=policy(account))
        if isinstance(answer, client.NoAnswer):
            return TestResult(False, answer.words)
        secrets = secret_values(provider.account_fields, step.credentials)
        reply = masked(provider.reply(step, answer), secrets)
        _keep(account, reply.learned)
        if reply.outcome not in (Outcome.ACCEPTED, Outcome.ALREADY_THERE):
            return _refused(account, step, reply)
        if step.endpoint == pickers.METADATA:
            pickers.keep_workspace(account, reply)
        step = reply.next
    return TestResult(True, _("%(name)s knows these values.") % {"name": provider.name})


def _refused(account: Account, step: Parcel, reply: Reply) -> TestResult:
    why = explanations.explain(account.provider, step.endpoint, reply.code, reply.message)
    return TestResult(False, f"{why.sentence} {why.fix}".strip(), reply.message)


def _keep(account: Account, learned: Mapping[str, str]) -> None:
    if learned:
        account.credentials = {**account.credentials, **learned}
        account.save(update_fields=["credentials"])


def unproven(provider: Provider) -> str:
    """Why a test of this provider shows nothing."""
    words = _(
        "%(name)s has no harmless request for this token. Send one lead with your own number to "
        "find out."
    )
    return words % {"name": provider.name}


def proof(provider: Provider) -> str:
    """What the Test button does at this provider, before there is an account."""
    filled = {field.key: "1" for field in provider.account_fields if field.required}
    parcel = provider.test(provider.base_url, filled)
    if parcel is None:
        return unproven(provider)
    label = next(e.label for e in provider.endpoints if e.slug == parcel.endpoint)
    return _("Test does one thing: %(what)s. It adds nothing.") % {"what": label.lower()}


@dataclass(frozen=True)
class Figures:
    """How many leads stand where at one account."""

    there: int = 0
    given: int = 0
    waiting: int = 0


@dataclass
class Row:
    """One account as the accounts page shows it."""

    account: Account
    provider_name: str
    sub: str
    words: Words
    holds: list[Hold] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)
    pace: str = ""
    ends: expiry.Expiry | None = None


def rows(accounts: Iterable[Account]) -> list[Row]:
    """Return the accounts with state, figures and pace, for a table."""
    found = list(accounts)
    prefetch_related_objects(found, "gate")
    holds = Hold.objects.filter(account__in=found, released_at=None).order_by("created_at")
    by_account: dict[int, list[Hold]] = {}
    for hold in holds:
        by_account.setdefault(hold.account_id, []).append(hold)
    counted = figures(found)
    return [
        Row(
            account=account,
            provider_name=provider.name,
            sub=_public_line(account, provider),
            words=state(account, by_account.get(account.pk, [])),
            holds=by_account.get(account.pk, []),
            figures=counted.get(account.pk, Figures()),
            pace=pace(account, provider),
            ends=expiry.of(account),
        )
        for account in found
        if (provider := providers.get(account.provider))
    ]


def figures(accounts: Iterable[Account]) -> dict[int, Figures]:
    """Return per account how many leads are there, given, and waiting."""
    counts = (
        Standing.objects.filter(account__in=accounts, lead__isnull=False)
        .values_list("account_id", "state")
        .annotate(number=Count("lead"))
        .order_by()
    )
    tally: dict[int, dict[str, int]] = {}
    for pk, name, number in counts:
        place = _place(name)
        tally.setdefault(pk, {}).setdefault(place, 0)
        tally[pk][place] += number
    return {
        pk: Figures(found.get("there", 0), found.get("given", 0), found.get("waiting", 0))
        for pk, found in tally.items()
    }


def _place(name: str) -> str:
    if name in (State.DELIVERED, State.ALREADY_THERE):
        return "there"
    if name == State.ACCEPTED:
        return "given"
    return "waiting" if name in ACTIVE else "other"


def state(account: Account, holds: list[Hold]) -> Words:
    """Return mark and words for the account itself."""
    if holds:
        since = {"time": _clock_time(holds[0].created_at)}
        return Words("stopped", _("Stopped since %(time)s") % since)
    answered = _answered_at(account)
    tested = account.tested_at if account.test_works is not None else None
    if answered and (tested is None or answered > tested):
        return Words("at", _("Answered at %(time)s") % {"time": _clock_time(answered)})
    if tested is None:
        return Words("none", _("Not tested"))
    if account.test_works:
        return Words("at", _("Worked at %(time)s") % {"time": _clock_time(tested)})
    return Words("refused", _("Test failed at %(time)s") % {"time": _clock_time(tested)})


def _answered_at(account: Account) -> datetime | None:
    """When the provider last answered a send; an account that never sent has no gate."""
    gate = getattr(account, "gate", None)
    return gate.answered_at if gate else None


def _clock_time(moment: datetime) -> str:
    local = timezone.localtime(moment)
    today = local.date() == timezone.localdate()
    return formats.date_format(local, "H:i" if today else "j M, H:i")


def pace(account: Account, provider: Provider) -> str:
    """Return how fast the account is used, for people."""
    endpoint = next(e for e in provider.endpoints if e.batch_size >= 1)
    number = account.pace or endpoint.pace
    if number == 1:
        return _("1 request a second")
    return _("%(number)s requests a second") % {"number": f"{number:g}"}


def requests_this_hour(account: Account) -> int:
    """Return how many requests left in the account's current hour."""
    gate = getattr(account, "gate", None)
    if gate is None or timezone.now() - gate.hour_started_at > timedelta(hours=1):
        return 0
    return int(gate.hour_requests)


def limit(provider: Provider) -> str:
    """Return the provider's limit in its own terms, "" where none is documented."""
    return next((e.limit_note for e in provider.endpoints if e.limit_note), "")


def _public_line(account: Account, provider: Provider) -> str:
    """The first value that is no secret: "Account number 2224257"."""
    for known in provider.account_fields:
        value = account.credentials.get(known.key, "")
        if value and not known.secret:
            return f"{known.label} {value}"
    return provider.name


def administrators(team: Team) -> list[User]:
    """Return who can change the accounts of `team`."""
    members = team.memberships.filter(role=Role.ADMIN, user__is_active=True)
    return [member.user for member in members.select_related("user")[:3]]
