"""Random histories of accounts, drawn where it hurts.

At renewals, at ties, on both sides of 90 days, in zones that skip midnights and days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from hypothesis import strategies as st

from inkeeper.rules.facts import (
    BookChosen,
    Cancelled,
    Fact,
    Observed,
    Opened,
    OutcomeRecorded,
    PlanChanged,
    Retracted,
    Sent,
    Terms,
)
from tests.rules import naive

INSTANT = timedelta(microseconds=1)
NINETY_DAYS = timedelta(hours=90 * 24)
OPEN_FOR_AN_ANSWER = (
    timedelta(0),
    INSTANT,
    timedelta(days=20),
    NINETY_DAYS - INSTANT,
    NINETY_DAYS,
    NINETY_DAYS + INSTANT,
)

# Zone and the months in which its calendar is odd, so that histories cross them.
ZONES: dict[str, tuple[int, int]] = {
    "UTC": (2026, 1),
    "Europe/Berlin": (2026, 2),
    "America/New_York": (2025, 9),
    "America/Havana": (2026, 9),
    "Africa/Cairo": (2026, 3),
    "America/Santiago": (2026, 8),
    "Asia/Kolkata": (2023, 12),
    "Pacific/Apia": (2011, 10),
    "Australia/Lord_Howe": (2026, 3),
}
PLANS = ("basic", "premium_career", "premium_business", "sales_navigator", "recruiter_lite")
SHIPPED = ("month_end", "rolling")
BOOKS = (*SHIPPED, "quarterly")


@dataclass(frozen=True)
class History:
    """The facts of one account, in the order of their ids, and an instant after all of them."""

    facts: list[Fact]
    end: datetime

    def instants(self) -> list[datetime]:
        """Every instant at which a fact falls or an allotment may come, and the instants just before."""
        found = {fact.at for fact in self.facts} | set(turning_points(self.opened))
        found |= {at - INSTANT for at in found}
        return sorted(at for at in found if self.opened.at <= at <= self.end)

    def after(self, now: datetime) -> list[Fact]:
        """The facts dated later, and all that takes facts back: those may be dated before what they take back."""
        return [fact for fact in self.facts if fact.at > now or isinstance(fact, Retracted)]

    @property
    def opened(self) -> Opened:
        return next(fact for fact in self.facts if isinstance(fact, Opened))


@lru_cache(maxsize=4096)
def turning_points(opened: Opened) -> list[datetime]:
    """Month starts and renewal days around the account's first months, in its own zone and in UTC."""
    found = []
    local = opened.at.astimezone(UTC)
    for ahead in range(7):
        year, month = divmod(local.year * 12 + local.month - 1 + ahead, 12)
        for zone in {opened.time_zone, "UTC"}:
            for day in {1, 15, 31, opened.terms.renewal_day or 1}:
                found.append(naive.first_instant(zone, year, month + 1, naive.day_of_month(year, month + 1, day)))
    return sorted(at for at in found if at >= opened.at)


@st.composite
def terms(draw: st.DrawFn, books: tuple[str, ...] = BOOKS) -> Terms:
    """A rule book with or without the account's own numbers; small numbers meet caps and empty balances more often."""
    return Terms(
        draw(st.sampled_from(books)),
        draw(st.one_of(st.none(), st.integers(0, 6))),
        draw(st.one_of(st.none(), st.integers(0, 12))),
        draw(st.one_of(st.none(), st.sampled_from([1, 15, 28, 29, 30, 31]))),
    )


@st.composite
def openings(draw: st.DrawFn, books: tuple[str, ...] = BOOKS) -> Opened:
    """An account opened anywhere in its zone's first odd month, its midnight included."""
    zone = draw(st.sampled_from(list(ZONES)))
    year, month = ZONES[zone]
    day = draw(st.sampled_from([1, 2, 15, 28, naive.day_of_month(year, month, 31)]))
    later = draw(st.sampled_from([timedelta(0), timedelta(hours=9), timedelta(hours=23, minutes=59)]))
    at = naive.first_instant(zone, year, month, day) + later
    return Opened("f00", at, draw(st.sampled_from(PLANS)), zone, draw(terms(books)))


