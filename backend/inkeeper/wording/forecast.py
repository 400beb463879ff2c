"""On how much history a forecast rests, in words."""

from __future__ import annotations

from inkeeper.rules.forecast import NOTHING_LOGGED, RETURNS_OVER_DAYS, Basis, ReturnsBasis
from inkeeper.wording.amounts import counted


def basis(found: Basis) -> str:
    """The history behind a forecast: `13 sends in 23 days and 3 earlier months`."""
    if found == NOTHING_LOGGED:
        return "no InMails logged yet"
    text = f"{counted(found.sends, 'send')} in {counted(found.days, 'day')}"
    if found.earlier:
        text += f" and {counted(found.earlier, 'earlier month' if found.earlier_are_months else 'earlier period')}"
    if found.answered:
        text += f", {found.answered} of {counted(found.sent, 'InMail')} answered"
    return text


def returns_basis(found: ReturnsBasis) -> str:
    """The history behind a capacity: `20 of 40 InMails in 90 days answered`."""
    if not found.sent:
        return f"no InMails in {RETURNS_OVER_DAYS} days"
    sent = f"{counted(found.sent, 'InMail')} in {RETURNS_OVER_DAYS} days"
    return f"{found.answered} of {sent} answered" if found.answered else f"none of {sent} was answered"
