"""The reasons (`inkeeper.reasons`) behind errors of the rules and broken invariants."""

from __future__ import annotations

from dataclasses import asdict

from inkeeper.reasons import Reason, reason
from inkeeper.rules.books import AllotmentRequired, UnknownBook, UnknownPlan
from inkeeper.rules.periods import UnknownTimeZone
from inkeeper.rules.replay import BadHistory
from inkeeper.rules.state import BrokenInvariant

Refusal = UnknownPlan | UnknownBook | AllotmentRequired | UnknownTimeZone


def explain(refused: Refusal) -> Reason:
    """Why a value is invalid, and which values are valid."""
    if isinstance(refused, UnknownPlan):
        return reason("rule.no_plan", book=refused.book, plan=refused.plan, known=refused.known)
    if isinstance(refused, UnknownBook):
        return reason("rule.no_book", book=refused.book, known=refused.known)
    if isinstance(refused, AllotmentRequired):
        return reason("rule.allotment", plan=refused.plan)
    if refused.unknown_to_browsers:
        return reason("rule.no_zone_of_browsers", zone=repr(refused.name))
    return reason("rule.no_zone", zone=repr(refused.name))


def explain_replay_error(error: Exception) -> Reason | str:
    """Why facts cannot be replayed; the text of an error that the rules do not name."""
    if isinstance(error, BadHistory):
        return reason(f"history.{error.fault}")
    if isinstance(error, Refusal):
        return explain(error)
    return str(error)


def describe_invariant(found: BrokenInvariant) -> Reason:
    """Which invariant is broken, and how."""
    if found.code == "conservation" and found.totals:
        totals = str(asdict(found.totals))
        return reason("conservation", totals=totals, found=found.found, expected=found.expected)
    return reason(f"invariant.{found.code}", found=str(found.found), expected=str(found.expected), lot=str(found.lot))
