"""Renders counts of credits, InMails and people, and amounts of money in short."""

from __future__ import annotations

from inkeeper.rules.money import Money, decimal
from inkeeper.wording.language import Words

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
_ROUNDED_FROM = 10


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


def short_money(amount: Money, words: Words) -> str:
    """The amount rounded to whole units from 10 units on: `€38`, `€4.50`, `CHF 120`."""
    exact = decimal(amount)
    whole, _, minor = exact.partition(".")
    if int(whole) >= _ROUNDED_FROM:
        return in_currency(amount.currency, round(float(exact)), "", words)
    return in_currency(amount.currency, int(whole), minor, words)


def in_currency(currency: str, whole: int, minor: str, words: Words, *, exact: bool = False) -> str:
    """An amount with its currency's symbol or code, without the minor unit if that is 0 and the amount not `exact`."""
    has_minor = minor if exact else minor.strip("0")
    number = words.number(whole) + (words.formats.decimal + minor if has_minor else "")
    if words.formats.money.startswith("{currency}"):
        return f"{currency_unit(currency)}{number}"
    return f"{number}\N{NO-BREAK SPACE}{currency_unit(currency).strip()}"


def currency_unit(currency: str) -> str:
    """The prefix of an amount: `€`, or `CHF ` for a currency without a well-known symbol."""
    return _SYMBOLS.get(currency, f"{currency} ")


def daily_rate(rate: float) -> str:
    """A daily rate: `3`, or `2–3` for 2.4."""
    whole = int(rate)
    return str(whole) if whole == rate else f"{whole}–{whole + 1}"
