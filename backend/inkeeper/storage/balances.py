"""What an account's facts amount to: its states, the sheets of its periods, and what new facts change. All of it runs
inside a transaction of the store.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from inkeeper.rules.facts import Fact, Observed, OutcomeRecorded, Retracted, Sent
from inkeeper.rules.replay import GRANT, LAST, RANKS, Entry, Replayed, opening_of, position_of, replay, uncovered_sends
from inkeeper.rules.sheets import Sheet, draw_up
from inkeeper.rules.state import Position, State
from inkeeper.storage import facts as stored_facts
from inkeeper.storage import snapshots
from inkeeper.storage.cached_states import CachedStates, states_from
from inkeeper.storage.engines.engine import AccountRow
from inkeeper.storage.transaction import Transaction

JUST_OPENED = timedelta(seconds=1)
"""How long after its opening an account is shown as of, while the opening is still to come."""

_IN_A_PERIOD = (Sent, OutcomeRecorded, Observed, Retracted)
"""The facts that begin no period. Only the others may."""

_LATER_FACTS_MAX = 16


class Recorded(NamedTuple):
    """The account after its new facts: the state at `now`, the journal of what was replayed, and the facts to come."""

    state: State
    journal: list[Entry]
    coming: list[Fact]


class PeriodSheets(NamedTuple):
    """An account's past by its periods: a sheet for each that is over, the open one's, the state they led to, and the
    facts to come.
    """

    closed: list[Sheet]
    present: Sheet
    state: State
    coming: list[Fact]


class _Replay(NamedTuple):
    """A replay with new facts: what it came to, the state as of the last fact (None: as known before), where it began,
    the facts from there on, and a state for each period that began on the way.
    """

    recorded: Recorded
    last_state: State | None
    start: State | None
    facts: list[Fact]
    begun: list[State]


def state_at(tx: Transaction, account_id: str, now: datetime) -> tuple[State, list[Fact]]:
    """The account's state at `now` (UTC), and its facts dated later; while the opening is to come, just after it.

    Raises BadHistory where there is no such account.
    """
    start, facts = _start_before(tx, account_id, Position(now, LAST + 1, ""))
    now = now if start else _not_before_opening(now, opening_of(facts).at)
    known = _cached_states(tx, account_id)
    # Asked about a time before the latest state, there is nothing to learn.
    if (known is None or start is known.states[-1]) and (head := _at_last_fact(facts, now, start)):
        start = head.state
        latest = known.with_state(start, facts) if known else states_from(start, facts)
        # Asked about a time long past, what came since is not worth keeping.
        if len(latest.later_facts) <= _LATER_FACTS_MAX:
            tx.cache_states(account_id, latest)
    return replay(facts, now, start).state, [fact for fact in facts if fact.at > now]


def journal_of(tx: Transaction, account_id: str, since: datetime, until: datetime) -> list[Entry]:
    """The journal's entries in `[since, until]` (UTC), replayed from the last state known before `since`."""
    start, facts = _start_before(tx, account_id, Position(since, 0, ""))
    if start is None and until < opening_of(facts).at:
        return []
    return [entry for entry in replay(facts, until, start).journal if entry.at >= since]


def period_sheets(tx: Transaction, account_id: str, since: datetime, now: datetime) -> PeriodSheets:
    """The sheets of the periods that ended in `(since, now]` (UTC), oldest first, and of the one open at `now`.

    Its cost does not grow with what was before `since`: the sheets of closed periods were saved, and what is replayed
    is the open one. While the opening is to come, all is as of just after it.

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
    """What `record` would come to, with nothing stored."""
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
    """Store facts, forget every state that they make out of date, and keep those they lead to.

    Needs a write transaction. `now` (UTC) is when they are recorded and what the state is computed for; `import_id`
    names the import that they came with, if any, and `import_ids` those of single facts, by the facts' ids. `check` may
    raise to refuse them, which leaves nothing behind. Raises what `replay` raises.
    """
    earliest = _first_effect(tx, account_id, facts)
    recorded, head, start, behind, begun = _replay_with(tx, account_id, facts, earliest, now)
    if check:
        check(recorded)
    stored_facts.add(tx, account_id, facts, now, import_id, import_ids)
    known = _cached_states(tx, account_id)
    kept = known and known.before(min(earliest, head.position) if head else earliest)
    if head:
        tx.cache_states(account_id, kept.with_state(head, behind) if kept else states_from(head, behind))
    else:
        tx.cache_states(account_id, kept and kept.with_later_facts(behind))
    snapshots.drop_from(tx, account_id, earliest)
    if begun:
        snapshots.save(tx, account_id, begun, draw_up(start, begun, recorded.journal, recorded.state)[0])
    if tx.account_id != account_id:
        tx.raise_version(account_id)
    return recorded


def newly_uncovered(
    tx: Transaction, account_id: str, facts: Sequence[Fact], recorded: Recorded, now: datetime
) -> set[str]:
    """The sends, by fact id, that no credit is left for by these new facts, which have led to `recorded` at `now`
    (UTC): so many in each period as it has more sends without a credit than it would have without the facts.

    Which of a period's sends has none depends on their order alone, and an edit gives a send a new id; so they are
    counted, and the last ones named of those that had a credit or are new. Sends that are dated after `now` count as
    well: another process's clock may be a little ahead, and a request may get its turn after one that came later. For
    the `check` of `record`: the facts must not be stored yet.
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
    """The instant (UTC) to show the account as of: `now`, or just after its opening where that is still to come."""
    return _not_before_opening(now, opened_at(tx, account_id))


