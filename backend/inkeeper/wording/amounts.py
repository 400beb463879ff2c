"""Credits and money in words."""

from __future__ import annotations

from inkeeper.rules.money import Money, decimal


def credits(number: int) -> str:
    """`1 credit`, `2 credits`."""
    return counted(number, "credit")


def counted(number: int, noun: str) -> str:
    """A number with a noun whose plural ends in `s`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def money(amount: Money) -> str:
    """The amount as a person writes it: `EUR 28.00`."""
    return f"{amount.currency} {decimal(amount)}"
