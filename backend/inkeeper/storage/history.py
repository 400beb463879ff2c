"""An account's facts in the database, and the saved states that spare replaying them from the opening.

All of it runs inside a transaction of the store. The hot path is plain SQL through Peewee's connection: building the
same few statements with the query builder for every InMail took longer than running them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, NamedTuple

from inkeeper.rules.books import rule_books
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
from inkeeper.rules.replay import GRANT, LAST, RANKS, Entry, position_of, replay
from inkeeper.rules.sheets import Sheet, draw_up, dump_sheet, load_sheet
from inkeeper.rules.state import Position, State, dump_state, instant, load_state, micros
from inkeeper.storage.models import database_of_thread as database

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

_KIND_OF = {fact_type: kind for kind, fact_type in KINDS.items()}

STATE_FORM = 2
"""Raised whenever a saved state would mean something else than before."""


HEADS_KEPT = 16
"""How many of the latest states are kept. Where several devices log at once, a fact often comes in just after a later
one; it is then replayed from the state before both, and not from the beginning of the month."""


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
    """A replay with new facts: what it came to, the state as of the last fact (None: as saved before), where it began,
    and a state for each period that began on the way.
    """

    recorded: Recorded
    head: State | None
    start: State | None
    begun: list[State]


@cache
def made_by() -> str:
    """Names what a saved state depends on besides the facts: the form of states and the rule books' data."""
    digest = hashlib.sha256(str(STATE_FORM).encode())
    for book_id in sorted(rule_books()):
        digest.update((resources.files("inkeeper.rules") / "books" / f"{book_id}.toml").read_bytes())
    return digest.hexdigest()[:16]


def facts_of(account_id: str, since: datetime | None = None) -> list[Fact]:
    """The account's facts from the instant `since` (UTC) on, that instant included, in order of time; all of them
    without it.
    """
    rows = database.execute_sql(
        "SELECT id, kind, at, about, data FROM fact WHERE account_id = ? AND at >= ? ORDER BY at, id",
        (account_id, -(2**62) if since is None else micros(since)),
    )
    return [_fact(*row) for row in rows]


def state_at(account_id: str, now: datetime) -> tuple[State, list[Fact]]:
    """The account's state at `now` (UTC), and its facts dated later.

    Raises BadHistory where there is no such account.
    """
    start = _saved_before(account_id, Position(now, LAST + 1, ""))
    facts = facts_of(account_id, start.position.at if start else None)
    state = replay(facts, now, start).state
    return state, [fact for fact in facts if fact.at > now]


def journal_of(account_id: str, since: datetime, until: datetime) -> list[Entry]:
    """The journal's entries in `[since, until]` (UTC), replayed from the last state saved before `since`."""
    start = _saved_before(account_id, Position(since, 0, ""))
    facts = facts_of(account_id, start.position.at if start else None)
    return [entry for entry in replay(facts, until, start).journal if entry.at >= since]


def told(account_id: str, since: datetime, now: datetime) -> Told:
    """The sheets of the periods that ended in `(since, now]` (UTC), oldest first, and of the one open at `now`.

    Its cost does not grow with what was before `since`: the sheets of closed periods were saved, and what is replayed
    is the open one. Raises BadHistory where there is no such account.
    """
    found = _told_from(account_id, _saved_before(account_id, Position(now, LAST + 1, ""), "period"), now)
    kept = _kept_sheets(account_id, since, found)
    sheets = [*kept, *found.closed]
    if not _is_whole([*sheets, found.present], since, found.state.opened_at):
        found = _told_from(account_id, _saved_before(account_id, Position(since, 0, ""), "period"), now)
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
) -> Recorded:
    """Store facts, drop every saved state that they make out of date, and save the state they lead to.

    Needs the write transaction of this account. `now` (UTC) is when they are recorded and what the state is computed
    for; `import_id` names the import that they came with, if any. `check` may raise to refuse them, which leaves
    nothing behind. Raises what `replay` raises.
    """
    earliest = _takes_effect(account_id, facts)
    recorded, head, start, begun = _replay_with(account_id, facts, earliest, now)
    if check:
        check(recorded)
    recorded_at = micros(now)
    database.connection().executemany(
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
                import_id,
            )
            for fact in facts
        ),
    )
    database.execute_sql(
        "DELETE FROM snapshot WHERE account_id = ? AND (at, rank, fact_id) >= (?, ?, ?)",
        (account_id, micros(earliest.at), earliest.rank, earliest.fact_id),
    )
    closed = draw_up(start, begun, recorded.journal, recorded.state)[0] if begun else []
    sheets = {sheet.end: sheet for sheet in closed}
    for state in begun:
        _save(account_id, state, "period", sheets.get(state.period_start))
    if head:
        # Where it is one of those, it is saved already, and with its sheet.
        if all(state.position != head.position for state in begun):
            _save(account_id, head, "head")
        database.execute_sql(
            "DELETE FROM snapshot WHERE account_id = ? AND kind = 'head' AND (at, rank, fact_id) <="
            " (SELECT at, rank, fact_id FROM snapshot WHERE account_id = ? AND kind = 'head'"
            " ORDER BY at DESC, rank DESC, fact_id DESC LIMIT 1 OFFSET ?)",
            (account_id, account_id, HEADS_KEPT),
        )
    return recorded


