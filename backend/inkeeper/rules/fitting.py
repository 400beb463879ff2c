"""Finds rule books that allow a balance that the account's own rule book does not."""

from __future__ import annotations

from inkeeper.rules.books import Fit, books_allowing
from inkeeper.rules.state import State


def fitting_books(state: State) -> list[Fit]:
    """The rule books to offer, best first. Empty while the account's own book allows the last observed balance."""
    observed = state.observed
    if observed is None or not observed.contradicts_book:
        return []
    return other_books_allowing(state, observed.balance)


def other_books_allowing(state: State, balance: int) -> list[Fit]:
    """The rule books other than the account's own that allow its plan this balance, best first.

    Their numbers are those of the last observation, else those of the state's position.
    """
    at = state.observed.at if state.observed else state.position.at
    found = books_allowing(balance, state.plan, state.terms, state.zone, at)
    return [fit for fit in found if fit.book.id != state.terms.rule_book]
