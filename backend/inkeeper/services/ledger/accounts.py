"""Accounts: LinkedIn subscriptions with a plan and a rule book, each of one owner. No figure is summed over accounts.

The functions that write need a write transaction to the account.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.errors import invalid
from inkeeper.ids import new_id
from inkeeper.reasons import reason
from inkeeper.rules import books, periods
from inkeeper.rules.books import AllotmentRequired, UnknownBook, UnknownPlan
from inkeeper.rules.facts import BookChosen, Cancelled, Fact, Observed, Opened, PlanChanged, Retracted, Terms
from inkeeper.rules.fitting import fitting_books
from inkeeper.rules.money import Money
from inkeeper.rules.replay import allotment_of, book_of, cap_of, months_of
from inkeeper.rules.state import State
from inkeeper.rules.warnings import DEFAULT_LEAD_DAYS, LeadDays
from inkeeper.services import dates, owners
from inkeeper.services.access import Actor, owned_account
from inkeeper.storage import accounts as stored
from inkeeper.storage import balances, targets, texts
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import Product
from inkeeper.wording.plan_changes import other_book
from inkeeper.wording.refusals import explain as explain_refusal
from inkeeper.wording.starter_texts import starter_texts
from inkeeper.wording.terminal import gettext

DEFAULT_WORKING_DAYS = (1, 2, 3, 4, 5)

UNREADABLE = (ValueError, KeyError, TypeError)
"""The exceptions of a replay of facts that are inconsistent (a damaged database), or that name a rule book or time zone
unknown to this machine.
"""

_log = logging.getLogger("inkeeper.server")


class Overrides(NamedTuple):
    """The account's own numbers; None where the rule book's number applies."""

    allotment: int | None
    cap: int | None


class CurrentAccount(NamedTuple):
    """An account with the plan and the terms of one instant. `allotment` is for `allotment_months` months."""

    id: str
    name: str
    product: Product
    plan: str
    rule_book: str
    time_zone: str
    """The name that browsers know."""
    opened_at: datetime
    allotment: int
    allotment_months: int
    cap: int | None
    renewal_day: int | None
    overrides: Overrides
    price: Money | None
    plan_prices: dict[str, Money]
    working_days: tuple[int, ...]
    reserve: int
    lead_days: LeadDays
    low_balance: int | None
    language: str | None
    """The language that its owner chose for pages, calendars and e-mails, as a BCP 47 tag. None: not chosen."""
    created_at: datetime


class FittingBook(NamedTuple):
    """A rule book that allows the balance LinkedIn showed. `most` is its highest possible balance (None: no limit)."""

    rule_book: str
    title: str
    most: int | None


class OtherBook(NamedTuple):
    """The rule book to offer because it allows the `balance` LinkedIn showed. `others` are all that do, best first."""

    rule_book: str
    title: str
    balance: int
    detail: str
    others: list[FittingBook]


class OpenedAccount(NamedTuple):
    """A new account, and the rule book to offer if the balance LinkedIn shows contradicts the chosen one."""

    account: CurrentAccount
    wrong_book: OtherBook | None


class PreviewedTerms(NamedTuple):
    """The account with other terms, and its balance now and with them."""

    account: CurrentAccount
    balance_now: int
    balance_then: int


def names(tx: Transaction, actor: Actor) -> dict[str, str]:
    """The names of the owner's accounts by their ids, in order of their making."""
    return stored.names(tx, actor.owner_id)


def list_accounts(tx: Transaction, actor: Actor, now: datetime, after: str | None, limit: int) -> list[CurrentAccount]:
    """Up to `limit` of the owner's accounts in order of their making, after the account id `after`.

    An account whose facts cannot be replayed is logged and left out, so that the others are still listed.
    """
    found: list[CurrentAccount] = []
    for account_id in stored.ids(tx, actor.owner_id, after):
        if len(found) == limit:
            break
        try:
            found.append(_current(owned_account(tx, actor, account_id), balances.state_at(tx, account_id, now)[0]))
        except UNREADABLE as error:
            log_unreadable(account_id, error)
    return found


