"""Logs an InMail for `inkeeper log`: reads what was typed, asks where the services would refuse, prints the result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from inkeeper import texts
from inkeeper.cli.asking import can_ask, confirm
from inkeeper.cli.failures import wrong_use
from inkeeper.cli.status_words import left
from inkeeper.cli.typed_time import read_time
from inkeeper.errors import Problem
from inkeeper.rules.people import clean_name, parse_link
from inkeeper.rules.periods import local_day, time_zone
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import inmails
from inkeeper.services.ledger.inmails import LoggedInmail
from inkeeper.services.ledger.summary import summary
from inkeeper.services.people.typed_recipient import MOST_CHARACTERS, recipient_of
from inkeeper.storage.accounts import Owned
from inkeeper.storage.database import Store
from inkeeper.terminal import printable
from inkeeper.vocabulary import INMAIL_WARNING_CODES
from inkeeper.wording.amounts import credits
from inkeeper.wording.dates import in_days
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import gettext, language
from inkeeper.wording.warnings import render

_LONGEST_SUBJECT = 200
_LONGEST_NOTE = 2000

_NO_CREDITS = gettext_noop("You have no credits left.")


class _UnansweredBefore(Exception):
    """The person has an earlier InMail without an answer. Nothing is stored."""

    def __init__(self, sent_at: datetime) -> None:
        super().__init__()
        self.sent_at = sent_at


def wanted(typed: Mapping[str, Any], zone: str, now: datetime) -> dict[str, Any]:
    """The fields of the InMail from the command's options; `again` says that the person may have an earlier one.

    `zone` is the account's time zone, `now` is UTC. Raises WrongUse, which names the option.
    """
    fields: dict[str, Any] = {
        "recipient": _recipient(" ".join(typed["name"]), typed["link"]),
        "source": "terminal",
        "cost": 0 if typed["free"] else 1,
        "accept_discrepancy": typed["accept_discrepancy"],
        "again": typed["again"],
    }
    if typed["typed_at"] is not None:
        fields["sent_at"] = _sent_at(typed["typed_at"], zone, now)
    if typed["purpose"] is not None:
        fields["purpose"] = typed["purpose"]
    for option, most in (("subject", _LONGEST_SUBJECT), ("note", _LONGEST_NOTE)):
        if typed[option] is not None:
            fields[option] = _text(option, typed[option], most)
    return fields


def log(store: Store, owned: Owned, fields: dict[str, Any], now: datetime) -> None:
    """Log the InMail, and print the new balance and the most important warning.

    Asks at a terminal if there is no credit left, and if the person has an earlier InMail without an answer. Elsewhere
    raises ClickException with the option to add.
    """
    logged = _logged_or_asked(store, owned, fields, now)
    with store.read() as tx:
        found = summary(tx, owned_account(tx, Actor(owned.owner_id), owned.id), now).answer
    cost = credits(1, language()) if fields["cost"] else gettext("free")
    name = printable(fields["recipient"]["name"])
    click.echo(gettext("Logged: %(name)s, %(cost)s. %(left)s.", name=name, cost=cost, left=left(found.balance)))
    if logged.closed_target is not None:
        click.echo(gettext("Your list of people is up to date too."))
    for warning in [each for each in found.warnings if each.code in INMAIL_WARNING_CODES][:1]:
        message = render(warning, language())
        click.echo(printable(f"{message.title}. {message.detail}"))


def _logged_or_asked(store: Store, owned: Owned, fields: dict[str, Any], now: datetime) -> LoggedInmail:
    while True:
        try:
            return _logged(store, owned, fields, now)
        except _UnansweredBefore as earlier:
            fields["again"] = _is_wanted_again(fields["recipient"]["name"], earlier.sent_at, owned.time_zone, now)
        except Problem as problem:
            if problem.code == "insufficient_credits":
                fields["accept_discrepancy"] = _was_sent()
            elif any(error["path"] == "sent_at" for error in problem.errors or ()):
                raise wrong_use(gettext_noop("--at: this account starts later than that.")) from problem
            else:
                raise


def _logged(store: Store, owned: Owned, fields: Mapping[str, Any], now: datetime) -> LoggedInmail:
    actor = Actor(owned.owner_id)
    with store.begin_write(owned.id) as tx:
        logged = inmails.log_inmail(tx, actor, owned.id, fields, now)
        if logged.duplicate_of and not fields["again"]:
            earlier = inmails.get_inmail(tx, actor, owned.id, logged.duplicate_of, now)
            if earlier.outcome == "pending":
                raise _UnansweredBefore(earlier.sent_at)
    return logged


def _is_wanted_again(name: str, sent_at: datetime, zone: str, now: datetime) -> bool:
    """Ask whether to log a second InMail to the person. True; a no ends the command."""
    at = sent_at.astimezone(time_zone(zone))
    day = local_day(zone, sent_at)
    days = (local_day(zone, now) - day).days
    known = {0: in_days(0, language()), 1: gettext("yesterday")}
    when = gettext(
        "%(day)s at %(time)s",
        day=known.get(days) or gettext("on %(day)s", day=language().day_and_year(day)),
        time=language().time_of_day(at.time()),
    )
    return _confirmed(
        gettext("You wrote to %(name)s %(when)s and have no reply yet.", name=printable(name), when=when),
        gettext("Log a second InMail?"),
        gettext("To log a second InMail, add --again."),
    )


def _was_sent() -> bool:
    """Ask whether LinkedIn sent the InMail although no credits are left. True; a no ends the command."""
    return _confirmed(
        gettext(_NO_CREDITS),
        gettext("Did LinkedIn let you send it?"),
        gettext("If it was free, add --free. If LinkedIn let you send it all the same, add --accept-discrepancy."),
    )


def _confirmed(reason: str, question: str, remedy: str) -> bool:
    """Ask the question. True after a yes; ClickException after a no, and with the remedy if input is no terminal."""
    if not can_ask():
        raise click.ClickException(f"{reason} {remedy}")
    if not confirm(f"{reason} {question}"):
        raise click.ClickException(gettext("Nothing was logged."))
    return True


def _recipient(typed: str, link: str | None) -> dict[str, str]:
    """The recipient from the typed name, which may hold a link, and the option `--link`."""
    if link is not None and parse_link(link) is None:
        raise wrong_use(
            gettext_noop(
                "--link must lead to a person on LinkedIn, such as https://www.linkedin.com/in/kai-example, not"
                " %(link)s."
            ),
            link=link,
        )
    try:
        found = recipient_of(typed[:MOST_CHARACTERS])
    except Problem:
        raise wrong_use(gettext_noop("The link in NAME doesn't lead to a person on LinkedIn.")) from None
    name, url = clean_name(found["name"] or ""), link or found["profile_url"]
    if not name:
        raise wrong_use(gettext_noop("NAME must hold the person's name. A link alone doesn't tell it."))
    return {"name": name, **({"profile_url": url} if url else {})}


def _sent_at(typed: str, zone: str, now: datetime) -> datetime:
    at = read_time(typed, zone, now)
    if at is None:
        raise wrong_use(
            gettext_noop(
                "--at must be a time such as “yesterday 14:30”, “2026-11-26 09:00” or “09:00” (on the clocks of"
                " %(zone)s), not “%(typed)s”."
            ),
            zone=zone,
            typed=typed,
        )
    if at > now:
        raise wrong_use(
            gettext_noop("--at is in the future: “%(typed)s” on the clocks of %(zone)s."), typed=typed, zone=zone
        )
    return at


def _text(option: str, typed: str, most: int) -> str:
    """The option's text in its stored form."""
    text = texts.cleaned(typed, lines=option == "note")
    if not text:
        raise wrong_use(gettext_noop("--%(option)s is empty."), option=option)
    if len(text) > most:
        raise wrong_use(gettext_noop("--%(option)s is longer than %(most)s characters."), option=option, most=str(most))
    return text
