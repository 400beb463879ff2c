"""Renders the reasons that services give (`inkeeper.reasons`): one table of messages for each area of the services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from inkeeper.clock import format_instant
from inkeeper.reasons import Argument, Bound, Reason
from inkeeper.rules.periods import time_zone
from inkeeper.wording.language import PLAIN_ENGLISH, Words
from inkeeper.wording.reasons import databases, imports, requests, rules, takeout
from inkeeper.wording.reasons.message import Message

CODES: Mapping[str, Message] = {
    **databases.MESSAGES,
    **imports.MESSAGES,
    **requests.MESSAGES,
    **rules.MESSAGES,
    **takeout.MESSAGES,
}
"""Each code's message: a text with places, or a function for one with plural forms."""


def render(reason: Reason, words: Words, zone: str | None = None) -> str:
    """The reason as a sentence, or as the part of one that its message is.

    Instants are written in the time zone `zone`, which is named if it is UTC; without one as the API writes them:
    `2026-11-30T09:00:00Z`.
    """
    message = CODES[reason.code]
    values = {name: _value(value, words, zone) for name, value in reason.arguments.items()}
    return words.gettext(message, **values) if isinstance(message, str) else message(words, values)


def english(said: str | Reason) -> str:
    """The English text of the API."""
    return render(said, PLAIN_ENGLISH) if isinstance(said, Reason) else said


def _value(value: Argument, words: Words, zone: str | None) -> Any:
    if isinstance(value, Reason):
        return render(value, words, zone)
    if isinstance(value, Bound):
        return words.grouped(value)
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return _instant(value, words, zone)
    if isinstance(value, date):
        return value.isoformat() if zone is None else words.day_and_year(value)
    return ", ".join(value)


def _instant(at: datetime, words: Words, zone: str | None) -> str:
    if zone is None:
        return format_instant(at)
    local = at.astimezone(time_zone(zone))
    text = f"{words.day_and_year(local.date())} {words.time_of_day(local.time())}"
    return f"{text} (UTC)" if zone == "UTC" else text
