"""Which warnings went out by e-mail. All times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from inkeeper.instants import to_microseconds
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction


class Sent(NamedTuple):
    """A warning about an account at one severity. `occasion` differs between warnings of the same code."""

    account_id: str
    code: str
    occasion: datetime
    severity: str


_WHERE = "WHERE account_id = ? AND code = ? AND occasion = ? AND severity = ?"


def is_noted(tx: Transaction, sent: Sent) -> bool:
    """Whether the warning is stored as sent."""
    return tx.execute(f"SELECT 1 FROM reminder_sent {_WHERE}", _key(sent)).fetchone() is not None  # noqa: S608 (ours)


def note(tx: Transaction, sent: Sent, now: datetime) -> bool:
    """Store that the warning is being sent. False if that is stored already."""
    done = tx.execute(
        "INSERT INTO reminder_sent (account_id, code, occasion, severity, sent_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (*_key(sent), to_microseconds(now)),
    )
    return done.rowcount == 1


def delete(tx: Transaction, sent: Sent) -> None:
    """Delete the note."""
    tx.execute(f"DELETE FROM reminder_sent {_WHERE}", _key(sent))  # noqa: S608 (a text of ours)


def any_after(store: Store, at: datetime) -> bool:
    """Whether any warning was sent after this instant. Without a transaction."""
    row = store.read_row("SELECT 1 FROM reminder_sent WHERE sent_at > ? LIMIT 1", (to_microseconds(at),))
    return row is not None


def delete_after(tx: Transaction, at: datetime) -> None:
    """Delete the notes of warnings sent after this instant."""
    tx.execute("DELETE FROM reminder_sent WHERE sent_at > ?", (to_microseconds(at),))


def _key(sent: Sent) -> tuple[str, str, int, str]:
    return (sent.account_id, sent.code, to_microseconds(sent.occasion), sent.severity)
