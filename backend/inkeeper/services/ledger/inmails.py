"""InMails: logging, recording outcomes, editing, retracting and listing them.

The functions that write need a write transaction to the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.errors import conflict
from inkeeper.reasons import reason
from inkeeper.rules import books
from inkeeper.rules.facts import BookChosen, Fact, Opened, OutcomeRecorded, Retracted, Sent
from inkeeper.rules.people import Person, normal_name, parse_link
from inkeeper.rules.replay import credit_back_at
from inkeeper.rules.timeline import next_grant, timeline
from inkeeper.services import dates
from inkeeper.services.access import Actor, inmail_of, owned_account
from inkeeper.services.ledger import inmail_edits, openings
from inkeeper.services.people import closing
from inkeeper.services.people.sent import (
    SentTo,
    count_inmails_of_owner,
    last_inmail_in_account,
    last_inmail_of_owner,
    person_keys,
)
from inkeeper.storage import balances, targets
from inkeeper.storage import facts as stored_facts
from inkeeper.storage import inmails as stored
from inkeeper.storage.balances import Recorded
from inkeeper.storage.inmails import Filter, Inmail
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import ANSWERS

SAME_PERSON_WITHIN = timedelta(days=90)
UNANSWERED_AFTER = timedelta(days=90)
"""An InMail unanswered for this long is shown as `no_response`. Computed on reading, never stored. A later answer still
counts. Rule books that return credits do so for answers within this time.
"""

_JITTER = timedelta(minutes=1)


class InmailRecipient(NamedTuple):
    """Who the InMail went to."""

    name: str
    profile_url: str | None


class CurrentInmail(NamedTuple):
    """An InMail as it is at one instant. Instants are UTC.

    - `outcome`: `no_response` for a pending one after UNANSWERED_AFTER.
    - `credit_back_at`: when its credit came back (None: never).
    - `replaces`: the InMail of which it is an edit of day or cost.
    - `replaced_by`: the last InMail of its edits of day or cost.
    - `target`: whose step it did. `text`, `text_version`, `campaign`: what it was written with and for.
    """

    id: str
    recipient: InmailRecipient
    sent_at: datetime
    cost: int
    subject: str | None
    purpose: str | None
    note: str | None
    source: str
    outcome: str
    outcome_at: datetime | None
    retracted_at: datetime | None
    credit_back_at: datetime | None
    replaces: str | None
    replaced_by: str | None
    target: str | None
    text: str | None
    text_version: int | None
    campaign: str | None


class LoggedInmail(NamedTuple):
    """A logged InMail, and the balance after it.

    - `duplicate_of`: an InMail to the same person within SAME_PERSON_WITHIN.
    - `closed_target`: the target whose step it did.
    - `left_out`: the recipient's fields that were not stored: a link to no person.
    """

    inmail: CurrentInmail
    balance: int
    duplicate_of: str | None
    closed_target: str | None
    left_out: list[str]


class UpdatedInmail(NamedTuple):
    """The changed InMail or its replacement, the balance afterwards, and how many credits the change returned.

    `left_out` are the recipient's fields that were not stored: a link to no person.
    """

    inmail: CurrentInmail
    balance: int
    credited_back: int
    left_out: list[str]


class RetractedInmail(NamedTuple):
    """A retracted InMail, and the balance without it."""

    inmail: CurrentInmail
    balance: int


class RecentInmail(NamedTuple):
    """An InMail in short, with its outcome as `CurrentInmail` has it. `sent_at` is UTC."""

    id: str
    recipient: InmailRecipient
    sent_at: datetime
    outcome: str
    cost: int


class AwaitingInmail(NamedTuple):
    """An InMail in short that waits for an answer. Instants are UTC.

    `answer_by` is when it becomes `no_response`; `returns_credit` says whether an answer before that returns its
    credit.
    """

    id: str
    recipient: InmailRecipient
    sent_at: datetime
    outcome: str
    cost: int
    answer_by: datetime
    returns_credit: bool


def log_inmail(
    tx: Transaction, actor: Actor, account_id: str, wanted: Mapping[str, Any], now: datetime
) -> LoggedInmail:
    """Store that an InMail was sent. `wanted` holds the fields of the HTTP contract. A link to no person is not stored.

    Raises a 409 Problem `insufficient_credits` where the balance of that moment does not cover it, unless
    `accept_discrepancy` says that LinkedIn let it through.
    """
    owned_account(tx, actor, account_id)
    person, left_out = _recipient(wanted["recipient"])
    link_url = person.link and person.link.url
    sent_at = _sent_at(tx, account_id, wanted.get("sent_at"), now)
    fact = Sent(stored_facts.new_fact_id(tx, account_id, now), sent_at, wanted.get("cost", 1))

    at = max(now, sent_at)

    def covered(recorded: Recorded) -> None:
        if wanted.get("accept_discrepancy"):
            return
        if balances.newly_uncovered(tx, account_id, [fact], recorded, at):
            raise _insufficient(recorded, now)

    duplicate = last_inmail_in_account(
        tx, account_id, person, sent_at - SAME_PERSON_WITHIN, sent_at + SAME_PERSON_WITHIN
    )
    recorded = balances.record(tx, account_id, [fact], at, covered)
    name_key, link_key = person_keys(*person)
    row = {
        "id": fact.id,
        "account_id": account_id,
        "sent_at": sent_at,
        "cost": fact.cost,
        "name": person.name,
        "profile_url": link_url,
        "name_key": name_key,
        "link_key": link_key,
        "subject": wanted.get("subject"),
        "purpose": wanted.get("purpose"),
        "note": wanted.get("note"),
        "source": wanted["source"],
        "outcome": "pending",
    }
    stored.add(tx, [row])
    inmail = CurrentInmail(
        id=fact.id,
        recipient=InmailRecipient(person.name, link_url),
        sent_at=sent_at,
        cost=fact.cost,
        subject=wanted.get("subject"),
        purpose=wanted.get("purpose"),
        note=wanted.get("note"),
        source=wanted["source"],
        outcome=_outcome("pending", sent_at, now),
        outcome_at=None,
        retracted_at=None,
        credit_back_at=None,
        replaces=None,
        replaced_by=None,
        target=None,
        text=None,
        text_version=None,
        campaign=None,
    )
    closed = closing.close_for(
        tx,
        actor,
        account_id,
        closing.Sent(fact.id, person, sent_at),
        now,
        target_id=wanted.get("target"),
        text_id=wanted.get("text"),
        purpose=wanted.get("purpose"),
    )
    if closed or wanted.get("text"):
        inmail = inmail._replace(**targets.list_fields_of(tx, fact.id))
    return LoggedInmail(inmail, recorded.state.balance, duplicate and duplicate.id, closed, left_out)


def get_inmail(tx: Transaction, actor: Actor, account_id: str, inmail_id: str, now: datetime) -> CurrentInmail:
    """One InMail of the account. Raises a 404 Problem."""
    owned_account(tx, actor, account_id)
    return _current(tx, inmail_of(tx, account_id, inmail_id), _books(tx, account_id), now)


def list_inmails(
    tx: Transaction,
    actor: Actor,
    account_id: str,
    filters: Mapping[str, Any],
    after: tuple[datetime, str] | None,
    limit: int,
    now: datetime,
) -> list[CurrentInmail]:
    """The account's InMails, newest first, after (sent_at, id) `after`. Retracted InMails are left out.

    `filters` may hold `outcome`, `cost`, `purpose`, `campaign`, `text`, `from` (UTC, included), `to` (UTC, excluded)
    and `q` (part of a name or link, in any spelling).
    """
    owned_account(tx, actor, account_id)
    outcome, part = filters.get("outcome"), filters.get("q")
    wanted = Filter(
        outcomes=None if outcome is None else _recorded_as(outcome, now),
        cost=filters.get("cost"),
        purpose=filters.get("purpose"),
        campaign_id=filters.get("campaign"),
        text_id=filters.get("text"),
        since=filters.get("from"),
        until=filters.get("to"),
        recipient=None if part is None else stored.Recipient(part, normal_name(part), parse_link(part)),
    )
    known = _books(tx, account_id)
    return [_current(tx, row, known, now) for row in stored.list_inmails(tx, account_id, wanted, after, limit)]


def names_of(tx: Transaction, actor: Actor, account_id: str, inmail_ids: Sequence[str]) -> dict[str, str]:
    """The recipients' names of some InMails of the account, by the InMails' ids."""
    owned_account(tx, actor, account_id)
    return stored.names_of(tx, account_id, inmail_ids)


def update_inmail(
    tx: Transaction, actor: Actor, account_id: str, inmail_id: str, changes: Mapping[str, Any], now: datetime
) -> UpdatedInmail:
    """Record the outcome of an InMail, or edit it.

    Another `sent_at` or `cost` makes a new InMail that replaces this one (`inmail_edits`); everything else changes this
    one. Outcome `pending` takes back what was recorded before. Raises a 404 Problem; 409 for an InMail that was taken
    back or replaced, and for `insufficient_credits`; 422 for a date that cannot be.
    """
    owned_account(tx, actor, account_id)
    row = inmail_of(tx, account_id, inmail_id)
    if row.retracted_at is not None:
        raise inmail_edits.why_not_editable(tx, row)
    known = _books(tx, account_id)
    returned_before = _credit_back(row, known) is not None
    columns = {key: changes[key] for key in ("purpose", "note", "subject") if key in changes}
    recipient, left_out = inmail_edits.recipient_columns(row, changes)
    columns |= recipient
    sent_at, cost = inmail_edits.sent_at_and_cost(tx, row, changes, now)
    if (sent_at, cost) != (row.sent_at, row.cost):
        inmail_id = inmail_edits.replace_send(tx, row, sent_at, cost, changes, now)
        note_outcomes(tx, [inmail_id])
    elif "outcome" in changes:
        outcome_at = dates.settle("outcome_at", changes.get("outcome_at"), now, row.sent_at, "sent")
        columns |= _record_outcome(tx, row, account_id, changes["outcome"], outcome_at, now)
    if columns:
        stored.update(tx, inmail_id, columns)
    if recipient:
        stands = inmail_of(tx, account_id, inmail_id)
        person = Person(stands.name, parse_link(stands.profile_url) if stands.profile_url else None)
        sent = closing.Sent(inmail_id, person, stands.sent_at)
        closing.recipient_changed(tx, actor, account_id, sent, stands.target_id, now)
    closing.inmails_changed(tx, actor, [inmail_id])
    balance = balances.state_at(tx, account_id, dates.ahead_within_tolerance(sent_at, now))[0].balance
    inmail = _current(tx, inmail_of(tx, account_id, inmail_id), known, now)
    came_back = inmail.credit_back_at is not None and not returned_before
    return UpdatedInmail(inmail, balance, int(came_back), left_out)


def retract_inmail(tx: Transaction, actor: Actor, account_id: str, inmail_id: str, now: datetime) -> RetractedInmail:
    """Retract an InMail: it counts as never sent, and stays in the journal. Idempotent.

    The id of a replaced InMail retracts and returns the InMail that replaced it. Those that an InMail replaced do not
    come back with it.
    """
    owned_account(tx, actor, account_id)
    inmail_id = inmail_edits.last_edit(tx, inmail_of(tx, account_id, inmail_id).id)
    row = inmail_of(tx, account_id, inmail_id)
    if row.retracted_at is None:
        at = max(now, row.sent_at)
        balances.record(tx, account_id, [Retracted(stored_facts.new_fact_id(tx, account_id, now), at, inmail_id)], now)
        stored.take_back(tx, [(inmail_id, at)])
        closing.inmails_changed(tx, actor, [inmail_id])
        row = inmail_of(tx, account_id, inmail_id)
    balance = balances.state_at(tx, account_id, dates.ahead_within_tolerance(row.sent_at, now))[0].balance
    return RetractedInmail(_current(tx, row, _books(tx, account_id), now), balance)


def note_outcomes(tx: Transaction, inmail_ids: Iterable[str]) -> None:
    """Set the outcome columns of these InMails from their outcome facts."""
    for inmail_id in inmail_ids:
        outcomes = stored_facts.outcomes_of(tx, inmail_id)
        last = outcomes[-1] if outcomes and outcomes[-1].outcome != "pending" else None
        answered = min((fact.at for fact in outcomes if fact.outcome in ANSWERS), default=None)
        columns = {
            "outcome": last.outcome if last else "pending",
            "outcome_at": last and last.at,
            "answered_at": answered,
        }
        stored.update(tx, inmail_id, columns)


def recent_inmails(tx: Transaction, account_id: str, limit: int, now: datetime) -> list[RecentInmail]:
    """The latest InMails in short, for the summary; without retracted ones."""
    return [
        RecentInmail(
            id=row.id,
            recipient=InmailRecipient(row.name, row.profile_url),
            sent_at=row.sent_at,
            outcome=_outcome(row.outcome, row.sent_at, now),
            cost=row.cost,
        )
        for row in stored.recent(tx, account_id, limit)
    ]


def awaiting_inmails(tx: Transaction, account_id: str, limit: int, now: datetime) -> list[AwaitingInmail]:
    """InMails that wait for an answer at `now`: those whose time for an answer ends first."""
    rows = stored.awaiting(tx, account_id, now - UNANSWERED_AFTER, limit)
    known = _books(tx, account_id) if rows else []
    return [
        AwaitingInmail(
            id=row.id,
            recipient=InmailRecipient(row.name, row.profile_url),
            sent_at=row.sent_at,
            outcome=row.outcome,
            cost=row.cost,
            answer_by=row.sent_at + UNANSWERED_AFTER,
            returns_credit=row.cost > 0 and _book_at(row.sent_at, known).credit_back is not None,
        )
        for row in rows
    ]


def last_inmail_to(
    tx: Transaction, actor: Actor, name: str, profile_url: str | None, now: datetime
) -> tuple[SentTo, str, int] | None:
    """The owner's latest InMail to this person, its outcome at `now`, and how many there are; None if there is none."""
    person = Person(name, parse_link(profile_url) if profile_url else None)
    last = last_inmail_of_owner(tx, actor, person)
    if last is None:
        return None
    recorded = stored.outcome_of(tx, last.id)
    return last, _outcome(recorded, last.sent_at, now), count_inmails_of_owner(tx, actor, person)


