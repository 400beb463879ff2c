"""Connecting a device: a person reads a code at the server's machine and types it into the device.

The device asks and the server shows a code for it, or `inkeeper pair` issues a code first (an invitation) and then the
device asks. On a shared server only the latter: otherwise strangers could make it show codes. By HTTP the code goes to
nobody but the pages of the owner whose device it will be: another program on the machine could read it there.

A browser that Inkeeper starts itself is connected by a prepared pairing: its code is long, and no person types it.

Every pairing and every code belongs to one owner, to the default owner where nobody said whose it is. A code that was
shown to one owner connects no device of another: where a pairing gets another owner, it gets another code, and no two
codes that are valid at the same time are equal.

No device shuts out another: it is known by the id of its pairing, which only it got, and every device that asks gets a
pairing of its own. No owner shuts out another: wrong codes and kept pairings are counted for each. What keeps codes
from being guessed are the tries of each pairing and the limit on wrong codes.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from inkeeper.errors import Problem, not_found
from inkeeper.reasons import reason
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.storage import owners, pairings
from inkeeper.storage.database import Store
from inkeeper.storage.pairings import Invitation, Pairing
from inkeeper.storage.transaction import Transaction

DEFAULT_OWNER = "me"
OPEN_FOR = timedelta(minutes=5)
TRIES = 5
DIGITS = 6
"""Digits of a code that a person types."""

PREPARED_FOR = timedelta(minutes=1)
"""How long a prepared pairing is valid: a browser has to start within this time."""

FOLDER_FOR = timedelta(minutes=10)
"""How long a pairing prepared in the extension's folder is valid: a person has to load the folder within this time."""

UNNAMED = "Browser"
"""The device name of a pairing prepared for any browser. The device gives its own when it connects."""

WAITING_SHOWN = 5
"""How many codes a page shows at once."""

WRONG_CODES_MAX = 50
"""After so many wrong codes for an owner, no device of theirs can be connected until `inkeeper pair` for them or a
restart of the server.

With two valid codes at a time, one in ten thousand such resets lets a guesser in.
"""

# Ended pairings are kept this long, so that a late code gets the reason as its response.
_KEPT = timedelta(days=1)

PAIRINGS_MAX = 1000
"""Pairings kept for each owner, and of those without an owner. Beyond that the oldest are deleted. Each new pairing
takes a write to disk, so a pairing survives a flood for some seconds at least.
"""


def start(store: Store, device_name: str, now: datetime, *, by_invitation: bool = False) -> Pairing:
    """Open a pairing for a device. The result holds the code to show in the terminal.

    There is no code with `by_invitation`, or if there were too many wrong codes for the default owner. Raises the 403
    Problems `invitation_needed` and `pairing_shut` if there is no invitation then.
    """
    with store.begin_write(None) as tx:
        shut = _shut(tx)
        invited = {invitation.owner_id for invitation in _open_invitations(tx, now)}
        has_code = not by_invitation and owners.find(tx, DEFAULT_OWNER) not in shut
        if not has_code and not invited - shut:
            raise _refusal(shut=not by_invitation or bool(invited))
        return _open(tx, None, device_name, _new_code(tx) if has_code else "", now, OPEN_FOR)


def confirm(
    store: Store, pairing_id: str, code: str, now: datetime, *, device_name: str | None = None
) -> devices.NewDevice:
    """Connect the device if the code is right. Only a pairing prepared for any browser takes its name from here.

    Raises 403 `wrong_code` with the tries left, 403 `pairing_shut` after too many wrong codes for everybody to whom a
    code could connect it, 410 `over` once the pairing has ended, 404 if there is none.
    """
    # A wrong code is counted, so it is refused only after the write that counts it.
    with store.begin_write(None) as tx:
        pairing = _open_pairing(tx, pairing_id, now)
        good = _good_codes(tx, pairing, now)
        shut = _shut(tx)
        if good and shut.issuperset(owner_id for owner_id, _ in good):
            raise _refusal(shut=True)
        good = [(owner_id, each) for owner_id, each in good if owner_id not in shut]
        owner_id = _owner_by_code(good, code)
        if owner_id is not None:
            pairings.close(tx, pairing.id, now)
            if not _is_own(pairing, code):
                pairings.drop_invitation(tx, owner_id)
            is_unnamed = pairing.device_name == UNNAMED and len(pairing.code) != DIGITS
            name = device_name if is_unnamed and device_name else pairing.device_name
            return devices.add(tx, Actor(owner_id), name, now)
        for each in sorted({owner_id for owner_id, _ in good}):
            pairings.count_wrong_code(tx, each)
        tries_left = pairing.tries_left - 1
        pairings.set_tries_left(tx, pairing.id, tries_left)
        if tries_left == 0:
            pairings.close(tx, pairing.id, now)
    raise Problem(
        "wrong_code",
        reason("device.wrong_code") if tries_left else reason("device.last_try"),
        status=403,
        tries_left=tries_left,
    )


