"""Imports as batches: previewed, stored all or nothing, listed, and taken back in one step.

The functions that write need a write transaction to the account.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from inkeeper.errors import Problem, conflict
from inkeeper.reasons import reason
from inkeeper.rules.facts import Fact, Opened, OutcomeRecorded, Retracted, Sent
from inkeeper.rules.people import Person, parse_link
from inkeeper.services import dates
from inkeeper.services.access import Actor, import_of, owned_account
from inkeeper.services.imports.nothing import nothing_to_add
from inkeeper.services.imports.plan import Plan, Step, make_plan, obstacles
from inkeeper.services.imports.reading import Note, Reading
from inkeeper.services.ledger import inmails, openings
from inkeeper.services.ledger.accounts import refusals
from inkeeper.services.people import closing
from inkeeper.services.people.sent import person_keys
from inkeeper.storage import balances, imports
from inkeeper.storage import facts as stored_facts
from inkeeper.storage import inmails as stored_inmails
from inkeeper.storage.balances import Recorded
from inkeeper.storage.imports import Import
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import ANSWERS, IMPORT_ACTIONS, ROW_KINDS, ImportAction, RowKind

_COLUMNS_SHOWN = 100
_LONGEST_COLUMN_NAME = 80


class TakenFor(NamedTuple):
    """How many rows of a file are of one kind, and the lines on which they begin, such as `2-14, 17`."""

    kind: RowKind
    rows: int
    lines: str


class ActionCount(NamedTuple):
    """How many of a file's InMails have one action."""

    action: ImportAction
    inmails: int


class Adds(NamedTuple):
    """What an import would add: InMails, how many of them are free, and outcomes. `first` and `last` are the instants
    (UTC) of its earliest and latest InMail.
    """

    inmails: int
    free: int
    answers: int
    first: datetime | None
    last: datetime | None


class Preview(NamedTuple):
    """What would come of importing a file.

    - `columns`: the names of the file's columns, as many and as much of each as is shown.
    - `opens_at`: the account's new opening (UTC), if that changes.
    - `before_opening`: how many InMails are left out since they were sent before the account opened.
    - `uncovered`: for how many InMails there was no credit left.
    - `in_the_way`: the refusals that importing now would raise.
    - `nothing`: why nothing would be added, if that is so.
    - `confirm`: what `store_import` needs; None if there is nothing to store, or something in the way.
    - `items`: the InMails of the file.
    """

    reading: Reading
    columns: list[str]
    taken_for: list[TakenFor]
    actions: list[ActionCount]
    adds: Adds
    opens_at: datetime | None
    before_opening: int
    uncovered: int
    balance_now: int
    balance_then: int
    in_the_way: list[Problem]
    nothing: Note | None
    confirm: str | None
    items: list[Step]


class Imported(NamedTuple):
    """An import that was stored or taken back, and the account's balance afterwards. `batch` is None if there was
    nothing to store.
    """

    batch: Import | None
    balance: int


def preview(
    tx: Transaction,
    actor: Actor,
    account_id: str,
    reading: Reading,
    now: datetime,
    after: tuple[datetime, int] | None,
    limit: int,
) -> Preview:
    """Preview importing the file. Stores nothing. Lists up to `limit` of its InMails, in order of time, after the
    (date, line) `after`.
    """
    owned_account(tx, actor, account_id)
    plan = make_plan(tx, account_id, reading, now)
    balance = balances.state_at(tx, account_id, now)[0].balance
    with refusals():
        recorded = balances.preview(tx, account_id, plan.facts, now) if plan.facts else None
    uncovered = balances.newly_uncovered(tx, account_id, plan.facts, recorded, now) if recorded else set()
    in_the_way = obstacles(plan, uncovered)
    shown = [step for step in plan.steps if after is None or (step.found.sent_at, step.found.line) > after]
    return Preview(
        reading=reading,
        columns=[name[:_LONGEST_COLUMN_NAME] for name in reading.heading[:_COLUMNS_SHOWN]],
        taken_for=_taken_for(reading),
        actions=[ActionCount(action, count) for action in IMPORT_ACTIONS if (count := plan.count(action))],
        adds=_adds(plan),
        opens_at=plan.opening,
        before_opening=plan.count("before_opening"),
        uncovered=len(uncovered),
        balance_now=balance,
        balance_then=recorded.state.balance if recorded else balance,
        in_the_way=in_the_way,
        nothing=None if plan.facts else nothing_to_add(plan),
        confirm=plan.mark() if plan.facts and not in_the_way else None,
        items=shown[:limit],
    )


