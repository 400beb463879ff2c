"""Targets (the list of people to write to): their rows, and the columns computed from their InMails."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from secrets import randbits
from typing import Any, NamedTuple

from inkeeper.ids import new_id, new_ids
from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.rules.periods import local_day
from inkeeper.rules.targets import ALWAYS, TargetProgress, working_days_after
from inkeeper.storage import campaigns
from inkeeper.storage.transaction import Transaction

_AT_ONCE = 500
FOLLOWING = (
    "inmails",
    "last_inmail_id",
    "last_sent_at",
    "answered_at",
    "opens_on",
    "ends_on",
    "planned_on",
    "wanted_on",
)
"""The columns that `follow` stores."""

_VERSION_BITS = 62
_FACTS = (
    *("id", "person_id", "account_id", "purpose", "note", "due", "text_id", "campaign_id", "variant", "place"),
    *("planned_for", "planned_at", "planned_step", "created_at", "dropped_at", "closed_steps", "closed_at"),
    *FOLLOWING,
)
_DAYS = frozenset({"due", "planned_for", "opens_on", "ends_on", "planned_on", "wanted_on"})
_INSTANTS = frozenset({"created_at", "dropped_at", "closed_at", "last_sent_at", "answered_at"})
CHANGEABLE = (
    *("account_id", "purpose", "note", "due", "text_id", "campaign_id", "variant", "place"),
    *("planned_for", "planned_at", "planned_step", "dropped_at", "closed_steps", "closed_at"),
)


class Target(NamedTuple):
    """A target's row. Days are local to its account's time zone (without an account: the owner's first account's).
    Instants are UTC.
    """

    id: str
    person_id: str
    account_id: str | None
    purpose: str | None
    note: str | None
    due: date | None
    text_id: str | None
    campaign_id: str | None
    variant: int
    place: int
    planned_for: date | None
    planned_at: str | None
    planned_step: int | None
    created_at: datetime
    dropped_at: datetime | None
    closed_steps: int
    closed_at: datetime | None
    inmails: int
    last_inmail_id: str | None
    last_sent_at: datetime | None
    answered_at: datetime | None
    opens_on: date | None
    ends_on: date | None
    planned_on: date | None
    wanted_on: date | None

    @property
    def done(self) -> int:
        """The number of steps that are done or were closed without an InMail."""
        return self.inmails + self.closed_steps

    @property
    def course(self) -> TargetProgress:
        """The target's progress, for `rules.targets.state_of`."""
        return TargetProgress(
            self.done, self.last_sent_at, self.answered_at, self.opens_on, self.ends_on, self.planned_on
        )


def get(tx: Transaction, owner_id: str, target_id: str) -> Target | None:
    """The owner's target of this id."""
    return next(iter(get_all(tx, owner_id, [target_id])), None)


def get_all(tx: Transaction, owner_id: str, target_ids: Iterable[str]) -> list[Target]:
    """The owner's targets of these ids, in the order of the list."""
    found = _by_ids(tx, "owner_id || '' = :owner AND id", target_ids, {"owner": owner_id})
    return sorted(found, key=lambda target: (target.place, target.id))


def select(tx: Transaction, where: str, **values: Any) -> list[Target]:
    """The targets under this condition, which is SQL with named values and may end with an order and a limit."""
    rows = tx.execute(f"SELECT {', '.join(_FACTS)} FROM target WHERE {where}", values)  # noqa: S608 (names of ours)
    return [Target(*(_loaded(name, value) for name, value in zip(_FACTS, row, strict=True))) for row in rows]


def of_person(tx: Transaction, owner_id: str, person_id: str) -> list[Target]:
    """All targets of a person, the newest first."""
    return select(
        tx, "owner_id || '' = :owner AND person_id = :person ORDER BY id DESC", owner=owner_id, person=person_id
    )


def changed(tx: Transaction, owner_id: str, account_ids: Collection[str | None]) -> None:
    """Change the versions of the owner's list and of these accounts, which invalidates cached answers about their
    targets. None in `account_ids` means all of the owner's accounts.
    """
    # Random, not counted up: a value read inside a write that was rolled back must never equal that of a later write.
    tx.execute("UPDATE owner SET list_version = ? WHERE id = ?", (randbits(_VERSION_BITS), owner_id))
    wanted = {account_id for account_id in account_ids if account_id}
    if None in account_ids:
        wanted |= {row[0] for row in tx.execute("SELECT id FROM account WHERE owner_id = ?", (owner_id,)).fetchall()}
    for account_id in sorted(wanted):
        tx.raise_version(account_id)


