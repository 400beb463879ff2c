"""InMails: logging them, what became of them, taking them back.

Every function runs inside a transaction of the store; those that write, inside the account's write transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from inkeeper.clock import from_microseconds, to_microseconds
from inkeeper.errors import conflict, not_found
from inkeeper.ids import new_id
from inkeeper.rules import books
from inkeeper.rules.facts import ANSWERS, BookChosen, Fact, Opened, OutcomeRecorded, Retracted, Sent
from inkeeper.rules.replay import credit_back_at
from inkeeper.rules.timeline import next_grant, timeline
from inkeeper.services import dates, inmail_edits, profiles
from inkeeper.services.accounts import seat
from inkeeper.storage import history
from inkeeper.storage.history import Recorded
from inkeeper.storage.models import Inmail
from inkeeper.storage.transaction import execute

SAME_PERSON_WITHIN = timedelta(days=90)
UNANSWERED_AFTER = timedelta(days=90)
"""Whoever has not answered an InMail by then is taken not to: read so, and stored nowhere. A later answer still counts
as one. It is also the window in which rule books with credit back return one.
"""

_JITTER = timedelta(minutes=1)

_SAME_LINK = (
    "SELECT id FROM inmail WHERE account_id = ? AND profile_url = ? AND sent_at > ? AND sent_at < ?"
    " AND retracted_at IS NULL ORDER BY sent_at DESC LIMIT 1"
)
_SAME_NAME = (
    "SELECT id FROM inmail WHERE account_id = ? AND name = ? AND sent_at > ? AND sent_at < ?"
    " AND retracted_at IS NULL ORDER BY sent_at DESC LIMIT 1"
)


def log_inmail(owner_id: str, account_id: str, wanted: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Store that an InMail was sent. `wanted` holds the fields of the HTTP contract.

    Raises a 409 Problem `insufficient_credits` where the balance of that moment does not cover it, unless
    `accept_discrepancy` says that LinkedIn let it through.
    """
    seat(owner_id, account_id)
    recipient = wanted["recipient"]
    link = recipient.get("profile_url")
    link = None if link is None else profiles.normalise(link)
    sent_at = _sent_at(account_id, wanted.get("sent_at"), now)
    fact = Sent(new_id(now), sent_at, wanted.get("cost", 1))

    def covered(recorded: Recorded) -> None:
        if wanted.get("accept_discrepancy"):
            return
        if any(entry.kind == "adjust" and entry.fact_id == fact.id for entry in recorded.journal):
            raise _insufficient(recorded, now)

    duplicate = _same_person(account_id, recipient["name"], link, sent_at)
    recorded = history.record(account_id, [fact], max(now, sent_at), covered)
    execute(
        "INSERT INTO inmail (id, account_id, sent_at, cost, name, profile_url, subject, purpose, note, source, outcome)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')",
        (
            fact.id,
            account_id,
            to_microseconds(sent_at),
            fact.cost,
            recipient["name"],
            link,
            wanted.get("subject"),
            wanted.get("purpose"),
            wanted.get("note"),
            wanted["source"],
        ),
    )
    inmail = {
        "id": fact.id,
        "recipient": {"name": recipient["name"], "profile_url": link},
        "sent_at": sent_at,
        "cost": fact.cost,
        "subject": wanted.get("subject"),
        "purpose": wanted.get("purpose"),
        "note": wanted.get("note"),
        "source": wanted["source"],
        "outcome": _outcome("pending", sent_at, now),
        "outcome_at": None,
        "retracted_at": None,
        "credit_back_at": None,
        "replaces": None,
        "replaced_by": None,
    }
    return {"inmail": inmail, "balance": recorded.state.balance, "duplicate_of": duplicate}


def get_inmail(owner_id: str, account_id: str, inmail_id: str, now: datetime) -> dict[str, Any]:
    """One InMail of the account. Raises a 404 Problem."""
    seat(owner_id, account_id)
    return _describe(_row(account_id, inmail_id), _books(account_id), now)


