"""Edits of InMails. A changed day or cost is a new `sent` fact that replaces the old one, since facts are never
changed.

The old send is retracted and stays in the journal. The new one copies its outcomes and columns, the imports that this
came with included, and its row names the old one in `replaces`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from inkeeper.errors import Problem, conflict, invalid
from inkeeper.reasons import reason
from inkeeper.rules.facts import Fact, OutcomeRecorded, Retracted, Sent
from inkeeper.rules.journal import Entry, Reason
from inkeeper.rules.people import parse_link
from inkeeper.rules.timeline import next_grant, timeline
from inkeeper.services import dates
from inkeeper.services.ledger import openings
from inkeeper.services.people.sent import person_keys
from inkeeper.storage import balances
from inkeeper.storage import facts as stored_facts
from inkeeper.storage import inmails as stored
from inkeeper.storage.balances import Recorded
from inkeeper.storage.inmails import Inmail
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import ANSWERS, ReasonCode

_AS_EDITED: dict[ReasonCode, Reason] = {"sent": Reason("sent_as_edited"), "sent_free": Reason("sent_free_as_edited")}


def last_edit(tx: Transaction, inmail_id: str) -> str:
    """The id of the latest InMail in the chain of edits that begins with this one; its own if it was not edited."""
    return stored.last_edit(tx, inmail_id)


def last_edits(tx: Transaction, account_id: str) -> dict[str, str]:
    """The ids of the account's replaced InMails, each with the id of the last InMail in its chain of edits."""
    return stored.last_edits(tx, account_id)


def why_not_editable(tx: Transaction, row: Inmail) -> Problem:
    """The reason why a retracted or replaced InMail cannot be changed."""
    stands = last_edit(tx, row.id)
    if stands != row.id and stored.is_not_retracted(tx, stands):
        return conflict(
            "replaced",
            reason("inmail.replaced", id=stands),
            replaced_by=stands,
        )
    return conflict("retracted", reason("inmail.taken_back"))


def sent_at_and_cost(tx: Transaction, row: Inmail, changes: Mapping[str, Any], now: datetime) -> tuple[datetime, int]:
    """When (UTC) the InMail was sent and at what cost, with the changes.

    Raises a 422 Problem for a day before the account's opening, and for one more than a day ahead.
    """
    sent_at = changes.get("sent_at", row.sent_at)
    if sent_at != row.sent_at:
        sent_at = openings.happened_at(tx, row.account_id, "sent_at", sent_at, now)
    return sent_at, changes.get("cost", row.cost)


def replace_send(
    tx: Transaction, row: Inmail, sent_at: datetime, cost: int, changes: Mapping[str, Any], now: datetime
) -> str:
    """Retract the send and store another one of that day and cost in its place, in one write. Returns the new id.

    Copies all other columns and the recorded outcomes. An outcome in `changes` is recorded with it. The caller sets the
    outcome in the new row. Raises a 422 Problem where a recorded outcome is dated before `sent_at`, and the 409 Problem
    `insufficient_credits` where any period has more InMails without a credit than before, unless `changes` accept that.
    """
    outcomes = _outcomes(tx, row, sent_at, changes, now)
    ids = iter(stored_facts.new_fact_ids(tx, row.account_id, now, 2 + len(outcomes)))
    retracted_at, at = max(now, row.sent_at), max(now, sent_at)
    retraction = Retracted(next(ids), retracted_at, row.id)
    sent = Sent(next(ids), sent_at, cost)
    # The new facts, each with the fact that it copies, if any.
    carried: list[tuple[Fact, str | None]] = [(retraction, None), (sent, row.id)]
    carried += [(OutcomeRecorded(next(ids), dated, sent.id, outcome), former) for dated, outcome, former in outcomes]
    former_imports = stored_facts.import_ids_of(tx, (former for _, former in carried if former))
    imports = {fact.id: former_imports[former] for fact, former in carried if former in former_imports}
    facts = [fact for fact, _ in carried]

    def covered(recorded: Recorded) -> None:
        if not changes.get("accept_discrepancy"):
            _refuse_shortage(tx, row.account_id, facts, recorded, at)

    balances.record(tx, row.account_id, facts, at, covered, import_ids=imports)
    stored.take_back(tx, [(row.id, retracted_at)])
    stored.add_edited(tx, row.id, sent.id, sent_at, cost)
    return sent.id


