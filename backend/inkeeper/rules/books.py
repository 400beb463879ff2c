"""Reads rule books from TOML files: how a subscription's credits are granted, kept and lost, with each rule's source.

A file with an unknown, missing or impossible key is invalid as a whole.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Literal, NamedTuple, cast

from inkeeper.rules.book_tables import BadBook, Table
from inkeeper.rules.facts import Terms
from inkeeper.rules.periods import day_start
from inkeeper.vocabulary import PRODUCTS, Product

RenewalDay = Literal["first", "own"]
RenewalZone = Literal["account", "utc"]

DEFAULT_BOOK = "month_end"
BASIC = "basic"
"""The plan without credits, which follows a cancellation."""


class UnknownBook(ValueError):
    """No rule book has the id `book`; `known` are the ids of all rule books."""

    def __init__(self, book: str, known: Iterable[str]) -> None:
        self.book, self.known = book, tuple(known)
        super().__init__(self.book, self.known)


class UnknownPlan(ValueError):
    """The rule book `book` has no plan `plan`; `known` are the ids of its plans."""

    def __init__(self, book: str, plan: str, known: Iterable[str]) -> None:
        self.book, self.plan, self.known = book, plan, tuple(known)
        super().__init__(self.book, self.plan, self.known)


class AllotmentRequired(ValueError):
    """The allotment of the plan is set by contract, so the account must state its own. `plan` is the plan's title."""

    def __init__(self, plan: str) -> None:
        super().__init__(plan)
        self.plan = plan


@dataclass(frozen=True, slots=True)
class Numbers:
    """A plan's allotment and cap from the day `since` on (None: always).

    `allotment` is None if the contract sets it. `cap_allotments` is a cap in allotments instead of credits. There is no
    cap if both it and `cap` are None.
    """

    since: date | None
    allotment: int | None
    cap: int | None
    cap_allotments: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan of a rule book. `numbers` are in order of `since`; the first has none."""

    id: str
    title: str
    product: Product
    numbers: tuple[Numbers, ...]

    @property
    def set_by_contract(self) -> bool:
        """Whether each contract sets the allotment, so that the account must state its own."""
        return self.numbers[0].allotment is None

    def numbers_at(self, zone: str, at: datetime) -> Numbers:
        """The numbers of the local day of `at` (UTC) in `zone`, the time zone of the plan's renewals."""
        found = self.numbers[0]
        for later in self.numbers[1:]:
            assert later.since is not None
            if at < day_start(zone, later.since):
                break
            found = later
        return found


@dataclass(frozen=True, slots=True)
class Renewal:
    """When a product's credits renew: every `months` months.

    - `first`: on the 1st of January and every `months` months after it.
    - `own`: on the account's renewal day or, without one, on the day of its opening or of the last restart of its
      cycle; counted from that month.
    """

    months: int
    day: RenewalDay
    zone: RenewalZone


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """The effects of a change of plan.

    `void`: unused credits are voided. `grant_at_once`: the new allotment is granted at once, else at the next renewal.
    `restart_cycle`: a new period begins.
    """

    void: bool
    grant_at_once: bool
    restart_cycle: bool