def next_unanswered(tx: Transaction, account_id: str, now: datetime) -> datetime | None:
    """When (UTC) the next pending InMail becomes `no_response`; None if none is pending."""
    first = stored.first_awaiting(tx, account_id, now - UNANSWERED_AFTER)
    return None if first is None else first + UNANSWERED_AFTER


def _outcome(recorded: str, sent_at: datetime, now: datetime) -> str:
    return "no_response" if recorded == "pending" and now - sent_at >= UNANSWERED_AFTER else recorded


def _recorded_as(outcome: str, now: datetime) -> list[tuple[str, datetime | None, datetime | None]]:
    """The recorded outcomes that are shown as this outcome at `now`, each with the span `(after, until]` of `sent_at`
    in which it is.
    """
    unanswered = now - UNANSWERED_AFTER
    if outcome == "pending":
        return [("pending", unanswered, None)]
    found: list[tuple[str, datetime | None, datetime | None]] = [(outcome, None, None)]
    return [*found, ("pending", None, unanswered)] if outcome == "no_response" else found


def _sent_at(tx: Transaction, account_id: str, stated: datetime | None, now: datetime) -> datetime:
    at = openings.happened_at(tx, account_id, "sent_at", stated, now)
    # Requests that arrive together may be handled in another order than that of their `now`.
    last = balances.last_at(tx, account_id, now + _JITTER) if stated is None else None
    return max(at, last) if last else at