def last_at(account_id: str, now: datetime) -> datetime | None:
    """The date (UTC) of the latest fact up to `now`, or None."""
    rows = database.execute_sql(
        "SELECT max(at) FROM fact WHERE account_id = ? AND at <= ?", (account_id, micros(now))
    ).fetchall()
    return None if rows[0][0] is None else instant(rows[0][0])


def opened_at(account_id: str) -> datetime:
    """When the account opened (UTC)."""
    rows = database.execute_sql(
        "SELECT min(at) FROM fact WHERE account_id = ?"
        " AND kind IN ('opened', 'book_chosen', 'plan_changed', 'cancelled')"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')",
        (account_id,),
    ).fetchall()
    return instant(rows[0][0])


def terms_facts(account_id: str) -> list[Fact]:
    """The few facts that set plan and rule book, in order of time, those taken back left out."""
    rows = database.execute_sql(
        "SELECT id, kind, at, about, data FROM fact WHERE account_id = ?"
        " AND kind IN ('opened', 'book_chosen', 'plan_changed', 'cancelled')"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')"
        " ORDER BY at, id",
        (account_id,),
    )
    return sorted((_fact(*row) for row in rows), key=position_of)


def outcomes_of(inmail_id: str) -> list[OutcomeRecorded]:
    """What was recorded of an InMail, in order of recording, those taken back left out."""
    rows = database.execute_sql(
        "SELECT id, kind, at, about, data FROM fact WHERE about = ? AND kind = 'outcome_recorded'"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')"
        " ORDER BY id",
        (inmail_id,),
    )
    return [fact for fact in (_fact(*row) for row in rows) if isinstance(fact, OutcomeRecorded)]


def retraction_of(fact_id: str) -> datetime | None:
    """When the fact was taken back (UTC), or None."""
    rows = database.execute_sql(
        "SELECT min(at) FROM fact WHERE about = ? AND kind = 'retracted'", (fact_id,)
    ).fetchall()
    return None if rows[0][0] is None else instant(rows[0][0])


def fact_of(account_id: str, fact_id: str) -> Fact | None:
    """One fact of the account, or None."""
    rows = database.execute_sql(
        "SELECT id, kind, at, about, data FROM fact WHERE account_id = ? AND id = ?", (account_id, fact_id)
    ).fetchall()
    return _fact(*rows[0]) if rows else None


def facts_of_import(import_id: str, *kinds: str) -> list[Fact]:
    """The facts of these kinds that came with an import and were not taken back, in order of time."""
    rows = database.execute_sql(
        "SELECT id, kind, at, about, data FROM fact WHERE import_id = ?"
        " AND kind IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')"
        " ORDER BY at, id",
        (import_id, json.dumps(kinds)),
    )
    return [_fact(*row) for row in rows]


def saved_states(account_id: str) -> list[tuple[str, State]]:
    """Every state saved for the account that today's rules would compute again, with its kind: `period` or `head`."""
    rows = database.execute_sql("SELECT kind, state FROM snapshot WHERE account_id = ? ORDER BY at", (account_id,))
    loaded = [(kind, _load(state)) for kind, state in rows]
    return [(kind, state) for kind, state in loaded if state]


def saved_sheets(account_id: str) -> list[Sheet]:
    """Every sheet saved for the account that today's rules would draw up again, oldest first."""
    rows = database.execute_sql(
        "SELECT sheet FROM snapshot WHERE account_id = ? AND sheet IS NOT NULL ORDER BY at, rank, fact_id",
        (account_id,),
    )
    return _load_sheets(rows)


def drop_saved_states(account_id: str) -> None:
    """Forget every saved state of the account. Changes no answer."""
    database.execute_sql("DELETE FROM snapshot WHERE account_id = ?", (account_id,))