@dataclass(frozen=True, slots=True)
class CreditBack:
    """A credit returns on an answer less than `within_hours` hours after sending.

    It returns to its own lot, or to a new lot of `new_lot_hours` hours if that is gone. With `cap_applies`, credits
    over the cap are forfeited at once.
    """

    within_hours: int
    new_lot_hours: int
    cap_applies: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """The text of one rule, with its source."""

    key: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of a subscription, as data. `lot_hours` is the life of a lot, or None if a lot ends with its period.

    `fingerprint` is a hash of the file.
    """

    id: str
    title: str
    answer: str
    summary: str
    plans: dict[str, Plan]
    renewal: dict[Product, Renewal]
    lot_hours: int | None
    credit_back: CreditBack | None
    upgrade: ChangeRule
    downgrade: ChangeRule
    cancel_at_renewal: bool
    rules: tuple[Rule, ...]
    fingerprint: str

    @property
    def default(self) -> bool:
        """Whether this is the rule book of accounts that chose none."""
        return self.id == DEFAULT_BOOK

    def plan(self, plan_id: str) -> Plan:
        """The plan of this id. Raises UnknownPlan."""
        try:
            return self.plans[plan_id]
        except KeyError:
            raise UnknownPlan(self.id, plan_id, self.plans) from None

    def renewal_of(self, plan_id: str) -> Renewal:
        """The renewal rule of the plan. Raises UnknownPlan."""
        return self.renewal[self.plan(plan_id).product]

    def numbers(self, plan_id: str, zone: str, at: datetime) -> Numbers:
        """The plan's numbers at `at` (UTC) for an account in `zone`. Raises UnknownPlan."""
        return self._numbers(self.plan(plan_id), zone, at)

    def _numbers(self, plan: Plan, zone: str, at: datetime) -> Numbers:
        if len(plan.numbers) == 1:
            return plan.numbers[0]
        return plan.numbers_at("UTC" if self.renewal[plan.product].zone == "utc" else zone, at)

    def allotment(self, plan_id: str, terms: Terms, zone: str, at: datetime) -> int:
        """The credits of a renewal at `at` (UTC): the account's own number, else the plan's number of that day.

        Raises UnknownPlan, AllotmentRequired.
        """
        plan = self.plan(plan_id)
        if plan_id == BASIC:
            return 0
        own = terms.allotment if terms.allotment is not None else self._numbers(plan, zone, at).allotment
        if own is None:
            raise AllotmentRequired(plan.title)
        return own

    def cap(self, plan_id: str, terms: Terms, zone: str, at: datetime) -> int | None:
        """The most credits that a grant at `at` (UTC) may raise the balance to, or None if the plan has no cap.

        Raises UnknownPlan, AllotmentRequired.
        """
        numbers = self.numbers(plan_id, zone, at)
        if plan_id == BASIC:
            return numbers.cap
        if numbers.cap is None and numbers.cap_allotments is None:
            return None
        if terms.cap is not None:
            return terms.cap
        if numbers.cap_allotments is not None:
            return numbers.cap_allotments * self.allotment(plan_id, terms, zone, at)
        return numbers.cap

    def max_balance(self, plan_id: str, terms: Terms, zone: str, at: datetime) -> int | None:
        """The most credits that grants alone can raise the balance to at `at` (UTC), or None if there is no limit.

        Raises UnknownPlan, AllotmentRequired.
        """
        cap = self.cap(plan_id, terms, zone, at)
        if cap is None and self.lot_hours is None:
            return self.allotment(plan_id, terms, zone, at)
        return cap

    def outlasts_a_month(self, plan_id: str) -> bool:
        """Whether unused credits of the plan can remain in the next calendar month. Raises UnknownPlan."""
        return self.lot_hours is not None or self.renewal_of(plan_id).months > 1


class Fit(NamedTuple):
    """A rule book that allows a balance, and the most that it allows (None: no limit)."""

    book: RuleBook
    max_balance: int | None


@lru_cache(maxsize=1)
def rule_books() -> dict[str, RuleBook]:
    """The rule books of the package by id, the default one first. Raises BadBook."""
    return read_books(resources.files("inkeeper.rules") / "books")


