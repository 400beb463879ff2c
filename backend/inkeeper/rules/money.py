"""Computes with amounts of money, and the value of credits at the user's own price. No prices are built in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class InvalidAmount(ValueError):
    """The text is not a valid amount in the currency."""


class Money(NamedTuple):
    """An amount in the currency's minor unit (cents), with its ISO 4217 code."""

    amount_minor: int
    currency: str


# Currencies whose number of decimals in ISO 4217 is not 2.
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
    """Parse an amount in the currency's major unit, with a point or a comma before the decimals.

    Raises InvalidAmount for any other text, for 1,000,000 or more, and for more decimals than the currency has.
    """
    typed = _TYPED.fullmatch(text.strip())
    decimals = _DECIMALS.get(currency, 2)
    if typed is None or len(typed[2] or "") > decimals:
        raise InvalidAmount(text, currency)
    return Money(int(typed[1] + (typed[2] or "").ljust(decimals, "0")), currency)


def value_of(credits: int, price: Money | None, allotment: int, months: int = 1) -> Money | None:
    """The value of `credits`: `price` (a month) × `months` × `credits` ÷ `allotment`, rounded half up.

    `allotment` is the number of credits granted for `months` months. None without a price or with an allotment of 0.
    """
    if price is None:
        return None
    return divide(price._replace(amount_minor=price.amount_minor * months * credits), allotment)


def decimal(money: Money) -> str:
    """The amount in the currency's major unit, without the currency code: `28.00`."""
    decimals = _DECIMALS.get(money.currency, 2)
    if decimals == 0:
        return str(money.amount_minor)
    whole, minor = divmod(money.amount_minor, 10**decimals)
    return f"{whole}.{minor:0{decimals}}"


def divide(money: Money, by: int) -> Money | None:
    """The amount divided by a count, rounded half up to the minor unit. None for a count of 0."""
    return Money((2 * money.amount_minor + by) // (2 * by), money.currency) if by else None


def total(amounts: Iterable[Money | None]) -> Money | None:
    """The sum of the amounts that are not None, or None if there are none. All must have one currency."""
    known = [amount for amount in amounts if amount]
    return Money(sum(amount.amount_minor for amount in known), known[0].currency) if known else None
