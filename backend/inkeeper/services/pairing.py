"""Connecting a device: a person reads a code at the server's machine and types it into the device.

The device asks and the server shows a code for it, or `inkeeper pair` issues a code first (an invitation) and then the
device asks. On a shared server only the latter: otherwise strangers could make it show codes. By HTTP the code goes to
nobody but the pages of the owner whose device it will be: another program on the machine could read it there.

A browser that Inkeeper starts itself is connected by a prepared pairing: its code is long, and no person types it.

Nobody can shut out another: a device is known by the id of its pairing, which only it got, and every device that asks
gets a pairing of its own. What keeps codes from being guessed are the tries of each pairing and the limit on wrong
codes in all.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from itertools import islice

from peewee import fn

from inkeeper.errors import Problem, not_found
from inkeeper.ids import new_id
from inkeeper.services import devices
from inkeeper.storage.database import Store
from inkeeper.storage.models import Installation, Invitation, Owner, Pairing

DEFAULT_OWNER = "me"
OPEN_FOR = timedelta(minutes=5)
TRIES = 5
DIGITS = 6
"""Of a code that a person types."""

OWN_CHROMIUM = "Inkeeper's own Chromium"
"""The device name of the extension in the Chromium that `inkeeper serve` opens."""

PREPARED_FOR = timedelta(minutes=1)
"""How long a prepared pairing is valid: a browser has to start within this time."""

WAITING_SHOWN = 5
"""How many codes a page shows at once."""

WRONG_CODES_MAX = 50
"""After so many wrong codes in all, no device can be connected until `inkeeper pair` or a restart of the server.

With two codes good at a time, guessing succeeds once in ten thousand times that somebody opens it again.
"""

# Long enough that a code which comes too late is answered with the reason.
_KEPT = timedelta(days=1)

WAITING_SHOWN = 5

PAIRINGS_MAX = 1000
"""How many pairings are kept. Beyond, the oldest go; each takes a write to disk, so a person has seconds at least."""


def start(store: Store, device_name: str, now: datetime, *, by_invitation: bool = False) -> Pairing:
    """Open a pairing for a device; the answer holds the code to show in the terminal.

    With `by_invitation` the pairing has no code of its own. Raises the 403 Problem `invitation_needed` if there is no
    invitation then, and `pairing_shut` after too many wrong codes.
    """
    with store.begin_write(None):
        _refuse_if_shut()
        if by_invitation and not _open_invitations(now):
            raise Problem(
                "invitation_needed",
                "Ask whoever runs this server for a code (`inkeeper pair --owner NAME`), then start again.",
                status=403,
            )
        _drop_old_pairings(now)
        return Pairing.create(
            id=secrets.token_urlsafe(24),
            device_name=device_name,
            code="" if by_invitation else _new_code(),
            created_at=now,
            expires_at=now + OPEN_FOR,
            tries_left=TRIES,
        )


def confirm(store: Store, pairing_id: str, code: str, now: datetime) -> devices.NewDevice:
    """Connect the device if the code is right.

    Raises 403 `wrong_code` with the tries left, 403 `pairing_shut` after too many wrong codes in all, 410 `over` once
    the pairing has ended, 404 if there is none.
    """
    # A wrong code is counted, so it is refused only after the write that counts it.
    with store.begin_write(None):
        _refuse_if_shut()
        pairing = _open_pairing(pairing_id, now)
        owner_id = _owner_by_code(pairing, code, now)
        if owner_id is not None:
            _close(pairing, now)
            return devices.add(owner_id, pairing.device_name, now)
        Installation.update(wrong_codes=Installation.wrong_codes + 1).execute()
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


def prepare(store: Store, owner_name: str, device_name: str, now: datetime) -> Pairing:
    """Open a pairing for a program that Inkeeper starts itself, as a device of the owner of this name (created if new).

    The answer's id and code together connect the device, once, within a minute. The code has 256 random bits.
    """
    with store.begin_write(None):
        _drop_old_pairings(now)
        return Pairing.create(
            id=secrets.token_urlsafe(24),
            owner=_owner_named(owner_name, now),
            device_name=device_name,
            code=secrets.token_urlsafe(32),
            created_at=now,
            expires_at=now + PREPARED_FOR,
            tries_left=TRIES,
        )


def is_closed(store: Store, pairing_id: str) -> bool:
    """Whether a pairing has connected its device, was cancelled, or is not there any more."""
    with store.read():
        found: Pairing | None = Pairing.get_or_none(Pairing.id == pairing_id)
    return found is None or found.closed_at is not None


def cancel(store: Store, pairing_id: str, now: datetime) -> Pairing:
    """End a pairing, as whoever started it may; ending it again changes nothing. Raises 404 if there is none."""
    with store.begin_write(None):
        pairing = _pairing(pairing_id)
        if pairing.closed_at is None:
            _close(pairing, now)
        return pairing


def open_for_owner(store: Store, owner_name: str, now: datetime) -> Pairing | None:
    """The one open pairing that shows a code; its device will belong to the owner of this name (created if new).

    None if there is none, and if there are several: which of them is meant, the caller cannot tell.
    """
    with store.begin_write(None):
        found = _typed_pairings(now)
        if len(found) != 1:
            return None
        pairing = found[0]
        pairing.owner = _owner_named(owner_name, now)
        pairing.save(only=[Pairing.owner])
        return pairing


def waiting(store: Store, owner_id: str, now: datetime) -> list[Pairing]:
    """The open pairings whose code connects a device of this owner, the newest first, at most `WAITING_SHOWN`.

    A pairing without an owner connects the default owner's device, so its code is shown to that owner alone.
    """
    with store.read():
        owner = Owner.get_by_id(owner_id)
        unclaimed = owner.name == DEFAULT_OWNER
        theirs = (
            pairing
            for pairing in _typed_pairings(now)
            if pairing.owner_id == owner_id or (unclaimed and pairing.owner_id is None)
        )
        return list(islice(theirs, WAITING_SHOWN))


def is_default_owner(store: Store, owner_id: str) -> bool:
    """Whether devices that nobody claimed are connected as this owner's."""
    with store.read():
        return str(Owner.get_by_id(owner_id).name) == DEFAULT_OWNER


