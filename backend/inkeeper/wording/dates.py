"""Renders instants in an account's time zone."""

from __future__ import annotations

from datetime import timedelta

from inkeeper.rules.periods import Moment, day_start, local_day, time_zone
from inkeeper.wording.language import Words

_INSTANT = timedelta(microseconds=1)


def local_date(moment: Moment, words: Words) -> str:
    """The local date with the zone: `30 Nov (Europe/Berlin)`."""
    return f"{words.day(local_day(moment.zone, moment.at))} ({moment.zone})"


def end_of_use(moment: Moment, words: Words) -> str:
    """The time of a loss with the zone: `the end of 30 Nov (Europe/Berlin)`, `20 Jan 12:00 (UTC)`."""
    return f"{local_end_of_use(moment, words)} ({moment.zone})"


def local_end_of_use(moment: Moment, words: Words) -> str:
    """The time of a loss without the zone.

    The end of the last usable day if the loss is at the first instant of a local day, else day and time.
    """
    local = moment.at.astimezone(time_zone(moment.zone))
    if moment.at == day_start(moment.zone, local.date()):
        day = local_day(moment.zone, moment.at - _INSTANT)
        # translators: A part of sentences such as "Use them by the end of 30 Nov".
        return words.pgettext("date.end_of_day", "the end of %(day)s", day=words.day(day))
    return f"{words.day(local.date())} {words.time_of_day(local.time())}"


def in_days(days: int, words: Words) -> str:
    """`today` (0 days), `tomorrow` (1 day), else `in 5 days`."""
    if days == 0:
        return words.pgettext("date.today", "today")
    if days == 1:
        return words.pgettext("date.tomorrow", "tomorrow")
    return words.npgettext("date.in_days", "in %(number)s day", "in %(number)s days", days)
