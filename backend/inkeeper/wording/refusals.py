"""Renders errors of the rules and broken invariants in English."""

from __future__ import annotations

from dataclasses import asdict

from inkeeper.rules.books import AllotmentRequired, UnknownBook, UnknownPlan
from inkeeper.rules.periods import UnknownTimeZone
from inkeeper.rules.replay import BadHistory
from inkeeper.rules.state import BrokenInvariant
from inkeeper.vocabulary import HistoryFault

Refusal = UnknownPlan | UnknownBook | AllotmentRequired | UnknownTimeZone


def explain(refused: Refusal) -> str:
    """Render why a value is invalid, and which values are valid."""
    if isinstance(refused, UnknownPlan):
        return f"Rule book {refused.book} has no plan {refused.plan}; it has {', '.join(refused.known)}."
    if isinstance(refused, UnknownBook):
        return f"There is no rule book {refused.book}; there are {', '.join(refused.known)}."
    if isinstance(refused, AllotmentRequired):
        return f"{refused.plan} has no fixed allotment: state yours."
    known = " that browsers know" if refused.unknown_to_browsers else ""
    return f"{refused.name!r} is not a time zone{known}; use an IANA name such as Europe/Berlin."


def explain_replay_error(error: Exception) -> str:
    """Render why facts cannot be replayed."""
    if isinstance(error, BadHistory):
        return _FAULTS[error.fault]
    if isinstance(error, Refusal):
        return explain(error)
    return str(error)


_FAULTS: dict[HistoryFault, str] = {
    "no_opening": "a history begins with the opening of the account",
    "second_opening": "an account opens once",
    "starts_later": "the start lies after the instant asked for",
    "not_open_yet": "the account was not open yet",
}


def describe_invariant(found: BrokenInvariant) -> str:
    """Render a broken invariant."""
    if found.code == "conservation" and found.totals:
        return f"conservation: {asdict(found.totals)} come to {found.found}, the balance is {found.expected}"
    return {
        "negative_balance": f"the balance is below zero: {found.found}",
        "lots": f"the lots hold {found.found}, the balance is {found.expected}",
        "negative_lot": f"lot {found.lot} is below zero: {found.found}",
        "order": "the lots are not in spending order",
    }[found.code]
