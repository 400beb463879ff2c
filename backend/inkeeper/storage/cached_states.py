"""The latest states of accounts, kept in memory so that a balance costs no replay. Losing them changes no answer."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from inkeeper.rules.facts import Fact
from inkeeper.rules.replay import position_of
from inkeeper.rules.state import Position, State
from inkeeper.storage.engines.engine import AccountRow

ACCOUNTS_KEPT = 256
STATES_KEPT = 16
"""How many of an account's latest states are kept. Where several devices log at once, a fact often comes in just after
a later one; it is then replayed from the state before both, and not from the beginning of the month."""


class CachedStates(NamedTuple):
    """An account's states as of its last facts, oldest first, and the facts behind the last of them.

    Nobody changes these states: `replay` goes on from a copy.
    """

    states: tuple[State, ...]
    later_facts: tuple[Fact, ...]

    def with_state(self, state: State, later_facts: list[Fact]) -> CachedStates:
        """One more state, behind those there are."""
        return CachedStates((*self.states[1 - STATES_KEPT :], state), _facts_after(state.position, later_facts))

    def with_later_facts(self, facts: list[Fact]) -> CachedStates:
        """The same states with those of the facts that lie behind them."""
        return CachedStates(self.states, _facts_after(self.states[-1].position, facts))

    def before(self, place: Position) -> CachedStates | None:
        """What is left where everything from that place on has changed, or None for nothing."""
        states = tuple(state for state in self.states if state.position < place)
        return CachedStates(states, ()) if states else None


class StateCache:
    """What is known of the latest states, by account.

    It holds for one version of the account: every write to the account raises that, whichever process it comes from.
    Any thread may use it.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[AccountRow, CachedStates]] = {}
        self._lock = Lock()

    def find(self, account_id: str, version: int) -> CachedStates | None:
        """What is known of the account as of that version."""
        known = self._known.get(account_id)
        return known[1] if known and known[0].version == version else None

    def find_outdated(self, account_id: str, version: int) -> tuple[AccountRow, CachedStates] | None:
        """What is known of the account as of a version before that one, and how its facts stood then."""
        known = self._known.get(account_id)
        return known if known and known[0].version < version else None

    def put(self, account_id: str, row: AccountRow, states: CachedStates) -> None:
        """Know this from now on, unless something of a later version is known; forget who was written least lately."""
        with self._lock:
            known = self._known.pop(account_id, None)
            self._known[account_id] = known if known and known[0].version > row.version else (row, states)
            if len(self._known) > ACCOUNTS_KEPT:
                del self._known[next(iter(self._known))]


def states_from(state: State, facts: list[Fact]) -> CachedStates:
    """The one state `state`, and those of the facts that lie behind it."""
    return CachedStates((state,), _facts_after(state.position, facts))


def _facts_after(place: Position, facts: list[Fact]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if position_of(fact) > place)