ImportStep = Literal["comparing", "computing"]
"""A step of storing an import: comparing the file with what is stored, then computing every balance again."""


def _no_step(_step: ImportStep) -> None:
    """Default callback for the steps: does nothing."""


def store_import(
    tx: Transaction,
    actor: Actor,
    account_id: str,
    reading: Reading,
    confirm: str,
    now: datetime,
    step: Callable[[ImportStep], None] = _no_step,
) -> Imported:
    """Store what a preview showed, all or nothing. `confirm` is from that preview; `step` is called at the
    beginning of each step.

    Raises the 409 Problem `preview_outdated` if the import would now differ from the preview, and the obstacles that
    the preview named.
    """
    owned_account(tx, actor, account_id)
    step("comparing")
    # Made before the ids of its facts, so that imports are listed in the order of their making.
    import_id = stored_facts.new_fact_id(tx, account_id, now)
    plan = make_plan(tx, account_id, reading, now)

    def check(recorded: Recorded) -> None:
        for problem in obstacles(plan, balances.newly_uncovered(tx, account_id, plan.facts, recorded, now)):
            raise problem

    if not plan.facts:
        for problem in obstacles(plan, set()):
            raise problem
        return Imported(None, balances.state_at(tx, account_id, now)[0].balance)
    if confirm != plan.mark():
        raise conflict(
            "preview_outdated",
            reason("import.preview_outdated"),
        )
    batch = Import(
        import_id, account_id, reading.kind, now, len(reading.rows), inmails=len(plan.sent), answers=len(plan.answers)
    )
    imports.add(tx, batch)
    step("computing")
    with refusals():
        recorded = balances.record(tx, account_id, plan.facts, now, check, batch.id)
    _list_inmails(tx, account_id, plan)
    answered = [each.known.id for each, _ in plan.answers if each.known]
    inmails.note_outcomes(tx, answered)
    _close_targets(tx, actor, account_id, plan, answered, now)
    return Imported(batch, recorded.state.balance)


def list_imports(tx: Transaction, actor: Actor, account_id: str, after: str | None, limit: int) -> list[Import]:
    """Up to `limit` of the account's imports, newest first, after the import id `after`; retracted ones as well."""
    owned_account(tx, actor, account_id)
    return imports.list_imports(tx, account_id, after, limit)


def take_back(tx: Transaction, actor: Actor, account_id: str, import_id: str, now: datetime) -> Imported:
    """Retract a whole import: its InMails count as never sent, its answers as never recorded, and the account's former
    opening is restored, unless other facts depend on that. Idempotent.
    """
    owned_account(tx, actor, account_id)
    batch = import_of(tx, account_id, import_id)
    if batch.retracted_at is None:
        opening = openings.facts_to_undo_dating_back(tx, account_id, import_id, now)
        opens_at = next((fact.at for fact in opening if isinstance(fact, Opened)), dates.EARLIEST)
        remaining = _remaining_of(tx, import_id, opens_at)
        gone: list[Fact] = [*remaining.sent, *remaining.answers, *remaining.answers_of_gone]
        ids = stored_facts.new_fact_ids(tx, account_id, now, len(gone))
        facts = [*map(Retracted, ids, (max(now, fact.at) for fact in gone), (fact.id for fact in gone)), *opening]
        if facts:
            with refusals():
                balances.record(tx, account_id, facts, now)
        _unlist_inmails(tx, remaining, now)
        inmails.note_outcomes(tx, (answer.inmail_id for answer in remaining.answers))
        changed = [fact.id for fact in remaining.sent] + [answer.inmail_id for answer in remaining.answers]
        closing.inmails_changed(tx, actor, changed)
        imports.take_back(tx, import_id, now)
        batch = batch._replace(retracted_at=now)
    return Imported(batch, balances.state_at(tx, account_id, now)[0].balance)


