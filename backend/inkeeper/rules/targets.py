"""What state a target is in: computed from what is known of it, never stored.

A target is somebody to write to. Alone it has one step; in a campaign it has those of the sequence. A step is done by
an InMail, or closed without one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from inkeeper.vocabulary import TargetState

UNANSWERED_AFTER = timedelta(days=90)
"""An InMail unanswered for this long is shown as `no_response`."""

ALWAYS = date.min
"""`opens_on` of a step that can be done from the beginning."""

_DAY = timedelta(days=1)


class TargetProgress(NamedTuple):
    """How far a target is. Days are local to its account, instants UTC.

    `done` is how many steps are over; `last_sent_at` is of the last InMail that stands, `answered_at` of the first
    answer to any. `opens_on` is the day from which on the next step can be done, None where no step follows; `ends_on`
    the last day on which any can. `planned_on` is the day that the next step is planned for, None without one.
    """

    done: int
    last_sent_at: datetime | None
    answered_at: datetime | None
    opens_on: date | None
    ends_on: date | None
    planned_on: date | None


def state_of(course: TargetProgress, today: date, now: datetime) -> TargetState:
    """The state on the local day `today` at `now` (UTC). `held` is not found here: it depends on the credits."""
    if course.answered_at is not None:
        return "answered"
    over = course.ends_on is not None and course.ends_on < today
    if course.opens_on is not None and not over:
        if course.opens_on <= today or not course.done:
            return "ready" if course.planned_on is None else "planned"
        return "waiting"
    if course.last_sent_at is not None:
        return "waiting" if now < course.last_sent_at + UNANSWERED_AFTER else "done"
    return "done" if course.done else "dropped"


def working_days_after(day: date, count: int, weekdays: Collection[int]) -> date:
    """The day that is so many working days after `day`. `weekdays` are ISO numbers (1 Monday to 7 Sunday); where there
    are none, all days count.
    """
    while count:
        day += _DAY
        if not weekdays or day.isoweekday() in weekdays:
            count -= 1
    return day
