"""The choices of time zones in forms."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from inkeeper.rules import periods

_AREAS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def zones() -> dict[str, str]:
    """The selectable time zones: display name by IANA name."""
    names = sorted(name for name in available_timezones() if name.startswith(_AREAS))
    return {name: name.replace("_", " ") for name in ["UTC", *filter(_is_known, names)]}


def _is_known(name: str) -> bool:
    try:
        periods.time_zone(name)
    except periods.UnknownTimeZone:
        return False
    return True
