"""A second ledger, written from the rules alone: slow, obvious, and sharing no code with the one it judges.

Every credit is an object of its own. Time goes from instant to instant; at each one, what the rules say happens, in
their order. Nothing is saved, nothing is clever: the account's numbers are looked up again each time, and renewal days
are found by walking the calendar. Only the facts and the numbers in the rule book files come from the product.
"""

from __future__ import annotations

import calendar
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from inkeeper.rules import facts as f

MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
BOOKS = {
    entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8"))
    for folder in (resources.files("inkeeper.rules") / "books", Path(__file__).parent / "books")
    for entry in folder.iterdir()
}
"""The files as they are written. A test that replays by another book puts that here as well."""


@cache
def first_instant(zone: str, year: int, month: int, day: int) -> datetime:
    """The first instant at which a wall clock in the zone shows that day, or a later one where the day is skipped."""
    wanted, here = date(year, month, day), ZoneInfo(zone)
    instant = datetime(year, month, day, tzinfo=UTC) - timedelta(hours=30)
    while (instant + timedelta(hours=1)).astimezone(here).date() < wanted:
        instant += timedelta(hours=1)
    while instant.astimezone(here).date() < wanted:
        instant += MINUTE
    return instant


def day_of_month(year: int, month: int, day: int) -> int:
    """The day, or the month's last one where it is too short."""
    return min(day, calendar.monthrange(year, month)[1])


def renewals_of(zone: str, day: int, after: datetime, every: int, begun: date) -> datetime:
    """The first renewal strictly after an instant, found by walking from the month in which the cycle began."""
    year, month = begun.year, begun.month
    while (instant := first_instant(zone, year, month, day_of_month(year, month, day))) <= after:
        for _ in range(every):
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return instant


@dataclass(eq=False)
class Pile:
    """What was granted together: the credits in it expire together and are spent in the order in which piles came."""

    number: int
    since: datetime
    until: datetime
    over: bool = False


@dataclass(eq=False)
class OneCredit:
    """A single credit; `fate` is None while it can be spent."""

    pile: Pile
    fate: str | None = None


@dataclass(eq=False)
class PaidSend:
    """An InMail that took a credit."""

    fact: f.Sent
    book: str
    pile: Pile
    answered: bool = False


