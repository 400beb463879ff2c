"""Renders the history behind a forecast or a capacity."""

from __future__ import annotations

from inkeeper.rules.forecast import NOTHING_LOGGED, RETURNS_WINDOW_DAYS, Basis, ReturnsBasis
from inkeeper.wording.amounts import inmails
from inkeeper.wording.language import Words


def basis(found: Basis, words: Words) -> str:
    """The history behind a forecast: `13 sends in 23 days and 3 earlier months`."""
    if found == NOTHING_LOGGED:
        return words.pgettext("basis.nothing_logged", "no InMails logged yet")
    text = words.pgettext("basis.sends", "%(sends)s in %(days)s", sends=_sends(found, words), days=_days(found, words))
    if found.earlier:
        text = words.pgettext(
            "basis.with_earlier", "%(sends)s and %(earlier)s", sends=text, earlier=_earlier(found, words)
        )
    if found.answered:
        sent = inmails(found.sent, words)
        # translators: %(basis)s is such as "13 sends in 23 days", %(sent)s such as "4 InMails".
        text = words.pgettext(
            "basis.answered",
            "%(basis)s, %(answered)s of %(sent)s answered",
            basis=text,
            answered=found.answered,
            sent=sent,
        )
    return text


def _sends(found: Basis, words: Words) -> str:
    return words.npgettext("basis.sends_counted", "%(number)s send", "%(number)s sends", found.sends)


def _days(found: Basis, words: Words) -> str:
    # translators: A part of sentences such as "13 sends in 23 days".
    return words.npgettext("basis.days", "%(number)s day", "%(number)s days", found.days)


def _earlier(found: Basis, words: Words) -> str:
    if found.earlier_are_months:
        return words.npgettext("basis.months", "%(number)s earlier month", "%(number)s earlier months", found.earlier)
    return words.npgettext("basis.periods", "%(number)s earlier period", "%(number)s earlier periods", found.earlier)


def returns_basis(found: ReturnsBasis, words: Words) -> str:
    """The history behind a capacity: `20 of 40 InMails in 90 days answered`."""
    days, sent = RETURNS_WINDOW_DAYS, inmails(found.sent, words)
    if not found.sent:
        return words.pgettext("basis.none_sent", "no InMails in %(days)s days", days=days)
    if not found.answered:
        return words.pgettext(
            "basis.none_answered", "none of %(sent)s in %(days)s days was answered", sent=sent, days=days
        )
    return words.pgettext(
        "basis.returns",
        "%(answered)s of %(sent)s in %(days)s days answered",
        answered=found.answered,
        sent=sent,
        days=days,
    )
