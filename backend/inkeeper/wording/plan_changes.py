"""What a change of plan brings, in words."""

from __future__ import annotations

from inkeeper.rules.periods import Moment
from inkeeper.wording import amounts, dates
from inkeeper.wording.language import PLAIN_ENGLISH


def render(later: Moment | None, granted: int, voided: int, before: int) -> str:
    """What the change does to a balance of `before`; `later` is None for one that takes effect at once."""
    when = "at once" if later is None else f"on {dates.local_date(later, PLAIN_ENGLISH)}"
    lost = f"{_credits(voided)} will be lost {when}: use them first." if voided else "No credits are lost."
    # The day and its zone are named once.
    gained = f" {_credits(granted)} come {'then' if voided and later else when}." if granted else ""
    return f"{lost}{gained} That leaves {_credits(before + granted - voided)}."


def _credits(number: int) -> str:
    return amounts.credits(number, PLAIN_ENGLISH)


def other_book(shown: int, allowed: int | None, title: str, other: str, most: int | None) -> str:
    """LinkedIn shows more than the rule book `title` allows; `other` allows it, up to `most` (None: any)."""
    room = f"up to {most} are possible" if most is not None else "any number is possible"
    return f"LinkedIn shows {shown}, but by “{title}” you could have {allowed} at most. By “{other}” {room}."
