"""An account's facts in the database, and what they amount to. All of it runs inside a transaction of the store.

It is plain SQL: building the same few statements with the query builder for every InMail took longer than running them.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from inkeeper.rules.facts import (
    BookChosen,
    Cancelled,
    Fact,
    Observed,
    Opened,
    OutcomeRecorded,
    PlanChanged,
    Retracted,
    Sent,
    Terms,
)
from inkeeper.rules.replay import GRANT, LAST, RANKS, Entry, Replayed, opening_of, position_of, replay, uncovered_sends
from inkeeper.rules.sheets import Sheet, draw_up
from inkeeper.rules.state import Position, State, instant, micros
from inkeeper.storage import snapshots
from inkeeper.storage.heads import latest_at
from inkeeper.storage.transaction import current, execute

KINDS: dict[str, type[Fact]] = {
    "opened": Opened,
    "book_chosen": BookChosen,
    "plan_changed": PlanChanged,
    "cancelled": Cancelled,
    "sent": Sent,
    "outcome_recorded": OutcomeRecorded,
    "observed": Observed,
    "retracted": Retracted,
}
_IN_A_PERIOD = (Sent, OutcomeRecorded, Observed, Retracted)
"""The facts that begin no period. Only the others may."""

JUST_OPENED = timedelta(seconds=1)
"""How long after its opening an account is shown as of, while the opening is still to come."""

_KIND_OF = {fact_type: kind for kind, fact_type in KINDS.items()}
_PLANNED_KEPT = 16


class Recorded(NamedTuple):
    """The account after its new facts: the state at `now`, the journal of what was replayed, and the facts to come."""

    state: State
    journal: list[Entry]
    coming: list[Fact]


class Told(NamedTuple):
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
    head: State | None
    start: State | None
    facts: list[Fact]
    begun: list[State]


def facts_of(account_id: str, since: datetime | None = None) -> list[Fact]:
    """The account's facts from the instant `since` (UTC) on, that instant included, in order of time; all of them
    without it.
    """
    rows = execute(
        "SELECT id, kind, at, about, data FROM fact WHERE account_id = ? AND at >= ? ORDER BY at, id",
        (account_id, -(2**62) if since is None else micros(since)),
    )
    return [_fact(*row) for row in rows]


def state_at(account_id: str, now: datetime) -> tuple[State, list[Fact]]:
    """The account's state at `now` (UTC), and its facts dated later; while the opening is to come, just after it.

    Raises BadHistory where there is no such account.
    """
    start, facts = _from(account_id, Position(now, LAST + 1, ""))
    now = now if start else _or_after_opening(now, opening_of(facts).at)
    if current().latest(account_id) is None and (head := _head(facts, now, start)):
        start = head.state
        latest = latest_at(start, facts)
        # Asked about a time long past, what came since is not worth keeping.
        if len(latest.later) <= _PLANNED_KEPT:
            current().learn(account_id, latest)
    return replay(facts, now, start).state, [fact for fact in facts if fact.at > now]


def journal_of(account_id: str, since: datetime, until: datetime) -> list[Entry]:
    """The journal's entries in `[since, until]` (UTC), replayed from the last state known before `since`."""
    start, facts = _from(account_id, Position(since, 0, ""))
    if start is None and until < opening_of(facts).at:
        return []
    return [entry for entry in replay(facts, until, start).journal if entry.at >= since]


def told(account_id: str, since: datetime, now: datetime) -> Told:
    """The sheets of the periods that ended in `(since, now]` (UTC), oldest first, and of the one open at `now`.

    Its cost does not grow with what was before `since`: the sheets of closed periods were saved, and what is replayed
    is the open one. While the opening is to come, all is as of just after it.

    Raises BadHistory where there is no such account.
    """
    found = _told_from(account_id, snapshots.saved_before(account_id, Position(now, LAST + 1, "")), now)
    kept = snapshots.saved_sheets(account_id, since, (found.closed or [found.present])[0].start)
    sheets = [*kept, *found.closed]
    if not _is_whole([*sheets, found.present], since, found.state.opened_at):
        found = _told_from(account_id, snapshots.saved_before(account_id, Position(since, 0, "")), now)
        sheets = found.closed
    return found._replace(closed=[sheet for sheet in sheets if sheet.end and sheet.end > since])


