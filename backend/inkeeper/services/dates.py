"""Validation of dates that clients send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from inkeeper.errors import invalid
from inkeeper.reasons import reason

EARLIEST = datetime(2003, 1, 1, tzinfo=UTC)
"""No subscription is older than LinkedIn (2003). Also bounds the number of periods of a replay."""

CLOCK_TOLERANCE = timedelta(days=1)
PLANNABLE = timedelta(days=400)
"""The furthest that a cancellation or change of plan may lie in the future."""


Beginning = Literal["opened", "sent"]


def settle(path: str, at: datetime | None, now: datetime, begun_at: datetime, begun: Beginning = "opened") -> datetime:
    """The date (UTC) of something that has happened: `at`, or `now` without it. It is never before `begun_at`, when
    the account was opened or the InMail sent (`begun`).

    A date up to a day ahead comes from a clock that is not quite right, or from a client in another zone: it is taken
    as `now`, since nothing happens in the future. Raises a 422 Problem further ahead, and before `begun_at`.
    """
    if at is None:
        return max(now, begun_at)
    if at > now + CLOCK_TOLERANCE:
        raise invalid(path, reason("date.ahead", now=now))
    _refuse_before(path, at, now, begun_at, begun)
    return max(min(at, now), begun_at)


def opening(at: datetime | None, now: datetime) -> datetime:
    """The date (UTC) of an account's opening. Raises a 422 Problem before 2003 and more than a day ahead."""
    if at is not None and at < EARLIEST:
        raise invalid("opened_at", reason("date.before_2003"))
    return settle("opened_at", at, now, EARLIEST)


def plannable(path: str, at: datetime | None, now: datetime, opened_at: datetime) -> datetime:
    """The date (UTC) of a change that may also be planned.

    Raises a 422 Problem before the opening and over 400 days ahead.
    """
    if at is None:
        return max(now, opened_at)
    if at > now + PLANNABLE:
        raise invalid(path, reason("date.too_far", days=PLANNABLE.days))
    _refuse_before(path, at, now, opened_at, "opened")
    return max(at, opened_at)


def ahead_within_tolerance(at: datetime, now: datetime) -> datetime:
    """`now`, or `at` where that is up to a day later.

    Requests that arrive together may be handled in another order than that of their `now`, so stored dates may lie a
    moment ahead. Dates further ahead were stored while the clock was ahead.
    """
    return at if now < at <= now + CLOCK_TOLERANCE else now


def _refuse_before(path: str, at: datetime, now: datetime, begun_at: datetime, begun: Beginning) -> None:
    # A beginning in the future was stored while the clock was ahead. What happens now is then dated just after it.
    earliest = begun_at if begun_at <= now else now - CLOCK_TOLERANCE
    if at < earliest:
        raise invalid(path, reason(f"date.before_{begun}", at=begun_at))
