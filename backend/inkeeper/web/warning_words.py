"""Words for the warnings that Home shows as a line of their own, by their codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from inkeeper.rules.warnings import (
    RESPONSE_PERCENT_LEAST,
    RESPONSE_WINDOW,
    FewTargets,
    GrantMissing,
    LowBalance,
    ResponseRate,
)
from inkeeper.vocabulary import ReminderCode
from inkeeper.web import dates
from inkeeper.web.blueprint import blueprint
from inkeeper.web.words import credits


class Note(NamedTuple):
    """A warning in words, and the page that helps with it, by its address and the words of the link, if one does."""

    code: str
    text: str
    page: str = ""
    link: str = ""


@blueprint.app_template_filter("warning_notes")
def notes(summary: Mapping[str, Any]) -> list[Note]:
    """The lines for a summary's warnings, in its order. Codes of a later version are left out."""
    return [WORDS[warning.code](warning.arguments, summary) for warning in summary["warnings"] if warning.code in WORDS]


def _few_targets(few: FewTargets, summary: Mapping[str, Any]) -> Note:
    names, expiring = few.names, credits(few.credits)
    who = "Nobody is" if not names else "Only 1 person is" if names == 1 else f"Only {names:,} people are"
    page = f"/people?account={summary['account']['id']}"
    return Note("few_targets", f"{who} on your list for the {expiring} about to expire.", page, "Add people")


def _grant_missing(missing: GrantMissing, _summary: Mapping[str, Any]) -> Note:
    new = "new credit" if missing.credits == 1 else f"{missing.credits:,} new credits"
    if missing.shown is not None:
        text = f"LinkedIn showed {missing.shown:,}, without your {new}. Still missing? Ask LinkedIn's support."
    else:
        text = f"Check that your {new} came. What does LinkedIn show?"
    return Note("grant_missing", text)


def _low_balance(_low: LowBalance, summary: Mapping[str, Any]) -> Note:
    text = f"You're down to {credits(summary['balance'])}."
    renewal = summary["next_renewal"]
    if renewal:
        come = "comes" if renewal["credits"] == 1 else "come"
        day = dates.day(renewal["at"], summary["account"]["time_zone"])
        text += f" {renewal['credits']:,} more {come} {day}."
    page = f"/settings/reminders?account={summary['account']['id']}"
    return Note("low_balance", text, page, "Change this warning")


def _response_rate(rate: ResponseRate, _summary: Mapping[str, Any]) -> Note:
    found = f"{rate.percent}% of {rate.sent:,} InMails were answered in {RESPONSE_WINDOW.days} days."
    return Note("response_rate", f"{found} Under {RESPONSE_PERCENT_LEAST}% LinkedIn stops bulk sending in Recruiter.")


WORDS: dict[ReminderCode, Callable[[Any, Mapping[str, Any]], Note]] = {
    "few_targets": _few_targets,
    "grant_missing": _grant_missing,
    "low_balance": _low_balance,
    "response_rate": _response_rate,
}
"""For each code that gets a line, the function that words a warning, given its arguments and the summary that it is
part of. The others are said by Home's loss, pace and LinkedIn's number, or by Plan & rules.
"""
