"""Computes the state of a target. The state is never stored.

A target is a person to write to. Without a campaign it has one step; in a campaign it has the steps of the campaign's
sequence. A step is done by an InMail, or closed without one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from inkeeper.vocabulary import TargetState

UNANSWERED_AFTER = timedelta(days=90)
"""An InMail unanswered for this long is shown as `no_response`."""

ALWAYS = date.min
"""`opens_on` of a step that can be done on any day."""

_DAY = timedelta(days=1)


class TargetProgress(NamedTuple):
    """The progress of a target. Days are local to its account, instants UTC.

    - `done`: the number of steps that are done or closed.
    - `last_sent_at`: when the last InMail that was not taken back was sent.
    - `answered_at`: when the first answer to any of them came.
    - `opens_on`: the first day of the next step (None: no step follows).
    - `ends_on`: the last day on which a step can be done (None: no limit).
    - `planned_on`: the day that the next step is planned for (None: not planned).
    """

    done: int
    last_sent_at: datetime | None
    answered_at: datetime | None
    opens_on: date | None
    ends_on: date | None
    planned_on: date | None


def state_of(progress: TargetProgress, today: date, now: datetime) -> TargetState:
    """The state on the local day `today` at `now` (UTC). Never `held`: see `spreading.find_held`."""
    if progress.answered_at is not None:
        return "answered"
    over = progress.ends_on is not None and progress.ends_on < today
    if progress.opens_on is not None and not over:
        if progress.opens_on <= today or not progress.done:
            return "ready" if progress.planned_on is None else "planned"
        return "waiting"
    if progress.last_sent_at is not None:
        return "waiting" if now < progress.last_sent_at + UNANSWERED_AFTER else "done"
    return "done" if progress.done else "dropped"


def working_days_after(day: date, count: int, weekdays: Collection[int]) -> date:
    """The day that is `count` working days after `day`.

    `weekdays` are the ISO numbers of the working days (1 Monday to 7 Sunday). If empty, all days count.
    """
    while count:
        day += _DAY
        if not weekdays or day.isoweekday() in weekdays:
            count -= 1
    return day