def _recipient(wanted: Mapping[str, Any]) -> tuple[Person, list[str]]:
    """The recipient, and the names of ignored fields."""
    text = (wanted.get("profile_url") or "").strip()
    link = parse_link(text)
    return Person(wanted["name"], link), ["profile_url"] if text and link is None else []


def _insufficient(recorded: Recorded, now: datetime) -> Exception:
    # What the refused replay assumed is of no use for what comes: only the next renewal is.
    grant = next_grant(timeline(recorded.state, max(now, recorded.state.position.at), recorded.coming))
    return conflict(
        "insufficient_credits",
        reason("inmail.no_credit"),
        balance=0,
        needed=1,
        next_renewal=grant and {"at": grant.at, "credits": grant.credits},
    )


def _record_outcome(
    tx: Transaction, row: Inmail, account_id: str, outcome: str, outcome_at: datetime, now: datetime
) -> dict[str, Any]:
    """Store the facts that set the InMail's outcome. Returns the changed columns of its row."""
    earlier = stored_facts.outcomes_of(tx, row.id)
    facts: list[Fact] = []
    if outcome not in ANSWERS:
        facts = [
            Retracted(stored_facts.new_fact_id(tx, account_id, now), max(now, fact.at), fact.id) for fact in earlier
        ]
        earlier = []
    if outcome != "pending":
        facts.append(OutcomeRecorded(stored_facts.new_fact_id(tx, account_id, now), outcome_at, row.id, outcome))  # type: ignore[arg-type]
    if facts:
        balances.record(tx, account_id, facts, now)
    answers = [fact.at for fact in earlier if fact.outcome in ANSWERS]
    if outcome in ANSWERS:
        answers.append(outcome_at)
    return {
        "outcome": outcome,
        "outcome_at": None if outcome == "pending" else outcome_at,
        "answered_at": min(answers, default=None),
    }


