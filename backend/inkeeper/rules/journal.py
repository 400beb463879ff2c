"""The entries of the journal: what changed the balance, by how much, and why. A replay writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from inkeeper.vocabulary import JournalKind, Outcome, ReasonCode

UNCOVERED = "uncovered"
"""The rule of the journal entry of a send that was refused for lack of credits."""

OBSERVE = "observe"
"""The rule of an adjustment to the balance that LinkedIn showed."""

FIRST_READING = "first_reading"
"""The rule of an adjustment to the balance that LinkedIn showed before any InMail: the account's starting balance."""

LET_THROUGH = "let_through"
"""The rule of the credit that is added before a send if the balance is 0."""


class Renewed(NamedTuple):
    """The allotment is for `months` months."""

    months: int


class Shown(NamedTuple):
    """LinkedIn showed `shown` credits; the replay had computed `computed`."""

    shown: int
    computed: int


class Answered(NamedTuple):
    """The recipient's answer."""

    outcome: Outcome


class Capped(NamedTuple):
    """The balance must not be above `cap` credits."""

    cap: int


class Reason(NamedTuple):
    """The reason of a journal entry. The type of `arguments` depends on the code."""

    code: ReasonCode
    arguments: Renewed | Shown | Answered | Capped | None = None


class Entry(NamedTuple):
    """One entry of the journal.

    `credits` is the signed change of the balance, `balance` is after the change, `rule` is the key of the rule applied,
    `lots` are the signed changes of lots as (lot id, credits).
    """

    at: datetime
    kind: JournalKind
    credits: int
    balance: int
    why: Reason
    rule: str
    fact_id: str | None
    lots: tuple[tuple[int, int], ...]

    @property
    def inmail_id(self) -> str | None:
        """The InMail that was sent or answered; None for other entries. An InMail has the id of its `sent` fact."""
        return self.fact_id if self.kind in ("spend", "credit_back") else None


def uncovered_sends(journal: Iterable[Entry]) -> list[Entry]:
    """The entries of the sends for which the replay added a credit since the balance was 0, in order of time."""
    return [
        spend
        for adjust, spend in pairwise(journal)
        if adjust.kind == "adjust" and spend.kind == "spend" and adjust.fact_id == spend.fact_id
    ]
