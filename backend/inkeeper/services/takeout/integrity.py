"""Checks the whole database: replays each account from its facts, fact by fact, and compares with the ledger's
invariants.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from inkeeper.reasons import Reason, reason
from inkeeper.rules.facts import Fact, Observed, Opened, OutcomeRecorded, Sent
from inkeeper.rules.replay import opening_of, position_of, replay, without_retracted
from inkeeper.rules.sheets import Sheet, build_sheets
from inkeeper.rules.state import Position, State, broken_invariants, dump_state
from inkeeper.services.dates import CLOCK_TOLERANCE
from inkeeper.services.ledger.accounts import UNREADABLE
from inkeeper.services.progress import Progress, no_progress
from inkeeper.storage import facts as stored_facts
from inkeeper.storage import integrity, owners, snapshots, tables, targets
from inkeeper.storage.database import Store
from inkeeper.storage.integrity import InmailRow
from inkeeper.storage.tables import Table
from inkeeper.storage.transaction import Transaction
from inkeeper.wording import refusals
from inkeeper.wording.reasons import english


class Finding(NamedTuple):
    """A fault: its account (None: of no single account), the first fact that shows it (None: of no single fact), and
    what it is.
    """

    account_id: str | None
    fact_id: str | None
    why: Reason

    @property
    def message(self) -> str:
        """What it is, in English."""
        return english(self.why)


def check(store: Store, now: datetime, progress: Progress = no_progress) -> Iterator[Finding]:
    """All faults in the accounts' histories up to `now` (UTC), in the targets, and in the derived columns by which
    people are found.

    Reads one unchanging state of the database.
    """
    with store.read() as tx:
        account_ids = integrity.account_ids(tx)
        for number, account_id in enumerate(account_ids):
            progress(number / len(account_ids))
            try:
                yield from _check_account(tx, account_id, now)
            except UNREADABLE as error:
                yield Finding(account_id, None, reason("fault.unreadable", error=type(error).__name__))

        progress(1)
        yield from _check_targets(tx)
        for table in tables.every():
            yield from _check_derived(tx, table)


def _check_targets(tx: Transaction) -> Iterator[Finding]:
    for owner_id in owners.list_ids(tx):
        try:
            for target_id, columns in targets.outdated_columns(tx, owner_id):
                yield Finding(None, None, reason("fault.target", target=target_id, columns=list(columns)))
        except UNREADABLE as error:
            yield Finding(None, None, reason("fault.list", owner=owner_id, error=type(error).__name__))


def _check_derived(tx: Transaction, table: Table) -> Iterator[Finding]:
    """Compare the derived columns with names and links that they are computed from."""
    for each in table.derived:
        for row_id, text, stored in tables.derived_rows(tx, table, each):
            if stored != each.value(text):
                why = reason("fault.derived", column=each.column, table=table.name, row=str(row_id), source=each.source)
                yield Finding(None, None, why)


def _check_account(tx: Transaction, account_id: str, now: datetime) -> Iterator[Finding]:
    try:
        facts = stored_facts.facts_of(tx, account_id)
        present = max(now, opening_of(facts).at)
        at_once = replay(facts, present).state
    except UNREADABLE as error:
        yield Finding(account_id, None, reason("fault.replay", reason=refusals.explain_replay_error(error)))
        return
    yield from _check_step_by_step(account_id, facts, at_once, present)
    yield from _check_saved(tx, account_id, facts, present)
    yield from _check_dates(account_id, facts, now)
    yield from _check_inmails(tx, account_id, facts)
    yield from _check_last_fact(tx, account_id, facts)


def _check_step_by_step(account_id: str, facts: list[Fact], at_once: State, now: datetime) -> Iterator[Finding]:
    counted = sorted((fact for fact in without_retracted(facts) if fact.at <= now), key=position_of)
    state: State | None = None
    for at, group in groupby(counted, key=lambda fact: fact.at):
        together = list(group)
        state = replay(together, at, state).state
        broken = list(broken_invariants(state))
        if broken:
            yield from (Finding(account_id, together[-1].id, refusals.describe_invariant(each)) for each in broken)
            return
    assert state is not None, "a history that was replayed has an opening"
    if dump_state(replay([], now, state).state) != dump_state(at_once):
        yield Finding(account_id, None, reason("fault.in_steps"))
    if dump_state(replay(reversed(facts), now).state) != dump_state(at_once):
        yield Finding(account_id, None, reason("fault.order"))


def _check_saved(tx: Transaction, account_id: str, facts: list[Fact], now: datetime) -> Iterator[Finding]:
    """Compare saved states and sheets with a replay of the facts. States of future periods were saved while the clock
    was ahead, and are valid.
    """
    saved = snapshots.saved_states(tx, account_id)
    until = max([now, *(state.position.at for state in saved)])
    fresh: dict[Position, State] = {}
    state, journal = replay(facts, until, None, lambda state: fresh.update({state.position: state.copy()}))
    yield from _check_saved_states(account_id, saved, fresh)
    yield from _check_saved_sheets(tx, account_id, build_sheets(None, fresh.values(), journal, state)[0])


def _check_saved_states(account_id: str, states: list[State], fresh: dict[Position, State]) -> Iterator[Finding]:
    for saved in states:
        place = saved.position
        if place not in fresh or dump_state(fresh[place]) != dump_state(saved):
            yield Finding(account_id, place.fact_id or None, reason("fault.state", at=place.at.isoformat()))


def _check_saved_sheets(tx: Transaction, account_id: str, sheets: list[Sheet]) -> Iterator[Finding]:
    drawn_up = {sheet.end: sheet for sheet in sheets}
    for saved in snapshots.saved_sheets(tx, account_id):
        if saved != drawn_up.get(saved.end):
            yield Finding(account_id, None, reason("fault.sheet", at=saved.start.isoformat()))


def _check_inmails(tx: Transaction, account_id: str, facts: list[Fact]) -> Iterator[Finding]:
    sent = {fact.id: fact for fact in facts if isinstance(fact, Sent)}
    for row in integrity.inmails(tx, account_id):
        fact = sent.pop(row.id, None)
        if fact is None:
            yield Finding(account_id, row.id, reason("fault.not_sent"))
            continue
        if (row.sent_at, row.cost) != (fact.at, fact.cost):
            yield Finding(account_id, row.id, reason("fault.date_or_cost"))
        if row.retracted_at != stored_facts.retraction_of(tx, row.id):
            yield Finding(account_id, row.id, reason("fault.retracted"))
        if row.replaces is not None and not _is_replaced(tx, account_id, row):
            yield Finding(account_id, row.id, reason("fault.replaces"))
        outcomes = stored_facts.outcomes_of(tx, row.id)
        if row.outcome != (outcomes[-1].outcome if outcomes else "pending"):
            yield Finding(account_id, row.id, reason("fault.outcome"))
    for fact_id in sent:
        yield Finding(account_id, fact_id, reason("fault.not_listed"))


def _check_last_fact(tx: Transaction, account_id: str, facts: list[Fact]) -> Iterator[Finding]:
    last = integrity.last_fact_id(tx, account_id)
    behind = [fact.id for fact in facts if fact.id > (last or "")]
    if behind:
        yield Finding(account_id, max(behind), reason("fault.last_fact"))


_AHEAD = {Opened: "opened", Sent: "sent", Observed: "observed", OutcomeRecorded: "outcome_recorded"}


def _check_dates(account_id: str, facts: list[Fact], now: datetime) -> Iterator[Finding]:
    """Report dates in the future, which were stored while the clock was ahead."""
    for fact in without_retracted(facts):
        if fact.at > now + CLOCK_TOLERANCE and type(fact) in _AHEAD:
            yield Finding(account_id, fact.id, reason(f"fault.ahead.{_AHEAD[type(fact)]}", day=fact.at.date()))


def _is_replaced(tx: Transaction, account_id: str, row: InmailRow) -> bool:
    """Whether the InMail that this one replaces is an earlier one of the account, and was retracted."""
    former = stored_facts.fact_of(tx, account_id, row.replaces or "")
    return isinstance(former, Sent) and former.id != row.id and stored_facts.retraction_of(tx, former.id) is not None
