"""Reminders by e-mail: each warning of the summary once per severity, and once per working day the number of people to
write to.

What a message contains is stored as sent immediately before the message is sent. If the mail server refuses it, the
note is deleted and the next run tries again. If the server does not reply, it may have accepted the message, and the
note stays: no reminder is sent twice, and one is lost only if the connection broke at that moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import NamedTuple

from inkeeper import texts
from inkeeper.errors import not_found
from inkeeper.rules.periods import day_start, local_day, time_zone
from inkeeper.rules.state import State
from inkeeper.rules.warnings import AccountWarning, ToWrite, urgency, warnings
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.dates import CLOCK_TOLERANCE
from inkeeper.services.ledger import accounts
from inkeeper.services.ledger.accounts import UNREADABLE, log_unreadable, names_in_reminders
from inkeeper.services.ledger.summary import Summary, summary
from inkeeper.services.owners import words_of
from inkeeper.services.people import targets
from inkeeper.services.reminders import mail
from inkeeper.settings import MailSettings
from inkeeper.storage import owners
from inkeeper.storage import reminders as notes
from inkeeper.storage.accounts import Account
from inkeeper.storage.database import Store
from inkeeper.storage.reminders import Sent
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import PERIOD_WARNING_CODES
from inkeeper.wording.language import Words
from inkeeper.wording.plans import plan_title
from inkeeper.wording.warnings import render

MORNING_FROM = 5
"""The local hour from which on the message names the day's people. The first run after it does."""

NAMED = 20
"""The most people that a message names."""


class MessageNotMade(Exception):
    """The message could not be composed, and nothing was sent. The text names the kind of error only."""


class _AlreadyStored(Exception):
    """Another run stored the same note first."""


class Reminder(NamedTuple):
    """A warning to send. `occasion` (UTC) distinguishes it from earlier warnings of the same code."""

    account_id: str
    account: str
    warning: AccountWarning
    occasion: datetime


def remind(store: Store, owner_name: str, settings: MailSettings, now: datetime) -> list[Reminder]:
    """Send the owner one message, in their language, with all warnings at `now` (UTC) that were not sent yet. Returns
    these warnings.

    Raises MessageNotMade and MailRefused (the next run tries again), MailUnconfirmed (no run does), and a 404 Problem
    if there is no such owner.
    """
    _delete_future_notes(store, now)
    with store.read() as tx:
        owner_id = owners.find(tx, owner_name)
        if owner_id is None:
            raise not_found("person")
        words = words_of(tx, Actor(owner_id))
        news = _news(tx, Actor(owner_id), now, words)
    if not news:
        return []
    with mail.offered(settings, _message(settings, news, now, words)) as hand_over:
        try:
            with store.begin_write(None) as tx:
                _note(tx, news, now)
        except _AlreadyStored:
            return []
        try:
            hand_over()
        except mail.MailRefused:
            with store.begin_write(None) as tx:
                _delete_notes(tx, news)
            raise
    return news


def occasion(warning: AccountWarning, state: State) -> datetime:
    """An instant (UTC) that identifies the event the warning is about: the same as long as it is the same warning."""
    if warning.code in PERIOD_WARNING_CODES:
        return state.period_start
    if warning.until is not None:
        return warning.until
    if warning.code == "discrepancy" and state.discrepancy_at is not None:
        return state.discrepancy_at
    if warning.code == "empty":
        return state.period_start
    return state.observed.at if state.observed else state.opened_at


def _delete_future_notes(store: Store, now: datetime) -> None:
    """Delete notes dated in the future: these warnings were sent too early, while the clock was ahead."""
    if notes.any_after(store, now + CLOCK_TOLERANCE):
        with store.begin_write(None) as tx:
            notes.delete_after(tx, now + CLOCK_TOLERANCE)


def _news(tx: Transaction, actor: Actor, now: datetime, words: Words) -> list[Reminder]:
    summaries = []
    for account_id in accounts.names(tx, actor):
        try:
            summaries.append(summary(tx, owned_account(tx, actor, account_id), now))
        except UNREADABLE as error:
            # One unreadable account must not stop the warnings of the others.
            log_unreadable(account_id, error)
    plans = Counter(made.answer.plan_title for made in summaries)
    found = []
    for made in summaries:
        state, account = made.outlook.state, made.answer.account
        morning = _to_write(tx, owned_account(tx, actor, account.id), now)
        for warning in [*warnings(made.outlook), *([morning] if morning else [])]:
            reminder = Reminder(account.id, _account(made, plans, words), warning, occasion(warning, state))
            if not notes.is_noted(tx, _key(reminder)):
                found.append(reminder)
    return sorted(found, key=lambda reminder: urgency(reminder.warning))


