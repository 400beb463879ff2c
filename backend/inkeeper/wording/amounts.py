"""Renders counts of credits, InMails and people."""

from __future__ import annotations

from inkeeper.wording.language import Words


def credits(number: int, words: Words) -> str:
    """`1 credit`, `2 credits`."""
    # translators: InMail credits, as a part of a sentence.
    return words.npgettext("credits", "%(number)s credit", "%(number)s credits", number)


def inmails(number: int, words: Words) -> str:
    """`1 InMail`, `2 InMails`."""
    return words.npgettext("inmails", "%(number)s InMail", "%(number)s InMails", number)


def people(number: int, words: Words) -> str:
    """`1 person`, `2 people`."""
    return words.npgettext("people", "%(number)s person", "%(number)s people", number)
