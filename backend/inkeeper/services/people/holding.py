"""Held targets: planned targets without a credit on their day, which wait for the next credits. Computed on reading,
never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from inkeeper.rules.facts import Fact
from inkeeper.rules.replay import cap_of
from inkeeper.rules.spreading import Credits, credits_ahead, find_held
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change, timeline
from inkeeper.services.access import Actor
from inkeeper.services.ledger.accounts import UNREADABLE, log_unreadable
from inkeeper.services.people.kept import ValueCache
from inkeeper.storage import balances, target_list, targets
from inkeeper.storage.target_list import PlannedDay, Today
from inkeeper.storage.targets import Target
from inkeeper.storage.transaction import Transaction


class Ahead(NamedTuple):
    """An account's state at `now` (UTC), and the changes of its credits if nothing is sent. `today` is local."""

    state: State
    now: datetime
    today: date
    coming: list[Fact]
    changes: list[Change]
    credits: list[Credits]


class HeldOf(NamedTuple):
    """The held targets of an account, each with the local day on which its credit comes (None: unknown). `now` are
    those whose next step could be done today.
    """

    until: Mapping[str, date | None]
    now: frozenset[str]


_NONE_HELD = HeldOf({}, frozenset())
_LISTS_KEPT = 20
_PLANNED = ValueCache[list[PlannedDay]](_LISTS_KEPT)
_HELD = ValueCache[HeldOf](_LISTS_KEPT)


class Holding:
    """The held targets of an owner's accounts, computed once per account on its first use.

    Targets without an account count for the account `asked`, by default the owner's first.
    """

    def __init__(self, tx: Transaction, actor: Actor, now: datetime, asked: str | None = None) -> None:
        self.today = target_list.today_of(tx, actor.owner_id, now)
        self._tx = tx
        self._actor = actor
        self._now = now
        self._unassigned = asked or next(iter(self.today.by_account), None)
        self._found: dict[str, HeldOf] = {}

    def of(self, target: Target) -> tuple[bool, date | None]:
        """Whether a planned target is held, and until which day."""
        account_id = target.account_id or self._unassigned
        if account_id is None:
            return False, None
        until = self.in_account(account_id).until
        return target.id in until, until.get(target.id)

    def in_account(self, account_id: str) -> HeldOf:
        """The held targets of the account."""
        if account_id not in self._found:
            self._found[account_id] = self._work_out(account_id)
        return self._found[account_id]

    def _work_out(self, account_id: str) -> HeldOf:
        local = Today(self.today.of(account_id))
        with_unassigned = account_id == self._unassigned
        version = targets.list_version(self._tx, self._actor.owner_id)
        of_list = (self._actor.owner_id, account_id, with_unassigned, local.default, version)

        def read() -> list[PlannedDay]:
            return target_list.planned_days(
                self._tx, self._actor.owner_id, account_id, local, with_unassigned=with_unassigned
            )

        planned = _PLANNED.of(of_list, read)
        if not planned:
            return _NONE_HELD
        try:
            ahead = credits_to_come(self._tx, account_id, local.default, self._now)
        except UNREADABLE as error:
            log_unreadable(account_id, error)
            return _NONE_HELD

        def match() -> HeldOf:
            until = find_held([(one.id, one.day) for one in planned], ahead.credits, ahead.today)
            return HeldOf(until, frozenset(one.id for one in planned if one.can_be_done and one.id in until))

        return _HELD.of((of_list, tuple(ahead.credits)), match)


def credits_to_come(tx: Transaction, account_id: str, today: date, now: datetime) -> Ahead:
    """The account's credits at `now` (UTC) and those to come, with the days on which they can be used. Raises one of
    UNREADABLE where its facts make no history.
    """
    state, coming = balances.state_at(tx, account_id, now)
    # Just after the opening, if that lies in the future because the clock was ahead.
    at = state.position.at
    changes = timeline(state, at, coming)
    credits = credits_ahead(state.balance, changes, state.zone, at, cap=cap_of(state))
    return Ahead(state, at, today, coming, changes, credits)