def _taken_for(reading: Reading) -> list[TakenFor]:
    ranges = reading.rows.ranges()
    return [TakenFor(kind, reading.rows.count(kind), ranges[kind]) for kind in ROW_KINDS if kind in ranges]


def _adds(plan: Plan) -> Adds:
    dates = [fact.at for _, fact in plan.sent]
    return Adds(
        inmails=len(plan.sent),
        free=sum(fact.cost == 0 for _, fact in plan.sent),
        answers=len(plan.answers),
        first=min(dates, default=None),
        last=max(dates, default=None),
    )


def _list_inmails(tx: Transaction, account_id: str, plan: Plan) -> None:
    outcomes = {outcome.inmail_id: outcome for step, outcome in plan.answers if not step.known}

    def row(step: Step, sent: Sent) -> dict[str, Any]:
        found, outcome = step.found, outcomes.get(sent.id)
        name_key, link_key = person_keys(found.name, parse_link(found.link) if found.link else None)
        return {
            "id": sent.id,
            "account_id": account_id,
            "sent_at": sent.at,
            "cost": sent.cost,
            "name": found.name,
            "profile_url": found.link,
            "name_key": name_key,
            "link_key": link_key,
            "message_key": found.message_key,
            "subject": found.subject,
            "purpose": found.purpose,
            "note": found.note,
            "source": "import",
            "outcome": outcome.outcome if outcome else "pending",
            "outcome_at": outcome and outcome.at,
            "answered_at": outcome.at if outcome and outcome.outcome in ANSWERS else None,
        }

    stored_inmails.add(tx, (row(step, sent) for step, sent in plan.sent))


def _close_targets(
    tx: Transaction, actor: Actor, account_id: str, plan: Plan, answered: list[str], now: datetime
) -> None:
    """Complete targets' steps with the imported InMails, and end sequences that were answered."""
    sent = (
        closing.Sent(
            fact.id, Person(step.found.name, parse_link(step.found.link) if step.found.link else None), fact.at
        )
        for step, fact in plan.sent
    )
    closing.close_for_all(tx, actor, account_id, sent, now)
    closing.inmails_changed(tx, actor, answered)


class _Remaining(NamedTuple):
    """The facts of an import that have to be retracted."""

    sent: list[Sent]
    answers: list[OutcomeRecorded]
    """Outcomes of InMails that are not of this import."""

    answers_of_gone: list[OutcomeRecorded]
    """Outcomes of its own InMails that would lie before the account's opening."""


def _remaining_of(tx: Transaction, import_id: str, opens_at: datetime) -> _Remaining:
    """The facts of an import that are not retracted yet and have to be, if the account opens at `opens_at` (UTC)."""
    ours = stored_facts.sent_of_import(tx, import_id)
    sent = [fact for fact in stored_facts.facts_of_import(tx, import_id, "sent") if isinstance(fact, Sent)]
    answers = [
        fact
        for fact in stored_facts.facts_of_import(tx, import_id, "outcome_recorded")
        if isinstance(fact, OutcomeRecorded)
    ]
    return _Remaining(
        sent,
        [answer for answer in answers if answer.inmail_id not in ours],
        [answer for answer in answers if answer.inmail_id in ours and answer.at < opens_at],
    )


def _unlist_inmails(tx: Transaction, remaining: _Remaining, now: datetime) -> None:
    stored_inmails.take_back(tx, ((fact.id, max(now, fact.at)) for fact in remaining.sent))
    stored_inmails.clear_outcomes(tx, (answer.inmail_id for answer in remaining.answers_of_gone))
