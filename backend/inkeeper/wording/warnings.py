"""The warnings of an account in words: a title and a sentence or two on what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from inkeeper.rules import warnings
from inkeeper.rules.books import rule_book
from inkeeper.rules.warnings import RESPONSE_PERCENT_LEAST, RESPONSE_WINDOW, AccountWarning
from inkeeper.vocabulary import ReminderCode
from inkeeper.wording import amounts, dates
from inkeeper.wording.amounts import credits
from inkeeper.wording.forecast import basis


class Said(NamedTuple):
    """A warning in words."""

    title: str
    detail: str


def say(warning: AccountWarning) -> Said:
    """The warning in words."""
    return _SAYINGS[warning.code](warning.arguments)


def _expiring(of: warnings.Expiring) -> Said:
    day = dates.end_of_use(of.at)
    detail = f"Send {of.per_day:g} a working day to use them by {day}." if of.per_day else f"Use them by {day}."
    if of.lost:
        detail += f" At your pace {of.lost} would be lost."
    if of.worth:
        detail += f" Worth {amounts.money(of.worth)} at your price."
    return Said(_expire(of), detail)


def _expire(of: warnings.Expiring | warnings.FewTargets) -> str:
    verb = "expires" if of.credits == 1 else "expire"
    return f"{credits(of.credits)} {verb} {dates.in_days(of.days)}"


def _few_targets(of: warnings.FewTargets) -> Said:
    if of.names:
        listed = f"{_people(of.names)} {'is' if of.names == 1 else 'are'} on your list"
        return Said(f"{_expire(of)}, and {listed}", f"Add {of.more} more to write to.")
    return Said(f"{_expire(of)}, and your list is empty", f"Add {_people(of.more)} to write to.")


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _behind(of: warnings.Behind) -> Said:
    return Said(
        f"At your pace {credits(of.lost)} will be lost",
        f"Send {of.per_day:g} a working day to use all {of.credits} by {dates.end_of_use(of.at)}."
        f" Based on {basis(of.basis)}.",
    )


def _empty(of: warnings.Empty) -> Said:
    return Said("All credits are used", f"{_more_to_come(of.coming)} Only an upgrade brings more now.")


def _low_balance(of: warnings.LowBalance) -> Said:
    verb = "is" if of.balance == 1 else "are"
    return Said(f"Only {credits(of.balance)} {verb} left", _more_to_come(of.coming))


def _more_to_come(coming: warnings.Coming | None) -> str:
    if coming is None:
        return "No more come on this plan."
    return f"{coming.credits} more come on {dates.local_date(coming.at)}."


def _over_cap(of: warnings.OverCap) -> Said:
    title = f"{credits(of.over)} of the coming {of.granted} would be over the cap"
    keeps = f"Your plan keeps {of.cap} at most. " if of.cap is not None else ""
    return Said(title, f"{keeps}Use {credits(of.over)} before {dates.local_date(of.at)} to get them all.")


def _grant_missing(of: warnings.GrantMissing) -> Said:
    day = dates.local_date(of.due)
    if of.shown is None:
        noun = "credit" if of.credits == 1 else "credits"
        title = f"Check that your {of.credits} new {noun} came"
        return Said(title, f"They were due on {day}. Enter the number that LinkedIn shows.")
    return Said(
        f"LinkedIn showed {of.shown}, without the {of.credits} new of {day}",
        "Check that your new credits came. If they're still missing, LinkedIn's support can help.",
    )


def _response_rate(of: warnings.ResponseRate) -> Said:
    return Said(
        f"{of.percent}% of {of.sent} InMails were answered in {RESPONSE_WINDOW.days} days",
        f"Under {RESPONSE_PERCENT_LEAST}% LinkedIn stops bulk sending. Record the answers that have come.",
    )


def _discrepancy(of: warnings.Discrepancy) -> Said:
    return Said(
        f"Ledger and LinkedIn differed on {dates.local_date(of.at)}",
        "Type in the number that LinkedIn shows now, and the ledger goes on from there.",
    )


def _unconfirmed(of: warnings.Unconfirmed) -> Said:
    return Said(
        f"Balance not confirmed for {of.days} days",
        "Compare it with the number that LinkedIn shows, and correct it if they differ.",
    )


def _wrong_book(of: warnings.WrongBook) -> Said:
    detail = f"“{rule_book(of.rule_book).title}” allows {of.allowed} at most."
    if of.fitting:
        title = rule_book(of.fitting).title
        detail += f" Perhaps this fits better: “{title}”. See in the settings what it would change."
    else:
        detail += " Check the plan and the allotment in the settings."
    return Said(f"LinkedIn showed {credits(of.balance)}, more than the rules allow", detail)


def _cancelling(of: warnings.Cancelling) -> Said:
    title = f"Use {credits(of.credits)} before your subscription ends"
    return Said(title, f"They are voided at {dates.end_of_use(of.at)}.")


def _to_write(of: warnings.ToWrite) -> Said:
    more = of.people - len(of.names)
    if of.names:
        detail = ", ".join(of.names) + (f" and {more} more." if more else ".")
    else:
        detail = "Inkeeper shows to whom: People, Today."
    return Said(f"{of.people} to write to today", detail)


_SAYINGS: dict[ReminderCode, Callable[[Any], Said]] = {
    "expiring": _expiring,
    "few_targets": _few_targets,
    "behind": _behind,
    "empty": _empty,
    "low_balance": _low_balance,
    "over_cap": _over_cap,
    "grant_missing": _grant_missing,
    "response_rate": _response_rate,
    "discrepancy": _discrepancy,
    "unconfirmed": _unconfirmed,
    "wrong_book": _wrong_book,
    "cancelling": _cancelling,
    "to_write": _to_write,
}
