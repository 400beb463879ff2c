"""Renders the advice on a plan, and the rule behind it, in English."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from inkeeper.rules.advice import EARLY_BY, MAX_PERIODS, MIN_PERIODS, RECENT_PERIODS
from inkeeper.rules.periods import Moment
from inkeeper.vocabulary import Need, Verdict
from inkeeper.wording import dates
from inkeeper.wording.amounts import credits
from inkeeper.wording.language import PLAIN_ENGLISH

RULE = (
    f"Looked at are the last full periods, at least {MIN_PERIODS} and at most {MAX_PERIODS}."
    f" Upgrade: in at least half of them, and in 2 of the last {RECENT_PERIODS}, use emptied the account more than"
    f" {EARLY_BY.days} days before the period's end. Less often than that is a busy month and not a lasting need."
    " Downgrade or cancel: on a smaller plan, or on none, there would have been a credit for every InMail in all of"
    f" these periods but one at most, a busy month, and in each of the last {RECENT_PERIODS}; and where both prices are"
    " known, it is the cheaper one. Otherwise: stay. What else a plan offers besides credits is not looked at."
)
"""The rule of `rules.advice.advise`, as the API shows it."""


class AdviceFacts(NamedTuple):
    """The inputs of an advice.

    - `plan`, `allotment`: the title and the allotment of the plan that the advice names, recommended or current.
    - `evaluated`: the number of full periods, of `months` months each.
    - `early`: in how many of them InMails used all credits early.
    - `short`: in how many of them that plan would have been too small.
    - `enough_on`: when there are enough periods.
    """

    verdict: Verdict
    need: Need
    is_free_plan: bool
    plan: str
    allotment: int
    evaluated: int
    months: int
    early: int
    short: int
    enough_on: Moment


class Message(NamedTuple):
    """The rendered advice."""

    title: str
    detail: str


def render(of: AdviceFacts) -> Message:
    """Render the advice as a title and the reason for it."""
    if of.is_free_plan:
        return Message("There is nothing to change", "The plan is the free one, which has no credits.")
    if of.verdict == "not_enough_history":
        missing = MIN_PERIODS - of.evaluated
        periods = "full period" if missing == 1 else "full periods"
        return Message(
            "Not enough history",
            f"{missing} more {periods} are needed. Ask again after {dates.local_date(of.enough_on, PLAIN_ENGLISH)}.",
        )
    ran_out = f"Use emptied the account more than {EARLY_BY.days} days early in {of.early} of {of.evaluated} periods"
    noun = "month" if of.months == 1 else "period"
    if of.verdict == "upgrade":
        return Message(f"Upgrade to {of.plan}", f"{ran_out}, and lately too: the need lasts.")
    if of.verdict == "cancel":
        return Message("Cancel", f"In {of.evaluated - of.short} of {of.evaluated} periods no credit was needed.")
    if of.verdict == "downgrade":
        kept = "in each period" if not of.short else f"in all periods but one, a busy {noun}"
        return Message(
            f"Downgrade to {of.plan}", f"Its {credits(of.allotment, PLAIN_ENGLISH)} would have been enough {kept}."
        )
    reasons = {
        "lasting": f"{ran_out}, but there is no larger plan.",
        "busy_month": f"{ran_out}: a busy {noun}, not a lasting need.",
        "covered": f"{ran_out}, and no cheaper plan would have been enough for the InMails sent.",
    }
    return Message(f"Stay on {of.plan}", reasons[of.need])


def if_cancelled(balance: int, by: date, renewal: Moment, *, cancelled: bool, at_renewal: bool) -> str:
    """Render how to use `balance` before the last day to cancel, `by`, and when to cancel.

    `cancelled`: the subscription is cancelled already. `at_renewal`: a cancellation takes effect at the renewal.
    """
    last, renews = PLAIN_ENGLISH.day(by), dates.local_date(renewal, PLAIN_ENGLISH)
    if cancelled:
        what = f"The subscription is cancelled and ends on {renews}; what is left then is voided."
    elif at_renewal:
        what = f"Cancel by {last}: it takes effect at the renewal on {renews}, which voids what is left then."
    else:
        what = f"Cancel on {last}, not before: it voids what is left at once. The renewal on {renews} would be paid."
    use = f"Use {credits(balance, PLAIN_ENGLISH)} first, by {last}." if balance else "No credit is left to use first."
    return f"{use} {what}"