def accounts_of(tx: Transaction, target_ids: Iterable[str]) -> dict[str, set[str | None]]:
    """The accounts of these targets (None: any account), by owner."""
    found: dict[str, set[str | None]] = {}
    for some in _portions(list(target_ids)):
        marks = ", ".join("?" * len(some))
        rows = tx.execute(f"SELECT owner_id, account_id FROM target WHERE id IN ({marks})", some)  # noqa: S608 (marks)
        for owner_id, account_id in rows.fetchall():
            found.setdefault(owner_id, set()).add(account_id)
    return found


def has_any(tx: Transaction, owner_id: str) -> bool:
    """Whether the owner has any targets."""
    return tx.execute("SELECT 1 FROM target WHERE owner_id = ? LIMIT 1", (owner_id,)).fetchone() is not None


def with_next_step(tx: Transaction, owner_id: str, person_ids: Collection[str] | None = None) -> list[Target]:
    """The owner's targets with a next step, in the order of the list; with `person_ids` only those of these people."""
    if person_ids is not None:
        having = "owner_id || '' = :owner AND opens_on || '' IS NOT NULL AND person_id"
        return _by_ids(tx, having, person_ids, {"owner": owner_id})
    return select(tx, "owner_id = :owner AND opens_on IS NOT NULL ORDER BY place, id", owner=owner_id)


def list_version(tx: Transaction, owner_id: str) -> int:
    """A number that differs after each change of the owner's list."""
    (version,) = tx.execute("SELECT list_version FROM owner WHERE id = ?", (owner_id,)).fetchone()
    return int(version)


def of_campaign(tx: Transaction, campaign_id: str) -> list[str]:
    """The ids of a campaign's targets, in the order of the list."""
    rows = tx.execute("SELECT id FROM target WHERE campaign_id = ? ORDER BY place, id", (campaign_id,))
    return [target_id for (target_id,) in rows]


def of_account(tx: Transaction, account_id: str) -> list[str]:
    """The ids of the targets whose days depend on the account's time zone: its own, and those without an account whose
    last InMail it sent.
    """
    rows = tx.execute(
        "SELECT id FROM target WHERE account_id = ? OR (account_id IS NULL AND last_inmail_id IN"
        " (SELECT id FROM inmail WHERE account_id = ?)) ORDER BY id",
        (account_id, account_id),
    )
    return [target_id for (target_id,) in rows]


def add(tx: Transaction, owner_id: str, person_id: str, columns: Mapping[str, Any], now: datetime) -> str:
    """Store a new target at the end of the list, with some of `CHANGEABLE`. Returns its id. Call `follow`
    afterwards.
    """
    target_id = new_id(now)
    (last,) = tx.execute("SELECT max(place) FROM target WHERE owner_id = ?", (owner_id,)).fetchone()
    values = {
        "place": (last or 0) + 1,
        **columns,
        "id": target_id,
        "owner_id": owner_id,
        "person_id": person_id,
        "created_at": now,
    }
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    tx.execute(f"INSERT INTO target ({names}) VALUES ({marks})", [_stored(value) for value in values.values()])  # noqa: S608
    return target_id


def add_many(
    tx: Transaction, owner_id: str, wanted: Sequence[tuple[str, Mapping[str, Any]]], now: datetime
) -> list[str]:
    """Store new targets at the end of the list, each for a person's id with some of `CHANGEABLE`. Returns their ids.

    The computed columns are stored as well: `follow` need not be called. The people must not have the do-not-contact
    mark.
    """
    (last,) = tx.execute("SELECT max(place) FROM target WHERE owner_id = ?", (owner_id,)).fetchone()
    blank = dict.fromkeys(_FACTS) | {"variant": 0, "closed_steps": 0, "inmails": 0, "created_at": now}
    rows = [
        Target(**(blank | {"place": (last or 0) + number} | dict(columns) | {"id": target_id, "person_id": person_id}))
        for number, (target_id, (person_id, columns)) in enumerate(
            zip(new_ids(now, len(wanted)), wanted, strict=True), start=1
        )
    ]
    every = campaigns.get_all(tx, [row.campaign_id for row in rows if row.campaign_id])
    zones = _zones(tx, rows, {})
    given = [name for name in _FACTS if name not in FOLLOWING]
    names = ", ".join(("owner_id", *given, *FOLLOWING))
    marks = ", ".join("?" * (1 + len(_FACTS)))
    tx.executemany(
        f"INSERT INTO target ({names}) VALUES ({marks})",  # noqa: S608 (names of ours)
        (
            (
                owner_id,
                *(_stored(getattr(row, name)) for name in given),
                *_following(row, [], every.get(row.campaign_id or ""), zones, stopped=False),
            )
            for row in rows
        ),
    )
    return [row.id for row in rows]