def list_inmails(
    owner_id: str,
    account_id: str,
    filters: Mapping[str, Any],
    after: tuple[datetime, str] | None,
    limit: int,
    now: datetime,
) -> list[dict[str, Any]]:
    """The account's InMails, newest first, behind (sent_at, id) `after`. Those taken back are left out.

    `filters` may hold `outcome`, `from` (UTC, included), `to` (UTC, excluded) and `q` (part of a name or link, case
    ignored).
    """
    seat(owner_id, account_id)
    query = Inmail.select().where(Inmail.account == account_id, Inmail.retracted_at.is_null())
    if "outcome" in filters:
        query = query.where(_has_outcome(filters["outcome"], now))
    if "from" in filters:
        query = query.where(Inmail.sent_at >= filters["from"])
    if "to" in filters:
        query = query.where(Inmail.sent_at < filters["to"])
    if "q" in filters:
        query = query.where(Inmail.name.contains(filters["q"]) | Inmail.profile_url.contains(filters["q"]))
    if after:
        sent_at, inmail_id = after
        query = query.where((Inmail.sent_at < sent_at) | ((Inmail.sent_at == sent_at) & (Inmail.id < inmail_id)))
    known = _books(account_id)
    return [_describe(row, known, now) for row in query.order_by(Inmail.sent_at.desc(), Inmail.id.desc()).limit(limit)]