def recipient_columns(row: Inmail, changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The columns that a corrected recipient changes, and the names of ignored fields: a link to no person changes
    nothing.
    """
    recipient = changes.get("recipient", {})
    name, url, left_out = recipient.get("name", row.name), row.profile_url, []
    if "profile_url" in recipient:
        text = (recipient["profile_url"] or "").strip()
        link = parse_link(text)
        if link or not text:
            url = link and link.url
        else:
            left_out.append("profile_url")
    if (name, url) == (row.name, row.profile_url):
        return {}, left_out
    name_key, link_key = person_keys(name, parse_link(url) if url else None)
    columns = {"name": name, "profile_url": url, "name_key": name_key, "link_key": link_key}
    if row.former_name is None:
        columns |= {"former_name": row.name, "former_url": row.profile_url}
    return columns, left_out


def name_edits(tx: Transaction, account_id: str, journal: Sequence[Entry]) -> list[Entry]:
    """The journal, with the edit as the reason of each entry that an edit caused."""
    rows = stored.edits(tx, account_id)
    formers, retractions, edited = (set(column) for column in zip(*rows, strict=True)) if rows else ((), (), ())

    def why(entry: Entry) -> Reason:
        if entry.fact_id in retractions:
            return Reason("taken_back_by_edit")
        if entry.kind != "spend":
            return entry.why
        if entry.fact_id in formers:
            return Reason("sent_and_edited")
        return _AS_EDITED.get(entry.why.code, entry.why) if entry.fact_id in edited else entry.why

    return [entry._replace(why=why(entry)) for entry in journal]


def _outcomes(
    tx: Transaction, row: Inmail, sent_at: datetime, changes: Mapping[str, Any], now: datetime
) -> list[tuple[datetime, Any, str | None]]:
    """The outcomes to record for the new send: date (UTC), outcome, and the id of the outcome fact that each one
    copies.
    """
    outcome = changes.get("outcome")
    earlier = stored_facts.outcomes_of(tx, row.id)
    if outcome is not None:
        # The outcome is given anew: an answer follows those that can still be, any other outcome takes their place.
        earlier = [fact for fact in earlier if fact.at >= sent_at] if outcome in ANSWERS else []
    too_early = next((fact for fact in earlier if fact.at < sent_at), None)
    if too_early:
        raise invalid(
            "sent_at",
            reason("inmail.outcome_before", outcome=too_early.outcome, at=too_early.at),
        )
    found: list[tuple[datetime, Any, str | None]] = [(fact.at, fact.outcome, fact.id) for fact in earlier]
    if outcome is not None:
        at = dates.settle("outcome_at", changes.get("outcome_at"), now, sent_at, "sent")
        if outcome != "pending":
            found.append((at, outcome, None))
    return found


def _refuse_shortage(tx: Transaction, account_id: str, facts: Sequence[Fact], recorded: Recorded, at: datetime) -> None:
    """Raise the 409 Problem if with the edit's facts a period has more InMails without a credit than before."""
    more = len(balances.newly_uncovered(tx, account_id, facts, recorded, at))
    if not more:
        return
    state, coming = balances.state_at(tx, account_id, at)
    grant = next_grant(timeline(state, at, coming))
    raise conflict(
        "insufficient_credits",
        reason("inmail.more_uncovered", inmails=more),
        balance=state.balance,
        needed=more,
        next_renewal=grant and {"at": grant.at, "credits": grant.credits},
    )
