"""Renders the warnings of an account: a title, and one or two sentences on what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from inkeeper.rules import warnings
from inkeeper.rules.books import rule_book
from inkeeper.rules.warnings import RESPONSE_MIN_PERCENT, RESPONSE_WINDOW, AccountWarning
from inkeeper.vocabulary import ReminderCode
from inkeeper.wording import dates
from inkeeper.wording.amounts import credits, people
from inkeeper.wording.forecast import basis
from inkeeper.wording.language import Words


class Message(NamedTuple):
    """A rendered warning."""

    title: str
    detail: str


def render(warning: AccountWarning, words: Words) -> Message:
    """Render the warning."""
    return _RENDERERS[warning.code](warning.arguments, words)


def _expiring(of: warnings.Expiring, words: Words) -> Message:
    day = dates.end_of_use(of.at, words)
    if of.per_day:
        use = words.pgettext(
            "warning.expiring.send", "Send %(rate)s a working day to use them by %(day)s.", rate=of.per_day, day=day
        )
    else:
        use = words.pgettext("warning.expiring.use", "Use them by %(day)s.", day=day)
    detail = [use]
    if of.lost:
        detail.append(words.pgettext("warning.expiring.lost", "At this rate you'll lose %(lost)s.", lost=of.lost))
    if of.worth:
        worth = words.money(of.worth)
        detail.append(words.pgettext("warning.expiring.worth", "Worth %(money)s at your price.", money=worth))
    return Message(_expire(of, words), " ".join(detail))


def _expire(of: warnings.Expiring | warnings.FewTargets, words: Words) -> str:
    # translators: %(when)s is "today", "tomorrow" or such as "in 5 days".
    return words.npgettext(
        "warning.expiring.title",
        "%(number)s credit expires %(when)s",
        "%(number)s credits expire %(when)s",
        of.credits,
        when=dates.in_days(of.days, words),
    )


def _few_targets(of: warnings.FewTargets, words: Words) -> Message:
    expire = _expire(of, words)
    if not of.names:
        more = people(of.more, words)
        return Message(
            words.pgettext("warning.few_targets.none", "%(expire)s, and your list is empty", expire=expire),
            words.pgettext("warning.few_targets.add_people", "Add %(people)s to write to.", people=more),
        )
    return Message(
        # translators: %(expire)s is such as "12 credits expire in 5 days".
        words.npgettext(
            "warning.few_targets.title",
            "%(expire)s, and %(number)s person is on your list",
            "%(expire)s, and %(number)s people are on your list",
            of.names,
            expire=expire,
        ),
        words.pgettext("warning.few_targets.add_more", "Add %(more)s more to write to.", more=of.more),
    )


def _behind(of: warnings.Behind, words: Words) -> Message:
    lost = credits(of.lost, words)
    return Message(
        words.pgettext("warning.behind.title", "At this rate you'll lose %(credits)s", credits=lost),
        words.pgettext(
            "warning.behind.detail",
            "Send %(rate)s a working day to use all %(credits)s by %(day)s. Based on %(basis)s.",
            rate=of.per_day,
            credits=of.credits,
            day=dates.end_of_use(of.at, words),
            basis=basis(of.basis, words),
        ),
    )


def _empty(of: warnings.Empty, words: Words) -> Message:
    upgrade = words.pgettext("warning.empty.upgrade", "Only an upgrade brings more now.")
    title = words.pgettext("warning.empty.title", "All credits are used")
    return Message(title, f"{_more_to_come(of.coming, words)} {upgrade}")


def _low_balance(of: warnings.LowBalance, words: Words) -> Message:
    title = words.npgettext(
        "warning.low_balance.title", "Only %(number)s credit is left", "Only %(number)s credits are left", of.balance
    )
    return Message(title, _more_to_come(of.coming, words))


def _more_to_come(coming: warnings.NextGrant | None, words: Words) -> str:
    if coming is None:
        return words.pgettext("warning.none_to_come", "No more come on this plan.")
    return words.npgettext(
        "warning.more_to_come",
        "%(number)s more comes on %(day)s.",
        "%(number)s more come on %(day)s.",
        coming.credits,
        day=dates.local_date(coming.at, words),
    )


def _over_cap(of: warnings.OverCap, words: Words) -> Message:
    over = credits(of.over, words)
    use = words.pgettext(
        "warning.over_cap.use",
        "Use %(credits)s before %(day)s to get them all.",
        credits=over,
        day=dates.local_date(of.at, words),
    )
    if of.cap is not None:
        keeps = words.pgettext("warning.over_cap.keeps", "Your plan keeps %(cap)s at most.", cap=of.cap)
        use = f"{keeps} {use}"
    return Message(
        words.pgettext(
            "warning.over_cap.title",
            "There's no room for %(credits)s of the coming %(coming)s: your limit is reached",
            credits=over,
            coming=of.granted,
        ),
        use,
    )


def _grant_missing(of: warnings.GrantMissing, words: Words) -> Message:
    day = dates.local_date(of.due, words)
    if of.shown is None:
        return Message(
            words.npgettext(
                "warning.grant_missing.look",
                "Check that your new credit came",
                "Check that your %(number)s new credits came",
                of.credits,
            ),
            words.pgettext(
                "warning.grant_missing.enter",
                "Due on %(day)s. Enter the number that LinkedIn shows.",
                day=day,
            ),
        )
    return Message(
        words.npgettext(
            "warning.grant_missing.title",
            "LinkedIn showed %(shown)s, without the new credit of %(day)s",
            "LinkedIn showed %(shown)s, without the %(number)s new credits of %(day)s",
            of.credits,
            shown=of.shown,
            day=day,
        ),
        words.pgettext(
            "warning.grant_missing.detail",
            "Check that your new credits came. If they're still missing, LinkedIn's support can help.",
        ),
    )


def _response_rate(of: warnings.ResponseRate, words: Words) -> Message:
    return Message(
        words.pgettext(
            "warning.response_rate.title",
            "%(percent)s of %(sent)s InMails were answered in %(days)s days",
            percent=words.percent(of.percent),
            sent=of.sent,
            days=RESPONSE_WINDOW.days,
        ),
        words.pgettext(
            "warning.response_rate.detail",
            "Under %(percent)s LinkedIn stops bulk sending. Add the results you have.",
            percent=words.percent(RESPONSE_MIN_PERCENT),
        ),
    )


def _discrepancy(of: warnings.Discrepancy, words: Words) -> Message:
    return Message(
        words.pgettext(
            "warning.discrepancy.title",
            "Inkeeper and LinkedIn disagreed on %(day)s",
            day=dates.local_date(of.at, words),
        ),
        words.pgettext(
            "warning.discrepancy.detail",
            "Enter the number that LinkedIn shows now. Inkeeper goes on from there.",
        ),
    )


def _unconfirmed(of: warnings.Unconfirmed, words: Words) -> Message:
    return Message(
        words.npgettext(
            "warning.unconfirmed.title",
            "Not compared with LinkedIn's number for %(number)s day",
            "Not compared with LinkedIn's number for %(number)s days",
            of.days,
        ),
        words.pgettext(
            "warning.unconfirmed.detail",
            "What does LinkedIn show? Enter its number if it differs.",
        ),
    )


def _wrong_book(of: warnings.WrongBook, words: Words) -> Message:
    title = words.gettext(rule_book(of.rule_book).title)
    allows = words.pgettext(
        "warning.wrong_book.allows", "“%(title)s” allows %(allowed)s at most.", title=title, allowed=of.allowed
    )
    if of.fitting:
        advice = words.pgettext(
            "warning.wrong_book.fitting",
            "Perhaps this fits better: “%(title)s”. See in the settings what it would change.",
            title=words.gettext(rule_book(of.fitting).title),
        )
    else:
        advice = words.pgettext("warning.wrong_book.check", "Check your plan and its monthly credits in the settings.")
    return Message(
        words.pgettext(
            "warning.wrong_book.title",
            "LinkedIn showed %(credits)s, more than your credit rules allow",
            credits=credits(of.balance, words),
        ),
        f"{allows} {advice}",
    )


def _cancelling(of: warnings.Cancelling, words: Words) -> Message:
    unused, day = credits(of.credits, words), dates.end_of_use(of.at, words)
    return Message(
        words.pgettext("warning.cancelling.title", "Use %(credits)s before your plan ends", credits=unused),
        words.pgettext("warning.cancelling.detail", "What's left is lost at %(day)s.", day=day),
    )


def _to_write(of: warnings.ToWrite, words: Words) -> Message:
    title = words.npgettext(
        "warning.to_write.title", "%(number)s to write to today", "%(number)s to write to today", of.people
    )
    more, names = of.people - len(of.names), ", ".join(of.names)
    if not of.names:
        return Message(title, words.pgettext("planned.where", "Inkeeper shows to whom: People, Today."))
    if not more:
        return Message(title, f"{names}.")
    return Message(
        title,
        words.npgettext(
            "warning.to_write.names",
            "%(names)s and %(number)s more.",
            "%(names)s and %(number)s more.",
            more,
            names=names,
        ),
    )


_RENDERERS: dict[ReminderCode, Callable[[Any, Words], Message]] = {
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