def opened_at(tx: Transaction, account_id: str) -> datetime:
    """When the account opened (UTC)."""
    if latest := _cached_states(tx, account_id):
        return latest.states[-1].opened_at
    return stored_facts.opening_of(tx, account_id)


def last_at(tx: Transaction, account_id: str, now: datetime) -> datetime | None:
    """The date (UTC) of the latest fact up to `now`, or None."""
    latest = tx.cached_states(account_id)
    if latest and (head_at := latest.states[-1].position.at) <= now:
        return max([head_at, *(fact.at for fact in latest.later_facts if fact.at <= now)])
    return stored_facts.last_at(tx, account_id, now)


def _cached_states(tx: Transaction, account_id: str) -> CachedStates | None:
    """The account's latest states; None where they have to be worked out from what is stored.

    Where another process has written to the account, what this one knows is brought up to date by the facts since.
    """
    if earlier := tx.outdated_states(account_id):
        tx.cache_states(account_id, _with_new_facts(tx, account_id, *earlier))
    return tx.cached_states(account_id)


def _with_new_facts(tx: Transaction, account_id: str, then: AccountRow, known: CachedStates) -> CachedStates | None:
    """Those of the states known that hold still, with all facts behind the last of them; None if there are none."""
    facts = stored_facts.facts_of(tx, account_id, known.states[0].position.at)
    new = [fact for fact in facts if fact.id > (then.last_fact_id or "")]
    if len(new) != tx.row(account_id).facts_recorded - then.facts_recorded:
        # Some are dated before the first of the states.
        return None
    kept = known.before(_first_effect(tx, account_id, new)) if new else known
    return kept and kept.with_later_facts(facts)


def _start_before(tx: Transaction, account_id: str, place: Position) -> tuple[State | None, list[Fact]]:
    """The last state known before that place (None: none is), and the facts from its instant on, all of them without
    one.
    """
    latest = _cached_states(tx, account_id)
    if latest and latest.states[-1].position < place:
        return latest.states[-1], list(latest.later_facts)
    heads = reversed(latest.states) if latest else ()
    start = next((head for head in heads if head.position < place), None)
    return _start_with_facts(tx, account_id, start or snapshots.saved_before(tx, account_id, place))


def _not_before_opening(now: datetime, opening: datetime) -> datetime:
    """`now`, or just after the opening where that is still to come: the account was opened while the clock was ahead.

    Until then all that happens is placed in this short time.
    """
    return now if opening <= now else opening + JUST_OPENED


def _start_with_facts(tx: Transaction, account_id: str, start: State | None) -> tuple[State | None, list[Fact]]:
    return start, stored_facts.facts_of(tx, account_id, start.position.at if start else None)


def _at_last_fact(
    facts: Sequence[Fact], now: datetime, start: State | None, on_renewal: Callable[[State], None] | None = None
) -> Replayed | None:
    """The state as of the last fact up to `now`, replayed from `start`; None where that has seen all of them.

    States are kept as of the last fact: one kept as of `now` would be lost to every fact that is dated a little
    earlier and arrives a little later, which is the rule where several devices log.
    """
    last = max((position_of(fact) for fact in facts if fact.at <= now), default=None)
    if last is None or (start and last <= start.position):
        return None
    replayed = replay(facts, last.at, start, on_renewal)
    replayed.state.position = max(last, Position(last.at, GRANT, ""))
    return replayed


def _replay_with(tx: Transaction, account_id: str, new: Sequence[Fact], earliest: Position, now: datetime) -> _Replay:
    """The account with the new facts, which count from `earliest` on, at `now`."""
    place = min(earliest, Position(now, LAST, ""))
    start, facts = _start_before(tx, account_id, place)
    facts += new
    now = now if start else _not_before_opening(now, opening_of(facts).at)
    if start and (
        start.next_renewal <= now or any(not isinstance(fact, _IN_A_PERIOD) for fact in facts if fact.at <= now)
    ):
        # A period will close, and its sheet is drawn up from all of it.
        start, facts = _start_with_facts(tx, account_id, snapshots.saved_before(tx, account_id, place))
        facts += new
    begun: list[State] = []

    def on_renewal(state: State) -> None:
        begun.append(state.copy())

    head = _at_last_fact(facts, now, start, on_renewal)
    state, later = replay(facts, now, head.state if head else start, on_renewal)
    journal = head.journal + later if head else later
    recorded = Recorded(state, journal, [fact for fact in facts if fact.at > now])
    return _Replay(recorded, head and head.state, start, facts, begun)


def _period_sheets_from(tx: Transaction, account_id: str, start: State | None, now: datetime) -> PeriodSheets:
    """All from `start` on, a state in which a period had just begun (None: from the opening on)."""
    begun: list[State] = []
    facts = stored_facts.facts_of(tx, account_id, start.position.at if start else None)
    now = now if start else _not_before_opening(now, opening_of(facts).at)
    state, journal = replay(facts, now, start, lambda state: begun.append(state.copy()))
    closed, present = draw_up(start, begun, journal, state)
    return PeriodSheets(closed, present, state, [fact for fact in facts if fact.at > now])


def _is_whole(sheets: Sequence[Sheet], since: datetime, opened_at: datetime) -> bool:
    """Whether the sheets follow one another without a gap from `since` or the opening on."""
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
    """From where on the facts change what is computed: a retraction from the place of what it takes back."""
    places = [position_of(fact) for fact in facts if type(fact) is not Retracted]
    taken_back = [fact.target_id for fact in facts if type(fact) is Retracted]
    if taken_back:
        places += stored_facts.places_of(tx, account_id, taken_back)
    # What takes back nothing that is there changes nothing: then any place does.
    return min(places, default=position_of(facts[0]))