def preview(account_id: str, facts: Sequence[Fact], now: datetime) -> Recorded:
    """What `record` would come to, with nothing stored."""
    return _replay_with(account_id, facts, _takes_effect(account_id, facts), now).recorded


def record(
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
    transaction = current()
    earliest = _takes_effect(account_id, facts)
    recorded, head, start, behind, begun = _replay_with(account_id, facts, earliest, now)
    if check:
        check(recorded)
    recorded_at = micros(now)
    transaction.executemany(
        "INSERT INTO fact (id, account_id, kind, at, recorded_at, about, data, import_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                fact.id,
                account_id,
                _KIND_OF[type(fact)],
                micros(fact.at),
                recorded_at,
                *_about_and_data(fact),
                import_ids.get(fact.id) if import_ids else import_id,
            )
            for fact in facts
        ),
    )
    transaction.note_recorded(account_id, (fact.id for fact in facts))
    known = transaction.latest(account_id)
    kept = known and known.before(min(earliest, head.position) if head else earliest)
    if head:
        transaction.learn(account_id, kept.with_head(head, behind) if kept else latest_at(head, behind))
    else:
        transaction.learn(account_id, kept and kept.with_later(behind))
    snapshots.drop_from(account_id, earliest)
    if begun:
        snapshots.save(account_id, begun, draw_up(start, begun, recorded.journal, recorded.state)[0])
    if transaction.account_id != account_id:
        transaction.raise_version(account_id)
    return recorded


def present(account_id: str, now: datetime) -> datetime:
    """The instant (UTC) to show the account as of: `now`, or just after its opening where that is still to come."""
    return _or_after_opening(now, opened_at(account_id))


def new_fact_id(account_id: str, now: datetime) -> str:
    """The id for a new fact of the account, made at `now` (UTC)."""
    return new_fact_ids(account_id, now, 1)[0]


def new_fact_ids(account_id: str, now: datetime, count: int) -> list[str]:
    """So many ids for new facts of the account, rising, and behind the ids of all facts that it has.

    The facts of one instant are ordered by id (`position_of`): whichever process stores a fact last, its fact comes
    last. Two processes, or one whose clock was set back, make ids in any order by themselves.
    """
    return current().next_ids(account_id, now, count)


def newly_uncovered(account_id: str, facts: Sequence[Fact], recorded: Recorded, now: datetime) -> set[str]:
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
    first = _takes_effect(account_id, facts)
    uncovered = _uncovered_from(first, [*recorded.journal, *later])
    if not uncovered:
        return set()
    before = _uncovered_from(first, journal_of(account_id, first.at, until))
    if not before:
        return set(uncovered)
    past = told(account_id, first.at, until)
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


def last_at(account_id: str, now: datetime) -> datetime | None:
    """The date (UTC) of the latest fact up to `now`, or None."""
    rows = execute("SELECT max(at) FROM fact WHERE account_id = ? AND at <= ?", (account_id, micros(now))).fetchall()
    return None if rows[0][0] is None else instant(rows[0][0])


def opened_at(account_id: str) -> datetime:
    """When the account opened (UTC)."""
    if latest := current().latest(account_id):
        return latest.heads[-1].opened_at
    rows = execute(
        "SELECT min(at) FROM fact WHERE account_id = ?"
        " AND kind IN ('opened', 'book_chosen', 'plan_changed', 'cancelled')"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')",
        (account_id,),
    ).fetchall()
    return instant(rows[0][0])


def terms_facts(account_id: str) -> list[Fact]:
    """The few facts that set plan and rule book, in order of time, those taken back left out."""
    rows = execute(
        "SELECT id, kind, at, about, data FROM fact WHERE account_id = ?"
        " AND kind IN ('opened', 'book_chosen', 'plan_changed', 'cancelled')"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')"
        " ORDER BY at, id",
        (account_id,),
    )
    return sorted((_fact(*row) for row in rows), key=position_of)


