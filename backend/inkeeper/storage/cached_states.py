"""A cache in memory of each account's latest states, so that a balance needs no replay. Results are the same without
it.
"""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from inkeeper.rules.facts import Fact
from inkeeper.rules.replay import position_of
from inkeeper.rules.state import Position, State
from inkeeper.storage.engines.engine import AccountRow

ACCOUNTS_KEPT = 256
STATES_KEPT = 16
"""States cached per account. Where several devices log at once, a fact often arrives just after one with a later date;
the replay then starts at the state before both, not at the beginning of the period.
"""


class CachedStates(NamedTuple):
    """An account's states as of each of its last facts, oldest first, and the facts after the last state.

    These states are never modified: `replay` continues from a copy.
    """

    states: tuple[State, ...]
    later_facts: tuple[Fact, ...]

    def with_state(self, state: State, later_facts: list[Fact]) -> CachedStates:
        """With this state appended; `later_facts` replaces the later facts. The oldest state beyond `STATES_KEPT` is
        dropped.
        """
        return CachedStates((*self.states[1 - STATES_KEPT :], state), _facts_after(state.position, later_facts))

    def with_later_facts(self, facts: list[Fact]) -> CachedStates:
        """The same states, with those of the facts that come after the last one."""
        return CachedStates(self.states, _facts_after(self.states[-1].position, facts))

    def before(self, place: Position) -> CachedStates | None:
        """The states before that place, which facts from there on do not change; None if there are none."""
        states = tuple(state for state in self.states if state.position < place)
        return CachedStates(states, ()) if states else None


class StateCache:
    """Cached states by account id.

    An entry is valid for one version of the account. Every write to an account, by any process, raises its version.
    Thread-safe.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[AccountRow, CachedStates]] = {}
        self._lock = Lock()

    def find(self, account_id: str, version: int) -> CachedStates | None:
        """The states cached for that version of the account."""
        known = self._known.get(account_id)
        return known[1] if known and known[0].version == version else None

    def find_outdated(self, account_id: str, version: int) -> tuple[AccountRow, CachedStates] | None:
        """The states cached for an earlier version than that one, with the account's row as of then."""
        known = self._known.get(account_id)
        return known if known and known[0].version < version else None

    def put(self, account_id: str, row: AccountRow, states: CachedStates) -> None:
        """Cache the states of an account, unless those of a later version are cached. Beyond `ACCOUNTS_KEPT` the
        account that was cached longest ago is dropped.
        """
        with self._lock:
            known = self._known.pop(account_id, None)
            self._known[account_id] = known if known and known[0].version > row.version else (row, states)
            if len(self._known) > ACCOUNTS_KEPT:
                del self._known[next(iter(self._known))]


def states_from(state: State, facts: list[Fact]) -> CachedStates:
    """This one state, and those of the facts that come after it."""
    return CachedStates((state,), _facts_after(state.position, facts))


def _facts_after(place: Position, facts: list[Fact]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if position_of(fact) > place)