def update_each(tx: Transaction, names: Sequence[str], rows: Iterable[tuple[str, Sequence[Any]]]) -> None:
    """Change targets, by their ids, each to its own values of these columns of `CHANGEABLE`. Call `follow`
    afterwards.
    """
    columns = [name for name in names if name in CHANGEABLE]
    tx.executemany(
        f"UPDATE target SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?",  # noqa: S608 (names of ours)
        [(*map(_stored, values), target_id) for target_id, values in rows],
    )


def update(tx: Transaction, target_ids: Iterable[str], changes: Mapping[str, Any]) -> None:
    """Set some of `CHANGEABLE` to the same values in all of these targets. Call `follow` afterwards."""
    columns = {name: _stored(changes[name]) for name in CHANGEABLE if name in changes}
    values = ", ".join(f"{name} = ?" for name in columns)
    tx.executemany(
        f"UPDATE target SET {values} WHERE id = ?",  # noqa: S608 (names of ours)
        [(*columns.values(), target_id) for target_id in target_ids],
    )


def first_place(tx: Transaction, owner_id: str) -> int:
    """A place before all others in the owner's list."""
    (first,) = tx.execute("SELECT min(place) FROM target WHERE owner_id = ?", (owner_id,)).fetchone()
    return (first or 0) - 1


def link_inmail(tx: Transaction, inmail_id: str, columns: Mapping[str, Any]) -> None:
    """Set `target_id`, `text_id`, `text_version`, `campaign_id` or `purpose` of an InMail."""
    values = ", ".join(f"{name} = ?" for name in columns)
    tx.execute(f"UPDATE inmail SET {values} WHERE id = ?", (*columns.values(), inmail_id))  # noqa: S608 (ours)


def count_in_campaign(tx: Transaction, campaign_id: str) -> int:
    """How many targets a campaign has."""
    (number,) = tx.execute("SELECT count(*) FROM target WHERE campaign_id = ?", (campaign_id,)).fetchone()
    return int(number)


def list_fields_of(tx: Transaction, inmail_id: str) -> dict[str, Any]:
    """An InMail's `purpose`, `target`, `text`, `text_version` and `campaign`."""
    row = tx.execute(
        "SELECT purpose, target_id, text_id, text_version, campaign_id FROM inmail WHERE id = ?", (inmail_id,)
    ).fetchone()
    return dict(zip(("purpose", "target", "text", "text_version", "campaign"), row, strict=True))


def of_inmails(tx: Transaction, inmail_ids: Iterable[str]) -> list[str]:
    """The ids of the targets that these InMails closed, retracted or not."""
    found: dict[str, None] = {}
    for some in _portions(list(inmail_ids)):
        marks = ", ".join("?" * len(some))
        rows = tx.execute(
            f"SELECT target_id FROM inmail WHERE id IN ({marks}) AND target_id IS NOT NULL",  # noqa: S608 (marks)
            some,
        )
        found |= dict.fromkeys(target_id for (target_id,) in rows)
    return list(found)


def sent_on(tx: Transaction, account_id: str, since: datetime, until: datetime) -> int:
    """How many InMails of the account, sent in `[since, until)` (UTC), closed a target."""
    (number,) = tx.execute(
        "SELECT count(*) FROM inmail WHERE account_id = ? AND sent_at >= ? AND sent_at < ? AND retracted_at IS NULL"
        " AND target_id IS NOT NULL",
        (account_id, to_microseconds(since), to_microseconds(until)),
    ).fetchone()
    return int(number)


def follow(tx: Transaction, target_ids: Iterable[str]) -> None:
    """Recompute the columns `FOLLOWING` of these targets from their InMails, people, campaigns and plans.

    Call it after a change of any of these: an InMail with a target, `do_not_contact`, a campaign's steps, days or
    archiving, an account's working days, a target's own row.
    """
    for some in _portions(list(dict.fromkeys(target_ids))):
        tx.executemany(
            f"UPDATE target SET {', '.join(f'{column} = ?' for column in FOLLOWING)} WHERE id = ?",  # noqa: S608 (ours)
            [(*values, row.id) for row, values in _computed(tx, some)],
        )


def outdated_columns(tx: Transaction, owner_id: str) -> Iterator[tuple[str, list[str]]]:
    """The ids of the owner's targets with columns that differ from what `follow` would store, and these columns."""
    ids = [row[0] for row in tx.execute("SELECT id FROM target WHERE owner_id = ? ORDER BY id", (owner_id,)).fetchall()]
    for some in _portions(ids):
        for row, values in _computed(tx, some):
            wrong = [
                column
                for column, value in zip(FOLLOWING, values, strict=True)
                if getattr(row, column) != _loaded(column, value)
            ]
            if wrong:
                yield row.id, wrong