def log_unreadable(account_id: str, error: Exception) -> None:
    """Log that an account was left out. The error's text is not logged, since it may quote user data."""
    _log.error(
        gettext(
            "The account %(id)s cannot be read (%(error)s). Run `inkeeper doctor` to see why.",
            id=account_id,
            error=type(error).__name__,
        )
    )


def get_account(tx: Transaction, actor: Actor, account_id: str, now: datetime) -> CurrentAccount:
    """One account of the owner's as it is at `now` (UTC). Raises a 404 Problem."""
    return _current(owned_account(tx, actor, account_id), balances.state_at(tx, account_id, now)[0])


def create_account(
    tx: Transaction, actor: Actor, wanted: Mapping[str, Any], now: datetime, first_language: str | None = None
) -> OpenedAccount:
    """Open an account. `wanted` holds the fields of the HTTP contract. An owner without texts gets the starter texts
    with their first account.

    `first_language` is the tag of the language that the person's browser prefers, if it is available. With the first
    account it becomes the owner's language, unless `wanted` has one or the owner has chosen one. The starter texts are
    in the owner's language.

    Raises a 422 Problem for a plan that the book lacks, an unknown zone or book, a missing allotment, a date that
    cannot be.
    """
    opened_at = dates.opening(wanted.get("opened_at"), now)
    account_id = new_id(now)
    terms = Terms(
        wanted.get("rule_book", books.DEFAULT_BOOK),
        wanted.get("allotment"),
        wanted.get("cap"),
        wanted.get("renewal_day"),
    )
    with refusals():
        periods.shared_time_zone(wanted["time_zone"])
    price = _money(wanted.get("price"))
    _set_language(tx, actor, wanted, first_language)
    _add_starter_texts(tx, actor, now)
    stored.add(
        tx,
        Account(
            id=account_id,
            name=wanted["name"],
            time_zone=wanted["time_zone"],
            price=price,
            working_days=_in_order(wanted.get("working_days", DEFAULT_WORKING_DAYS)),
            reserve=wanted.get("reserve", 0),
            created_at=now,
            version=1,
            plan_prices=_plan_prices(wanted.get("plan_prices", {}), price),
            owner_id=actor.owner_id,
            lead_days=wanted.get("lead_days", DEFAULT_LEAD_DAYS),
            low_balance=wanted.get("low_balance"),
        ),
    )
    facts: list[Fact] = [
        Opened(stored_facts.new_fact_id(tx, account_id, now), opened_at, wanted["plan"], wanted["time_zone"], terms)
    ]
    if "observed_balance" in wanted:
        facts.append(
            Observed(stored_facts.new_fact_id(tx, account_id, now), max(now, opened_at), wanted["observed_balance"])
        )
    with refusals():
        state = balances.record(tx, account_id, facts, now).state
    return OpenedAccount(_current(owned_account(tx, actor, account_id), state), wrong_book(state))


def _set_language(tx: Transaction, actor: Actor, wanted: Mapping[str, Any], first_language: str | None) -> None:
    """Set the owner's language to the wanted one, or with the first account to their browser's first language."""
    if "language" in wanted:
        owners.set_language(tx, actor, wanted["language"])
    elif first_language and not stored.owner_has_any(tx, actor.owner_id) and owners.language(tx, actor) is None:
        owners.set_language(tx, actor, first_language)


def _add_starter_texts(tx: Transaction, actor: Actor, now: datetime) -> None:
    """Store the starter texts for an owner without accounts and texts."""
    if not stored.has_account_or_text(tx, actor.owner_id):
        for text in starter_texts(owners.words_of(tx, actor)):
            texts.add(tx, actor.owner_id, text._asdict(), now)


