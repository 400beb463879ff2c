"""Amounts of money as people type them."""

from __future__ import annotations

import pytest

from inkeeper.rules.money import InvalidAmount, Money, decimal, parse


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("29.99", "EUR", 2999),
        ("29,9", "EUR", 2990),
        (" 30 ", "USD", 3000),
        ("0", "EUR", 0),
        ("999999.99", "EUR", 99_999_999),
        ("3000", "JPY", 3000),
        ("1.234", "KWD", 1234),
    ],
)
def test_what_is_an_amount(text: str, currency: str, minor: int) -> None:
    parsed = parse(text, currency)

    assert parsed == Money(minor, currency)
    assert parse(decimal(parsed), currency) == parsed


@pytest.mark.parametrize(
    "text",
    ["", "about 30", "-1", "+1", "1.234", "1,000.00", "1000000", "1e3", "٣٠", "30.", ".5", "1 000", "30€", "0x1"],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(InvalidAmount, match="EUR"):
        parse(text, "EUR")


def test_yen_have_no_decimals() -> None:
    with pytest.raises(InvalidAmount, match="JPY"):
        parse("30.5", "JPY")
