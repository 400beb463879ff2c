"""States, journal and period sheets of an account, computed from its facts; and recording new facts."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from inkeeper.rules.facts import Fact, Observed, OutcomeRecorded, Retracted, Sent
from inkeeper.rules.journal import Entry, uncovered_sends
from inkeeper.rules.replay import GRANT, LAST, RANKS, ReplayResult, opening_of, position_of, replay
from inkeeper.rules.sheets import Sheet, build_sheets
from inkeeper.rules.state import Position, State
from inkeeper.storage import facts as stored_facts
from inkeeper.storage import snapshots
from inkeeper.storage.cached_states import CachedStates, states_from
from inkeeper.storage.engines.engine import AccountRow
from inkeeper.storage.transaction import Transaction

JUST_OPENED = timedelta(seconds=1)
"""An account whose opening lies in the future (a clock was ahead) is shown as of this long after the opening."""

_IN_A_PERIOD = (Sent, OutcomeRecorded, Observed, Retracted)
"""Facts that never begin a period. All other kinds may begin one."""

_LATER_FACTS_MAX = 16


class Recorded(NamedTuple):
    """The result of new facts: the state at `now`, the journal entries of the replay, and the facts after `now`."""

    state: State
    journal: list[Entry]
    coming: list[Fact]


class PeriodSheets(NamedTuple):
    """The sheets of an account's closed periods and of its open one, the state at `now`, and the facts dated after
    `now`.
    """

    closed: list[Sheet]
    present: Sheet
    state: State
    coming: list[Fact]


class _Replay(NamedTuple):
    """A replay with new facts.

    - `recorded`: its result;
    - `last_state`: the state as of the last fact up to `now`, None if no fact was replayed;
    - `start`: the state that it started from, None for the opening;
    - `facts`: the facts from `start` on;
    - `begun`: the state at the beginning of each period that began during the replay.
    """

    recorded: Recorded
    last_state: State | None
    start: State | None
    facts: list[Fact]
    begun: list[State]


def state_at(tx: Transaction, account_id: str, now: datetime) -> tuple[State, list[Fact]]:
    """The account's state at `now` (UTC), and its facts dated later. Before the opening: the state just after it.

    Raises BadHistory where there is no such account.
    """
    start, facts = _start_before(tx, account_id, Position(now, LAST + 1, ""))
    now = now if start else _not_before_opening(now, opening_of(facts).at)
    known = _cached_states(tx, account_id)
    # A state from before the latest cached one is not cached.
    if (known is None or start is known.states[-1]) and (replayed := _at_last_fact(facts, now, start)):
        start = replayed.state
        latest = known.with_state(start, facts) if known else states_from(start, facts)
        # A state with many later facts is not cached: every use of it would replay them.
        if len(latest.later_facts) <= _LATER_FACTS_MAX:
            tx.cache_states(account_id, latest)
    return replay(facts, now, start).state, [fact for fact in facts if fact.at > now]


def journal_of(tx: Transaction, account_id: str, since: datetime, until: datetime) -> list[Entry]:
    """The journal's entries in `[since, until]` (UTC), replayed from the last cached or saved state before `since`."""
    start, facts = _start_before(tx, account_id, Position(since, 0, ""))
    if start is None and until < opening_of(facts).at:
        return []
    return [entry for entry in replay(facts, until, start).journal if entry.at >= since]


def period_sheets(tx: Transaction, account_id: str, since: datetime, now: datetime) -> PeriodSheets:
    """The sheets of the periods that ended in `(since, now]` (UTC), oldest first, and of the one open at `now`.

    Closed periods are read from their saved sheets and only the open one is replayed, so the cost does not grow with
    the history before `since`. Before the opening: everything as of just after it.

    Raises BadHistory where there is no such account.
    """
    found = _period_sheets_from(
        tx, account_id, snapshots.saved_before(tx, account_id, Position(now, LAST + 1, "")), now
    )
    kept = snapshots.saved_sheets(tx, account_id, since, (found.closed or [found.present])[0].start)
    sheets = [*kept, *found.closed]
    if not _is_whole([*sheets, found.present], since, found.state.opened_at):
        found = _period_sheets_from(tx, account_id, snapshots.saved_before(tx, account_id, Position(since, 0, "")), now)
        sheets = found.closed
    return found._replace(closed=[sheet for sheet in sheets if sheet.end and sheet.end > since])


def preview(tx: Transaction, account_id: str, facts: Sequence[Fact], now: datetime) -> Recorded:
    """The result that `record` would return. Stores nothing."""
    return _replay_with(tx, account_id, facts, _first_effect(tx, account_id, facts), now).recorded


