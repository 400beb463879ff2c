"""What credits are worth at the user's own price. No prices are built in."""

from __future__ import annotations

from typing import NamedTuple


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


def value_of(credits: int, price: Money | None, allotment: int) -> Money | None:
    """Worth of some credits where `price` is paid a month for `allotment` of them, rounded half up; None without a
    price.
    """
    if price is None or allotment == 0:
        return None
    return Money((2 * price.amount_minor * credits + allotment) // (2 * allotment), price.currency)


def say(money: Money) -> str:
    """The amount as a person writes it: `EUR 28.00`."""
    decimals = _DECIMALS.get(money.currency, 2)
    if decimals == 0:
        return f"{money.currency} {money.amount_minor}"
    whole, minor = divmod(money.amount_minor, 10**decimals)
    return f"{money.currency} {whole}.{minor:0{decimals}}"
