"""Formats days and times in words, in the account's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from inkeeper.api.context import now
from inkeeper.clock import parse_instant
from inkeeper.rules.periods import day_start, local_day, time_zone
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import Translated, gettext, gettext_noop, language, pgettext

NEAR = Translated({-1: gettext_noop("yesterday"), 0: gettext_noop("today"), 1: gettext_noop("tomorrow")})
"""The names of the days next to today, by distance in days."""

_INSTANT = timedelta(microseconds=1)
_NEAR = timedelta(hours=48)
_UNTIL_EVENING = timedelta(hours=18)
"""From midnight to the evening."""


@blueprint.app_template_filter("day")
def day(at: datetime | str, zone: str) -> str:
    """The day of an instant: `today`, `tomorrow`, `yesterday`, `Mon 30 Nov`, or `30 Nov 2025` in another year."""
    return day_text(local_day(zone, _instant(at)), local_day(zone, now()))


@blueprint.app_template_filter("moment")
def moment(at: datetime | str, zone: str) -> str:
    """The day of an instant, with the time if it is at most one day away: `today, 10:06`."""
    instant = _instant(at)
    name = day(instant, zone)
    return _with_time(name, instant, zone) if _is_near(instant, zone) else name


@blueprint.app_template_filter("on_day")
def on_day(at: datetime | str, zone: str) -> str:
    """The day of an instant as a part of a sentence that says when: `today`, `Mon 30 Nov`; `am Mo, 30. Nov`."""
    return on_day_text(local_day(zone, _instant(at)), local_day(zone, now()))


@blueprint.app_template_filter("at_moment")
def at_moment(at: datetime | str, zone: str) -> str:
    """Like `moment`, as a part of a sentence that says when."""
    instant = _instant(at)
    return moment(instant, zone) if _is_near(instant, zone) else on_day(instant, zone)


@blueprint.app_template_filter("last_day")
def last_day(at: datetime | str, zone: str) -> str:
    """The last day that is left before the deadline `at`, as a part of a sentence that says when.

    The last one that lasts until the evening. With a deadline within 48 hours, not at midnight, its day and time.
    """
    instant, is_timed = _last_day_left(_instant(at), zone)
    name = on_day(instant, zone)
    return _with_time(name, _instant(at), zone) if is_timed else name


@blueprint.app_template_filter("days_from_today")
def days_from_today(at: datetime | str, zone: str) -> int:
    """The number of days from today to the day of an instant: 0 today, 1 tomorrow, -1 yesterday."""
    return (local_day(zone, _instant(at)) - local_day(zone, now())).days


@blueprint.app_template_filter("days_left")
def days_left(at: datetime | str, zone: str) -> int:
    """The number of days up to the one that `last_day` names, including today."""
    return days_from_today(_last_day_left(_instant(at), zone)[0], zone) + 1


@blueprint.app_template_filter("iso_day")
def iso_day(at: datetime | str, zone: str) -> str:
    """The day in ISO format, for a date field: `2026-11-30`."""
    return local_day(zone, _instant(at)).isoformat()


@blueprint.app_template_filter("date_in_words")
def date_in_words(which: date, zone: str) -> str:
    """A local day in words, as `day` writes it."""
    return day_text(which, local_day(zone, now()))


@blueprint.app_template_filter("full_day")
def full_day(at: datetime | str, zone: str) -> str:
    """The day with its year, for printing: `30 Nov 2026`."""
    return language().day_and_year(local_day(zone, _instant(at)))


def today(zone: str) -> date:
    """The local day of this request."""
    return local_day(zone, now())


def day_of(at: datetime, zone: str) -> date:
    """The local day of an instant."""
    return local_day(zone, at)


def day_text(which: date, today: date) -> str:
    """A day in words, relative to `today`: `tomorrow`, `Mon 30 Nov`, or `30 Nov 2025` if it is far."""
    near = NEAR.get((which - today).days)
    if near:
        return near
    if which.year != today.year and abs((which - today).days) > 90:
        return language().day_and_year(which)
    return language().weekday(which)


def on_day_text(which: date, today: date) -> str:
    """Like `day_text`, as a part of a sentence that says when."""
    near = NEAR.get((which - today).days)
    if near:
        return near
    # translators: Part of a sentence that says when something happens, such as "12 expire Mon 30 Nov". Add the word
    # that your language has before a date: German "am %(day)s". Dates in lists and tables are without it.
    return pgettext("date.on", "%(day)s", day=day_text(which, today))


def noon(zone: str, which: date) -> datetime:
    """The middle (UTC) of a local day, for events without a known time."""
    return day_start(zone, which) + (day_start(zone, which + timedelta(days=1)) - day_start(zone, which)) / 2


def at_time_of(zone: str, which: date, at: datetime) -> datetime:
    """The instant (UTC) on a local day with the same local time as `at`; the first one if the time occurs twice."""
    clock = at.astimezone(time_zone(zone)).replace(year=which.year, month=which.month, day=which.day, fold=0)
    return clock.astimezone(UTC)


def first_instant(zone: str, which: date) -> datetime:
    """The first instant (UTC) of a local day."""
    return day_start(zone, which)


def _last_day_left(deadline: datetime, zone: str) -> tuple[datetime, bool]:
    """An instant of the last day that is left before a deadline (UTC); whether to name the deadline's time with it.

    `lastDayLeft` of the extension has the same rule.
    """
    last = deadline - _INSTANT
    is_at_midnight = local_day(zone, last) != local_day(zone, deadline)
    is_timed = not is_at_midnight and deadline - now() <= _NEAR
    return last if is_timed else deadline - _UNTIL_EVENING, is_timed


def _with_time(name: str, instant: datetime, zone: str) -> str:
    time = language().time_of_day(instant.astimezone(time_zone(zone)).time())
    return gettext("%(day)s, %(time)s", day=name, time=time)


def _is_near(instant: datetime, zone: str) -> bool:
    return abs(days_from_today(instant, zone)) <= 1


def _instant(at: datetime | str) -> datetime:
    # Stored responses have instants as text.
    return parse_instant(at) if isinstance(at, str) else at