def record(
    tx: Transaction,
    account_id: str,
    facts: Sequence[Fact],
    now: datetime,
    check: Callable[[Recorded], None] | None = None,
    import_id: str | None = None,
    import_ids: Mapping[str, str] | None = None,
) -> Recorded:
    """Store facts, delete the saved and cached states that they outdate, and save and cache the new ones.

    Needs a write transaction. `now` (UTC) is the time of recording, and the instant of the returned state. `import_id`
    is the import of all facts, `import_ids` that of single facts by fact id. `check` gets the result before anything is
    stored, and raises to refuse the facts. Raises what `replay` raises.
    """
    earliest = _first_effect(tx, account_id, facts)
    recorded, last_state, start, facts_since, begun = _replay_with(tx, account_id, facts, earliest, now)
    if check:
        check(recorded)
    stored_facts.add(tx, account_id, facts, now, import_id, import_ids)
    known = _cached_states(tx, account_id)
    kept = known and known.before(min(earliest, last_state.position) if last_state else earliest)
    if last_state:
        tx.cache_states(
            account_id, kept.with_state(last_state, facts_since) if kept else states_from(last_state, facts_since)
        )
    else:
        tx.cache_states(account_id, kept and kept.with_later_facts(facts_since))
    snapshots.drop_from(tx, account_id, earliest)
    if begun:
        snapshots.save(tx, account_id, begun, build_sheets(start, begun, recorded.journal, recorded.state)[0])
    if tx.account_id != account_id:
        tx.raise_version(account_id)
    return recorded


def newly_uncovered(
    tx: Transaction, account_id: str, facts: Sequence[Fact], recorded: Recorded, now: datetime
) -> set[str]:
    """The ids of the `sent` facts that lose their credit by these new facts. `recorded` is the result with the facts at
    `now` (UTC).

    For each period, the number of sends without a credit is compared with and without the facts; the excess is
    returned.

    Sends are counted and not compared by id: which send of a period lacks a credit depends on their order alone, and an
    edit gives a send a new id. Named are the last ones that are new or had a credit. Sends dated after `now` count as
    well, since another process's clock may be ahead and requests may be handled out of order. For the `check` of
    `record`: the facts must not be stored yet.
    """
    until = max([now, *(fact.at for fact in recorded.coming if type(fact) is Sent)])
    later = replay(recorded.coming, until, recorded.state).journal if until > now else []
    # A replay may begin at any place before the first send that the facts change.
    first = _first_effect(tx, account_id, facts)
    uncovered = _uncovered_from(first, [*recorded.journal, *later])
    if not uncovered:
        return set()
    before = _uncovered_from(first, journal_of(tx, account_id, first.at, until))
    if not before:
        return set(uncovered)
    past = period_sheets(tx, account_id, first.at, until)
    starts = [sheet.start for sheet in (*past.closed, past.present)]
    more = Counter(bisect_right(starts, at) for at in uncovered.values())
    more.subtract(bisect_right(starts, at) for at in before.values())
    found: set[str] = set()
    for fact_id, at in reversed(uncovered.items()):
        period = bisect_right(starts, at)
        if fact_id not in before and more[period] > 0:
            more[period] -= 1
            found.add(fact_id)
    return found


def present(tx: Transaction, account_id: str, now: datetime) -> datetime:
    """The instant (UTC) that the account is shown as of: `now`, or just after an opening in the future."""
    return _not_before_opening(now, opened_at(tx, account_id))


def opened_at(tx: Transaction, account_id: str) -> datetime:
    """When the account opened (UTC)."""
    if latest := _cached_states(tx, account_id):
        return latest.states[-1].opened_at
    return stored_facts.opening_of(tx, account_id)


def last_at(tx: Transaction, account_id: str, now: datetime) -> datetime | None:
    """The date (UTC) of the latest fact up to `now`, or None."""
    latest = tx.cached_states(account_id)
    if latest and (last_state_at := latest.states[-1].position.at) <= now:
        return max([last_state_at, *(fact.at for fact in latest.later_facts if fact.at <= now)])
    return stored_facts.last_at(tx, account_id, now)


def _cached_states(tx: Transaction, account_id: str) -> CachedStates | None:
    """The account's cached states; None where a replay from stored states or facts is needed.

    States cached before another process wrote to the account are updated with the facts recorded since.
    """
    if earlier := tx.outdated_states(account_id):
        tx.cache_states(account_id, _with_new_facts(tx, account_id, *earlier))
    return tx.cached_states(account_id)


def _with_new_facts(tx: Transaction, account_id: str, then: AccountRow, known: CachedStates) -> CachedStates | None:
    """The `known` states that are still valid, with the facts after the last of them; None if no state is valid. `then`
    is the account's row when they were cached.
    """
    facts = stored_facts.facts_of(tx, account_id, known.states[0].position.at)
    new = [fact for fact in facts if fact.id > (then.last_fact_id or "")]
    if len(new) != tx.row(account_id).facts_recorded - then.facts_recorded:
        # Some new facts are dated before the first cached state.
        return None
    kept = known.before(_first_effect(tx, account_id, new)) if new else known
    return kept and kept.with_later_facts(facts)