@dataclass
class NaiveAccount:
    """An account as the rules describe it, at one instant."""

    opened: f.Opened
    plan: str
    terms: f.Terms
    cycle_day: int = 0
    cycle_begun: date | None = None
    cancel_pending: bool = False
    credits: list[OneCredit] = field(default_factory=list)
    piles: list[Pile] = field(default_factory=list)
    sends: dict[str, PaidSend] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    period_used: int = 0
    period_free: int = 0
    period_start: datetime | None = None
    closed: list[tuple[datetime, datetime, int, int]] = field(default_factory=list)
    discrepancy: bool = False
    granted_at: datetime | None = None
    any_send: bool = False
    any_observation: bool = False

    # What the account's numbers are now

    def book(self) -> dict:
        return BOOKS[self.terms.rule_book]

    def ends_with_period(self) -> bool:
        return self.book()["lot_life"]["ends"] == "period_end"

    def renewal(self) -> dict:
        return self.book()["renewal"][self.book()["plans"][self.plan]["product"]]

    def renewal_zone(self) -> str:
        return "UTC" if self.renewal()["zone"] == "utc" else self.opened.time_zone

    def numbers(self, at: datetime) -> dict:
        """The last entry whose day has come on a wall calendar where the plan renews."""
        today = at.astimezone(ZoneInfo(self.renewal_zone())).date()
        entries = self.book()["plans"][self.plan]["numbers"]
        return [entry for entry in entries if "from" not in entry or entry["from"] <= today][-1]

    def allotment(self, at: datetime) -> int:
        if self.plan == "basic":
            return 0
        own = self.terms.allotment
        return own if own is not None else self.numbers(at)["allotment"]

    def cap(self, at: datetime) -> int | None:
        numbers = self.numbers(at)
        if "cap" not in numbers and "cap_allotments" not in numbers:
            return None
        if self.plan != "basic" and self.terms.cap is not None:
            return self.terms.cap
        return numbers["cap"] if "cap" in numbers else numbers["cap_allotments"] * self.allotment(at)

    def lots(self) -> list[tuple[datetime, datetime, int]]:
        """What is left: since when, until when, how many; in spending order."""
        found = Counter((credit.pile.until, credit.pile.since, credit.pile.number) for credit in self.usable())
        return [(since, until, left) for (until, since, _), left in sorted(found.items())]

    def next_renewal(self, after: datetime) -> datetime:
        every, zone = self.renewal()["months"], self.renewal_zone()
        if self.renewal()["day"] == "first":
            return renewals_of(zone, 1, after, every, date(after.year - 1, 1, 1))
        return renewals_of(zone, self.cycle_day, after, every, self.cycle_begun)

    def first_date(self, at: datetime) -> date:
        """The day on which a cycle of the account's own begins, where its plan renews."""
        in_utc = self.renewal()["day"] == "own" and self.renewal()["zone"] == "utc"
        return at.astimezone(ZoneInfo("UTC" if in_utc else self.opened.time_zone)).date()

    def renews_at(self, at: datetime) -> bool:
        return self.next_renewal(at - INSTANT) == at

    def end_of_a_grant(self, at: datetime) -> datetime:
        if self.ends_with_period():
            return self.next_renewal(at)
        return at + timedelta(hours=self.book()["lot_life"]["hours"])

    def local_date(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.opened.time_zone)).date()

    def rate(self, now: datetime) -> tuple[int, int] | None:
        """Credits spent, and over how many local days: what the forecast rests on. None without any InMail."""
        begun = self.period_start or self.opened.at
        used, days = self.period_used, (self.local_date(now) - self.local_date(begun)).days
        with_inmails = [period for period in self.closed if period[2] + period[3] > 0]
        if not with_inmails and self.period_used + self.period_free == 0:
            return None
        if days < 10:
            for start, end, paid, _ in with_inmails[-3:]:
                used += paid
                days += (self.local_date(end) - self.local_date(start)).days
        return used, days + 1

    # What can happen to credits

    def usable(self) -> list[OneCredit]:
        """In the order in which they are spent: oldest expiry, then oldest grant."""
        alive = [credit for credit in self.credits if credit.fate is None]
        return sorted(alive, key=lambda credit: (credit.pile.until, credit.pile.since, credit.pile.number))

    def balance(self) -> int:
        return len(self.usable())

    def new_pile(self, at: datetime, credits: int, until: datetime | None = None) -> Pile:
        pile = Pile(len(self.piles), at, until or self.end_of_a_grant(at))
        self.piles.append(pile)
        self.credits += [OneCredit(pile) for _ in range(credits)]
        return pile

    def grant(self, at: datetime) -> None:
        self.granted_at = at
        cap, credits = self.cap(at), self.allotment(at)
        self.counts["granted"] += credits
        room = credits if cap is None else min(credits, max(cap - self.balance(), 0))
        self.counts["forfeited"] += credits - room
        self.new_pile(at, room)

    def void_everything(self) -> None:
        for credit in self.usable():
            credit.fate = "voided"
            self.counts["voided"] += 1
        for pile in self.piles:
            pile.over = True

    def expire(self, at: datetime) -> None:
        for credit in self.usable():
            if credit.pile.until <= at:
                credit.fate = "expired"
                self.counts["expired"] += 1
        for pile in self.piles:
            pile.over = pile.over or pile.until <= at

    def begin_period(self, at: datetime) -> None:
        begun = self.period_start or self.opened.at
        if begun < at:
            self.closed.append((begun, at, self.period_used, self.period_free))
            self.period_used = self.period_free = 0
            self.period_start = at

    # What facts do

    def change_plan(self, fact: f.PlanChanged, grant_due: bool) -> bool:
        """Whether a renewal at this instant is still to grant: only a restarted cycle has granted already."""
        before = self.allotment(fact.at)
        self.plan, self.cancel_pending = fact.plan, False
        self.terms = f.Terms(self.terms.rule_book, fact.allotment, fact.cap, self.terms.renewal_day)
        rule = self.book()["upgrade" if self.allotment(fact.at) > before else "downgrade"]
        if rule["void"]:
            self.void_everything()
        self.granted_at = fact.at
        if rule["restart_cycle"]:
            self.terms = f.Terms(self.terms.rule_book, fact.allotment, fact.cap, None)
            self.begin_cycle(fact.at)
            self.begin_period(fact.at)
            self.grant(fact.at)
            return False
        if rule["grant"] == "at_once" and not grant_due:
            self.grant(fact.at)
        return grant_due

    def begin_cycle(self, at: datetime) -> None:
        self.cycle_begun = self.first_date(at)
        self.cycle_day = self.cycle_begun.day

    def cancel(self) -> None:
        if self.book()["cancel"]["takes_effect"] == "at_once":
            self.become_basic()
        else:
            self.cancel_pending = True

    def become_basic(self) -> None:
        self.void_everything()
        self.plan, self.cancel_pending = "basic", False
        self.terms = f.Terms(self.terms.rule_book, None, None, self.terms.renewal_day)

    def choose_book(self, fact: f.BookChosen) -> None:
        other, renewal = fact.terms.rule_book != self.terms.rule_book, self.next_renewal(fact.at - INSTANT)
        self.terms, self.granted_at = fact.terms, fact.at
        if fact.at == self.opened.at:
            self.begin_cycle(fact.at)
        if fact.terms.renewal_day is not None:
            self.cycle_day = fact.terms.renewal_day
        moved = self.next_renewal(fact.at - INSTANT) != renewal
        if self.ends_with_period() and (other or moved):  # what is there lives from now on as the chosen book says
            for pile in self.piles:
                pile.until = self.next_renewal(fact.at - INSTANT)
        elif other:
            for pile in self.piles:
                pile.until = max(fact.at, pile.since + timedelta(hours=self.book()["lot_life"]["hours"]))

    def send(self, fact: f.Sent) -> None:
        self.any_send = True
        if fact.cost == 0:
            self.counts["free_used"] += 1
            self.period_free += 1
            return
        if self.balance() == 0:
            self.new_pile(fact.at, 1)
            self.counts["adjusted_up"] += 1
            self.discrepancy = True
        credit = self.usable()[0]
        credit.fate = "spent"
        self.counts["used"] += 1
        self.period_used += 1
        self.sends[fact.id] = PaidSend(fact, self.terms.rule_book, credit.pile)

    def answer(self, fact: f.OutcomeRecorded) -> None:
        send = self.sends.get(fact.inmail_id)
        if send is None or send.answered or fact.outcome not in ("accepted", "declined", "replied"):
            return
        back = BOOKS[send.book].get("credit_back")
        if back is None or not send.fact.at <= fact.at < send.fact.at + timedelta(hours=back["within_hours"]):
            return
        send.answered = True
        self.counts["credited_back"] += 1
        returned = OneCredit(send.pile)
        if send.pile.over:
            until = fact.at + timedelta(hours=back["new_lot_hours"])
            returned.pile = self.new_pile(fact.at, 0, until)
        self.credits.append(returned)
        cap = self.cap(self.granted_at)
        if back["cap_applies"] and cap is not None and self.balance() > cap:
            returned.fate = "forfeited"
            self.counts["forfeited"] += 1

    def observe(self, fact: f.Observed) -> None:
        computed = self.balance()
        if fact.balance > computed:
            self.new_pile(fact.at, fact.balance - computed)
            self.counts["adjusted_up"] += fact.balance - computed
        for credit in self.usable()[: max(computed - fact.balance, 0)]:
            credit.fate = "adjusted down"
            self.counts["adjusted_down"] += 1
        if self.any_send or self.any_observation:
            self.counts["observed_more"] += max(fact.balance - computed, 0)
            self.counts["observed_less"] += max(computed - fact.balance, 0)
        self.discrepancy = False
        self.any_observation = True


