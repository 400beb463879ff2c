"""Which other rule books could hold what LinkedIn showed, where the account's own cannot."""

from __future__ import annotations

from inkeeper.rules.books import Fit, books_allowing
from inkeeper.rules.state import State


def fitting_books(state: State) -> list[Fit]:
    """The rule books to offer, best first: none while the last observation fits the account's own book."""
    observed = state.observed
    if observed is None or not observed.contradicts_book:
        return []
    return other_books_allowing(state, observed.balance)


def other_books_allowing(state: State, balance: int) -> list[Fit]:
    """The rule books besides the account's own under which its plan can show that balance now, best first."""
    at = state.observed.at if state.observed else state.position.at
    found = books_allowing(balance, state.plan, state.terms, state.zone, at)
    return [fit for fit in found if fit.book.id != state.terms.rule_book]
