"""The list of people to write to as plain Python: slow, obvious, and sharing no code with what it judges.

One account in UTC, five credits on the first of each month that are lost at its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

MONTHLY = 5
SIGHT = timedelta(days=92)
"""How far ahead credits are known."""

DAY = timedelta(days=1)


@dataclass
class Person:
    """Somebody who may be on the list."""

    name: str
    id: str | None = None
    do_not_contact: bool = False


@dataclass
class Campaign:
    """`waits` holds for each step after how many working days it comes, None for the first."""

    id: str
    waits: list[int | None]
    ends: date | None
    archived: bool = False


@dataclass
class Inmail:
    """An InMail, to whichever target it belongs. `former` are the names that it had before it was edited.

    `replaced_in` are the campaigns of the InMails that it took the place of when its time was edited.
    """

    id: str
    name: str
    sent_at: datetime
    answered: bool = False
    removed: bool = False
    target: Target | None = None
    campaign: Campaign | None = None
    former: set[str] = field(default_factory=set)
    replaced_in: list[Campaign] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """All names by which a file may mean it."""
        return {self.name, *self.former}


@dataclass
class Target:
    """Somebody to write to."""

    id: str
    person: Person
    created_at: datetime
    place: int
    campaign: Campaign | None = None
    dropped: bool = False
    closed: list[datetime] = field(default_factory=list)
    planned: tuple[date, int] | None = None  # the day, and the step that it is for


class NaiveList:
    """All of it, and what is to be shown of it."""

    def __init__(self) -> None:
        self.targets: list[Target] = []
        self.inmails: list[Inmail] = []
        self.weekdays = {1, 2, 3, 4, 5}

    def in_order(self) -> list[Target]:
        return sorted(self.targets, key=lambda target: (target.place, target.id))

    def sent(self, target: Target) -> list[Inmail]:
        mine = [one for one in self.inmails if one.target is target and not one.removed]
        return sorted(mine, key=lambda one: (one.sent_at, one.id))

    def done(self, target: Target) -> int:
        return len(self.sent(target)) + len(target.closed)

    def is_over(self, target: Target, today: date) -> bool:
        ends = target.campaign and target.campaign.ends
        return ends is not None and ends < today

    def opens(self, target: Target) -> date | None:
        """From when on the next step can be done; None where none is left. The end of the campaign aside."""
        campaign = target.campaign
        waits = campaign.waits if campaign else [None]
        stopped = target.dropped or target.person.do_not_contact or bool(campaign and campaign.archived)
        answered = any(one.answered for one in self.sent(target))
        done = self.done(target)
        if stopped or answered or done >= len(waits):
            return None
        if done == 0:
            return date(1, 1, 1)
        last = max([*(one.sent_at for one in self.sent(target)), *target.closed]).date()
        wait = waits[done]
        assert wait is not None
        while wait:
            last += DAY
            wait -= last.isoweekday() in self.weekdays
        return last

    def has_next(self, target: Target, today: date) -> bool:
        return self.opens(target) is not None and not self.is_over(target, today)

    def is_open(self, target: Target, today: date) -> bool:
        opens = self.opens(target)
        return opens is not None and opens <= today and not self.is_over(target, today)

    def planned_for(self, target: Target) -> date | None:
        if target.planned is None or self.opens(target) is None:
            return None
        day, step = target.planned
        return day if step == self.done(target) + 1 else None

    def state(self, target: Target, now: datetime) -> str:
        sent = self.sent(target)
        if any(one.answered for one in sent):
            return "answered"
        if self.is_open(target, now.date()):
            return "planned" if self.planned_for(target) else "ready"
        if self.has_next(target, now.date()):
            return "waiting"
        if sent:
            return "waiting" if now - sent[-1].sent_at < timedelta(days=90) else "done"
        return "done" if target.closed else "dropped"

    def held(self, balance: int, now: datetime) -> dict[str, date | None]:
        """The targets whose planned day has no credit, with the day on which their credit comes."""
        today = now.date()
        months: list[tuple[date, int]] = [(today, balance)]
        first = today
        while (first := (first.replace(day=28) + 4 * DAY).replace(day=1)) <= today + SIGHT:
            months.append((first, MONTHLY))
        mine = [one for one in self.in_order() if self.planned_for(one) and self.has_next(one, today)]
        wanted = [(one.id, max(self.planned_for(one) or today, today)) for one in mine]
        wanted = [(name, day) for name, day in wanted if day <= today + SIGHT]
        found: dict[str, date | None] = {}
        waiting: list[str] = []
        for (begin, credits), following in zip(months, [*(m[0] for m in months[1:]), date(9999, 1, 1)], strict=True):
            late = waiting[:credits]
            found |= dict.fromkeys(late, begin)
            left = credits - len(late)
            here = [name for name, day in wanted if begin <= day < following]
            order = [name for name, _ in wanted]
            waiting = sorted([*waiting[credits:], *here[left:]], key=order.index)
        return found | dict.fromkeys(waiting)

    def closes(self, name: str, sent_at: datetime) -> Target | None:
        """Which target an InMail to this person does the next step of."""
        for target in self.in_order():
            sent = self.sent(target)
            if (
                target.person.name == name
                and self.opens(target) is not None
                and not self.is_over(target, sent_at.date())
                and (not sent or sent[-1].sent_at < sent_at)
                and target.created_at - DAY <= sent_at
            ):
                return target
        return None

    def log(self, inmail: Inmail) -> None:
        self.inmails.append(inmail)
        self.attach(inmail)

    def attach(self, inmail: Inmail) -> None:
        inmail.target = inmail.campaign = None
        target = self.closes(inmail.name, inmail.sent_at)
        inmail.target, inmail.campaign = target, target and target.campaign
