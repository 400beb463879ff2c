"""The rule books as a client shows them: plans, numbers, wording and sources."""

from __future__ import annotations

from typing import Any

from inkeeper.rules import books
from inkeeper.rules.books import RuleBook
from inkeeper.rules.facts import Terms


def list_rule_books() -> list[dict[str, Any]]:
    """Every rule book, the default first."""
    return [
        {
            "id": book.id,
            "title": book.title,
            "question_answer": book.answer,
            "summary": book.summary,
            "default": book.default,
            "plans": _plans(book),
            "rules": [{"key": rule.key, "text": rule.text, "source": rule.source} for rule in book.rules],
        }
        for book in books.rule_books().values()
    ]


def _plans(book: RuleBook) -> list[dict[str, Any]]:
    return [
        {
            "id": plan.id,
            "title": plan.title,
            "product": plan.product,
            "allotment": plan.allotment,
            "cap": plan.cap if plan.allotment is None else book.cap(plan.id, Terms(book.id)),
            "allotment_required": plan.allotment is None,
            "source": plan.source,
        }
        for plan in book.plans.values()
    ]
