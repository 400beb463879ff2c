"""The events of an account's calendar in words.

Nothing says how far away a day is: a calendar program that fetched the event weeks ago still shows the truth.
"""

from __future__ import annotations

from typing import NamedTuple

from inkeeper.rules.agenda import Event, LastDays, Loss, NewCredits, Planned, ReplyWindows
from inkeeper.wording import dates
from inkeeper.wording.amounts import counted, credits


class Said(NamedTuple):
    """An event in words."""

    title: str
    detail: str


def calendar_title(plan: str) -> str:
    """The name of the calendar of an account on the plan of this title."""
    return f"InMail credits ({plan})"


def say(event: Event) -> Said:
    """The event in words, with its plan."""
    said = _say(event)
    return said._replace(title=f"{said.title} ({event.plan})")


def _say(event: Event) -> Said:
    of = event.arguments
    if isinstance(of, Loss):
        return _loss(of)
    if isinstance(of, LastDays):
        return _last_days(of)
    if isinstance(of, NewCredits):
        return Said(counted(of.credits, "new credit"), f"Available from {dates.local_date(of.at)} on.")
    if isinstance(of, ReplyWindows):
        title = f"{of.inmails} reply {'window closes' if of.inmails == 1 else 'windows close'} this week"
        return Said(title, "After that an answer returns no credit. Record the answers that have come.")
    if isinstance(of, Planned):
        return Said(f"{counted(of.inmails, 'InMail')} planned", "Inkeeper shows to whom: People, Today.")
    detail = "This plan brings no InMail credits, so nothing expires. With a plan that does, the dates appear here."
    return Said("No new InMail credits", detail)


def _loss(of: Loss) -> Said:
    when = dates.end_of_use(of.at)
    amount = _amount(of.credits, of.sure)
    amount = amount[0].upper() + amount[1:]
    if of.kind == "expire":
        return Said(f"{amount} {'expires' if of.credits == 1 else 'expire'}", f"Lost at {when} if unused.")
    verb = "is" if of.credits == 1 else "are"
    if of.kind == "forfeit":
        detail = f"Your plan keeps {of.cap} at most. Use {of.credits} by {when} to get them all."
        return Said(f"{amount} of the coming renewal {verb} over the cap", detail)
    cause = "when the subscription ends" if of.rule == "cancel" else "by the change of plan"
    return Said(f"{amount} {verb} voided {cause}", f"Lost at {when} if unused.")


def _last_days(of: LastDays) -> Said:
    span = {7: "week", 1: "day"}.get(of.days, f"{of.days} days")
    number = sum(loss.credits for loss in of.losses)
    amount = _amount(number, all(loss.sure for loss in of.losses))
    parts = (f"{_amount(loss.credits, loss.sure)} at {dates.local_end_of_use(loss.at)}" for loss in of.losses)
    verb = "is" if number == 1 else "are"
    detail = f"Lost if unused: {', '.join(parts)} ({of.losses[0].at.zone})."
    return Said(f"Last {span} before {amount} {verb} lost", detail)


def _amount(number: int, sure: bool) -> str:
    """Sure amounts are of credits that are there; of others it says `up to`."""
    return credits(number) if sure else f"up to {credits(number)}"