def outcomes_of(inmail_id: str) -> list[OutcomeRecorded]:
    """What was recorded of an InMail, in order of recording, those taken back left out."""
    rows = execute(
        "SELECT id, kind, at, about, data FROM fact WHERE about = ? AND kind = 'outcome_recorded'"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')"
        " ORDER BY id",
        (inmail_id,),
    )
    return [fact for fact in (_fact(*row) for row in rows) if isinstance(fact, OutcomeRecorded)]


def retraction_of(fact_id: str) -> datetime | None:
    """When the fact was taken back (UTC), or None."""
    rows = execute("SELECT min(at) FROM fact WHERE about = ? AND kind = 'retracted'", (fact_id,)).fetchall()
    return None if rows[0][0] is None else instant(rows[0][0])


def fact_of(account_id: str, fact_id: str) -> Fact | None:
    """One fact of the account, or None."""
    rows = execute(
        "SELECT id, kind, at, about, data FROM fact WHERE account_id = ? AND id = ?", (account_id, fact_id)
    ).fetchall()
    return _fact(*rows[0]) if rows else None


def import_ids_of(fact_ids: Iterable[str]) -> dict[str, str]:
    """The imports that these facts came with, by the facts' ids; those that came with none are left out."""
    rows = execute(
        "SELECT id, import_id FROM fact WHERE id IN (SELECT value FROM json_each(?)) AND import_id IS NOT NULL",
        (json.dumps(list(fact_ids)),),
    )
    return dict(rows.fetchall())


def anything_before(account_id: str, at: datetime, opened_at: datetime, import_id: str) -> bool:
    """Whether anything stands before the instant `at` (UTC) that neither came with the import nor corrects the terms of
    the opening at `opened_at` (UTC).
    """
    rows = execute(
        "SELECT 1 FROM fact WHERE account_id = ? AND at < ? AND kind <> 'retracted'"
        " AND (import_id IS NULL OR import_id <> ?) AND NOT (kind = 'book_chosen' AND at = ?)"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')"
        " LIMIT 1",
        (account_id, micros(at), import_id, micros(opened_at)),
    )
    return rows.fetchone() is not None


def sent_of_import(import_id: str) -> set[str]:
    """The ids of the InMails that came with an import, those taken back as well."""
    rows = execute("SELECT id FROM fact WHERE import_id = ? AND kind = 'sent'", (import_id,))
    return {inmail_id for (inmail_id,) in rows.fetchall()}


def facts_of_import(import_id: str, *kinds: str) -> list[Fact]:
    """The facts of these kinds that came with an import and were not taken back, in order of time."""
    rows = execute(
        "SELECT id, kind, at, about, data FROM fact WHERE import_id = ?"
        " AND kind IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')"
        " ORDER BY at, id",
        (import_id, json.dumps(kinds)),
    )
    return [_fact(*row) for row in rows]


def _from(account_id: str, place: Position) -> tuple[State | None, list[Fact]]:
    """The last state known before that place (None: none is), and the facts from its instant on, all of them without
    one.
    """
    latest = current().latest(account_id)
    if latest and latest.heads[-1].position < place:
        return latest.heads[-1], list(latest.later)
    heads = reversed(latest.heads) if latest else ()
    start = next((head for head in heads if head.position < place), None)
    return _with_facts(account_id, start or snapshots.saved_before(account_id, place))


def _or_after_opening(now: datetime, opening: datetime) -> datetime:
    """`now`, or just after the opening where that is still to come: the account was opened while the clock was ahead.

    Until then all that happens is placed in this short time.
    """
    return now if opening <= now else opening + JUST_OPENED


def _with_facts(account_id: str, start: State | None) -> tuple[State | None, list[Fact]]:
    return start, facts_of(account_id, start.position.at if start else None)


