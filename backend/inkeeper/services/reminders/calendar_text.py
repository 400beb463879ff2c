"""A calendar feed as RFC 5545 text, the same bytes for the same feed. The one place that knows `icalendar`."""

from __future__ import annotations

from datetime import timedelta

from icalendar import CLASS, TRANSP, Alarm, Calendar, Event, vDuration

import inkeeper
from inkeeper.services.reminders.calendar import Feed, FeedEvent

_REFRESH_AFTER = timedelta(hours=1)
_ALARM_AT = timedelta(hours=9)
"""In the time zone of the calendar program."""


def write(feed: Feed) -> bytes:
    """The feed as UTF-8 text with the line ends and line lengths that calendar programs ask for."""
    calendar = Calendar.new(
        prodid=f"-//Inkeeper//Inkeeper {inkeeper.__version__}//EN",
        name=feed.title,
        subcomponents=[_event(published) for published in feed.events],
    )
    # The library also gives the calendar a random uid, which vdirsyncer uses as that of every event.
    del calendar["uid"]
    # The standard's name for it, which must say its type, and the older one that some programs look for.
    calendar.add("refresh-interval", vDuration(_REFRESH_AFTER), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH_AFTER))
    text: bytes = calendar.to_ical()
    return text


def _event(published: FeedEvent) -> Event:
    """An all-day event: a date is the same in every time zone."""
    event = Event.new(
        uid=published.uid,
        sequence=published.sequence,
        # RFC 5545 times have whole seconds.
        stamp=published.changed_at.replace(microsecond=0),
        last_modified=published.changed_at.replace(microsecond=0),
        start=published.event.day,
        end=published.event.day + timedelta(days=1),
        summary=published.said.title,
        description=published.said.detail,
        classification=CLASS.PRIVATE,
        # Does not block time in the calendar.
        transparency=TRANSP.TRANSPARENT,
    )
    if published.event.alarm:
        event.add_component(_alarm(published))
    return event


def _alarm(published: FeedEvent) -> Alarm:
    alarm = Alarm.new(description=published.said.title)
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", _ALARM_AT)
    return alarm