def invite_device(store: Store, owner_id: str, now: datetime) -> str:
    """Issue a code for the next device of this owner; it takes the place of the owner's last one."""
    with store.read():
        name = Owner.get_by_id(owner_id).name
    return invite(store, name, now)


def invited_code(store: Store, owner_id: str, now: datetime) -> str | None:
    """The code that was issued for the next device of this owner, while it is valid."""
    with store.read():
        found: Invitation | None = Invitation.get_or_none(Invitation.owner == owner_id)
    return found.code if found and _is_open(found, now) else None


def invite(store: Store, owner_name: str, now: datetime) -> str:
    """Issue a code for the next device of this owner (created if new); it takes the place of the owner's last one."""
    with store.begin_write(None):
        owner = _owner_named(owner_name, now)
        Invitation.delete().where(Invitation.owner == owner).execute()
        code = _new_code()
        Invitation.create(owner=owner, code=code, created_at=now, expires_at=now + OPEN_FOR)
        return code


def reopen(store: Store) -> None:
    """Forget the wrong codes. For whoever has the machine: at the server's start, and by `inkeeper pair`."""
    with store.begin_write(None):
        Installation.update(wrong_codes=0).where(Installation.wrong_codes > 0).execute()


def _refuse_if_shut() -> None:
    if Installation.get().wrong_codes >= WRONG_CODES_MAX:
        raise Problem(
            "pairing_shut",
            f"{WRONG_CODES_MAX} wrong codes were sent. Run `inkeeper pair` on the server's machine to go on.",
            status=403,
        )


def _new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _drop_old_pairings(now: datetime) -> None:
    """Drop those that ended long ago, those dated in the future (a clock was ahead once) and the oldest of too many."""
    Pairing.delete().where((Pairing.created_at < now - _KEPT) | (Pairing.created_at > now)).execute()
    newest = Pairing.select(Pairing.id).order_by(Pairing.created_at.desc(), Pairing.id).limit(PAIRINGS_MAX - 1)
    Pairing.delete().where(Pairing.id.not_in(newest)).execute()


def _is_open(row: Pairing | Invitation, now: datetime) -> bool:
    # What is dated in the future was made while the clock was ahead, and would be good for too long.
    is_closed = isinstance(row, Pairing) and row.closed_at is not None
    return not is_closed and row.created_at <= now < row.expires_at


def _typed_pairings(now: datetime) -> list[Pairing]:
    """The open pairings whose code a person types, the newest first."""
    coded = Pairing.select().where(fn.LENGTH(Pairing.code) == DIGITS)
    coded = coded.order_by(Pairing.created_at.desc(), Pairing.id)
    return [pairing for pairing in coded if _is_open(pairing, now)]


def _open_invitations(now: datetime) -> list[Invitation]:
    return [invitation for invitation in Invitation.select() if _is_open(invitation, now)]


def _owner_by_code(pairing: Pairing, code: str, now: datetime) -> str | None:
    """To whom the code connects this pairing's device; None if it is wrong. An invitation's code is used up by it."""
    # Each comparison takes constant time, so that the answer's delay does not tell how many digits are right.
    is_own = hmac.compare_digest(pairing.code.encode(), code.encode())
    by_code = [each for each in _open_invitations(now) if hmac.compare_digest(each.code.encode(), code.encode())]
    if is_own:
        return pairing.owner_id or _owner_named(DEFAULT_OWNER, now).id
    for invitation in by_code[:1]:
        Invitation.delete().where(Invitation.owner == invitation.owner_id).execute()
        return invitation.owner_id
    return None


def _pairing(pairing_id: str) -> Pairing:
    pairing: Pairing | None = Pairing.get_or_none(Pairing.id == pairing_id)
    if pairing is None:
        raise not_found("attempt to connect")
    return pairing


def _open_pairing(pairing_id: str, now: datetime) -> Pairing:
    pairing = _pairing(pairing_id)
    if not _is_open(pairing, now):
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
