"""Renders the events of an account's calendar.

No text depends on the distance to today, so it stays correct in a calendar program that fetched it weeks ago.
"""

from __future__ import annotations

from typing import NamedTuple

from inkeeper.rules.agenda import Event, LastDays, Loss, NewCredits, Planned, ReplyWindows
from inkeeper.wording import dates
from inkeeper.wording.amounts import credits
from inkeeper.wording.language import Words
from inkeeper.wording.plans import plan_title


class Message(NamedTuple):
    """A rendered event."""

    title: str
    detail: str


def calendar_title(plan: str, words: Words) -> str:
    """The name of an account's calendar. `plan` is the title of its plan."""
    return words.pgettext("agenda.calendar", "InMail credits (%(plan)s)", plan=plan_title(plan, words))


def render(event: Event, words: Words) -> Message:
    """Render the event. The title names the plan."""
    said = _render(event, words)
    # translators: An event of the calendar, with the account's plan.
    title = words.pgettext("agenda.title", "%(event)s (%(plan)s)", event=said.title, plan=plan_title(event.plan, words))
    return said._replace(title=title)


def _render(event: Event, words: Words) -> Message:
    of = event.arguments
    if isinstance(of, Loss):
        return _loss(of, words)
    if isinstance(of, LastDays):
        return _last_days(of, words)
    if isinstance(of, NewCredits):
        day = dates.local_date(of.at, words)
        return Message(
            words.npgettext("agenda.renewal", "%(number)s new credit", "%(number)s new credits", of.credits),
            words.pgettext("agenda.renewal.detail", "Available from %(day)s on.", day=day),
        )
    if isinstance(of, ReplyWindows):
        return _reply_windows(of, words)
    if isinstance(of, Planned):
        return Message(
            words.npgettext("agenda.planned", "%(number)s InMail planned", "%(number)s InMails planned", of.inmails),
            words.pgettext("planned.where", "Inkeeper shows to whom: People, Today."),
        )
    return Message(
        words.pgettext("agenda.no_credits", "No new InMail credits"),
        words.pgettext(
            "agenda.no_credits.detail",
            "This plan brings no InMail credits, so nothing expires. With a plan that does, the dates appear here.",
        ),
    )


def _reply_windows(of: ReplyWindows, words: Words) -> Message:
    return Message(
        words.npgettext(
            "agenda.reply_windows",
            "Last week for a reply to %(number)s InMail",
            "Last week for replies to %(number)s InMails",
            of.inmails,
        ),
        words.pgettext(
            "agenda.reply_windows.detail",
            "After that, a reply brings no credit back. Add the results you have.",
        ),
    )


def _loss(of: Loss, words: Words) -> Message:
    day, amount = dates.end_of_use(of.at, words), _amount(of.credits, of.sure, words)
    amount = amount[0].upper() + amount[1:]
    if of.kind == "forfeit":
        return Message(
            words.npgettext(
                "agenda.forfeit",
                "%(amount)s over your limit",
                "%(amount)s over your limit",
                of.credits,
                amount=amount,
            ),
            words.pgettext(
                "agenda.forfeit.detail",
                "Your plan keeps %(cap)s at most. Use %(credits)s by %(day)s to get them all.",
                cap=of.cap,
                credits=of.credits,
                day=day,
            ),
        )
    return Message(
        _loss_title(of, amount, words), words.pgettext("agenda.loss.detail", "Lost at %(day)s if unused.", day=day)
    )


def _loss_title(of: Loss, amount: str, words: Words) -> str:
    # translators: %(amount)s is such as "12 credits" or "Up to 12 credits".
    if of.kind == "expire":
        return words.npgettext("agenda.expire", "%(amount)s expires", "%(amount)s expire", of.credits, amount=amount)
    if of.rule == "cancel":
        return words.npgettext(
            "agenda.void.cancel",
            "%(amount)s is lost when your plan ends",
            "%(amount)s are lost when your plan ends",
            of.credits,
            amount=amount,
        )
    return words.npgettext(
        "agenda.void.plan",
        "%(amount)s is lost with the change of plan",
        "%(amount)s are lost with the change of plan",
        of.credits,
        amount=amount,
    )


def _last_days(of: LastDays, words: Words) -> Message:
    number = sum(loss.credits for loss in of.losses)
    amount = _amount(number, all(loss.sure for loss in of.losses), words)
    parts = [
        # translators: A part of a list: "12 credits at the end of 30 Nov".
        words.pgettext(
            "agenda.last_days.part",
            "%(amount)s at %(day)s",
            amount=_amount(loss.credits, loss.sure, words),
            day=dates.local_end_of_use(loss.at, words),
        )
        for loss in of.losses
    ]
    return Message(
        # translators: %(span)s is "week", "day" or such as "3 days", %(amount)s such as "12 credits".
        words.npgettext(
            "agenda.last_days",
            "Last %(span)s before %(amount)s is lost",
            "Last %(span)s before %(amount)s are lost",
            number,
            span=_span(of.days, words),
            amount=amount,
        ),
        words.pgettext(
            "agenda.last_days.detail",
            "Lost if unused: %(list)s (%(zone)s).",
            list=", ".join(parts),
            zone=of.losses[0].at.zone,
        ),
    )


def _span(days: int, words: Words) -> str:
    if days == 7:
        return words.pgettext("agenda.span.week", "week")
    if days == 1:
        return words.pgettext("agenda.span.day", "day")
    return words.npgettext("days", "%(number)s day", "%(number)s days", days)


def _amount(number: int, sure: bool, words: Words) -> str:
    """The number of credits; with "up to" unless `sure` (see `rules.agenda.Loss`)."""
    amount = credits(number, words)
    return amount if sure else words.pgettext("agenda.up_to", "up to %(credits)s", credits=amount)
