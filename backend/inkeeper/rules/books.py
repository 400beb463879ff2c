"""Rule books: how a subscription's credits are granted, kept and lost, read from data files that name the source of
each rule.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from inkeeper.rules.facts import Terms

Product = Literal["premium", "sales_navigator", "recruiter"]
Renewal = Literal["calendar_month", "calendar_month_utc", "renewal_day", "opening_day"]

DEFAULT_BOOK = "month_end"
BASIC = "basic"
"""The plan without credits: what remains after a cancellation."""

PRODUCT_TITLES: dict[str, str] = {"premium": "Premium", "sales_navigator": "Sales Navigator", "recruiter": "Recruiter"}


class UnknownBook(ValueError):
    """No rule book has this name."""


class UnknownPlan(ValueError):
    """The rule book has no such plan."""


class AllotmentRequired(ValueError):
    """The plan's allotment is set by contract, so the account must state its own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan as a rule book sees it.

    `allotment` is None where the contract sets it; `cap` is None where there is none.
    """

    id: str
    title: str
    product: Product
    allotment: int | None
    cap: int | None
    cap_months: int | None
    source: str


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """What a change of plan does to unused credits, and when the new allotment comes."""

    void: bool
    grant_at_once: bool
    restart_cycle: bool


@dataclass(frozen=True, slots=True)
class CreditBack:
    """A credit returns on an answer within `within_hours` of sending; into a lot of `new_lot_hours` if its own is
    gone.
    """

    within_hours: int
    new_lot_hours: int
    cap_applies: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in plain words, with where it comes from."""

    key: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules that apply to an account, as data. `lot_hours` is None where a lot ends with its period."""

    id: str
    title: str
    answer: str
    summary: str
    default: bool
    plans: dict[str, Plan]
    renewal: dict[str, Renewal]
    lot_hours: int | None
    credit_back: CreditBack | None
    upgrade: ChangeRule
    downgrade: ChangeRule
    cancel_at_renewal: bool
    rules: tuple[Rule, ...]

    def plan(self, plan_id: str) -> Plan:
        """The plan of that name. Raises UnknownPlan."""
        try:
            return self.plans[plan_id]
        except KeyError:
            raise UnknownPlan(f"Rule book {self.id} has no plan {plan_id}; it has {', '.join(self.plans)}.") from None

    def allotment(self, plan_id: str, terms: Terms) -> int:
        """Credits a month: the account's own number, else the plan's. Raises UnknownPlan, AllotmentRequired."""
        plan = self.plan(plan_id)
        if plan_id == BASIC:
            return 0
        own = terms.allotment if terms.allotment is not None else plan.allotment
        if own is None:
            raise AllotmentRequired(f"{plan.title} has no fixed allotment: state yours.")
        return own

    def cap(self, plan_id: str, terms: Terms) -> int | None:
        """The most credits a grant may lift the balance to, or None where nothing caps it."""
        plan = self.plan(plan_id)
        if plan_id == BASIC:
            return plan.cap
        if plan.cap is None and plan.cap_months is None:
            return None
        if terms.cap is not None:
            return terms.cap
        if plan.cap_months is not None:
            return plan.cap_months * self.allotment(plan_id, terms)
        return plan.cap


@lru_cache(maxsize=1)
def rule_books() -> dict[str, RuleBook]:
    """Every rule book of the package by its name, the default one first."""
    folder = resources.files("inkeeper.rules") / "books"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    books = [_parse(tomllib.loads((folder / name).read_text("utf-8"))) for name in files]
    books.sort(key=lambda book: not book.default)
    return {book.id: book for book in books}


def rule_book(book_id: str) -> RuleBook:
    """The rule book of that name. Raises UnknownBook."""
    try:
        return rule_books()[book_id]
    except KeyError:
        raise UnknownBook(f"There is no rule book {book_id}; there are {', '.join(rule_books())}.") from None


def other_book(book_id: str) -> RuleBook:
    """The book to offer when observations contradict this one."""
    return next(book for book in rule_books().values() if book.id != book_id)


def _parse(data: dict[str, Any]) -> RuleBook:
    plans = {
        plan_id: Plan(
            id=plan_id,
            title=plan["title"],
            product=plan["product"],
            allotment=plan.get("allotment"),
            cap=plan.get("cap"),
            cap_months=plan.get("cap_months"),
            source=plan["source"],
        )
        for plan_id, plan in data["plans"].items()
    }
    back = data.get("credit_back")
    renewal = data["renewal"]
    return RuleBook(
        id=data["id"],
        title=data["title"],
        answer=data["answer"],
        summary=data["summary"],
        default=data["default"],
        plans=plans,
        renewal={product: renewal[product] for product in PRODUCT_TITLES},
        lot_hours=data["lot_life"]["hours"] if data["lot_life"]["ends"] == "after_hours" else None,
        credit_back=CreditBack(back["within_hours"], back["new_lot_hours"], back["cap_applies"]) if back else None,
        upgrade=_change_rule(data["upgrade"]),
        downgrade=_change_rule(data["downgrade"]),
        cancel_at_renewal=data["cancel"]["takes_effect"] == "at_renewal",
        rules=tuple(
            Rule(key, section["text"], section["source"])
            for key, section in data.items()
            if isinstance(section, dict) and "text" in section
        ),
    )


def _change_rule(data: dict[str, Any]) -> ChangeRule:
    return ChangeRule(void=data["void"], grant_at_once=data["grant"] == "at_once", restart_cycle=data["restart_cycle"])