def _replay_with(account_id: str, new: Sequence[Fact], earliest: Position, now: datetime) -> _Replay:
    """The account with the new facts, which count from `earliest` on, at `now`.

    What is saved is its state as of the last fact: saved as of `now`, it would be lost to every fact that is dated a
    little earlier and arrives a little later, which is the rule where several devices log.
    """
    place = min(earliest, Position(now, LAST, ""))
    start = _saved_before(account_id, place)
    facts = facts_of(account_id, start.position.at if start else None)
    facts += new
    if start and (
        start.next_renewal <= now or any(not isinstance(fact, _IN_A_PERIOD) for fact in facts if fact.at <= now)
    ):
        # A period will close, and its sheet is drawn up from all of it.
        start = _saved_before(account_id, place, "period")
        facts = facts_of(account_id, start.position.at if start else None)
        facts += new
    begun: list[State] = []

    def on_renewal(state: State) -> None:
        begun.append(state.copy())

    last = max((position_of(fact) for fact in facts if fact.at <= now), default=None)
    if last is None or (start and last <= start.position):
        head, reached = None, start
        journal: list[Entry] = []
    else:
        head, journal = replay(facts, last.at, start, on_renewal)
        head.position = max(last, Position(last.at, GRANT, ""))
        reached = head
    state, later = replay(facts, now, reached, on_renewal)
    recorded = Recorded(state, journal + later, [fact for fact in facts if fact.at > now])
    return _Replay(recorded, head, start, begun)


def _told_from(account_id: str, start: State | None, now: datetime) -> Told:
    """All from `start` on, a state in which a period had just begun (None: from the opening on)."""
    begun: list[State] = []
    facts = facts_of(account_id, start.position.at if start else None)
    state, journal = replay(facts, now, start, lambda state: begun.append(state.copy()))
    closed, present = draw_up(start, begun, journal, state)
    return Told(closed, present, state, [fact for fact in facts if fact.at > now])


def _kept_sheets(account_id: str, since: datetime, found: Told) -> list[Sheet]:
    """The saved sheets of the periods that ended after `since` and up to where those found begin."""
    until = (found.closed or [found.present])[0].start
    rows = database.execute_sql(
        "SELECT sheet FROM snapshot WHERE account_id = ? AND at > ? AND at <= ? AND sheet IS NOT NULL"
        " ORDER BY at, rank, fact_id",
        (account_id, micros(since), micros(until)),
    )
    return _load_sheets(rows)


def _load_sheets(rows: Iterable[tuple[str]]) -> list[Sheet]:
    loaded = [json.loads(text) for (text,) in rows]
    return [load_sheet(data) for form, data in loaded if form == made_by()]


def _is_whole(sheets: Sequence[Sheet], since: datetime, opened_at: datetime) -> bool:
    """Whether the sheets follow one another without a gap from `since` or the opening on."""
    first = sheets[0].start
    return (first <= since or first == opened_at) and all(
        earlier.end == later.start for earlier, later in pairwise(sheets)
    )


def _takes_effect(account_id: str, facts: Sequence[Fact]) -> Position:
    """From where on the facts change what is computed: a retraction from the place of what it takes back."""
    places = [position_of(fact) for fact in facts if type(fact) is not Retracted]
    targets = [fact.target_id for fact in facts if type(fact) is Retracted]
    if targets:
        # The plus sign keeps SQLite from going through all of the account's facts instead of looking these up.
        rows = database.execute_sql(
            "SELECT id, kind, at FROM fact WHERE +account_id = ? AND id IN (SELECT value FROM json_each(?))",
            (account_id, json.dumps(targets)),
        )
        places += [Position(instant(at), RANKS[KINDS[kind]], fact_id) for fact_id, kind, at in rows]
    # What takes back nothing that is there changes nothing: then any place does.
    return min(places, default=position_of(facts[0]))


def _saved_before(account_id: str, place: Position, kind: str | None = None) -> State | None:
    """The last state (of that kind) saved before that place which today's rules would compute again, or None."""
    rows = database.execute_sql(
        "SELECT state FROM snapshot WHERE account_id = ? AND (at, rank, fact_id) < (?, ?, ?) AND kind = ifnull(?, kind)"
        " ORDER BY at DESC, rank DESC, fact_id DESC LIMIT 1",
        (account_id, micros(place.at), place.rank, place.fact_id, kind),
    ).fetchall()
    return _load(rows[0][0]) if rows else None


def _load(text: str) -> State | None:
    """The saved state, or None for one of another version, which is as good as none."""
    form, data = json.loads(text)
    return load_state(data) if form == made_by() else None


def _save(account_id: str, state: State, kind: str, sheet: Sheet | None = None) -> None:
    database.execute_sql(
        "INSERT OR REPLACE INTO snapshot (account_id, at, rank, fact_id, kind, state, sheet)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            account_id,
            micros(state.position.at),
            state.position.rank,
            state.position.fact_id,
            kind,
            json.dumps([made_by(), dump_state(state)], separators=(",", ":")),
            sheet and json.dumps([made_by(), dump_sheet(sheet)], separators=(",", ":")),
        ),
    )


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