def _computed(tx: Transaction, target_ids: Sequence[str]) -> list[tuple[Target, tuple[Any, ...]]]:
    """The targets, each with its computed values of `FOLLOWING` in stored form."""
    marks = ", ".join("?" * len(target_ids))
    rows = _by_ids(tx, "id", target_ids, {})
    inmails: dict[str, list[tuple[int, str, int | None, str]]] = {}
    sent = tx.execute(
        "SELECT target_id, sent_at, id, answered_at, account_id FROM inmail"  # noqa: S608 (marks only)
        f" WHERE target_id IN ({marks}) AND retracted_at IS NULL ORDER BY sent_at, id",
        target_ids,
    )
    for target_id, *inmail in sent:
        inmails.setdefault(target_id, []).append(tuple(inmail))
    stopped = {
        target_id
        for (target_id,) in tx.execute(
            "SELECT target.id FROM target JOIN person ON person.id = person_id"  # noqa: S608 (marks only)
            f" WHERE target.id IN ({marks})"
            " AND (do_not_contact = 1 OR erased_at IS NOT NULL OR dropped_at IS NOT NULL)",
            target_ids,
        )
    }
    every = campaigns.get_all(tx, [row.campaign_id for row in rows if row.campaign_id])
    zones = _zones(tx, rows, inmails)
    return [
        (row, _following(row, inmails.get(row.id, []), every.get(row.campaign_id or ""), zones, row.id in stopped))
        for row in rows
    ]


def _following(
    row: Target,
    inmails: Sequence[tuple[int, str, int | None, str]],
    campaign: campaigns.Campaign | None,
    zones: Mapping[str | None, tuple[str, tuple[int, ...]]],
    stopped: bool,
) -> tuple[Any, ...]:
    """The computed values of a target's columns `FOLLOWING`."""
    done = len(inmails) + row.closed_steps
    last = inmails[-1] if inmails else None
    answered = min((answered_at for _, _, answered_at, _ in inmails if answered_at is not None), default=None)
    ends = campaign.ends if campaign else None
    steps = campaign.steps if campaign else ()
    opens: date | None = None
    stopped = stopped or (campaign is not None and campaign.archived_at is not None)
    if answered is None and not stopped and done < max(1, len(steps)):
        zone, weekdays = zones[row.account_id or (last[3] if last else None)]
        ended = [from_microseconds(last[0])] if last else []
        ended += [row.closed_at] if row.closed_at is not None and row.closed_steps else []
        if done and ended:
            opens = working_days_after(local_day(zone, max(ended)), steps[done].after_working_days or 0, weekdays)
        else:
            opens = (campaign and campaign.starts) or ALWAYS
    planned = row.planned_for if row.planned_step == done + 1 and opens is not None else None
    wanted = planned or (row.due if not done else opens) if opens is not None else None
    return (
        len(inmails),
        last and last[1],
        last and last[0],
        answered,
        *(_stored(day) for day in (opens, ends if opens is not None else None, planned, wanted)),
    )


def _zones(
    tx: Transaction, rows: Sequence[Target], inmails: Mapping[str, Sequence[tuple[Any, ...]]]
) -> dict[str | None, tuple[str, tuple[int, ...]]]:
    """Time zone and working days by account id. Under None, for targets without an account: UTC, Monday to Friday."""
    accounts = {row.account_id for row in rows} | {sent[-1][3] for sent in inmails.values()}
    found: dict[str | None, tuple[str, tuple[int, ...]]] = {None: ("UTC", (1, 2, 3, 4, 5))}
    for account_id in sorted(account for account in accounts if account):
        row = tx.execute("SELECT time_zone, working_days FROM account WHERE id = ?", (account_id,)).fetchone()
        found[account_id] = (row[0], tuple(map(int, row[1])))
    return found


def _by_ids(tx: Transaction, column: str, ids: Iterable[str], values: Mapping[str, Any]) -> list[Target]:
    # Conditions such as `owner_id || '' = :owner` keep the database from using that column's index: an owner has
    # thousands of targets, a person few.
    found: list[Target] = []
    for some in _portions(list(dict.fromkeys(ids))):
        names = {f"id{number}": value for number, value in enumerate(some)}
        marks = ", ".join(f":{name}" for name in names)
        found += select(tx, f"{column} IN ({marks}) ORDER BY place, id", **values, **names)
    return found


def _loaded(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    return from_microseconds(value) if name in _INSTANTS else value


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_microseconds(value)
    return value.isoformat() if isinstance(value, date) else value


def _portions(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
