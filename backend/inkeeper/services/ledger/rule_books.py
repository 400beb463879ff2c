"""The rule books as a client shows them: plans, numbers, wording and sources."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from inkeeper.rules import books
from inkeeper.rules.books import Numbers, Plan, Rule, RuleBook
from inkeeper.rules.facts import Terms
from inkeeper.vocabulary import Product


class DatedNumbers(NamedTuple):
    """A plan's numbers from the day `since` on; None: from the beginning of time."""

    since: date | None
    allotment: int | None
    cap: int | None
    source: str


class ListedPlan(NamedTuple):
    """A plan with the numbers that its rule book has for one instant, and all its numbers by date.

    `allotment` is for `allotment_months` months.
    """

    id: str
    title: str
    product: Product
    allotment: int | None
    allotment_months: int
    cap: int | None
    allotment_required: bool
    source: str
    numbers: list[DatedNumbers]


class ListedBook(NamedTuple):
    """A rule book with its plans at one instant. `question_answer` says whether unused credits carry over."""

    id: str
    title: str
    question_answer: str
    summary: str
    default: bool
    plans: list[ListedPlan]
    rules: tuple[Rule, ...]


def list_rule_books(now: datetime) -> list[ListedBook]:
    """Every rule book with the numbers that hold at `now` (UTC; days are those of UTC), the default first."""
    return [
        ListedBook(
            id=book.id,
            title=book.title,
            question_answer=book.answer,
            summary=book.summary,
            default=book.default,
            plans=[_plan(book, plan, now) for plan in book.plans.values()],
            rules=book.rules,
        )
        for book in books.rule_books().values()
    ]


def _plan(book: RuleBook, plan: Plan, now: datetime) -> ListedPlan:
    numbers = plan.numbers_at("UTC", now)
    return ListedPlan(
        id=plan.id,
        title=plan.title,
        product=plan.product,
        allotment=numbers.allotment,
        allotment_months=book.renewal_of(plan.id).months,
        cap=numbers.cap if plan.set_by_contract else book.cap(plan.id, Terms(book.id), "UTC", now),
        allotment_required=plan.set_by_contract,
        source=numbers.source,
        numbers=[_dated(each) for each in plan.numbers],
    )


def _dated(numbers: Numbers) -> DatedNumbers:
    cap = numbers.cap
    if numbers.cap_allotments is not None and numbers.allotment is not None:
        cap = numbers.cap_allotments * numbers.allotment
    return DatedNumbers(numbers.since, numbers.allotment, cap, numbers.source)