def prepare(
    store: Store, owner_name: str, device_name: str, now: datetime, valid_for: timedelta = PREPARED_FOR
) -> Pairing:
    """Open a pairing without a code to type, for a device of the owner of this name (created if new).

    The answer's id and code together connect the device, once, while they are valid. The code has 256 random bits.
    """
    with store.begin_write(None) as tx:
        actor = Actor(owners.find_or_add(tx, owner_name, now))
        return _open(tx, actor, device_name, secrets.token_urlsafe(32), now, valid_for)


def is_open(store: Store, pairing_id: str, now: datetime) -> bool:
    """Whether the code of this pairing can connect a device now."""
    with store.read() as tx:
        found = pairings.get(tx, pairing_id)
    return found is not None and found.is_open(now)


def is_closed(store: Store, pairing_id: str) -> bool:
    """Whether a pairing has connected its device, was cancelled or was deleted."""
    with store.read() as tx:
        found = pairings.get(tx, pairing_id)
    return found is None or found.closed_at is not None


def cancel(store: Store, pairing_id: str, now: datetime) -> Pairing:
    """End a pairing, at the request of the device that opened it. Idempotent. Raises 404 if there is none."""
    with store.begin_write(None) as tx:
        pairing = _pairing(tx, pairing_id)
        if pairing.closed_at is None:
            pairings.close(tx, pairing.id, now)
            pairing = pairing._replace(closed_at=now, code="")
        return pairing


def open_for_owner(store: Store, owner_name: str, now: datetime) -> Pairing | None:
    """The one open pairing with a code that has this owner or no owner; its device will belong to the owner of this
    name (created if new).

    The default owner's code, which that owner has seen, is replaced where the device is to be another's. None if there
    is no such pairing, or if there are several, since it is unknown which of them is meant.
    """
    with store.begin_write(None) as tx:
        known = owners.find(tx, owner_name)
        found = [each for each in _typed_pairings(tx, now) if each.owner_id is None or each.owner_id == known]
        if len(found) != 1:
            return None
        pairing = found[0]
        owner_id = owners.find_or_add(tx, owner_name, now)
        is_seen = pairing.owner_id is None and owner_name != DEFAULT_OWNER
        pairing = pairing._replace(owner_id=owner_id, code=_new_code(tx) if is_seen else pairing.code)
        pairings.set_owner(tx, pairing.id, owner_id, pairing.code)
        return pairing


def waiting(store: Store, actor: Actor, now: datetime) -> list[Pairing]:
    """The open pairings whose code connects a device of this owner, the newest first, at most `WAITING_SHOWN`.

    A pairing without an owner connects the default owner's device, so its code is shown to that owner alone.
    """
    with store.read() as tx:
        unclaimed = owners.name_of(tx, actor.owner_id) == DEFAULT_OWNER
        theirs = (
            pairing
            for pairing in _typed_pairings(tx, now)
            if pairing.owner_id == actor.owner_id or (unclaimed and pairing.owner_id is None)
        )
        return list(islice(theirs, WAITING_SHOWN))


def is_default_owner(store: Store, actor: Actor) -> bool:
    """Whether this owner gets the devices of pairings without an owner."""
    with store.read() as tx:
        return owners.name_of(tx, actor.owner_id) == DEFAULT_OWNER


def invite_device(store: Store, actor: Actor, now: datetime) -> str:
    """Issue a code for the next device of this owner; it takes the place of the owner's last one."""
    with store.begin_write(None) as tx:
        return _invite(tx, actor, now)


def invited_code(store: Store, actor: Actor, now: datetime) -> str | None:
    """The code that was issued for the next device of this owner, while it is valid."""
    with store.read() as tx:
        found = pairings.invitation_of(tx, actor.owner_id)
    return found.code if found and found.is_open(now) else None


