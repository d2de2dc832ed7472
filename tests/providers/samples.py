"""What every provider can be given: records, options and credentials without a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sync.providers import PROVIDERS
from sync.providers.base import (
    Endpoint,
    FieldKind,
    FieldValue,
    Parcel,
    Provider,
    Record,
    RecordKind,
    Response,
    Role,
)

VALUES: dict[str, Any] = {
    "phone": "+919876543210",
    "first_name": "Asha",
    "last_name": "Rao",
    "full_name": "Asha Rao",
    "email": "asha@example.com",
    "rating": 4,
    "status": "Fresh",
    "assignee": "agent@example.com",
}
CAMPAIGN: dict[str, Any] = {
    "name": "Q2 home loans [k7f3qa]",
    "dialer_type": "progressive",
    "active": True,
    "leads_id": "550e8400-e29b-41d4-a716-446655440000",
    "timezone": "+05:30",
    "start_date": "2026-05-01",
    "end_date": "2026-06-01",
    "start_time": "09:00:00",
    "end_time": "18:00:00",
    "users": ["5159_2224257"],
    "user_interval": "10_s",
}
OPTIONS: Mapping[str, Any] = {
    "lead_name": "Q2 home loans [k7f3qa]",
    "campaign": CAMPAIGN,
    "action": {"type": "1001", "fields": {"note": "Site visit"}},
    "list_id": "441940",
    "duplicate_option": "skip",
}


def lead_id(number: int) -> str:
    """Return an id as they are minted for one sending of one record."""
    return str(UUID(int=(4 << 76) | (2 << 62) | number))


def field(remote: str, value: Any, kind: FieldKind = FieldKind.TEXT) -> FieldValue:
    """Return one value on its way out."""
    return FieldValue(remote, kind, value)


def phone(remote: str, value: str = "+919876543210") -> FieldValue:
    """Return a number on its way out."""
    return FieldValue(remote, FieldKind.PHONE, value)


def record(number: int, *fields: FieldValue) -> Record:
    """Return a record whose key is its number."""
    return Record(str(number), lead_id(number), fields)


def mapped(provider: Provider, kind: RecordKind, number: int = 1) -> Record:
    """Return a record with a value for each column of the provider's own field map."""
    rules = provider.default_maps.get(kind, ())
    values = {**VALUES, "phone": f"+9198765{number:05d}"}
    fields = (FieldValue(r.remote, r.kind, values.get(r.column, "sample")) for r in rules)
    return record(number, *fields)


def credentials(provider: Provider) -> dict[str, str]:
    """Return a value for every account field; secrets are easy to find in any text."""
    return {
        one.key: "1111112" if one.kind == "integer" else f"canary/{one.key}+1"
        for one in provider.account_fields
    }


def write_parcel(provider: Provider, endpoint: Endpoint, count: int = 1, **more: Any) -> Parcel:
    """Return a parcel of `count` records for a write endpoint."""
    assert endpoint.record is not None
    records = [mapped(provider, endpoint.record, number) for number in range(1, count + 1)]
    built = provider.build(endpoint.slug, records, OPTIONS)
    assert not built.refused, built.refused
    keys = tuple(one.key for one in records)
    held = {"credentials": credentials(provider), "keys": keys, "options": OPTIONS, **more}
    return Parcel(endpoint.slug, provider.base_url, payload=built.payload, **held)


def parcels(provider: Provider) -> Iterator[Parcel]:
    """Yield a parcel for every call that `provider` can be led to make."""
    for endpoint in provider.endpoints:
        if endpoint.role is not Role.WRITE:
            continue
        parcel = write_parcel(provider, endpoint, min(3, endpoint.batch_size))
        yield parcel
        yield Parcel(**{**vars(parcel), "had_unknown": True})
        look = provider.read_back(parcel)
        if look:
            yield look
    held = credentials(provider)
    for known in (held, {key: value for key, value in held.items() if key != "token"}):
        probe = provider.test(provider.base_url, known)
        while probe:
            yield probe
            probe = probe.then


def every_parcel() -> Iterator[tuple[str, Parcel]]:
    """Yield (provider slug, parcel) for every call of every provider."""
    for slug, provider in PROVIDERS.items():
        for parcel in parcels(provider):
            yield slug, parcel


def response(status: int, body: bytes | str | dict[str, Any] | list[Any] = b"") -> Response:
    """Return an answer as the client hands it over."""
    if isinstance(body, dict | list):
        return Response(status, json=body)
    return Response(status, content=body.encode() if isinstance(body, str) else body)