def _start_before(tx: Transaction, account_id: str, place: Position) -> tuple[State | None, list[Fact]]:
    """The last cached or saved state before that place, and the facts from its instant on. Without such a state: None
    and all facts.
    """
    latest = _cached_states(tx, account_id)
    if latest and latest.states[-1].position < place:
        return latest.states[-1], list(latest.later_facts)
    states = reversed(latest.states) if latest else ()
    start = next((state for state in states if state.position < place), None)
    return _start_with_facts(tx, account_id, start or snapshots.saved_before(tx, account_id, place))


def _not_before_opening(now: datetime, opening: datetime) -> datetime:
    """`now`, or just after the opening if that lies in the future, because the clock was ahead when the account was
    opened.

    Until then, everything that happens is dated within `JUST_OPENED` after the opening.
    """
    return now if opening <= now else opening + JUST_OPENED


def _start_with_facts(tx: Transaction, account_id: str, start: State | None) -> tuple[State | None, list[Fact]]:
    return start, stored_facts.facts_of(tx, account_id, start.position.at if start else None)


def _at_last_fact(
    facts: Sequence[Fact], now: datetime, start: State | None, on_renewal: Callable[[State], None] | None = None
) -> ReplayResult | None:
    """The state as of the last fact up to `now`, replayed from `start`; None where that has seen all of them.

    States are cached as of the last fact, not as of `now`: several devices log at once, so facts often arrive a little
    after their date and would invalidate a state as of `now`.
    """
    last = max((position_of(fact) for fact in facts if fact.at <= now), default=None)
    if last is None or (start and last <= start.position):
        return None
    replayed = replay(facts, last.at, start, on_renewal)
    replayed.state.position = max(last, Position(last.at, GRANT, ""))
    return replayed


def _replay_with(tx: Transaction, account_id: str, new: Sequence[Fact], earliest: Position, now: datetime) -> _Replay:
    """Replay the account with the new facts up to `now`. `earliest` is the first place that they change."""
    place = min(earliest, Position(now, LAST, ""))
    start, facts = _start_before(tx, account_id, place)
    facts += new
    now = now if start else _not_before_opening(now, opening_of(facts).at)
    if start and (
        start.next_renewal <= now or any(not isinstance(fact, _IN_A_PERIOD) for fact in facts if fact.at <= now)
    ):
        # A period will close. Its sheet needs the whole period, so the replay starts at the period's beginning.
        start, facts = _start_with_facts(tx, account_id, snapshots.saved_before(tx, account_id, place))
        facts += new
    begun: list[State] = []

    def on_renewal(state: State) -> None:
        begun.append(state.copy())

    replayed = _at_last_fact(facts, now, start, on_renewal)
    state, later = replay(facts, now, replayed.state if replayed else start, on_renewal)
    journal = replayed.journal + later if replayed else later
    recorded = Recorded(state, journal, [fact for fact in facts if fact.at > now])
    return _Replay(recorded, replayed and replayed.state, start, facts, begun)


def _period_sheets_from(tx: Transaction, account_id: str, start: State | None, now: datetime) -> PeriodSheets:
    """The sheets from `start` on, a state in which a period had just begun (None: from the opening on)."""
    begun: list[State] = []
    facts = stored_facts.facts_of(tx, account_id, start.position.at if start else None)
    now = now if start else _not_before_opening(now, opening_of(facts).at)
    state, journal = replay(facts, now, start, lambda state: begun.append(state.copy()))
    closed, present = build_sheets(start, begun, journal, state)
    return PeriodSheets(closed, present, state, [fact for fact in facts if fact.at > now])


def _is_whole(sheets: Sequence[Sheet], since: datetime, opened_at: datetime) -> bool:
    """Whether the sheets cover the time from `since` or the opening on without a gap."""
    first = sheets[0].start
    return (first <= since or first == opened_at) and all(
        earlier.end == later.start for earlier, later in pairwise(sheets)
    )


def _uncovered_from(first: Position, journal: Sequence[Entry]) -> dict[str, datetime]:
    """The dates (UTC) of the sends without a credit from this place on, by fact id, in order of time."""
    return {
        entry.fact_id: entry.at
        for entry in uncovered_sends(journal)
        if entry.fact_id and Position(entry.at, RANKS[Sent], entry.fact_id) >= first
    }


def _first_effect(tx: Transaction, account_id: str, facts: Sequence[Fact]) -> Position:
    """The first place whose computation the facts change. For a retraction: the place of the retracted fact."""
    places = [position_of(fact) for fact in facts if type(fact) is not Retracted]
    taken_back = [fact.target_id for fact in facts if type(fact) is Retracted]
    if taken_back:
        places += stored_facts.places_of(tx, account_id, taken_back)
    # Retractions of unknown facts change nothing, so any place is correct.
    return min(places, default=position_of(facts[0]))