def read_books(*folders: Traversable) -> dict[str, RuleBook]:
    """The rule books in the `.toml` files of these folders by id, the default one first. Raises BadBook."""
    files = sorted(
        (entry for folder in folders for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    found = [read_book(entry.name, entry.read_text("utf-8")) for entry in files]
    found.sort(key=lambda book: not book.default)
    return {book.id: book for book in found}


def rule_book(book_id: str) -> RuleBook:
    """The rule book of this id. Raises UnknownBook."""
    try:
        return rule_books()[book_id]
    except KeyError:
        raise UnknownBook(book_id, rule_books()) from None


def books_for(plan_id: str, terms: Terms, zone: str, at: datetime) -> list[Fit]:
    """The rule books that have the plan and an allotment of it (the account's own included).

    Sorted by the limit of the balance at `at` (UTC), the smallest first.
    """
    found = []
    for book in rule_books().values():
        plan = book.plans.get(plan_id)
        if plan and (terms.allotment is not None or not plan.set_by_contract):
            found.append(Fit(book, book.max_balance(plan_id, terms, zone, at)))
    return sorted(found, key=lambda fit: (fit.max_balance is None, fit.max_balance or 0))


def books_allowing(balance: int, plan_id: str, terms: Terms, zone: str, at: datetime) -> list[Fit]:
    """The rule books that allow the plan this balance at `at` (UTC), best first.

    The best has the limit closest to the balance. Of equal limits the default rule book is first.
    """
    return [fit for fit in books_for(plan_id, terms, zone, at) if fit.max_balance is None or balance <= fit.max_balance]


def read_book(file: str, text: str) -> RuleBook:
    """Parse a rule book from the name and the text of its file. Raises BadBook."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadBook(file, "", "not_toml", error) from None
    top = Table(file, "", data)
    book_id = top.text("id")
    if f"{book_id}.toml" != file:
        raise BadBook(file, "id", "not_the_file_name")
    rules: list[Rule] = []
    book = RuleBook(
        id=book_id,
        title=top.text("title"),
        answer=top.text("answer"),
        summary=top.text("summary"),
        plans=_plans(top),
        renewal=_renewals(_section(top, "renewal", rules)),
        lot_hours=_lot_hours(_section(top, "lot_life", rules)),
        credit_back=_cap_and_credit_back(top, rules),
        upgrade=_change_rule(_section(top, "upgrade", rules)),
        downgrade=_change_rule(_section(top, "downgrade", rules)),
        cancel_at_renewal=_cancel_at_renewal(_section(top, "cancel", rules)),
        rules=tuple(rules),
        fingerprint=sha256(text.encode()).hexdigest(),
    )
    top.close()
    return book


def _section(top: Table, key: str, rules: list[Rule]) -> Table:
    """The section of one rule. Its text and source are added to `rules`."""
    section = top.table(key)
    rules.append(Rule(key, section.text("text"), section.text("source")))
    return section


def _plans(top: Table) -> dict[str, Plan]:
    section = top.table("plans")
    found = {plan_id: _plan(plan_id, section.table(plan_id)) for plan_id in section.names()}
    if BASIC not in found:
        raise section.bad(BASIC, "missing")
    return found


def _plan(plan_id: str, section: Table) -> Plan:
    title = section.text("title")
    product = cast(Product, section.choice("product", *PRODUCTS))
    entries = [_numbers(entry, place) for place, entry in enumerate(section.tables("numbers"))]
    section.close()
    if len({entry.allotment is None for entry in entries}) > 1:
        # Else an account without its own allotment could not be replayed past the day on which the plan's ends.
        raise section.bad("numbers", "allotment_in_some_entries_only")
    days = [entry.since for entry in entries if entry.since]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise section.bad("numbers", "not_in_order_of_days")
    return Plan(plan_id, title, product, tuple(entries))


def _numbers(entry: Table, place: int) -> Numbers:
    if entry.has("cap") and entry.has("cap_allotments"):
        raise entry.bad("cap_allotments", "excludes_cap")
    found = Numbers(
        since=entry.day("from") if place else None,
        allotment=entry.number("allotment", 0) if entry.has("allotment") else None,
        cap=entry.number("cap", 0) if entry.has("cap") else None,
        cap_allotments=entry.number("cap_allotments", 1) if entry.has("cap_allotments") else None,
        source=entry.text("source"),
    )
    entry.close()
    return found


def _renewals(section: Table) -> dict[Product, Renewal]:
    found = {product: _renewal(section.table(product)) for product in PRODUCTS}
    section.close()
    return found


def _renewal(section: Table) -> Renewal:
    found = Renewal(
        months=section.number("months", 1),
        day=cast(RenewalDay, section.choice("day", "first", "own")),
        zone=cast(RenewalZone, section.choice("zone", "account", "utc")),
    )
    if found.day == "first" and 12 % found.months:
        raise section.bad("months", "not_a_part_of_a_year")
    section.close()
    return found


def _lot_hours(section: Table) -> int | None:
    # `hours` with `period_end` is refused by `close` as an unknown key, since it would have no effect.
    hours = section.number("hours", 1) if section.choice("ends", "period_end", "after_hours") == "after_hours" else None
    section.close()
    return hours


def _cap_and_credit_back(top: Table, rules: list[Rule]) -> CreditBack | None:
    """The rule of credit back, if the book has one. The section `cap` before it has only a text and a source."""
    if top.has("cap"):
        _section(top, "cap", rules).close()
    if not top.has("credit_back"):
        return None
    section = _section(top, "credit_back", rules)
    found = CreditBack(
        within_hours=section.number("within_hours", 1),
        new_lot_hours=section.number("new_lot_hours", 1),
        cap_applies=section.flag("cap_applies"),
    )
    section.close()
    return found


def _change_rule(section: Table) -> ChangeRule:
    found = ChangeRule(
        void=section.flag("void"),
        grant_at_once=section.choice("grant", "at_once", "at_renewal") == "at_once",
        restart_cycle=section.flag("restart_cycle"),
    )
    if found.restart_cycle and not found.grant_at_once:
        raise section.bad("grant", "restart_without_grant")
    section.close()
    return found


def _cancel_at_renewal(section: Table) -> bool:
    at_renewal = section.choice("takes_effect", "at_once", "at_renewal") == "at_renewal"
    section.close()
    return at_renewal
