"""What became of the InMails that were sent lately, counted in the database."""

from __future__ import annotations

from datetime import datetime

from inkeeper.clock import from_microseconds, to_microseconds
from inkeeper.rules.warnings import RESPONSE_WINDOW, Replies
from inkeeper.storage.transaction import Transaction

_COUNT = (
    "SELECT count(*), count(CASE WHEN answered_at <= ? THEN 1 END), min(sent_at) FROM inmail"
    " WHERE account_id = ? AND sent_at > ? AND sent_at <= ? AND retracted_at IS NULL"
)


def count_replies(tx: Transaction, account_id: str, now: datetime) -> Replies:
    """The account's InMails of the RESPONSE_WINDOW up to `now` (UTC), free ones included, without those taken back.

    An InMail is in the window for exactly that time: at its end it is out.
    """
    # An index holds all of these columns, so that no row has to be read.
    until = to_microseconds(now)
    window = (until, account_id, to_microseconds(now - RESPONSE_WINDOW), until)
    sent, answered, oldest = tx.execute(_COUNT, window).fetchone()
    return Replies(sent, answered, None if oldest is None else from_microseconds(oldest) + RESPONSE_WINDOW)
