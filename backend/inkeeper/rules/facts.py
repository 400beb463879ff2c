"""What happened to an account: facts, dated, never changed and never deleted.

Every instant is an aware UTC datetime, every amount a whole number of credits. Grants, expiries, forfeits and the
balance are not facts: `replay` computes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inkeeper.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Terms:
    """The rule book an account goes by, with the account's own numbers where they differ from the book's (None: the
    book's).
    """

    rule_book: str
    allotment: int | None = None
    cap: int | None = None
    renewal_day: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The account came into being with a plan. Every history begins with exactly one of these that was not taken
    back.
    """

    id: str
    at: datetime
    plan: str
    time_zone: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class BookChosen:
    """From `at` on the account goes by these terms. Dated at the opening it corrects the whole history."""

    id: str
    at: datetime
    terms: Terms


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """The account moved to another plan, up or down; the old plan's own numbers end with it."""

    id: str
    at: datetime
    plan: str
    allotment: int | None = None
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The subscription was cancelled. When the credits go is for the rule book to say."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """An InMail was sent. `cost` is 0 (Open Profile, 1st degree) or 1."""

    id: str
    at: datetime
    cost: int


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """What became of the InMail `inmail_id`, dated when it happened rather than when it was noted."""

    id: str
    at: datetime
    inmail_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Observed:
    """LinkedIn showed this balance: an assertion, not a difference.

    `source` is who read it: a person, or the extension on a page.
    """

    id: str
    at: datetime
    balance: int
    source: str = "person"


@dataclass(frozen=True, slots=True)
class Retracted:
    """The fact `target_id` was a mistake and counts as never having happened.

    `at` only dates the note in the journal.
    """

    id: str
    at: datetime
    target_id: str


Fact = Opened | BookChosen | PlanChanged | Cancelled | Sent | OutcomeRecorded | Observed | Retracted
