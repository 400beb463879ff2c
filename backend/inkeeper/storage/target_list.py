"""The list of people to write to as it is shown on a day: searched, counted, and in the order of who is next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from inkeeper.instants import to_microseconds
from inkeeper.rules.periods import local_day
from inkeeper.rules.targets import UNANSWERED_AFTER
from inkeeper.storage import persons
from inkeeper.storage.patterns import containing
from inkeeper.storage.targets import Target, select
from inkeeper.storage.transaction import Transaction


class Today(NamedTuple):
    """The local day of each of an owner's accounts; `default` is that of targets without an account."""

    default: date
    by_account: Mapping[str, date] = {}

    def of(self, account_id: str | None) -> date:
        """The local day for a target of this account."""
        return self.by_account.get(account_id or "", self.default)

    def sql(self) -> tuple[str, dict[str, str]]:
        """The day as an SQL expression over `target.account_id`, and the values of its names."""
        values = {"today": self.default.isoformat()}
        cases = ""
        for number, (account, day) in enumerate(self.by_account.items()):
            if day != self.default:
                cases += f" WHEN :account{number} THEN :day{number}"
                values |= {f"account{number}": account, f"day{number}": day.isoformat()}
        return (f"(CASE target.account_id{cases} ELSE :today END)" if cases else ":today"), values


class Filter(NamedTuple):
    """Conditions on the targets to list; the default matches all. `states` are those of `rules.targets` without
    `held`.
    """

    states: Collection[str] = ()
    account_id: str | None = None
    campaign_id: str | None = None
    part: str | None = None
    """Part of a person's name, company or link, or of a note, in the form of `rules.people.normal_name`."""
    wanted_until: date | None = None
    planned_until: date | None = None


# `{day}` is the local day. InMails sent up to `:unanswered` (microseconds) are no longer expected to be answered.
_OPEN = "(opens_on IS NOT NULL AND (ends_on IS NULL OR ends_on >= {day}))"
_NOW = f"({_OPEN} AND (opens_on <= {{day}} OR inmails + closed_steps = 0))"
_IN_STATE = {
    "ready": f"({_NOW} AND planned_on IS NULL)",
    "planned": f"({_NOW} AND planned_on IS NOT NULL)",
    "waiting": f"(answered_at IS NULL AND NOT {_NOW} AND ({_OPEN} OR coalesce(last_sent_at > :unanswered, FALSE)))",
    "answered": "(answered_at IS NOT NULL)",
    "done": f"(answered_at IS NULL AND NOT {_OPEN} AND inmails + closed_steps > 0"
    " AND coalesce(last_sent_at <= :unanswered, TRUE))",
    "dropped": f"(answered_at IS NULL AND NOT {_OPEN} AND inmails + closed_steps = 0)",
}


def today_of(tx: Transaction, owner_id: str, now: datetime) -> Today:
    """The local days of the owner's accounts at `now` (UTC). Targets without an account use the first account's day."""
    rows = tx.execute("SELECT id, time_zone FROM account WHERE owner_id = ? ORDER BY id", (owner_id,)).fetchall()
    days = {account_id: local_day(zone, now) for account_id, zone in rows}
    return Today(next(iter(days.values()), now.date()), days)


def search(
    tx: Transaction,
    owner_id: str,
    wanted: Filter,
    today: Today,
    now: datetime,
    after: tuple[int, str] | None = None,
    limit: int | None = None,
) -> list[Target]:
    """Up to `limit` (None: all) of the owner's targets in the order of the list, after (place, id) `after`."""
    where, values = _where(owner_id, wanted, today, now)
    if after is not None:
        where += " AND (place, id) > (:place, :after)"
        values |= {"place": after[0], "after": after[1]}
    if limit is None:
        return select(tx, f"{where} ORDER BY place, id", **values)
    return select(tx, f"{where} ORDER BY place, id LIMIT :limit", **values, limit=limit)


def _where(owner_id: str, wanted: Filter, today: Today, now: datetime) -> tuple[str, dict[str, Any]]:
    day, values = today.sql()
    found: dict[str, Any] = {**values, "owner": owner_id, "unanswered": to_microseconds(now - UNANSWERED_AFTER)}
    where = ["owner_id = :owner"]
    if wanted.states:
        where.append(f"({' OR '.join(_IN_STATE[state].format(day=day) for state in sorted(wanted.states))})")
    if wanted.account_id is not None:
        where.append("(account_id = :of_account OR account_id IS NULL)")
        found["of_account"] = wanted.account_id
    if wanted.campaign_id is not None:
        where.append("campaign_id = :campaign")
        found["campaign"] = wanted.campaign_id
    if wanted.part:
        mentions, parts = _mentions(wanted.part)
        where.append(mentions)
        found |= parts
    for column, until in (("wanted_on", wanted.wanted_until), ("planned_on", wanted.planned_until)):
        if until is not None:
            where.append(f"{column} <= :{column}")
            found[column] = until.isoformat()
    return " AND ".join(where), found


def _mentions(part: str) -> tuple[str, dict[str, str]]:
    """The condition that a target's note, or its person's name, company or link has this part, and its values."""
    written = persons.spellings(part)
    values = {f"written{number}": containing(text) for number, text in enumerate(written)} | {"part": containing(part)}
    note, company = (
        " OR ".join(f"lower(coalesce({column}, '')) LIKE :written{number} ESCAPE '!'" for number in range(len(written)))
        for column in ("note", "company")
    )
    return (
        f"({note} OR person_id IN (SELECT id FROM person WHERE owner_id = :owner"  # noqa: S608 (names of ours)
        f" AND (name_key LIKE :part ESCAPE '!' OR {company}))"
        " OR person_id IN (SELECT person_id FROM person_link WHERE owner_id = :owner"
        " AND link_key LIKE :part ESCAPE '!'))",
        values,
    )