def instants(opened: Opened, earlier: list[Fact]) -> st.SearchStrategy[datetime]:
    """Instants of the account's first months: at its turning points, where something else happened, in between."""
    turning, latest = turning_points(opened), turning_points(opened)[-1]
    minutes = int((latest - opened.at) / timedelta(minutes=1))
    at_turn = st.builds(
        lambda at, off: max(at + off, opened.at),
        st.sampled_from(turning),
        st.sampled_from([timedelta(0), -INSTANT, INSTANT]),
    )
    between = st.integers(0, minutes).map(lambda minute: opened.at + timedelta(minutes=minute))
    tie = st.sampled_from([fact.at for fact in earlier])
    return st.one_of(at_turn, between, between, tie)


@st.composite
def next_fact(
    draw: st.DrawFn, opened: Opened, earlier: list[Fact], kinds: tuple[type, ...], books: tuple[str, ...]
) -> Fact:
    """One more fact about an account; its date has nothing to do with the order in which it arrives."""
    number = f"f{len(earlier):02}"
    kind = draw(st.sampled_from(kinds))
    at = draw(instants(opened, earlier))
    sends = [fact for fact in earlier if isinstance(fact, Sent)]
    if kind is Sent:
        return Sent(number, at, draw(st.sampled_from([1, 1, 1, 1, 0])))
    if kind is OutcomeRecorded and sends:
        sent = draw(st.sampled_from(sends))
        at = draw(st.one_of(st.just(at), st.sampled_from(OPEN_FOR_AN_ANSWER).map(lambda after: sent.at + after)))
        outcome = draw(st.sampled_from(["accepted", "declined", "replied", "no_response", "pending"]))
        return OutcomeRecorded(number, max(at, opened.at), sent.id, outcome)
    if kind is Observed:
        return Observed(number, at, draw(st.integers(0, 9)))
    if kind is PlanChanged:
        own = draw(terms(SHIPPED))
        return PlanChanged(number, at, draw(st.sampled_from(PLANS)), own.allotment, own.cap)
    if kind is Cancelled:
        return Cancelled(number, at)
    if kind is BookChosen:
        return BookChosen(number, draw(st.one_of(st.just(at), st.just(at), st.just(opened.at))), draw(terms(books)))
    if kind is Retracted and len(earlier) > 1:
        target = draw(
            st.sampled_from(
                [fact for fact in earlier if not isinstance(fact, Opened | Retracted)] or [Sent("none", at, 1)]
            )
        )
        return Retracted(number, at, target.id)
    return Sent(number, at, 1)


KINDS = (
    Sent,
    Sent,
    Sent,
    Sent,
    Sent,
    OutcomeRecorded,
    OutcomeRecorded,
    Observed,
    PlanChanged,
    Cancelled,
    BookChosen,
    Retracted,
)

CHANGES_OF_THE_ACCOUNT = (Sent, PlanChanged, PlanChanged, PlanChanged, Cancelled, BookChosen, Retracted)
"""Mostly facts that can begin or end a period. They often fall on one instant."""


@st.composite
def histories(
    draw: st.DrawFn, kinds: tuple[type, ...] = KINDS, most: int = 25, books: tuple[str, ...] = BOOKS
) -> History:
    """An account's facts over about half a year."""
    opened = draw(openings(books))
    facts: list[Fact] = [opened]
    for _ in range(draw(st.integers(0, most))):
        facts.append(draw(next_fact(opened, facts, kinds, books)))
    latest = max([*turning_points(opened), *(fact.at for fact in facts)])
    return History(facts, latest + draw(st.sampled_from([timedelta(0), timedelta(days=40), timedelta(days=100)])))


def recruiter(history: History) -> History:
    """The same account as a Recruiter seat, whose contract sets the allotment, under the rule books that know it."""
    facts: list[Fact] = []
    for fact in history.facts:
        if isinstance(fact, Opened):
            fact = replace(fact, plan="recruiter", terms=_contract(fact.terms))
        elif isinstance(fact, BookChosen):
            fact = replace(fact, terms=_contract(fact.terms))
        facts.append(fact)
    return History(facts, history.end)


def _contract(own: Terms) -> Terms:
    book = "rolling" if own.rule_book == "month_end" else own.rule_book
    return replace(own, rule_book=book, allotment=3 if own.allotment is None else own.allotment)
