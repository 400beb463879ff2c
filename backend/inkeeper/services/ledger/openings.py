"""The opening of an account: the earliest date of its facts, dating it back for an import of older InMails, and undoing
that.

Facts are never changed: the valid opening is retracted, and another one recorded. Every function runs inside a
transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inkeeper.rules.facts import BookChosen, Fact, Opened, Retracted, Terms
from inkeeper.rules.periods import period_start
from inkeeper.rules.replay import INSTANT, cycle_of
from inkeeper.services import dates
from inkeeper.storage import balances
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.transaction import Transaction


def happened_at(tx: Transaction, account_id: str, path: str, stated: datetime | None, now: datetime) -> datetime:
    """The date (UTC) of something that has happened to the account: as `dates.settle` has it.

    If the opening lies in the future (the clock was ahead), the date is just after the account's last fact.
    """
    opened_at = balances.opened_at(tx, account_id)
    at = dates.settle(path, stated, now, opened_at)
    if opened_at <= now:
        return at
    last = balances.last_at(tx, account_id, opened_at + balances.JUST_OPENED)
    return max(at, last or at) + INSTANT


def facts_to_date_back(tx: Transaction, account_id: str, at: datetime, now: datetime) -> list[Fact]:
    """The facts that make the account open with the period that holds `at` (UTC), which lies before its opening.

    Plan and terms of the opening hold from then on, and renewals fall on the days on which they fell.
    """
    opened, corrections = _opening_facts(tx, account_id)
    state, _ = balances.state_at(tx, account_id, opened.at)
    terms = _terms(opened, corrections)
    # Without a renewal day of its own an account renews on the day on which it opened.
    terms = replace(terms, renewal_day=terms.renewal_day or state.cycle_day)
    earlier = max(period_start(cycle_of(state), at), dates.EARLIEST)
    return _replace_opening(tx, account_id, [opened, *corrections], replace(opened, at=earlier, terms=terms), now)


def facts_to_undo_dating_back(tx: Transaction, account_id: str, import_id: str, now: datetime) -> list[Fact]:
    """The facts that undo the dating back of an import; none if there is nothing to undo.

    The opening stays if it was dated back again later, or if other facts have since been dated before the former
    opening.
    """
    brought = stored_facts.facts_of_import(tx, import_id, "opened", "retracted")
    moved = next((fact for fact in brought if isinstance(fact, Opened)), None)
    if moved is None:
        return []
    taken_back = [
        stored_facts.fact_of(tx, account_id, fact.target_id) for fact in brought if isinstance(fact, Retracted)
    ]
    former = next(fact for fact in taken_back if isinstance(fact, Opened))
    opened, corrections = _opening_facts(tx, account_id)
    if opened.id != moved.id or stored_facts.anything_before(tx, account_id, former.at, opened.at, import_id):
        return []
    # Terms that were corrected since stay valid, whatever the date of the opening.
    kept = corrections or [fact for fact in taken_back if isinstance(fact, BookChosen)]
    return _replace_opening(tx, account_id, [opened, *corrections], replace(former, terms=_terms(former, kept)), now)


def _opening_facts(tx: Transaction, account_id: str) -> tuple[Opened, list[BookChosen]]:
    """The valid opening, and the corrections of its terms, of which the last one applies."""
    facts = stored_facts.terms_facts(tx, account_id)
    opened = next(fact for fact in facts if isinstance(fact, Opened))
    return opened, [fact for fact in facts if isinstance(fact, BookChosen) and fact.at == opened.at]


def _terms(opened: Opened, corrections: list[BookChosen]) -> Terms:
    return corrections[-1].terms if corrections else opened.terms


def _replace_opening(tx: Transaction, account_id: str, old: list[Fact], new: Opened, now: datetime) -> list[Fact]:
    return [
        *(Retracted(stored_facts.new_fact_id(tx, account_id, now), max(now, fact.at), fact.id) for fact in old),
        replace(new, id=stored_facts.new_fact_id(tx, account_id, now)),
    ]
