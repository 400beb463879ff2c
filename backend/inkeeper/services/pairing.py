"""Connecting a device: it asks, the server shows a code in its terminal, a person types the code into the device.

The code never leaves by HTTP: another program on the machine could read it there.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from math import ceil

from inkeeper.errors import Problem, not_found
from inkeeper.ids import new_id
from inkeeper.services import devices
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner, Pairing

DEFAULT_OWNER = "me"
OPEN_FOR = timedelta(minutes=5)
TRIES = 5
STARTS_ALLOWED = 10
STARTS_WITHIN = timedelta(minutes=10)

# Long enough that the limit on starts sees all it must; what is older is of no use to anyone.
_KEPT = timedelta(days=1)


def start(store: Store, device_name: str, now: datetime) -> Pairing:
    """Open a pairing for a device; the answer holds the code to show in the terminal.

    Raises the 429 Problem while another is open, and when too many were started lately.
    """
    with store.begin_write(None):
        Pairing.delete().where(Pairing.created_at < now - _KEPT).execute()
        _refuse_if_open(now)
        _refuse_if_too_many(now)
        return Pairing.create(
            id=secrets.token_urlsafe(24),
            device_name=device_name,
            code=f"{secrets.randbelow(1_000_000):06}",
            created_at=now,
            expires_at=now + OPEN_FOR,
            tries_left=TRIES,
        )


def confirm(store: Store, pairing_id: str, code: str, now: datetime) -> tuple[str, str]:
    """Connect the device if the code is right; answers its token, which cannot be had again, and its id.

    Raises 403 `wrong_code` with the tries left, 410 `over` once the pairing has ended, 404 if there is none.
    """
    # A wrong code is counted, so it is refused only after the write that counts it.
    with store.begin_write(None):
        pairing = _open_pairing(pairing_id, now)
        # Constant time, so that the answer's delay does not tell how many digits are right.
        right = hmac.compare_digest(pairing.code.encode(), code.encode())
        if right:
            device_id, token = devices.add(
                pairing.owner_id or _owner_named(DEFAULT_OWNER, now).id, pairing.device_name, now
            )
            _close(pairing, now)
            return token, device_id
        pairing.tries_left -= 1
        pairing.save(only=[Pairing.tries_left])
        if pairing.tries_left == 0:
            _close(pairing, now)
    raise Problem(
        "wrong_code",
        "Type the code that the server shows in its terminal."
        if pairing.tries_left
        else "That was the last try. Start connecting again.",
        status=403,
        tries_left=pairing.tries_left,
    )


def cancel(store: Store, pairing_id: str, now: datetime) -> Pairing:
    """End a pairing, as whoever started it may; ending it again changes nothing. Raises 404 if there is none."""
    with store.begin_write(None):
        pairing = _pairing(pairing_id)
        if pairing.closed_at is None:
            _close(pairing, now)
        return pairing


def open_for_owner(store: Store, owner_name: str, now: datetime) -> Pairing | None:
    """The open pairing, whose device will belong to the owner of this name (created if new); None if none is open."""
    with store.begin_write(None):
        pairing = _open_now(now)
        if pairing is not None:
            pairing.owner = _owner_named(owner_name, now)
            pairing.save(only=[Pairing.owner])
        return pairing


def _open_now(now: datetime) -> Pairing | None:
    found: Pairing | None = Pairing.select().where(Pairing.closed_at.is_null() & (Pairing.expires_at > now)).first()
    return found


def _refuse_if_open(now: datetime) -> None:
    pairing = _open_now(now)
    if pairing is not None:
        raise Problem(
            "pairing_open",
            "Finish or cancel connecting the other device, or wait until its code has run out.",
            status=429,
            headers={"Retry-After": _seconds(pairing.expires_at - now)},
        )


def _refuse_if_too_many(now: datetime) -> None:
    # Otherwise a program could go through all codes, five tries at a time.
    starts = Pairing.select().where(Pairing.created_at > now - STARTS_WITHIN).order_by(Pairing.created_at.desc())
    earliest = starts.offset(STARTS_ALLOWED - 1).first()
    if earliest is not None:
        raise Problem(
            "too_many_pairings",
            f"Devices tried to connect {STARTS_ALLOWED} times within ten minutes. Wait a little, then try again.",
            status=429,
            headers={"Retry-After": _seconds(earliest.created_at + STARTS_WITHIN - now)},
        )


def _seconds(wait: timedelta) -> str:
    return str(max(1, ceil(wait.total_seconds())))


def _pairing(pairing_id: str) -> Pairing:
    pairing: Pairing | None = Pairing.get_or_none(Pairing.id == pairing_id)
    if pairing is None:
        raise not_found("attempt to connect")
    return pairing


def _open_pairing(pairing_id: str, now: datetime) -> Pairing:
    pairing = _pairing(pairing_id)
    if pairing.closed_at is not None or pairing.expires_at <= now:
        raise Problem("over", "This attempt to connect has ended. Start again to get a new code.", status=410)
    return pairing


def _close(pairing: Pairing, now: datetime) -> None:
    pairing.closed_at = now
    # Nobody needs the code any more.
    pairing.code = ""
    pairing.save(only=[Pairing.closed_at, Pairing.code])


def _owner_named(name: str, now: datetime) -> Owner:
    owner: Owner | None = Owner.get_or_none(Owner.name == name)
    return owner or Owner.create(id=new_id(now), name=name, created_at=now)
