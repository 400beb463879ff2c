"""The rule books as a client shows them: plans, numbers, wording and sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from inkeeper.rules import books
from inkeeper.rules.books import Numbers, Plan, RuleBook
from inkeeper.rules.facts import Terms


def list_rule_books(now: datetime) -> list[dict[str, Any]]:
    """Every rule book with the numbers that hold at `now` (UTC; days are those of UTC), the default first."""
    return [
        {
            "id": book.id,
            "title": book.title,
            "question_answer": book.answer,
            "summary": book.summary,
            "default": book.default,
            "plans": [_plan(book, plan, now) for plan in book.plans.values()],
            "rules": [{"key": rule.key, "text": rule.text, "source": rule.source} for rule in book.rules],
        }
        for book in books.rule_books().values()
    ]


def _plan(book: RuleBook, plan: Plan, now: datetime) -> dict[str, Any]:
    numbers = plan.numbers_at("UTC", now)
    return {
        "id": plan.id,
        "title": plan.title,
        "product": plan.product,
        "allotment": numbers.allotment,
        "allotment_months": book.renewal_of(plan.id).months,
        "cap": numbers.cap if plan.set_by_contract else book.cap(plan.id, Terms(book.id), "UTC", now),
        "allotment_required": plan.set_by_contract,
        "source": numbers.source,
        "numbers": [_entry(each) for each in plan.numbers],
    }


def _entry(numbers: Numbers) -> dict[str, Any]:
    cap = numbers.cap
    if numbers.cap_allotments is not None and numbers.allotment is not None:
        cap = numbers.cap_allotments * numbers.allotment
    return {"from": numbers.since, "allotment": numbers.allotment, "cap": cap, "source": numbers.source}
