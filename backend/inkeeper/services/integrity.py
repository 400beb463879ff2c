"""Whether everything that is stored still adds up: each account replayed from its facts, fact by fact, against the
ledger's invariants.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from inkeeper.rules.facts import Fact, Sent
from inkeeper.rules.replay import BadHistory, position_of, replay, without_retracted
from inkeeper.rules.sheets import Sheet, draw_up
from inkeeper.rules.state import Position, State, broken_invariants, dump_state
from inkeeper.storage import history, snapshots
from inkeeper.storage.database import Store
from inkeeper.storage.models import Account, Inmail


class Finding(NamedTuple):
    """Something that does not hold: for which account, first seen at which fact (None: at none in particular), and
    what.
    """

    account_id: str
    fact_id: str | None
    message: str


def check(store: Store, now: datetime) -> Iterator[Finding]:
    """Everything that does not hold in the accounts' histories up to `now` (UTC).

    Reads one unchanging state of the database.
    """
    with store.read():
        for account in Account.select(Account.id).order_by(Account.id):
            yield from _check_account(account.id, now)


def _check_account(account_id: str, now: datetime) -> Iterator[Finding]:
    try:
        facts = history.facts_of(account_id)
        fresh: dict[Position, State] = {}
        at_once, journal = replay(facts, now, None, lambda state: fresh.update({state.position: state.copy()}))
    except (BadHistory, ValueError, KeyError, TypeError) as error:
        yield Finding(account_id, None, f"The facts cannot be replayed: {error}")
        return
    yield from _check_step_by_step(account_id, facts, at_once, now)
    yield from _check_saved_states(account_id, fresh)
    yield from _check_saved_sheets(account_id, draw_up(None, fresh.values(), journal, at_once)[0])
    yield from _check_inmails(account_id, facts)


def _check_step_by_step(account_id: str, facts: list[Fact], at_once: State, now: datetime) -> Iterator[Finding]:
    counted = sorted((fact for fact in without_retracted(facts) if fact.at <= now), key=position_of)
    state: State | None = None
    for at, group in groupby(counted, key=lambda fact: fact.at):
        together = list(group)
        state = replay(together, at, state).state
        broken = list(broken_invariants(state))
        if broken:
            yield from (Finding(account_id, together[-1].id, message) for message in broken)
            return
    assert state is not None, "a history that was replayed has an opening"
    if dump_state(replay([], now, state).state) != dump_state(at_once):
        yield Finding(account_id, None, "Replaying in steps gives another result than replaying at once.")
    if dump_state(replay(reversed(facts), now).state) != dump_state(at_once):
        yield Finding(account_id, None, "The order in which the facts are read changes the result.")


def _check_saved_states(account_id: str, fresh: dict[Position, State]) -> Iterator[Finding]:
    for saved in snapshots.saved_states(account_id):
        place = saved.position
        if place not in fresh or dump_state(fresh[place]) != dump_state(saved):
            message = f"The state saved for {place.at.isoformat()} is not what the facts give."
            yield Finding(account_id, place.fact_id or None, message)


def _check_saved_sheets(account_id: str, sheets: list[Sheet]) -> Iterator[Finding]:
    drawn_up = {sheet.end: sheet for sheet in sheets}
    for saved in snapshots.saved_sheets(account_id):
        if saved != drawn_up.get(saved.end):
            message = f"The sheet saved for the period from {saved.start.isoformat()} is not what the facts give."
            yield Finding(account_id, None, message)


def _check_inmails(account_id: str, facts: list[Fact]) -> Iterator[Finding]:
    sent = {fact.id: fact for fact in facts if isinstance(fact, Sent)}
    for row in Inmail.select().where(Inmail.account == account_id):
        fact = sent.pop(row.id, None)
        if fact is None:
            yield Finding(account_id, row.id, "An InMail is listed that no fact tells of.")
            continue
        if (row.sent_at, row.cost) != (fact.at, fact.cost):
            yield Finding(account_id, row.id, "The listed InMail and its fact differ in date or cost.")
        if row.retracted_at != history.retraction_of(row.id):
            yield Finding(account_id, row.id, "The listed InMail and the facts differ on whether it was taken back.")
        if row.replaces is not None and not _is_replaced(account_id, row):
            yield Finding(account_id, row.id, "The listed InMail replaces one that was not taken back for it.")
        outcomes = history.outcomes_of(row.id)
        if row.outcome != (outcomes[-1].outcome if outcomes else "pending"):
            yield Finding(account_id, row.id, "The listed InMail and the facts differ on its outcome.")
    for fact_id in sent:
        yield Finding(account_id, fact_id, "An InMail was sent that is not listed.")


def _is_replaced(account_id: str, row: Inmail) -> bool:
    """Whether the InMail that this one replaces is an earlier one of the account, and was taken back."""
    former = history.fact_of(account_id, row.replaces or "")
    return isinstance(former, Sent) and former.id != row.id and history.retraction_of(former.id) is not None
