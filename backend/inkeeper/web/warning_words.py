"""Texts of the warnings that Home shows on separate lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from inkeeper.rules.warnings import (
    RESPONSE_MIN_PERCENT,
    RESPONSE_WINDOW,
    FewTargets,
    GrantMissing,
    LowBalance,
    ResponseRate,
)
from inkeeper.services.ledger.summary import Overview
from inkeeper.vocabulary import ReminderCode
from inkeeper.web import dates
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import gettext, language, ngettext
from inkeeper.web.words import credits


class Note(NamedTuple):
    """A warning in words, with an optional link to the page that helps: its address and text."""

    code: str
    text: str
    page: str = ""
    link: str = ""


@blueprint.app_template_filter("warning_notes")
def notes(summary: Overview) -> list[Note]:
    """The lines of a summary's warnings, in its order. Unknown codes (of a later version) are skipped."""
    return [WORDS[warning.code](warning.arguments, summary) for warning in summary.warnings if warning.code in WORDS]


def _few_targets(few: FewTargets, summary: Overview) -> Note:
    names, expiring = few.names, credits(few.credits)
    if names:
        text = ngettext(
            "Only %(number)s person is on your list for the %(credits)s about to expire.",
            "Only %(number)s people are on your list for the %(credits)s about to expire.",
            names,
            credits=expiring,
        )
    else:
        text = gettext("Nobody is on your list for the %(credits)s about to expire.", credits=expiring)
    return Note("few_targets", text, f"/people?account={summary.account.id}", gettext("Add people"))


def _grant_missing(missing: GrantMissing, _summary: Overview) -> Note:
    if missing.shown is not None:
        text = ngettext(
            "LinkedIn showed %(shown)s, without your new credit. Still missing? Ask LinkedIn's support.",
            "LinkedIn showed %(shown)s, without your %(number)s new credits. Still missing? Ask LinkedIn's support.",
            missing.credits,
            shown=missing.shown,
        )
    else:
        text = ngettext(
            "Check that your new credit came. What does LinkedIn show?",
            "Check that your %(number)s new credits came. What does LinkedIn show?",
            missing.credits,
        )
    return Note("grant_missing", text)


def _low_balance(_low: LowBalance, summary: Overview) -> Note:
    text = gettext("You're down to %(credits)s.", credits=credits(summary.balance))
    renewal = summary.next_renewal
    if renewal:
        more = ngettext(
            "%(number)s more comes %(day)s.",
            "%(number)s more come %(day)s.",
            renewal.credits,
            day=dates.on_day(renewal.at, summary.account.time_zone),
        )
        text = f"{text} {more}"
    page = f"/settings/reminders?account={summary.account.id}"
    return Note("low_balance", text, page, gettext("Change this warning"))


def _response_rate(rate: ResponseRate, _summary: Overview) -> Note:
    text = gettext(
        "%(percent)s of %(sent)s InMails were answered in %(days)s days. Under %(least)s LinkedIn stops bulk sending in"
        " Recruiter.",
        percent=language().percent(rate.percent),
        sent=rate.sent,
        days=RESPONSE_WINDOW.days,
        least=language().percent(RESPONSE_MIN_PERCENT),
    )
    return Note("response_rate", text)


WORDS: dict[ReminderCode, Callable[[Any, Overview], Note]] = {
    "few_targets": _few_targets,
    "grant_missing": _grant_missing,
    "low_balance": _low_balance,
    "response_rate": _response_rate,
}
"""The function that makes the line of a warning from its arguments and the summary, by code.

Codes without an entry are shown elsewhere: in Home's loss, pace and LinkedIn parts, or on Plan & rules.
"""
