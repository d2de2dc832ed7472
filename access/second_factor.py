"""The second step at sign-in: a code from an authenticator app (RFC 6238), or a recovery code.

Asked after the password and after a one-time link alike. Five wrong codes in a row close the door
for 15 minutes and every further one again, so that guessing six digits takes years.
"""

from __future__ import annotations

import base64
import secrets
import time
from datetime import timedelta
from hashlib import sha256
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp.oath import TOTP

from access.audit import record
from access.models import Authenticator, RecoveryCode, Team, User

ISSUER = "telecrm-admin"
KEY_BYTES, STEP, DIGITS = 20, 30, 6  # what every authenticator app takes without asking
TOLERANCE = 1  # steps a phone's clock may be off
FAILURES, LOCKED_FOR = 5, timedelta(minutes=15)
CODES, CODE_BYTES = 10, 10


class Locked(Exception):
    """Too many wrong codes: nothing is looked at before the time is over."""


def of(user: User) -> Authenticator | None:
    """Return the app `user` signs in with, or None while there is none."""
    found: Authenticator | None = Authenticator.objects.filter(user=user, confirmed=True).first()
    return found


def is_required(user: User) -> bool:
    """Whether `user` may work only with a second step: administrators, where the setting says."""
    return settings.REQUIRE_SECOND_FACTOR and user.is_administrator


def begin(user: User) -> Authenticator:
    """Return an app to be connected, with a new key; it counts only after `confirm`."""
    values = {"name": ISSUER, "confirmed": False, "secret": {"key": secrets.token_hex(KEY_BYTES)}}
    pending, is_new = Authenticator.objects.get_or_create(user=user, defaults=values)
    if not is_new and not pending.confirmed:
        Authenticator.objects.filter(pk=pending.pk, confirmed=False).update(**values)
        pending.refresh_from_db()
    return pending  # type: ignore[no-any-return]


def pending_of(user: User) -> Authenticator | None:
    """Return the app `user` began to connect."""
    found: Authenticator | None = Authenticator.objects.filter(user=user, confirmed=False).first()
    return found


def confirm(user: User, code: str) -> list[str] | None:
    """Connect the pending app if `code` is what it shows; return the recovery codes, else None.

    Raises Locked. Other sessions of the person end: they were opened without a second step.
    """
    pending = pending_of(user)
    if pending is None or not _matches(pending, code):
        return None
    with transaction.atomic():
        Authenticator.objects.filter(pk=pending.pk).update(confirmed=True)
        user.end_sessions()
        record("person.second_step_on", actor=user, target=user)
        return _new_codes(user)


def new_codes(user: User) -> list[str]:
    """Return fresh recovery codes; the earlier ones end."""
    with transaction.atomic():
        record("person.recovery_codes", actor=user, target=user)
        return _new_codes(user)


def codes_left(user: User) -> int:
    """Return how many recovery codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def accepts(user: User, code: str) -> bool:
    """Whether `code` is the app's, or an unused recovery code, which is used up. Raises Locked."""
    device = of(user)
    return device is not None and (_matches(device, code) or _is_recovery(device, code))


def remove(user: User, *, by: User | None, team: Team | None = None) -> bool:
    """Take the second step away; return whether there was one.

    For somebody who lost the phone and the codes: an administrator, or the command line.
    """
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        gone, _each = Authenticator.objects.filter(user=user).delete()
        kind = "person.second_step_off" if by == user else "person.second_step_reset"
        if gone:
            user.end_sessions()
            record(kind, actor=by, target=user, team=team)
    return bool(gone)


def text_key(device: Authenticator) -> str:
    """Return the key as people type it: base32 in groups of four."""
    text = base64.b32encode(bytes.fromhex(device.secret["key"])).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(device: Authenticator) -> str:
    """Return the otpauth address an app reads from the picture."""
    values = {"secret": text_key(device).replace(" ", ""), "issuer": ISSUER}
    label = quote(f"{ISSUER}:{device.user.get_username()}")
    return f"otpauth://totp/{label}?{urlencode(values)}"


def _matches(device: Authenticator, code: str) -> bool:
    """Whether the app shows `code` now; a step already used counts no more. Counts failures."""
    _refuse_when_locked(device)
    typed = "".join(code.split())
    totp = TOTP(bytes.fromhex(device.secret["key"]), STEP, 0, DIGITS)
    totp.time = time.time()
    is_code = len(typed) == DIGITS and typed.isascii() and typed.isdigit()
    if not is_code or not totp.verify(int(typed), TOLERANCE, device.last_step + 1):
        if is_code or not device.confirmed:
            _count_failure(device)
        return False
    # One statement that can lose: of two tabs with one code, only the first gets in.
    fresh = Authenticator.objects.filter(pk=device.pk, last_step__lt=totp.t())
    return bool(fresh.update(last_step=totp.t(), failures=0, locked_until=None))


def _is_recovery(device: Authenticator, code: str) -> bool:
    typed = code.replace("-", "").replace(" ", "").lower()
    if len(typed) == DIGITS and typed.isdigit():
        return False  # was the app's, and is counted
    if not _use_up(device, typed):
        _count_failure(device)
        return False
    return True


@transaction.atomic
def _use_up(device: Authenticator, code: str) -> bool:
    """Whether `code` was an unused recovery code; it is used now."""
    unused = RecoveryCode.objects.filter(user=device.user, code_hash=_hash(code), used_at=None)
    if not unused.update(used_at=timezone.now()):
        return False
    Authenticator.objects.filter(pk=device.pk).update(failures=0, locked_until=None)
    record("person.recovery_code_used", actor=device.user, target=device.user)
    return True


def _refuse_when_locked(device: Authenticator) -> None:
    if device.locked_until and device.locked_until > timezone.now():
        raise Locked


def _count_failure(device: Authenticator) -> None:
    with transaction.atomic():
        fresh = Authenticator.objects.select_for_update().get(pk=device.pk)
        fresh.failures += 1
        if fresh.failures >= FAILURES:
            fresh.locked_until = timezone.now() + LOCKED_FOR
            record("person.second_step_locked", actor=device.user, target=device.user)
        fresh.save(update_fields=["failures", "locked_until"])


def _new_codes(user: User) -> list[str]:
    """Replace the recovery codes; return them as people read them, in groups of four."""
    RecoveryCode.objects.filter(user=user).delete()
    plain = [
        base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES)
    ]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=user, code_hash=_hash(code)) for code in plain]
    )
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in plain]


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
