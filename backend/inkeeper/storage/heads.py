"""The latest states of accounts, kept in memory so that a balance costs no replay. Losing them changes no answer."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from inkeeper.rules.facts import Fact
from inkeeper.rules.replay import position_of
from inkeeper.rules.state import Position, State
from inkeeper.storage.engines.engine import AccountRow

ACCOUNTS_KEPT = 256
HEADS_KEPT = 16
"""How many of an account's latest states are kept. Where several devices log at once, a fact often comes in just after
a later one; it is then replayed from the state before both, and not from the beginning of the month."""


class Latest(NamedTuple):
    """An account's states as of its last facts, oldest first, and the facts behind the last of them.

    Nobody changes these states: `replay` goes on from a copy.
    """

    heads: tuple[State, ...]
    later: tuple[Fact, ...]

    def with_head(self, head: State, later: list[Fact]) -> Latest:
        """One more state, behind those there are."""
        return Latest((*self.heads[1 - HEADS_KEPT :], head), _behind(head.position, later))

    def with_later(self, facts: list[Fact]) -> Latest:
        """The same states with those of the facts that lie behind them."""
        return Latest(self.heads, _behind(self.heads[-1].position, facts))

    def before(self, place: Position) -> Latest | None:
        """What is left where everything from that place on has changed, or None for nothing."""
        heads = tuple(head for head in self.heads if head.position < place)
        return Latest(heads, ()) if heads else None


class Heads:
    """What is known of the latest states, by account.

    It holds for one version of the account: every write to the account raises that, whichever process it comes from.
    Any thread may use it.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[AccountRow, Latest]] = {}
        self._lock = Lock()

    def find(self, account_id: str, version: int) -> Latest | None:
        """What is known of the account as of that version."""
        known = self._known.get(account_id)
        return known[1] if known and known[0].version == version else None

    def find_earlier(self, account_id: str, version: int) -> tuple[AccountRow, Latest] | None:
        """What is known of the account as of a version before that one, and how its facts stood then."""
        known = self._known.get(account_id)
        return known if known and known[0].version < version else None

    def keep(self, account_id: str, row: AccountRow, latest: Latest) -> None:
        """Know this from now on, unless something of a later version is known; forget who was written least lately."""
        with self._lock:
            known = self._known.pop(account_id, None)
            self._known[account_id] = known if known and known[0].version > row.version else (row, latest)
            if len(self._known) > ACCOUNTS_KEPT:
                del self._known[next(iter(self._known))]


def latest_at(head: State, facts: list[Fact]) -> Latest:
    """The one state `head`, and those of the facts that lie behind it."""
    return Latest((head,), _behind(head.position, facts))


def _behind(place: Position, facts: list[Fact]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if position_of(fact) > place)
