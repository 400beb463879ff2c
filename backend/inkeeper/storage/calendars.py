"""Addresses of calendar feeds, and the last published version of each event. All times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction


class Feed(NamedTuple):
    """An account's address: since when there is one, and when it was last read."""

    created_at: datetime
    last_read_at: datetime | None


class BySecret(NamedTuple):
    """The stored address that a secret belongs to."""

    owner_id: str
    account_id: str
    last_read_at: datetime | None
    secret_hash: str


class PublishedEvent(NamedTuple):
    """The last published version of an event. `sequence` counts its changes, the last of them at `changed_at`."""

    uid: str
    digest: str
    sequence: int
    changed_at: datetime


def find_by_secret(store: Store, secret_hash: str) -> BySecret | None:
    """The address with this secret. Without a transaction, since calendar programs ask often."""
    row = store.read_row(
        "SELECT owner_id, account_id, last_read_at, secret_hash FROM calendar_feed"
        " JOIN account ON account.id = account_id WHERE secret_hash = ?",
        (secret_hash,),
    )
    return None if row is None else BySecret(row[0], row[1], _instant(row[2]), row[3])


def get(tx: Transaction, account_id: str) -> Feed | None:
    """The account's address."""
    row = tx.execute(
        "SELECT created_at, last_read_at FROM calendar_feed WHERE account_id = ?", (account_id,)
    ).fetchone()
    return None if row is None else Feed(from_microseconds(row[0]), _instant(row[1]))


def put(tx: Transaction, account_id: str, secret_hash: str, now: datetime) -> None:
    """Give the account an address with this secret, in place of the one that it has."""
    tx.execute(
        "INSERT INTO calendar_feed (account_id, secret_hash, created_at) VALUES (?, ?, ?) ON CONFLICT (account_id)"
        " DO UPDATE SET secret_hash = excluded.secret_hash, created_at = excluded.created_at, last_read_at = NULL",
        (account_id, secret_hash, to_microseconds(now)),
    )


def remove(tx: Transaction, account_id: str) -> None:
    """End the account's address."""
    tx.execute("DELETE FROM calendar_feed WHERE account_id = ?", (account_id,))


def note_read(tx: Transaction, account_id: str, at: datetime) -> None:
    """Note that the address was last read at this instant."""
    tx.execute("UPDATE calendar_feed SET last_read_at = ? WHERE account_id = ?", (to_microseconds(at), account_id))


def published_events(tx: Transaction, account_id: str) -> dict[str, PublishedEvent]:
    """The last published versions of the account's events, by uid."""
    rows = tx.execute(
        "SELECT uid, digest, sequence, changed_at FROM calendar_event WHERE account_id = ?", (account_id,)
    )
    return {
        uid: PublishedEvent(uid, digest, sequence, from_microseconds(changed_at))
        for uid, digest, sequence, changed_at in rows.fetchall()
    }


def put_published(tx: Transaction, account_id: str, event: PublishedEvent) -> None:
    """Store the published version of an event in place of the last one."""
    tx.execute(
        "INSERT INTO calendar_event (account_id, uid, digest, sequence, changed_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (account_id, uid) DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence,"
        " changed_at = excluded.changed_at",
        (account_id, event.uid, event.digest, event.sequence, to_microseconds(event.changed_at)),
    )


def delete_published(tx: Transaction, account_id: str, uid: str) -> None:
    """Delete the published version of an event."""
    tx.execute("DELETE FROM calendar_event WHERE account_id = ? AND uid = ?", (account_id, uid))


def _instant(value: int | None) -> datetime | None:
    return None if value is None else from_microseconds(value)
