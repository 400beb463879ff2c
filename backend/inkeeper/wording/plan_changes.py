"""Renders the effects of a change of plan or rule book in English."""

from __future__ import annotations

from inkeeper.rules.periods import Moment
from inkeeper.wording import amounts, dates
from inkeeper.wording.language import PLAIN_ENGLISH


def render(later: Moment | None, granted: int, voided: int, before: int) -> str:
    """Render the effect of a change of plan on the balance `before`. `later` is its instant (None: at once)."""
    when = "at once" if later is None else f"on {dates.local_date(later, PLAIN_ENGLISH)}"
    lost = f"{_credits(voided)} will be lost {when}: use them first." if voided else "No credits are lost."
    # Name the day and the zone only once.
    gained = f" {_credits(granted)} come {'then' if voided and later else when}." if granted else ""
    return f"{lost}{gained} That leaves {_credits(before + granted - voided)}."


def _credits(number: int) -> str:
    return amounts.credits(number, PLAIN_ENGLISH)


def other_book(shown: int, allowed: int | None, title: str, other: str, most: int | None) -> str:
    """Render that LinkedIn shows more than the rule book `title` allows, and that `other` allows up to `most`.

    `most` is None if there is no limit.
    """
    room = f"up to {most} are possible" if most is not None else "any number is possible"
    return f"LinkedIn shows {shown}, but by “{title}” you could have {allowed} at most. By “{other}” {room}."