def _books(tx: Transaction, account_id: str) -> list[tuple[datetime, str]]:
    """The account's rule books, each with the instant from which on it applied."""
    return [
        (fact.at, fact.terms.rule_book)
        for fact in stored_facts.terms_facts(tx, account_id)
        if isinstance(fact, Opened | BookChosen)
    ]


def _credit_back(row: Inmail, known: list[tuple[datetime, str]]) -> datetime | None:
    if row.retracted_at is not None:
        return None
    return credit_back_at(row.cost, row.sent_at, row.answered_at, _book_at(row.sent_at, known))


def _book_at(instant: datetime, known: list[tuple[datetime, str]]) -> books.RuleBook:
    return books.rule_book([book for since, book in known if since <= instant][-1])


def _current(tx: Transaction, row: Inmail, known: list[tuple[datetime, str]], now: datetime) -> CurrentInmail:
    return CurrentInmail(
        id=row.id,
        recipient=InmailRecipient(row.name, row.profile_url),
        sent_at=row.sent_at,
        cost=row.cost,
        subject=row.subject,
        purpose=row.purpose,
        note=row.note,
        source=row.source,
        outcome=_outcome(row.outcome, row.sent_at, now),
        outcome_at=row.outcome_at,
        retracted_at=row.retracted_at,
        credit_back_at=_credit_back(row, known),
        replaces=row.replaces,
        replaced_by=_replaced_by(tx, row),
        target=row.target_id,
        text=row.text_id,
        text_version=row.text_version,
        campaign=row.campaign_id,
    )


def _replaced_by(tx: Transaction, row: Inmail) -> str | None:
    if row.retracted_at is None:
        return None
    last = inmail_edits.last_edit(tx, row.id)
    return None if last == row.id else last