def update_account(
    tx: Transaction, actor: Actor, account_id: str, changes: Mapping[str, Any], now: datetime
) -> CurrentAccount:
    """Change what is given: name, prices, working days, reserve, lead days, low balance, and terms from the instant
    `from` (else from the opening) on. A language becomes that of all the owner's accounts.
    """
    before = owned_account(tx, actor, account_id)
    if "language" in changes:
        owners.set_language(tx, actor, changes["language"])
    columns = {key: changes[key] for key in ("name", "reserve", "low_balance", "lead_days") if key in changes}
    if "working_days" in changes:
        columns["working_days"] = _in_order(changes["working_days"])
    price = _money(changes["price"]) if "price" in changes else before.price
    if "price" in changes:
        columns["price"] = price
    if "price" in changes or "plan_prices" in changes:
        known = {plan: each._asdict() for plan, each in before.plan_prices.items()}
        columns["plan_prices"] = _plan_prices(changes.get("plan_prices", known), price)
    if columns:
        stored.update(tx, account_id, columns)
    if "working_days" in changes and (theirs := targets.of_account(tx, account_id)):
        targets.follow(tx, theirs)
        targets.changed(tx, actor.owner_id, [account_id])
    state, _ = balances.state_at(tx, account_id, now)
    facts = _workable_terms(tx, account_id, state, changes, now)
    if facts:
        with refusals():
            state = balances.record(tx, account_id, facts, now).state
    return _current(owned_account(tx, actor, before.id), state)


def names_in_reminders(tx: Transaction, account_id: str) -> bool:
    """Whether the morning's e-mail for the account names the people to write to."""
    return stored.names_in_reminders(tx, account_id)


def set_names_in_reminders(tx: Transaction, account_id: str, wanted: bool) -> None:
    """Set whether the morning's e-mail for the account names people, inside an open write to the account."""
    stored.set_names_in_reminders(tx, account_id, wanted=wanted)


def preview_update(
    tx: Transaction, actor: Actor, account_id: str, changes: Mapping[str, Any], now: datetime
) -> PreviewedTerms:
    """Preview other terms. Stores nothing."""
    row = owned_account(tx, actor, account_id)
    state, _ = balances.state_at(tx, account_id, now)
    facts = _workable_terms(tx, account_id, state, changes, now)
    after = state
    if facts:
        with refusals():
            after = balances.preview(tx, account_id, facts, now).state
    return PreviewedTerms(_current(row, after), state.balance, after.balance)


def _current(row: Account, state: State) -> CurrentAccount:
    plan = book_of(state).plan(state.plan)
    return CurrentAccount(
        id=row.id,
        name=row.name,
        product=plan.product,
        plan=plan.id,
        rule_book=state.terms.rule_book,
        time_zone=periods.name_for_browsers(row.time_zone),
        opened_at=state.opened_at,
        allotment=allotment_of(state),
        allotment_months=months_of(state),
        cap=cap_of(state),
        renewal_day=state.terms.renewal_day,
        overrides=Overrides(state.terms.allotment, state.terms.cap),
        price=row.price,
        plan_prices=row.plan_prices,
        working_days=row.working_days,
        reserve=row.reserve,
        lead_days=row.lead_days,
        low_balance=row.low_balance,
        language=row.language,
        created_at=row.created_at,
    )


def wrong_book(state: State) -> OtherBook | None:
    """The rule book to offer, if the last observed balance is more than the account's rule book allows and another
    allows it.
    """
    observed, fitting = state.observed, fitting_books(state)
    if observed is None or not fitting:
        return None
    best, most = fitting[0]
    detail = other_book(observed.balance, observed.allowed, book_of(state).title, best.title, most)
    others = [FittingBook(fit.book.id, fit.book.title, fit.max_balance) for fit in fitting]
    return OtherBook(best.id, best.title, observed.balance, detail, others)


def offered_book(tx: Transaction, actor: Actor, account_id: str, now: datetime) -> str | None:
    """The rule book to offer at `now` (UTC), as `wrong_book` names it. Raises a 404 Problem."""
    owned_account(tx, actor, account_id)
    found = wrong_book(balances.state_at(tx, account_id, now)[0])
    return found and found.rule_book


@contextmanager
def refusals() -> Iterator[None]:
    """Convert exceptions of the rules into 422 Problems that name the field."""
    try:
        yield
    except UnknownPlan as error:
        raise invalid("plan", explain_refusal(error)) from error
    except UnknownBook as error:
        raise invalid("rule_book", explain_refusal(error)) from error
    except AllotmentRequired as error:
        raise invalid("allotment", explain_refusal(error)) from error
    except periods.UnknownTimeZone as error:
        raise invalid("time_zone", explain_refusal(error)) from error


_BOOK_TERMS = ("rule_book", "renewal_day")
_PLAN_TERMS = ("allotment", "cap")


