"""Counts of recent InMails and their answers."""

from __future__ import annotations

from datetime import datetime

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.rules.warnings import RESPONSE_WINDOW, Replies
from inkeeper.storage.transaction import Transaction

_COUNT = (
    "SELECT count(*), count(CASE WHEN answered_at <= ? THEN 1 END), min(sent_at) FROM inmail"
    " WHERE account_id = ? AND sent_at > ? AND sent_at <= ? AND retracted_at IS NULL"
)


def count_replies(tx: Transaction, account_id: str, now: datetime) -> Replies:
    """The account's InMails of the RESPONSE_WINDOW up to `now` (UTC), free ones included, without retracted ones.

    The window excludes its end: an InMail counts for exactly that time.
    """
    # A covering index holds these columns, so that no row is read.
    until = to_microseconds(now)
    window = (until, account_id, to_microseconds(now - RESPONSE_WINDOW), until)
    sent, answered, oldest = tx.execute(_COUNT, window).fetchone()
    return Replies(sent, answered, None if oldest is None else from_microseconds(oldest) + RESPONSE_WINDOW)
