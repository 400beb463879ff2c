"""Tell an account's history in a few lines, then ask what it comes to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from inkeeper.rules.facts import (
    BookChosen,
    Cancelled,
    Fact,
    Observed,
    Opened,
    OutcomeRecorded,
    PlanChanged,
    Retracted,
    Sent,
    Terms,
)
from inkeeper.rules.forecast import Forecast, forecast
from inkeeper.rules.journal import Entry
from inkeeper.rules.money import Money
from inkeeper.rules.pace import Pace, pace
from inkeeper.rules.replay import replay
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change, next_loss, timeline
from inkeeper.rules.warnings import AccountWarning, WarningInputs, next_change_at, warnings
from inkeeper.wording.language import PLAIN_ENGLISH
from inkeeper.wording.warnings import Message, render

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)


def utc(text: str) -> datetime:
    """`2026-01-31 23:50` as an instant in UTC; the time of day may be left out."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str) -> datetime:
    """What the wall clock of a zone shows, as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def say(warning: AccountWarning) -> Message:
    """The warning as the API says it."""
    return render(warning, PLAIN_ENGLISH)


class Story:
    """An account and what happened to it, in any order. Times without a zone are the account's own."""

    def __init__(
        self, plan: str, opened: str = "2026-01-01", *, zone: str = "UTC", book: str = "month_end", **own: Any
    ) -> None:
        self.zone = zone
        self.facts: list[Fact] = [Opened("opened", self.time(opened), plan, zone, Terms(book, **own))]

    def time(self, text: str) -> datetime:
        return local(text, self.zone)

    def _tell(self, kind: type, at: str, *details: Any, **more: Any) -> str:
        name = f"{kind.__name__.lower()}-{len(self.facts):02}"
        self.facts.append(kind(name, self.time(at), *details, **more))
        return name

    def send(self, at: str, cost: int = 1) -> str:
        return self._tell(Sent, at, cost)

    def sends(self, *times: str) -> list[str]:
        return [self.send(at) for at in times]

    def outcome(self, at: str, inmail: str, outcome: str = "replied") -> str:
        return self._tell(OutcomeRecorded, at, inmail, outcome)

    def observe(self, at: str, balance: int) -> str:
        return self._tell(Observed, at, balance)

    def change_plan(self, at: str, plan: str, **own: Any) -> str:
        return self._tell(PlanChanged, at, plan, **own)

    def cancel(self, at: str) -> str:
        return self._tell(Cancelled, at)

    def choose(self, at: str, book: str, **own: Any) -> str:
        return self._tell(BookChosen, at, Terms(book, **own))

    def retract(self, at: str, target: str) -> str:
        return self._tell(Retracted, at, target)

    # What it comes to

    def state(self, at: str) -> State:
        return replay(self.facts, self.time(at)).state

    def balance(self, at: str) -> int:
        return self.state(at).balance

    def entries(self, since: str, until: str) -> list[Entry]:
        """The journal in `[since, until]`."""
        return [entry for entry in replay(self.facts, self.time(until)).journal if entry.at >= self.time(since)]

    def journal(self, since: str, until: str) -> list[tuple[str, int, int]]:
        """The journal in `[since, until]` as (kind, credits, balance after it)."""
        return [(entry.kind, entry.credits, entry.balance) for entry in self.entries(since, until)]

    # What the user is told

    def changes(self, at: str) -> list[Change]:
        now = self.time(at)
        return timeline(self.state(at), now, [fact for fact in self.facts if fact.at > now])

    def pace(self, at: str, reserve: int = 0) -> Pace:
        return pace(self.state(at), self.time(at), next_loss(self.changes(at)), MONDAY_TO_FRIDAY, reserve)

    def forecast(self, at: str) -> Forecast:
        return forecast(self.state(at), self.time(at), next_loss(self.changes(at)))

    def outlook(self, at: str, *, price: Money | None = None, reserve: int = 0, **own: Any) -> WarningInputs:
        its_pace, its_forecast = self.pace(at, reserve), self.forecast(at)
        return WarningInputs(
            self.state(at), self.time(at), self.changes(at), its_pace, its_forecast, price, reserve, **own
        )

    def warnings(self, at: str, **given: Any) -> dict[str, AccountWarning]:
        """The warnings that hold, by code."""
        found = warnings(self.outlook(at, **given))
        assert len({warning.code for warning in found}) == len(found)
        return {warning.code: warning for warning in found}

    def next_change_at(self, at: str, **given: Any) -> datetime:
        return next_change_at(self.outlook(at, **given))
