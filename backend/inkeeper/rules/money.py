"""What credits are worth at the user's own price. No prices are built in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class InvalidAmount(ValueError):
    """The text is no amount of the currency that can be taken."""


class Money(NamedTuple):
    """An amount in the currency's minor unit (cents), with its ISO 4217 code."""

    amount_minor: int
    currency: str


# ISO 4217: these have no minor unit, or three decimals of one.
_DECIMALS = {
    "JPY": 0,
    "KRW": 0,
    "CLP": 0,
    "ISK": 0,
    "VND": 0,
    "UGX": 0,
    "XAF": 0,
    "XOF": 0,
    "BHD": 3,
    "KWD": 3,
    "JOD": 3,
    "OMR": 3,
    "TND": 3,
}


_TYPED = re.compile(r"(\d{1,6})(?:[.,](\d{1,3}))?", re.ASCII)


def parse(text: str, currency: str) -> Money:
    """The amount that a person typed in the currency's unit, with a point or a comma before its decimals.

    Raises InvalidAmount for what is no amount, a million or more, and more decimals than the currency has.
    """
    typed = _TYPED.fullmatch(text.strip())
    decimals = _DECIMALS.get(currency, 2)
    if typed is None or len(typed[2] or "") > decimals:
        raise InvalidAmount(text, currency)
    return Money(int(typed[1] + (typed[2] or "").ljust(decimals, "0")), currency)


def value_of(credits: int, price: Money | None, allotment: int, months: int = 1) -> Money | None:
    """Worth of some credits where `price` is paid a month and so many `months` bring `allotment` of them, rounded half
    up; None without a price.
    """
    if price is None:
        return None
    return divide(price._replace(amount_minor=price.amount_minor * months * credits), allotment)


def decimal(money: Money) -> str:
    """The amount in the currency's unit, without its name: `28.00`."""
    decimals = _DECIMALS.get(money.currency, 2)
    if decimals == 0:
        return str(money.amount_minor)
    whole, minor = divmod(money.amount_minor, 10**decimals)
    return f"{whole}.{minor:0{decimals}}"


def divide(money: Money, by: int) -> Money | None:
    """What each of so many costs, rounded half up; None by none."""
    return Money((2 * money.amount_minor + by) // (2 * by), money.currency) if by else None


def total(amounts: Iterable[Money | None]) -> Money | None:
    """All that are known added up, or None where none is. They are in one currency."""
    known = [amount for amount in amounts if amount]
    return Money(sum(amount.amount_minor for amount in known), known[0].currency) if known else None
