"""What Home says of warnings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from inkeeper.rules.periods import Moment
from inkeeper.rules.warnings import AccountWarning, Arguments, FewTargets, GrantMissing, ResponseRate
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import summary
from inkeeper.services.ledger.summary import Overview
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner
from inkeeper.vocabulary import WARNING_CODES
from inkeeper.web.warning_words import WORDS, notes
from tests.conftest import Clock
from tests.seat import Seat
from tests.web.conftest import WebPage

SAID_ELSEWHERE = {"expiring", "behind", "over_cap", "cancelling", "empty", "unconfirmed", "discrepancy", "wrong_book"}
"""Codes that get no line: Home's loss, pace and LinkedIn's number say them, or Plan & rules does."""

DUE = Moment(datetime(2026, 12, 1, tzinfo=UTC), "UTC")


@pytest.fixture
def summary_with(seat: Seat, store: Store, clock: Clock) -> Callable[[Any, Arguments], Overview]:
    """The summary of an account, with one warning in place of its own."""
    with store.read() as tx:
        row = owned_account(tx, Actor(Owner.select().get(tx.database).id), seat.account["id"])
        overview = summary.summary(tx, row, clock()).answer
    return lambda code, arguments: overview._replace(warnings=[AccountWarning(code, "info", None, arguments)])


def test_every_warning_has_words_or_is_said_elsewhere() -> None:
    assert set(WARNING_CODES) == WORDS.keys() | SAID_ELSEWHERE
    assert not WORDS.keys() & SAID_ELSEWHERE


@pytest.mark.parametrize(
    ("code", "arguments", "says"),
    [
        ("few_targets", FewTargets(12, 6, 0, 12 - 0), "Nobody is on your list for the 12 credits about to expire."),
        ("few_targets", FewTargets(1, 6, 0, 1 - 0), "Nobody is on your list for the 1 credit about to expire."),
        ("few_targets", FewTargets(9, 6, 1, 9 - 1), "Only 1 person is on your list for the 9 credits about to expire."),
        (
            "few_targets",
            FewTargets(9, 6, 3, 9 - 3),
            "Only 3 people are on your list for the 9 credits about to expire.",
        ),
        (
            "grant_missing",
            GrantMissing(25, DUE, 0),
            "LinkedIn showed 0, without your 25 new credits. Still missing? Ask LinkedIn's support.",
        ),
        (
            "grant_missing",
            GrantMissing(1, DUE, 3),
            "LinkedIn showed 3, without your new credit. Still missing? Ask LinkedIn's support.",
        ),
        ("grant_missing", GrantMissing(25, DUE, None), "Check that your 25 new credits came. What does LinkedIn show?"),
        (
            "response_rate",
            ResponseRate(1000, 129),
            "12% of 1,000 InMails were answered in 14 days. Under 13% LinkedIn stops bulk sending in Recruiter.",
        ),
    ],
)
def test_a_warning_in_words(
    summary_with: Callable[[Any, Arguments], Overview], code: str, arguments: Arguments, says: str
) -> None:
    (note,) = notes(summary_with(code, arguments))
    assert (note.code, note.text) == (code, says)


def test_few_names_lead_to_the_page_that_adds_some(
    summary_with: Callable[[Any, Arguments], Overview], seat: Seat
) -> None:
    (note,) = notes(summary_with("few_targets", FewTargets(9, 6, 3, 6)))
    assert (note.page, note.link) == (f"/people?account={seat.account['id']}", "Add people")


def test_a_code_of_a_later_version_says_nothing(summary_with: Callable[[Any, Arguments], Overview]) -> None:
    assert notes(summary_with("a_code_of_a_later_version", FewTargets(9, 6, 3, 6))) == []


def test_home_says_when_the_number_is_low(page: WebPage, seat: Seat, clock: Clock) -> None:
    assert "You're down to" not in page.text("/")
    seat.call("PATCH", seat.path, {"low_balance": 5})

    text = page.text("/")

    assert "You're down to 5 credits. 5 more come Tue 1 Dec. Change this warning" in text
    clock.now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert "5 more come tomorrow." in page.text("/")


@pytest.mark.parametrize(
    ("lead_days", "look"), [([7, 3, 1], "calm"), ([8, 3, 1], "warning"), ([10, 9, 8], "urgent"), ([7, 6, 5], "calm")]
)
def test_homes_loss_looks_as_urgent_as_the_accounts_own_days_say(
    page: WebPage, seat: Seat, lead_days: list[int], look: str
) -> None:
    seat.call("PATCH", seat.path, {"lead_days": lead_days})

    assert f'class="loss {look}"' in page.get("/").get_data(as_text=True)


def test_the_loss_of_credits_that_are_yet_to_come_looks_calm(page: WebPage, seat: Seat) -> None:
    seat.call("PATCH", seat.path, {"lead_days": [60, 50, 40]})
    seat.call.post(f"{seat.path}/observations", {"balance": 0, "source": "person"})

    assert 'class="loss calm"' in page.get("/").get_data(as_text=True)
