"""The plan of an import: the action for each InMail of the file, and the facts to store."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from inkeeper.errors import Problem, conflict, invalid
from inkeeper.reasons import Reason, reason
from inkeeper.rules.facts import Fact, Opened, OutcomeRecorded, Sent
from inkeeper.services.imports.matching import Known, known_inmails, matches, same_link, same_name, twice_in_file
from inkeeper.services.imports.reading import Found, Reading
from inkeeper.services.ledger import openings
from inkeeper.storage import balances
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import ANSWERS, ImportAction

_LINES_NAMED = 20


class Step(NamedTuple):
    """An InMail of the file and its action. `known` is its match in the ledger, if any."""

    found: Found
    action: ImportAction
    why: Reason
    known: Known | None = None


@dataclass(slots=True)
class Plan:
    """All that an import would do. `opening` is the account's new opening (UTC), if that changes."""

    account_id: str
    reading: Reading
    opened_at: datetime
    steps: list[Step]
    facts: list[Fact]
    sent: list[tuple[Step, Sent]]
    answers: list[tuple[Step, OutcomeRecorded]]
    opening: datetime | None = None

    def count(self, *actions: str) -> int:
        """The number of InMails with this action."""
        counted = Counter[str](step.action for step in self.steps)
        return sum(counted[action] for action in actions)

    def mark(self) -> str:
        """A hash of this plan: the file, how it was read, the account, and all actions."""
        wishes = self.reading.wishes
        read_as = [sorted(wishes.columns.items()), wishes.dates, wishes.me, wishes.from_account]
        digest = hashlib.sha256(f"{self.reading.digest} {self.account_id} {self.opening} {read_as}\n".encode())
        for step in self.steps:
            digest.update(f"{step.found.line} {step.action} {step.known and step.known.id}\n".encode())
        return digest.hexdigest()[:32]


def make_plan(tx: Transaction, account_id: str, reading: Reading, now: datetime) -> Plan:
    """What importing the file into the account would do.

    Raises a 422 Problem for lines to be left out that hold no InMail.
    """
    wishes = reading.wishes
    no_inmail = wishes.leave_out - {found.line for found in reading.found}
    if no_inmail:
        raise invalid("leave_out", reason("import.no_inmail_on_line", line=str(min(no_inmail))))
    opened_at = balances.opened_at(tx, account_id)
    opens_at = min([opened_at, *(found.sent_at for found in reading.found)]) if wishes.open_earlier else opened_at
    repeated = twice_in_file(reading.found)
    known = matches(
        (found for found in reading.found if found.line not in repeated), known_inmails(tx, account_id, reading.found)
    )
    steps = [_step(found, reading, repeated, known.get(found.line), opens_at) for found in reading.found]
    added = [step for step in steps if step.action == "add"]
    plan = Plan(account_id, reading, opened_at, steps, [], [], [])
    if added and added[0].found.sent_at < opened_at:
        plan.facts = openings.facts_to_date_back(tx, account_id, added[0].found.sent_at, now)
        plan.opening = next(fact.at for fact in plan.facts if isinstance(fact, Opened))
    ids = iter(stored_facts.new_fact_ids(tx, account_id, now, 2 * len(steps)))
    for step in steps:
        _add_facts(plan, step, ids)
    return plan


def obstacles(plan: Plan, uncovered: set[str]) -> list[Problem]:
    """The Problems that prevent the import, each with the wish that would solve it."""
    found = []
    rows = plan.reading.rows.count("not_understood")
    if rows and not plan.reading.wishes.skip_rows:
        found.append(_rows_not_understood(plan.reading, rows))
    if uncovered and not plan.reading.wishes.accept_discrepancy:
        lines = [step.found.line for step, fact in plan.sent if fact.id in uncovered]
        found.append(
            conflict(
                "insufficient_credits",
                reason("import.no_credit_left", needed=len(uncovered)),
                needed=len(uncovered),
                lines=lines[:_LINES_NAMED],
            )
        )
    return found


def _rows_not_understood(reading: Reading, rows: int) -> Problem:
    line, why = reading.problems[0]
    return Problem(
        "rows_not_understood",
        reason(
            "import.rows_not_understood",
            place=reason("import.in_line", file=reading.file, line=str(line)),
            reason=reason("import.the_row", reason=why),
            more=rows - 1,
        ),
        status=422,
        errors=[
            {"path": f"{reading.file}:{line}", "message": reason("import.the_row", reason=why)}
            for line, why in reading.problems[:_LINES_NAMED]
        ],
    )


def _step(found: Found, reading: Reading, repeated: dict[int, int], known: Known | None, opens_at: datetime) -> Step:
    if found.line in repeated:
        return Step(found, "twice_in_file", reason("import.same_as_line", line=str(repeated[found.line])))
    if found.line in reading.wishes.leave_out:
        return Step(found, "left_out", reason("import.you_said_so"), known)
    if known is not None:
        answered = _is_more_definite(found, known)
        return Step(found, "answer" if answered else "already_there", _why_known(found, known), known)
    if found.sent_at < opens_at:
        return Step(found, "before_opening", reason("import.opened_at", at=opens_at))
    return Step(found, "add", found.why)


def _is_more_definite(found: Found, known: Known) -> bool:
    """Whether the file has a more definite outcome than the ledger: any for `pending`, an answer for `no_response`."""
    if known.taken_back or found.outcome == "pending":
        return False
    return known.outcome == "pending" or (known.outcome == "no_response" and found.outcome in ANSWERS)


def _why_known(found: Found, known: Known) -> Reason:
    if known.taken_back:
        return reason("import.taken_back")
    where = reason(f"import.by.{known.source}")
    if found.sent_at == known.sent_at:
        return reason("import.logged_by", where=where)
    if same_link(found, known):
        return reason("import.logged_same_link", where=where, at=known.sent_at)
    if same_name(found, known):
        return reason("import.logged_same_name", where=where, at=known.sent_at)
    return reason("import.logged_and_edited", where=where)


def _add_facts(plan: Plan, step: Step, ids: Iterator[str]) -> None:
    found = step.found
    if step.action == "add":
        sent = Sent(next(ids), found.sent_at, found.cost)
        plan.facts.append(sent)
        plan.sent.append((step, sent))
        target, earliest = sent.id, sent.at
    elif step.action == "answer" and step.known:
        target, earliest = step.known.id, step.known.sent_at
    else:
        return
    if found.outcome != "pending" and found.outcome_at is not None:
        outcome = OutcomeRecorded(next(ids), max(earliest, found.outcome_at), target, found.outcome)  # type: ignore[arg-type]
        plan.facts.append(outcome)
        plan.answers.append((step, outcome))