def naive(facts: list[f.Fact], until: datetime) -> NaiveAccount:
    """The account at an instant, everything at that instant included."""
    mistakes = {fact.target_id for fact in facts if isinstance(fact, f.Retracted)}
    true = sorted((x for x in facts if x.id not in mistakes and not isinstance(x, f.Retracted)), key=lambda x: x.id)
    (opened,) = (fact for fact in true if isinstance(fact, f.Opened))
    account = NaiveAccount(opened, opened.plan, opened.terms)
    account.begin_cycle(opened.at)
    account.cycle_day = opened.terms.renewal_day or account.cycle_day
    now = opened.at
    while now <= until:
        one_instant(account, true, now)
        coming = [fact.at for fact in true] + [pile.until for pile in account.piles] + [account.next_renewal(now)]
        now = min(instant for instant in coming if instant > now)
    return account


def one_instant(account: NaiveAccount, facts: list[f.Fact], at: datetime) -> None:
    """Expire, void, grant, credit back, spend, observe."""
    now = [fact for fact in facts if fact.at == at]
    account.expire(at)
    terms_and_plan(account, now, at)
    in_and_out(account, now)


def terms_and_plan(account: NaiveAccount, now: list[f.Fact], at: datetime) -> None:
    """What changes the account, then the grant by what holds after it. The opening grants as a renewal does."""
    opening = at == account.opened.at
    for choice in of(f.BookChosen, now):
        account.choose_book(choice)
    account.expire(at)
    grant_due = opening or account.renews_at(at)
    for change in of(f.PlanChanged, now):
        grant_due = account.change_plan(change, grant_due)
    for _ in of(f.Cancelled, now):
        account.cancel()
    if grant_due:
        if account.cancel_pending and not opening:
            account.become_basic()
        account.begin_period(at)
        account.grant(at)


def in_and_out(account: NaiveAccount, now: list[f.Fact]) -> None:
    """Answers, sends, observations. An answer at the very instant of sending comes after it all the same."""
    for outcome in of(f.OutcomeRecorded, now):
        account.answer(outcome)
    for send in of(f.Sent, now):
        account.send(send)
        for outcome in of(f.OutcomeRecorded, now):
            account.answer(outcome)
    for observation in of(f.Observed, now):
        account.observe(observation)


def of(kind: type, facts: list[f.Fact]) -> list:
    return [fact for fact in facts if isinstance(fact, kind)]