def _head(
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


def _replay_with(account_id: str, new: Sequence[Fact], earliest: Position, now: datetime) -> _Replay:
    """The account with the new facts, which count from `earliest` on, at `now`."""
    place = min(earliest, Position(now, LAST, ""))
    start, facts = _from(account_id, place)
    facts += new
    now = now if start else _or_after_opening(now, opening_of(facts).at)
    if start and (
        start.next_renewal <= now or any(not isinstance(fact, _IN_A_PERIOD) for fact in facts if fact.at <= now)
    ):
        # A period will close, and its sheet is drawn up from all of it.
        start, facts = _with_facts(account_id, snapshots.saved_before(account_id, place))
        facts += new
    begun: list[State] = []

    def on_renewal(state: State) -> None:
        begun.append(state.copy())

    head = _head(facts, now, start, on_renewal)
    state, later = replay(facts, now, head.state if head else start, on_renewal)
    journal = head.journal + later if head else later
    recorded = Recorded(state, journal, [fact for fact in facts if fact.at > now])
    return _Replay(recorded, head and head.state, start, facts, begun)


def _told_from(account_id: str, start: State | None, now: datetime) -> Told:
    """All from `start` on, a state in which a period had just begun (None: from the opening on)."""
    begun: list[State] = []
    facts = facts_of(account_id, start.position.at if start else None)
    now = now if start else _or_after_opening(now, opening_of(facts).at)
    state, journal = replay(facts, now, start, lambda state: begun.append(state.copy()))
    closed, present = draw_up(start, begun, journal, state)
    return Told(closed, present, state, [fact for fact in facts if fact.at > now])


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


def _takes_effect(account_id: str, facts: Sequence[Fact]) -> Position:
    """From where on the facts change what is computed: a retraction from the place of what it takes back."""
    places = [position_of(fact) for fact in facts if type(fact) is not Retracted]
    targets = [fact.target_id for fact in facts if type(fact) is Retracted]
    if targets:
        # The plus sign keeps SQLite from going through all of the account's facts instead of looking these up.
        rows = execute(
            "SELECT id, kind, at FROM fact WHERE +account_id = ? AND id IN (SELECT value FROM json_each(?))",
            (account_id, json.dumps(targets)),
        )
        places += [Position(instant(at), RANKS[KINDS[kind]], fact_id) for fact_id, kind, at in rows]
    # What takes back nothing that is there changes nothing: then any place does.
    return min(places, default=position_of(facts[0]))


def _sent_data(cost: int) -> str:
    return f'{{"cost":{cost}}}'


_SENT_COSTS = {_sent_data(cost): cost for cost in (0, 1)}
_ABOUT = {OutcomeRecorded: "inmail_id", Retracted: "target_id"}


def _about_and_data(fact: Fact) -> tuple[str | None, str]:
    """The fact that this one refers to, and what else it says besides its id and date, as JSON text."""
    # The kinds of which an import brings thousands, written by hand: `asdict` copies all it meets.
    if type(fact) is Sent:
        return None, _sent_data(fact.cost)
    if type(fact) is OutcomeRecorded:
        return fact.inmail_id, f'{{"outcome":"{fact.outcome}"}}'
    if type(fact) is Retracted:
        return fact.target_id, "{}"
    values = asdict(fact)
    del values["id"], values["at"]
    return None, json.dumps(values, separators=(",", ":"))


def _fact(fact_id: str, kind: str, at: int, about: str | None, data: str) -> Fact:
    # Nearly all facts are of this kind, and most of the time went into reading their JSON.
    if kind == "sent" and data in _SENT_COSTS:
        return Sent(fact_id, instant(at), _SENT_COSTS[data])
    values: dict[str, Any] = json.loads(data)
    fact_type = KINDS[kind]
    if fact_type in _ABOUT:
        values[_ABOUT[fact_type]] = about
    if "terms" in values:
        values["terms"] = Terms(**values["terms"])
    return fact_type(id=fact_id, at=instant(at), **values)
