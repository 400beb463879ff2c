"""Settings, Reminders: on which days before a loss to warn, and at which balance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.seat import Seat
from tests.web.conftest import WebPage, values_of, words

PAGE = "/settings/reminders"


@pytest.fixture
def save(page: WebPage, seat: Seat, path: str) -> Callable[..., Any]:
    """Saves the form as it was rendered, but for what is given."""
    version = values_of(page.get(PAGE), "version")[0]
    fields = {"first": "7", "second": "3", "third": "1", "low_balance": "", "version": version}

    def send(**changes: str) -> Any:
        return page.send(f"{path}/settings/warnings", **(fields | changes))

    return send


def stored(seat: Seat) -> tuple[list[int], int | None]:
    account = seat.call.get(seat.path)
    return account["lead_days"], account["low_balance"]


def test_the_days_and_the_number_are_saved_and_the_other_cards_follow(
    save: Callable[..., Any], page: WebPage, seat: Seat
) -> None:
    shown = page.get(PAGE)
    assert [values_of(shown, name) for name in ("first", "second", "third", "low_balance")] == [
        ["7"],
        ["3"],
        ["1"],
        [""],
    ]
    assert "with an alarm 7 days before credits are lost" in words(shown)

    answer = save(first="14", second="7", third="2", low_balance="5")

    assert answer.status_code == 200, words(answer)
    assert "Saved." in words(answer)
    assert stored(seat) == ([14, 7, 2], 5)
    assert [values_of(answer, name) for name in ("first", "second", "third", "low_balance")] == [
        ["14"],
        ["7"],
        ["2"],
        ["5"],
    ]
    assert "with an alarm 14 days before credits are lost" in words(answer)
    assert "Reminders come 14, 7 and 2 days before credits are lost." in words(answer)


def test_the_warning_of_a_low_number_is_switched_off_by_emptying_it(
    save: Callable[..., Any], page: WebPage, seat: Seat
) -> None:
    save(low_balance="5")

    answer = save(version=values_of(page.get(PAGE), "version")[0])

    assert answer.status_code == 200, words(answer)
    assert stored(seat) == ([7, 3, 1], None)


@pytest.mark.parametrize(
    ("typed", "says", "at"),
    [
        ({"first": ""}, "Enter a number of days from 1 to 60.", "first"),
        ({"first": "a week"}, "Enter a number of days from 1 to 60.", "first"),
        ({"first": "61"}, "Enter a number of days from 1 to 60.", "first"),
        ({"second": "2.5"}, "Enter a number of days from 1 to 60.", "second"),
        ({"third": "0"}, "Enter a number of days from 1 to 60.", "third"),
        ({"second": "7"}, "Enter fewer than 7 days.", "second"),
        ({"second": "9"}, "Enter fewer than 7 days.", "second"),
        ({"third": "3"}, "Enter fewer than 3 days.", "third"),
        ({"low_balance": "few"}, "Enter a whole number, such as 12.", "low_balance"),
        ({"low_balance": "0"}, "Enter a whole number, such as 12.", "low_balance"),
        ({"low_balance": "-3"}, "Enter a whole number, such as 12.", "low_balance"),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_is_saved(
    save: Callable[..., Any], seat: Seat, typed: dict[str, str], says: str, at: str
) -> None:
    answer = save(**{"first": "7", "low_balance": "8"} | typed)

    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert f'<span class="error" id="{at}-error">{says}</span>' in text
    assert text.count('class="error"') == 1
    assert values_of(answer, at) == [typed[at]]
    assert stored(seat) == ([7, 3, 1], None)


def test_a_stale_form_shows_both(save: Callable[..., Any], seat: Seat) -> None:
    seat.call("PATCH", seat.path, {"lead_days": [30, 10, 2], "low_balance": 1})

    answer = save(first="8")

    assert answer.status_code == 409
    assert "Warnings 30, 10 and 2 days before credits are lost" in words(answer)
    assert "A warning when only 1 credit is left" in words(answer)
    assert values_of(answer, "first") == ["8"]
    assert stored(seat) == ([30, 10, 2], 1)
    assert save(first="8", version=values_of(answer, "version")[0]).status_code == 200
    assert stored(seat) == ([8, 3, 1], None)


def test_a_number_of_zero_from_elsewhere_is_shown_as_none(page: WebPage, seat: Seat) -> None:
    seat.call("PATCH", seat.path, {"low_balance": 0})

    assert values_of(page.get(PAGE), "low_balance") == [""]