def invite(store: Store, owner_name: str, now: datetime) -> str:
    """Issue a code for the next device of this owner (created if new); it takes the place of the owner's last one."""
    with store.begin_write(None) as tx:
        return _invite(tx, Actor(owners.find_or_add(tx, owner_name, now)), now)


def reopen(store: Store, owner_name: str | None = None) -> None:
    """Reset the number of wrong codes of the owner of this name, by default of all owners.

    For the server's own machine: at the server's start, and by `inkeeper pair`.
    """
    with store.begin_write(None) as tx:
        owner_id = None if owner_name is None else owners.find(tx, owner_name)
        if owner_name is None or owner_id is not None:
            pairings.delete_wrong_codes(tx, owner_id)


def _open(
    tx: Transaction, actor: Actor | None, device_name: str, code: str, now: datetime, valid_for: timedelta
) -> Pairing:
    """Store a new pairing. Deletes pairings that ended long ago, those dated in the future (a clock was ahead), and the
    owner's oldest beyond `PAIRINGS_MAX`.
    """
    pairings.drop_outside(tx, now - _KEPT, now)
    owner_id = actor and actor.owner_id
    pairings.keep_newest(tx, owner_id, PAIRINGS_MAX - 1)
    pairing = Pairing(secrets.token_urlsafe(24), owner_id, device_name, code, now, now + valid_for, TRIES, None)
    pairings.add(tx, pairing)
    return pairing


def _invite(tx: Transaction, actor: Actor, now: datetime) -> str:
    code = _new_code(tx)
    pairings.add_invitation(tx, Invitation(actor.owner_id, code, now, now + OPEN_FOR))
    return code


def _shut(tx: Transaction) -> set[str]:
    """The owners with too many wrong codes."""
    return {owner_id for owner_id, count in pairings.wrong_codes(tx).items() if count >= WRONG_CODES_MAX}


def _refusal(*, shut: bool) -> Problem:
    if shut:
        return Problem(
            "pairing_shut",
            reason("device.shut", wrong=WRONG_CODES_MAX),
            status=403,
        )
    return Problem(
        "invitation_needed",
        reason("device.ask_for_code"),
        status=403,
    )


def _new_code(tx: Transaction) -> str:
    """A new code that differs from all codes that may still be valid."""
    taken = {pairing.code for pairing in pairings.list_with_code_of(tx, DIGITS)}
    taken |= {invitation.code for invitation in pairings.list_invitations(tx)}
    while (code := f"{secrets.randbelow(10**DIGITS):0{DIGITS}}") in taken:
        pass
    return code


def _typed_pairings(tx: Transaction, now: datetime) -> list[Pairing]:
    """The open pairings whose code a person types, the newest first."""
    return [pairing for pairing in pairings.list_with_code_of(tx, DIGITS) if pairing.is_open(now)]


def _open_invitations(tx: Transaction, now: datetime) -> list[Invitation]:
    return [invitation for invitation in pairings.list_invitations(tx) if invitation.is_open(now)]


def _good_codes(tx: Transaction, pairing: Pairing, now: datetime) -> list[tuple[str, str]]:
    """The codes that connect this pairing's device, each with the device's future owner: the pairing's own code, and
    invitations. A pairing with an owner accepts that owner's codes alone.
    """
    good = [
        (invitation.owner_id, invitation.code)
        for invitation in _open_invitations(tx, now)
        if pairing.owner_id in (None, invitation.owner_id)
    ]
    if pairing.code:
        good.append((pairing.owner_id or owners.find_or_add(tx, DEFAULT_OWNER, now), pairing.code))
    return good


def _owner_by_code(good: Iterable[tuple[str, str]], code: str) -> str | None:
    """The future owner of a device with this code; None for a wrong code."""
    # Each comparison takes constant time, so that the response time does not reveal how many digits are right.
    found = [owner_id for owner_id, each in good if hmac.compare_digest(each.encode(), code.encode())]
    return found[0] if found else None


def _is_own(pairing: Pairing, code: str) -> bool:
    return hmac.compare_digest(pairing.code.encode(), code.encode())


def _pairing(tx: Transaction, pairing_id: str) -> Pairing:
    pairing = pairings.get(tx, pairing_id)
    if pairing is None:
        raise not_found("attempt to connect")
    return pairing


def _open_pairing(tx: Transaction, pairing_id: str, now: datetime) -> Pairing:
    pairing = _pairing(tx, pairing_id)
    if not pairing.is_open(now):
        raise Problem("over", reason("device.over"), status=410)
    return pairing
