"""Numbers whose persons were erased, known again by a keyed fingerprint: at import, at sending."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from access.models import Team
from leads.models import ErasedNumber, FingerprintKey

AT_ONCE = 500
NO_NUMBER = ""  # what an erased record has for a phone: it cannot be brought back


def remember(team: Team, phone: str) -> None:
    """Keep the fingerprint of `phone` (E.164), so that no file brings the person back."""
    fresh = {"secret": {"key": secrets.token_hex(32)}}
    key, _made = FingerprintKey.objects.get_or_create(team=team, defaults=fresh)
    ErasedNumber.objects.get_or_create(team=team, fingerprint=_fingerprint(key, phone))


def forget(team_id: int, phone: str) -> bool:
    """Let `phone` be called again: the person asked for it. Return whether it was erased."""
    key = _key(team_id)
    if key is None:
        return False
    mine = ErasedNumber.objects.filter(team=team_id, fingerprint=_fingerprint(key, phone))
    return bool(mine.delete()[0])


def among(team_id: int, phones: Iterable[str]) -> set[str]:
    """Return those of `phones` (E.164) that were erased in the team."""
    key = _key(team_id)
    if key is None:
        return set()
    by_print = {_fingerprint(key, phone): phone for phone in phones if phone}
    prints, known = list(by_print), ErasedNumber.objects.filter(team=team_id)
    found: set[str] = set()
    for start in range(0, len(prints), AT_ONCE):
        some = known.filter(fingerprint__in=prints[start : start + AT_ONCE])
        found |= {by_print[one] for one in some.values_list("fingerprint", flat=True)}
    return found


def _key(team_id: int) -> bytes | None:
    found = FingerprintKey.objects.filter(team=team_id).first()
    return bytes.fromhex(found.secret["key"]) if found else None


def _fingerprint(key: FingerprintKey | bytes, phone: str) -> str:
    raw = key if isinstance(key, bytes) else bytes.fromhex(key.secret["key"])
    return hmac.digest(raw, phone.encode(), "sha256").hex()