class Counts(NamedTuple):
    """Counts of targets that can be written to: all, those without a planned day, those wanted today or before."""

    names: int
    ready: int
    today: int


def count_for(tx: Transaction, owner_id: str, account_id: str, today: Today) -> Counts:
    """How many of the owner's targets can be written to from the account."""
    day, values = today.sql()
    row = tx.execute(
        f"SELECT count(*), count(*) FILTER (WHERE planned_on IS NULL), count(*) FILTER (WHERE wanted_on <= {day})"  # noqa: S608
        f" FROM target WHERE owner_id = :owner AND opens_on <= {day} AND (ends_on IS NULL OR ends_on >= {day})"
        " AND (account_id = :of_account OR account_id IS NULL)",
        {**values, "owner": owner_id, "of_account": account_id},
    ).fetchone()
    return Counts(*row)


def next_for(tx: Transaction, owner_id: str, account_id: str, today: Today, limit: int) -> list[Target]:
    """The targets to write to next from the account. First those wanted today or before, by that day; then those
    without a planned day; then those planned for later. Each group is in the order of the list.
    """
    day, values = today.sql()
    # The expression keeps the database from using another index: `target_next` is in this order, so only a few rows are
    # read.
    open_now = (
        f"owner_id = :owner AND opens_on IS NOT NULL AND opens_on || '' <= {day}"
        f" AND (ends_on IS NULL OR ends_on >= {day}) AND (account_id = :of_account OR account_id IS NULL)"
    )
    groups = (
        f"wanted_on <= {day}",
        f"wanted_on > {day} AND planned_on IS NULL",
        "wanted_on IS NULL",
        f"wanted_on > {day} AND planned_on IS NOT NULL",
    )
    found: list[Target] = []
    for group in groups:
        if len(found) < limit:
            found += select(
                tx,
                f"{open_now} AND {group} ORDER BY wanted_on, place, id LIMIT :limit",
                **values,
                owner=owner_id,
                of_account=account_id,
                limit=limit - len(found),
            )
    return found


class PlannedDay(NamedTuple):
    """A target with a planned day. `can_be_done` says that its next step can be done today."""

    id: str
    day: date
    can_be_done: bool


def planned_days(
    tx: Transaction, owner_id: str, account_id: str, today: Today, *, with_unassigned: bool
) -> list[PlannedDay]:
    """The planned days of the account's open targets, in the order of the list; with `with_unassigned` those of targets
    without an account too. Reads no other columns, since there may be thousands of targets.
    """
    day, values = today.sql()
    unassigned = " OR account_id IS NULL" if with_unassigned else ""
    rows = tx.execute(
        f"SELECT id, planned_on, opens_on <= {day} OR inmails + closed_steps = 0 FROM target"  # noqa: S608 (ours)
        f" WHERE owner_id = :owner AND opens_on IS NOT NULL AND planned_on IS NOT NULL"
        f" AND (ends_on IS NULL OR ends_on >= {day}) AND (account_id = :of_account{unassigned}) ORDER BY place, id",
        {**values, "owner": owner_id, "of_account": account_id},
    )
    day_of = cache(date.fromisoformat)
    return [PlannedDay(target_id, day_of(on), bool(now)) for target_id, on, now in rows]


def planned_people(tx: Transaction, owner_id: str, today: Today) -> dict[str, str]:
    """The ids of the owner's people with a planned target, each with the id of that target."""
    day, values = today.sql()
    rows = tx.execute(
        "SELECT person_id, id FROM target WHERE owner_id = :owner AND opens_on IS NOT NULL"  # noqa: S608 (ours)
        f" AND planned_on IS NOT NULL AND (ends_on IS NULL OR ends_on >= {day})",
        {**values, "owner": owner_id},
    )
    return dict(rows.fetchall())


class InCampaign(NamedTuple):
    """Counts of a campaign's targets: all, open (ready or planned), with a planned day, waiting for an answer,
    answered. `dropped` had a step left when the campaign ended.
    """

    targets: int = 0
    open: int = 0
    planned: int = 0
    waiting: int = 0
    answered: int = 0
    dropped: int = 0


def count_by_campaign(
    tx: Transaction, campaign_ids: Collection[str], today: Today, now: datetime
) -> dict[str, InCampaign]:
    """How many targets each of these campaigns has."""
    found = {}
    day, values = today.sql()
    is_open = _NOW.format(day=day)
    counted = (
        is_open,
        f"{_OPEN.format(day=day)} AND planned_on IS NOT NULL",
        _IN_STATE["waiting"].format(day=day),
        "answered_at IS NOT NULL",
        f"opens_on IS NOT NULL AND ends_on < {day}",
    )
    columns = ["count(*)", *(f"count(*) FILTER (WHERE {condition})" for condition in counted)]
    for campaign_id in campaign_ids:
        row = tx.execute(
            f"SELECT {', '.join(columns)} FROM target WHERE campaign_id = :campaign",  # noqa: S608 (ours)
            {**values, "unanswered": to_microseconds(now - UNANSWERED_AFTER), "campaign": campaign_id},
        ).fetchone()
        found[campaign_id] = InCampaign(*row)
    return found