def _to_write(tx: Transaction, row: Account, now: datetime) -> AccountWarning | None:
    """The reminder of the people to write to today; None if there are none, before the hour `MORNING_FROM`, and on days
    off.
    """
    today, local = local_day(row.time_zone, now), now.astimezone(time_zone(row.time_zone))
    if local.hour < MORNING_FROM or today.isoweekday() not in row.working_days:
        return None
    people = targets.wanted_today(tx, Actor(row.owner_id), row.id, row.time_zone, now)
    if not people:
        return None
    names = [texts.printable(view.person.name) for view in people[:NAMED]] if names_in_reminders(tx, row.id) else []
    until = day_start(row.time_zone, today + timedelta(days=1))
    return AccountWarning("to_write", "info", until, ToWrite(len(people), tuple(names)))


def _account(made: Summary, plans: Counter[str], words: Words) -> str:
    """The account's plan, with the account's name if several accounts have that plan."""
    plan = plan_title(made.answer.plan_title, words)
    return plan if plans[made.answer.plan_title] == 1 else f"{plan}, {texts.printable(made.answer.account.name)}"


def _message(settings: MailSettings, news: Sequence[Reminder], now: datetime, words: Words) -> bytes:
    """The message as bytes to send. Raises MessageNotMade."""
    try:
        return _composed(settings, news, now, words).as_bytes()
    except Exception as error:  # the package email fails in many ways on texts that it did not expect
        raise MessageNotMade(type(error).__name__) from error


def _composed(settings: MailSettings, news: Sequence[Reminder], now: datetime, words: Words) -> EmailMessage:
    first, more = news[0], len(news) - 1
    message = EmailMessage(SMTP)
    subject = _subject(first, more, words)
    message["Subject"] = _header_text(subject)
    message["From"] = settings.sender
    message["To"] = settings.recipient
    message["Date"] = format_datetime(now)
    # The default domain would be this machine's name.
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    # Suppresses absence notes (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    said = ((reminder.account, render(reminder.warning, words)) for reminder in news)
    told = "".join(f"{account}: {warning.title}\n{warning.detail}\n\n" for account, warning in said)
    message.set_content(f"{told}-- \n{_footer(words)}", cte="quoted-printable")
    return message


def _subject(first: Reminder, more: int, words: Words) -> str:
    warning = render(first.warning, words).title
    if not more:
        # translators: The subject of a message: a warning with the account's plan.
        return words.pgettext("mail.subject", "%(warning)s (%(account)s)", warning=warning, account=first.account)
    return words.npgettext(
        "mail.subject_and_more",
        "%(warning)s (%(account)s) and %(number)s more",
        "%(warning)s (%(account)s) and %(number)s more",
        more,
        warning=warning,
        account=first.account,
    )


def _footer(words: Words) -> str:
    # translators: Two lines of at most 120 characters, each with a line break at its end.
    return words.pgettext(
        "mail.footer",
        "Inkeeper sends each of its warnings once. To get no more of these messages, remove the timer or the line in"
        " your\ncrontab that runs `inkeeper remind`.\n",
    )


def _header_text(text: str) -> str:
    """The text for a header. `=?` begins an encoded word, in which a line break and another header could hide."""
    return text.replace("=?", "=\N{REPLACEMENT CHARACTER}")


def _note(tx: Transaction, news: Sequence[Reminder], now: datetime) -> None:
    """Store the reminders as sent. Raises _AlreadyStored, which rolls the write back."""
    for reminder in news:
        if not notes.note(tx, _key(reminder), now):
            raise _AlreadyStored


def _delete_notes(tx: Transaction, news: Sequence[Reminder]) -> None:
    for reminder in news:
        notes.delete(tx, _key(reminder))


def _key(reminder: Reminder) -> Sent:
    return Sent(reminder.account_id, reminder.warning.code, reminder.occasion, reminder.warning.severity)
