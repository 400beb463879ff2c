"""The facts of an account: dated events that are appended, never changed and never deleted.

Every instant is an aware UTC datetime, every amount an integer of credits. Grants, expiries, forfeits and the balance
are not facts: `replay` computes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inkeeper.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Terms:
    """An account's rule book, and the account's own numbers. None means the number of the rule book."""

    rule_book: str
    allotment: int | None = None
    cap: int | None = None
    renewal_day: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The account was opened with a plan. Every history begins with exactly one `Opened` that is not retracted."""

    id: str
    at: datetime
    plan: str
    time_zone: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class BookChosen:
    """The terms of the account from `at` on. Dated at the opening, it applies to the whole history."""

    id: str
    at: datetime
    terms: Terms


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """The account changed to another plan. The account's own numbers of the old plan end."""

    id: str
    at: datetime
    plan: str
    allotment: int | None = None
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The subscription was cancelled. The rule book defines when its credits are voided."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """An InMail was sent. `cost` is 0 (Open Profile, 1st degree) or 1 credit."""

    id: str
    at: datetime
    cost: int


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """The outcome of the InMail `inmail_id`. `at` is when it happened, not when it was recorded."""

    id: str
    at: datetime
    inmail_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Observed:
    """LinkedIn showed this balance. An absolute value, not a difference.

    `source` is one of `OBSERVATION_SOURCES`.
    """

    id: str
    at: datetime
    balance: int
    source: str = "person"


@dataclass(frozen=True, slots=True)
class Retracted:
    """The fact `target_id` was a mistake. The replay leaves it out, at whatever instant it is dated.

    `at` is only the date of the entry in the journal.
    """

    id: str
    at: datetime
    target_id: str


Fact = Opened | BookChosen | PlanChanged | Cancelled | Sent | OutcomeRecorded | Observed | Retracted