def update_inmail(
    owner_id: str, account_id: str, inmail_id: str, changes: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Record what became of an InMail, or edit it. Answers with the InMail as it is now and the credit that came back.

    Another `sent_at` or `cost` makes a new InMail that replaces this one (`inmail_edits`); everything else changes
    this one. Outcome `pending` takes back what was recorded before. Raises a 404 Problem; 409 for an InMail that was
    taken back or replaced, and for `insufficient_credits`; 422 for a date that cannot be.
    """
    seat(owner_id, account_id)
    row = _row(account_id, inmail_id)
    if row.retracted_at is not None:
        raise inmail_edits.why_not_editable(row)
    known = _books(account_id)
    returned_before = _credit_back(row, known) is not None
    columns = {key: changes[key] for key in ("purpose", "note", "subject") if key in changes}
    columns |= inmail_edits.recipient_columns(row, changes)
    sent_at, cost = inmail_edits.sent_at_and_cost(row, changes, now)
    if (sent_at, cost) != (row.sent_at, row.cost):
        inmail_id = inmail_edits.replace_send(row, sent_at, cost, changes, now)
        note_outcomes([inmail_id])
    elif "outcome" in changes:
        outcome_at = dates.settle("outcome_at", changes.get("outcome_at"), now, row.sent_at)
        columns |= _record_outcome(row, account_id, changes["outcome"], outcome_at, now)
    if columns:
        Inmail.update(columns).where(Inmail.id == inmail_id).execute()
    balance = history.state_at(account_id, max(now, row.sent_at, sent_at))[0].balance
    inmail = _describe(_row(account_id, inmail_id), known, now)
    came_back = inmail["credit_back_at"] is not None and not returned_before
    return {"inmail": inmail, "balance": balance, "credited_back": int(came_back)}


def retract_inmail(owner_id: str, account_id: str, inmail_id: str, now: datetime) -> dict[str, Any]:
    """Take an InMail back: it counts as never sent, and stays in the journal. The second time gives the same answer.

    The id of one that was replaced by an edit takes back, and answers with, the InMail that it reads as now. Those that
    an InMail replaced do not come back with it.
    """
    seat(owner_id, account_id)
    inmail_id = inmail_edits.last_edit(_row(account_id, inmail_id).id)
    row = _row(account_id, inmail_id)
    if row.retracted_at is None:
        at = max(now, row.sent_at)
        history.record(account_id, [Retracted(new_id(now), at, inmail_id)], at)
        Inmail.update(retracted_at=at).where(Inmail.id == inmail_id).execute()
        row = _row(account_id, inmail_id)
    balance = history.state_at(account_id, max(now, row.sent_at))[0].balance
    return {"inmail": _describe(row, _books(account_id), now), "balance": balance}


def note_outcomes(inmail_ids: Iterable[str]) -> None:
    """Bring the rows of these InMails in line with the facts on what became of them."""
    for inmail_id in inmail_ids:
        told = history.outcomes_of(inmail_id)
        last = told[-1] if told and told[-1].outcome != "pending" else None
        answered = min((fact.at for fact in told if fact.outcome in ANSWERS), default=None)
        execute(
            "UPDATE inmail SET outcome = ?, outcome_at = ?, answered_at = ? WHERE id = ?",
            (
                last.outcome if last else "pending",
                last and to_microseconds(last.at),
                answered and to_microseconds(answered),
                inmail_id,
            ),
        )


def recent_inmails(account_id: str, limit: int, now: datetime) -> list[dict[str, Any]]:
    """The latest InMails in short, for the summary; those taken back left out."""
    rows = execute(
        "SELECT id, name, profile_url, sent_at, outcome, cost FROM inmail"
        " WHERE account_id = ? AND retracted_at IS NULL ORDER BY sent_at DESC, id DESC LIMIT ?",
        (account_id, limit),
    )
    return [
        {
            "id": inmail_id,
            "recipient": {"name": name, "profile_url": link},
            "sent_at": from_microseconds(sent_at),
            "outcome": _outcome(outcome, from_microseconds(sent_at), now),
            "cost": cost,
        }
        for inmail_id, name, link, sent_at, outcome, cost in rows
    ]


def awaiting_inmails(account_id: str, limit: int, now: datetime) -> list[dict[str, Any]]:
    """The latest InMails that wait for an answer at `now`, in short.

    `answer_by` is when each is taken to stay without one, `returns_credit` whether an answer before that gives its
    credit back.
    """
    rows = execute(
        "SELECT id, name, profile_url, sent_at, cost FROM inmail WHERE account_id = ? AND sent_at > ?"
        " AND outcome = 'pending' AND retracted_at IS NULL ORDER BY sent_at DESC, id DESC LIMIT ?",
        (account_id, to_microseconds(now - UNANSWERED_AFTER), limit),
    ).fetchall()
    known = _books(account_id) if rows else []
    return [
        {
            "id": inmail_id,
            "recipient": {"name": name, "profile_url": link},
            "sent_at": from_microseconds(sent_at),
            "outcome": "pending",
            "cost": cost,
            "answer_by": from_microseconds(sent_at) + UNANSWERED_AFTER,
            "returns_credit": cost > 0 and _book_at(from_microseconds(sent_at), known).credit_back is not None,
        }
        for inmail_id, name, link, sent_at, cost in rows
    ]


def next_unanswered(account_id: str, now: datetime) -> datetime | None:
    """When (UTC) the next InMail that waits for an answer is taken to stay without one; None where none waits."""
    rows = execute(
        "SELECT sent_at FROM inmail WHERE account_id = ? AND sent_at > ? AND outcome = 'pending'"
        " AND retracted_at IS NULL ORDER BY sent_at LIMIT 1",
        (account_id, to_microseconds(now - UNANSWERED_AFTER)),
    ).fetchall()
    return from_microseconds(rows[0][0]) + UNANSWERED_AFTER if rows else None


def _outcome(recorded: str, sent_at: datetime, now: datetime) -> str:
    return "no_response" if recorded == "pending" and now - sent_at >= UNANSWERED_AFTER else recorded


def _has_outcome(outcome: str, now: datetime) -> Any:
    """What finds the InMails whose outcome reads so at `now`."""
    unanswered = (Inmail.outcome == "pending") & (Inmail.sent_at <= now - UNANSWERED_AFTER)
    if outcome == "pending":
        return (Inmail.outcome == "pending") & ~unanswered
    return (Inmail.outcome == outcome) | unanswered if outcome == "no_response" else Inmail.outcome == outcome


def _sent_at(account_id: str, stated: datetime | None, now: datetime) -> datetime:
    if stated is None:
        # Requests that arrive together may come to their turn in another order than their clocks were read in.
        last = history.last_at(account_id, now + _JITTER)
        return max(now, last) if last else now
    # One that has InMails is open, but when it opened stands in its history.
    return dates.settle("sent_at", stated, now, history.opened_at(account_id))


def _same_person(account_id: str, name: str, link: str | None, sent_at: datetime) -> str | None:
    """The latest InMail within 90 days to the same link, or to the same name where there is no link."""
    rows = execute(
        _SAME_NAME if link is None else _SAME_LINK,
        (
            account_id,
            name if link is None else link,
            to_microseconds(sent_at - SAME_PERSON_WITHIN),
            to_microseconds(sent_at + SAME_PERSON_WITHIN),
        ),
    ).fetchall()
    return rows[0][0] if rows else None


def _insufficient(recorded: Recorded, now: datetime) -> Exception:
    # What the refused replay assumed is of no use for what comes: only the next renewal is.
    grant = next_grant(timeline(recorded.state, max(now, recorded.state.position.at), recorded.coming))
    return conflict(
        "insufficient_credits",
        "There was no credit left for this InMail. If LinkedIn let it through, send it again with accept_discrepancy;"
        " otherwise discard it.",
        balance=0,
        needed=1,
        next_renewal=grant and {"at": grant.at, "credits": grant.credits},
    )


def _record_outcome(row: Inmail, account_id: str, outcome: str, outcome_at: datetime, now: datetime) -> dict[str, Any]:
    """Store the facts that make `outcome` what became of the InMail; the columns of its row that follow from them."""
    earlier = history.outcomes_of(row.id)
    facts: list[Fact] = []
    if outcome not in ANSWERS:
        facts = [Retracted(new_id(now), max(now, fact.at), fact.id) for fact in earlier]
        earlier = []
    if outcome != "pending":
        facts.append(OutcomeRecorded(new_id(now), outcome_at, row.id, outcome))  # type: ignore[arg-type]
    if facts:
        history.record(account_id, facts, max(now, row.sent_at))
    answers = [fact.at for fact in earlier if fact.outcome in ANSWERS]
    if outcome in ANSWERS:
        answers.append(outcome_at)
    return {
        "outcome": outcome,
        "outcome_at": None if outcome == "pending" else outcome_at,
        "answered_at": min(answers, default=None),
    }


def _row(account_id: str, inmail_id: str) -> Inmail:
    row: Inmail | None = Inmail.get_or_none(Inmail.id == inmail_id, Inmail.account == account_id)
    if row is None:
        raise not_found("InMail")
    return row


def _books(account_id: str) -> list[tuple[datetime, str]]:
    """Which rule book the account went by from when on."""
    return [
        (fact.at, fact.terms.rule_book)
        for fact in history.terms_facts(account_id)
        if isinstance(fact, Opened | BookChosen)
    ]


def _credit_back(row: Inmail, known: list[tuple[datetime, str]]) -> datetime | None:
    if row.retracted_at is not None:
        return None
    return credit_back_at(row.cost, row.sent_at, row.answered_at, _book_at(row.sent_at, known))


def _book_at(instant: datetime, known: list[tuple[datetime, str]]) -> books.RuleBook:
    return books.rule_book([book for since, book in known if since <= instant][-1])


def _describe(row: Inmail, known: list[tuple[datetime, str]], now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "recipient": {"name": row.name, "profile_url": row.profile_url},
        "sent_at": row.sent_at,
        "cost": row.cost,
        "subject": row.subject,
        "purpose": row.purpose,
        "note": row.note,
        "source": row.source,
        "outcome": _outcome(row.outcome, row.sent_at, now),
        "outcome_at": row.outcome_at,
        "retracted_at": row.retracted_at,
        "credit_back_at": _credit_back(row, known),
        "replaces": row.replaces,
        "replaced_by": _replaced_by(row),
    }


def _replaced_by(row: Inmail) -> str | None:
    if row.retracted_at is None:
        return None
    last = inmail_edits.last_edit(row.id)
    return None if last == row.id else last
