"""What a provider is to this house: a parcel goes out, a reply comes back.

A provider is plain Python: no models, no database, no clock, no network. It turns saved records
into a payload, a payload into an `httpx.Request`, and an `httpx.Response` into a `Reply`.
`httpx` is imported here and in `sync.client` only; provider modules take `Request` and `Response`
from this module, so a change of HTTP library stays two lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replace
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from httpx import Request as Request
from httpx import Response as Response

PAYMENT = "PAYMENT"  # the kind of an action that is a payment; any other kind is a code
TOO_FAST = "429"  # Reply.code whenever a provider asks for less speed, whatever it calls that

Json = Any  # what json.loads may return; narrowed where it is read


class Outcome(StrEnum):
    """What one answer means for the records it is about."""

    ACCEPTED = "accepted"  # the provider says it has them
    HANDED_OVER = "handed_over"  # taken, but the provider does not report the end
    ALREADY_THERE = "already_there"  # the provider had them before this send
    REJECTED = "rejected"  # known not applied; the same request will be refused again
    RETRY = "retry"  # known not applied; the same request may pass later
    MISCONFIGURED = "misconfigured"  # known not applied; the account needs a person
    UNCERTAIN = "uncertain"  # may or may not have been applied


class Evidence(StrEnum):
    """How we know that a record is at the provider."""

    DIRECT = "direct"  # its own confirmation of this very request
    INFERRED = "inferred"  # "already exists" for ids only we know, after a lost reply
    VERIFIED = "verified"  # read back


class Role(StrEnum):
    """What calling an endpoint does."""

    WRITE = "write"
    READ = "read"
    LOGIN = "login"


class RecordKind(StrEnum):
    """What a saved record is."""

    LEAD = "lead"
    CONTACT = "contact"
    CAMPAIGN = "campaign"
    ACTION = "action"


class FieldKind(StrEnum):
    """Type of a remote field (seed 002 lists most of them); decides its wire form."""

    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    RATING = "rating"
    STATUS = "status"
    ASSIGNEE = "assignee"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DROPDOWN = "dropdown"
    TAGS = "tags"
    WEBSITE = "website"
    MEDIALINK = "medialink"
    LOST_REASON = "lost_reason"


@dataclass(frozen=True)
class FieldRule:
    """One line of a field map: which of our columns feeds which remote field."""

    column: str  # the name of a Lead or Contact field, or `custom.<key>`
    remote: str  # the provider's name
    kind: FieldKind = FieldKind.TEXT


@dataclass(frozen=True)
class FieldValue:
    """One value on its way out, still in our form (E.164 phone, date object, number as text)."""

    remote: str
    kind: FieldKind
    value: str | int | float | bool | date | Sequence[str]


@dataclass(frozen=True)
class Record:
    """One saved record, ready for a payload: `key` is ours, `remote_id` the id minted for it."""

    key: str
    remote_id: str
    fields: tuple[FieldValue, ...]


@dataclass(frozen=True)
class Built:
    """A payload without credentials, and the records that cannot go, each with its reason."""

    payload: Json  # None when no record can go: an empty request is never made
    refused: Mapping[str, str] = field(default_factory=dict)  # record key -> why, for people


@dataclass(frozen=True)
class Parcel:
    """One request on its way: everything a provider needs and nothing more.

    `payload` is frozen JSON without credentials. `keys` are our record keys in payload order.
    `options` are the frozen settings of the send (list id, wire name, duplicate option ...).
    `had_unknown` says that an earlier try of the same bytes may have been applied.
    `then` is the parcel to go on with after this one (a login in front of the real request).
    """

    endpoint: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    payload: Json = field(repr=False)
    keys: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    had_unknown: bool = False
    then: Parcel | None = None


@dataclass(frozen=True)
class Note:
    """What an answer, or a check before sending, says about one record."""

    key: str
    outcome: Outcome
    message: str = ""
    remote_id: str = ""
    evidence: Evidence = Evidence.DIRECT


@dataclass(frozen=True)
class Reply:
    """What one answer means.

    `message` is the provider's own words, verbatim. `notes` override `outcome` for single records.
    `remote_ids` are ids for the whole request ("leads_id", "batch_id"). `learned` are credentials a
    login brought ("token", "token_expires" ISO date), stored encrypted. `splittable` says that
    the refusal names no record and that sending fewer at a time would find the one that caused it.
    `ask` says that repeating cannot tell either: a person decides ("already mapped" after a lost
    reply). `next` is a further request to make before the end is known. `found` is what a read
    brought (agents, lists, rows), picked field by field so that nothing secret comes along.
    """

    outcome: Outcome
    message: str = ""
    code: str = ""
    evidence: Evidence = Evidence.DIRECT
    notes: tuple[Note, ...] = ()
    remote_ids: Mapping[str, str] = field(default_factory=dict)
    learned: Mapping[str, str] = field(default_factory=dict, repr=False)
    splittable: bool = False
    ask: bool = False
    next: Parcel | None = None
    found: tuple[Mapping[str, Any], ...] = ()


def always(_: Parcel) -> bool:
    """Repeatable whatever it carries."""
    return True


def never(_: Parcel) -> bool:
    """Never repeated by a machine."""
    return False


@dataclass(frozen=True)
class Endpoint:
    """One documented call.

    `batch_size` records a request; `in_flight` requests at a time per account; `one_per_record`:
    never two requests for the same person at a time; `credential`: what a refusal of the
    credentials stops; `repeatable(parcel)`: may the same bytes go again after an unknown outcome;
    `groups`: one request is one named group at the provider (a list part) and is never split
    silently; `splits`: a refusal that names no record may be narrowed down by smaller requests;
    `pace`: default requests a second for the account; `hourly`: the documented limit of an hour,
    where there is one; `limit_note` says where these figures are from.
    """

    slug: str
    label: str
    role: Role = Role.WRITE
    record: RecordKind | None = None
    batch_size: int = 1
    in_flight: int = 1
    one_per_record: bool = False
    credential: str = "account"
    repeatable: Callable[[Parcel], bool] = never
    groups: bool = False
    splits: bool = False
    keep_alive: bool = False
    pace: float = 1.0
    hourly: int | None = None
    limit_note: str = ""


@dataclass(frozen=True)
class AccountField:
    """One value an account needs: how to ask for it and where the provider shows it.

    `choices` are (value, words for people) where only some values exist; `default` fills the form.
    """

    key: str
    label: str
    secret: bool = False
    required: bool = True
    where: str = ""
    kind: str = "text"  # text, integer, email, password
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""


@dataclass(frozen=True)
class Explanation:
    """Our words for one of the provider's messages.

    `cause` is a stable slug that groups equal problems (`/problems/<cause>/`); `sentence` says what
    it means; `fix` what to do; `action` names the place of the one button: "edit_records",
    "credentials", "rename", "agents", "list_id", "campaign_dates", "campaign", "decide", "wait",
    "send_again", "list_settings", "ask_admin" or "none".
    """

    cause: str
    sentence: str
    fix: str
    action: str = "none"


@dataclass(frozen=True)
class Timeline:
    """What a provider takes on a lead's timeline, beside the lead's own fields.

    `kinds` are the types a field of an action may have; `statuses` and `currencies` what a payment
    may have. `wire(value, settings)` returns a value as it leaves; raises wire.CannotSend.
    """

    kinds: tuple[FieldKind, ...]
    statuses: tuple[str, ...]
    currencies: tuple[str, ...]
    wire: Callable[[FieldValue, Mapping[str, Any]], Json]


class Provider(Protocol):
    """The whole contract. A new provider is one file with one such object, and a registry line."""

    slug: str
    name: str
    base_url: str
    hosts: tuple[str, ...]  # the only hosts a base URL may name, unless a superuser allows another
    account_fields: tuple[AccountField, ...]
    setting_fields: tuple[AccountField, ...]  # not secret: duplicate_option, workspace timezone ...
    list_fields: tuple[AccountField, ...]  # per list: Smartflo's list id, skill id
    endpoints: tuple[Endpoint, ...]
    timeline: Timeline | None  # None where leads have none; else there is an endpoint for actions
    default_maps: Mapping[RecordKind, tuple[FieldRule, ...]]

    def build(self, endpoint: str, records: Sequence[Record], options: Mapping[str, Any]) -> Built:
        """Return the payload for `records` (1 .. batch_size), without credentials."""

    def opening(self, parcel: Parcel) -> Parcel:
        """Return the first request to make for `parcel`: itself, or a login with `then=parcel`."""

    def request(self, parcel: Parcel) -> Request:
        """Return the HTTP request: URL, headers, body with the credentials merged in."""

    def reply(self, parcel: Parcel, response: Response) -> Reply:
        """Say what `response` to `parcel` means. Never raises, whatever the bytes are."""

    def read_back(self, parcel: Parcel) -> Parcel | None:
        """Return a read that can settle an unknown outcome of `parcel`, or None."""

    def explain(self, endpoint: str, code: str, message: str) -> Explanation | None:
        """Return our words for the provider's `message`, or None when it is not documented."""

    def test(self, base_url: str, credentials: Mapping[str, str]) -> Parcel | None:
        """Return a harmless read that proves the credentials, or None where there is none."""

    def check_credentials(self, credentials: Mapping[str, str]) -> dict[str, str]:
        """Return what is wrong with an account's values: key -> sentence (empty when fine)."""