def _workable_terms(
    tx: Transaction, account_id: str, state: State, changes: Mapping[str, Any], now: datetime
) -> list[Fact]:
    """The facts that set the wanted terms. Terms that would fail at a later time are refused.

    Otherwise they would make the account unreadable from then on.
    """
    facts = _terms_facts(tx, account_id, state, changes, now)
    if facts:
        planned = [fact.at for fact in (*facts, *stored_facts.terms_facts(tx, account_id))]
        with refusals():
            balances.preview(tx, account_id, facts, max(now, *planned))
    return facts


def _terms_facts(
    tx: Transaction, account_id: str, state: State, changes: Mapping[str, Any], now: datetime
) -> list[Fact]:
    """The facts that set the wanted terms from the instant `from` on; without `from`, for the whole history."""
    wanted = {key: changes[key] for key in (*_BOOK_TERMS, *_PLAN_TERMS) if key in changes}
    if "from" in changes:
        if not wanted:
            raise invalid("from", reason("account.names_no_terms"))
        at = dates.plannable("from", changes["from"], now, state.opened_at)
        in_force, _ = balances.state_at(tx, account_id, at)
        return [BookChosen(stored_facts.new_fact_id(tx, account_id, now), at, replace(in_force.terms, **wanted))]
    return _corrected(tx, account_id, state, wanted, now) if wanted else []


def _corrected(tx: Transaction, account_id: str, state: State, wanted: dict[str, Any], now: datetime) -> list[Fact]:
    """Allotment and cap are corrected for the plan of today since it began, rule book and renewal day since the
    opening.
    """
    opened_at = state.opened_at
    plan_terms = {key: value for key, value in wanted.items() if key in _PLAN_TERMS}
    at_opening = {key: value for key, value in wanted.items() if key in _BOOK_TERMS}
    of_terms = stored_facts.terms_facts(tx, account_id)
    changed = [fact for fact in of_terms if isinstance(fact, PlanChanged | Cancelled) and fact.at <= now]
    plan_since = opened_at
    facts: list[Fact] = []
    if plan_terms and changed:
        latest = changed[-1]
        plan_since = latest.at
        if isinstance(latest, Cancelled):
            raise invalid(next(iter(plan_terms)), reason("account.cancelled"))
        facts += _restated(
            tx, account_id, latest, replace(latest, id=stored_facts.new_fact_id(tx, account_id, now), **plan_terms), now
        )
    else:
        at_opening |= plan_terms
    if at_opening:
        terms = balances.state_at(tx, account_id, opened_at)[0].terms
        facts.append(BookChosen(stored_facts.new_fact_id(tx, account_id, now), opened_at, replace(terms, **at_opening)))
    for fact in of_terms:
        if isinstance(fact, BookChosen) and fact.at > opened_at:
            later = at_opening | (plan_terms if fact.at >= plan_since else {})
            facts += _restated(
                tx,
                account_id,
                fact,
                replace(fact, id=stored_facts.new_fact_id(tx, account_id, now), terms=replace(fact.terms, **later)),
                now,
            )
    return facts


def _restated(tx: Transaction, account_id: str, old: Fact, new: Fact, now: datetime) -> list[Fact]:
    return [Retracted(stored_facts.new_fact_id(tx, account_id, now), max(now, old.at), old.id), new]


def _plan_prices(plan_prices: Mapping[str, Any], price: Money | None) -> dict[str, Money]:
    """The prices of other plans. Raises a 422 Problem for a plan that no rule book has, and for more than one currency,
    since plans are compared by price.
    """
    known = {plan for book in books.rule_books().values() for plan in book.plans} - {books.BASIC}
    unknown = sorted(set(plan_prices) - known)
    if unknown:
        raise invalid(f"plan_prices.{unknown[0]}", reason("account.no_price", plans=sorted(known)))
    prices = {plan: Money(each["amount_minor"], each["currency"]) for plan, each in plan_prices.items()}
    if len({each.currency for each in [*prices.values(), *([price] if price else [])]}) > 1:
        raise invalid("plan_prices", reason("account.one_currency"))
    return prices


def _money(price: Mapping[str, Any] | None) -> Money | None:
    return Money(price["amount_minor"], price["currency"]) if price else None


def _in_order(working_days: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(working_days)))
