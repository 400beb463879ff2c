"""Logging a retracted InMail again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.errors import conflict
from inkeeper.reasons import reason
from inkeeper.services.access import Actor
from inkeeper.services.ledger import inmail_edits, inmails
from inkeeper.storage import targets
from inkeeper.storage.transaction import Transaction

_CONTENT = ("sent_at", "cost", "subject", "purpose", "note", "source", "target", "text")
_WRITTEN_WITH = {"text": "text_id", "text_version": "text_version", "campaign": "campaign_id"}
"""The columns that refer to an InMail's text and campaign, by field. They are copied unchanged, even if these were
edited or deleted since.
"""


class LoggedAgain(NamedTuple):
    """The id of the new InMail, and the balance after it."""

    inmail_id: str
    balance: int


def log_again(tx: Transaction, actor: Actor, account_id: str, inmail_id: str, now: datetime) -> LoggedAgain:
    """Log a retracted InMail again, as a new one with the same columns and outcome.

    A retraction is a fact and stays in the journal. The id of a replaced InMail logs the InMail that replaced it.
    Raises the 404 Problem, and the 409 Problem `conflict` for an InMail that is not retracted.
    """
    inmail_id = inmails.get_inmail(tx, actor, account_id, inmail_id, now).id
    taken_back = inmails.get_inmail(tx, actor, account_id, inmail_edits.last_edit(tx, inmail_id), now)
    if taken_back.retracted_at is None:
        raise conflict("conflict", reason("inmail.not_taken_back"))
    wanted: dict[str, Any] = {name: getattr(taken_back, name) for name in _CONTENT}
    # The InMail was sent, so it is logged even if no credits are left for it.
    wanted |= {"recipient": taken_back.recipient._asdict(), "accept_discrepancy": True}
    logged = inmails.log_inmail(tx, actor, account_id, wanted, now)
    inmail_id, balance = logged.inmail.id, logged.balance
    written_with = {column: getattr(taken_back, name) for name, column in _WRITTEN_WITH.items()}
    belongs_to = {column: value for column, value in written_with.items() if value is not None}
    if belongs_to:
        targets.link_inmail(tx, inmail_id, belongs_to)
    if taken_back.outcome_at is not None:
        changes = {"outcome": taken_back.outcome, "outcome_at": taken_back.outcome_at}
        balance = inmails.update_inmail(tx, actor, account_id, inmail_id, changes, now).balance
    return LoggedAgain(inmail_id, balance)
