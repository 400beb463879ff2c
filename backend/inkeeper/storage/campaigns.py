"""Campaigns and their sequences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from inkeeper.ids import new_id
from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.transaction import Transaction


class Step(NamedTuple):
    """A step of a sequence. `after_working_days` is None for the first; `texts` are ids, two where used in turn."""

    after_working_days: int | None
    purpose: str | None
    texts: tuple[str, ...]


class Campaign(NamedTuple):
    """A campaign. Its days are local to its account, both included; `budget` counts credits."""

    id: str
    owner_id: str
    account_id: str
    name: str
    goal: str | None
    budget: int | None
    starts: date | None
    ends: date | None
    created_at: datetime
    archived_at: datetime | None
    steps: tuple[Step, ...]


class Sent(NamedTuple):
    """The number of InMails of a campaign, and the credits they cost. Retracted InMails do not count."""

    inmails: int
    credits: int


CHANGEABLE = ("name", "goal", "budget", "starts", "ends")

_COLUMNS = "id, owner_id, account_id, name, goal, budget, starts, ends, created_at, archived_at"


def get_all(tx: Transaction, campaign_ids: Iterable[str]) -> dict[str, Campaign]:
    """The campaigns of these ids, by id."""
    found = {}
    for campaign_id in dict.fromkeys(campaign_ids):
        row = tx.execute(f"SELECT {_COLUMNS} FROM campaign WHERE id = ?", (campaign_id,)).fetchone()  # noqa: S608
        if row:
            found[campaign_id] = _campaign(tx, row)
    return found


def get(tx: Transaction, owner_id: str, campaign_id: str) -> Campaign | None:
    """The owner's campaign of this id, an archived one too."""
    found = get_all(tx, [campaign_id]).get(campaign_id)
    return found if found and found.owner_id == owner_id else None


def list_campaigns(
    tx: Transaction, owner_id: str, account_id: str | None, after: str | None, limit: int
) -> list[Campaign]:
    """Up to `limit` of the owner's campaigns that are not archived, of one account only if given, in order of their
    making, after the id `after`.
    """
    of_account, values = ("", ()) if account_id is None else (" AND account_id = ?", (account_id,))
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM campaign WHERE owner_id = ? AND id > ? AND archived_at IS NULL{of_account}"  # noqa: S608
        " ORDER BY id LIMIT ?",
        (owner_id, after or "", *values, limit),
    ).fetchall()
    return [_campaign(tx, row) for row in rows]


def add(
    tx: Transaction,
    owner_id: str,
    account_id: str,
    values: Mapping[str, Any],
    steps: Sequence[Step],
    now: datetime,
) -> str:
    """Store a new campaign with some of `CHANGEABLE`. Returns its id."""
    campaign_id = new_id(now)
    tx.execute(
        "INSERT INTO campaign (id, owner_id, account_id, name, created_at) VALUES (?, ?, ?, ?, ?)",
        (campaign_id, owner_id, account_id, values["name"], to_microseconds(now)),
    )
    update(tx, campaign_id, values)
    replace_steps(tx, campaign_id, steps)
    return campaign_id


def update(tx: Transaction, campaign_id: str, changes: Mapping[str, Any]) -> None:
    """Change some of `CHANGEABLE`."""
    columns = {name: changes[name] for name in CHANGEABLE if name in changes}
    for name, value in columns.items():
        stored = value.isoformat() if isinstance(value, date) else value
        tx.execute(f"UPDATE campaign SET {name} = ? WHERE id = ?", (stored, campaign_id))  # noqa: S608 (names of ours)


def replace_steps(tx: Transaction, campaign_id: str, steps: Sequence[Step]) -> None:
    """Give the campaign these steps in place of those that it has."""
    tx.execute("DELETE FROM campaign_step WHERE campaign_id = ?", (campaign_id,))
    tx.executemany(
        "INSERT INTO campaign_step (campaign_id, number, after_working_days, purpose, text_id, second_text_id)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (campaign_id, number, step.after_working_days, step.purpose, *(*step.texts, None, None)[:2])
            for number, step in enumerate(steps, start=1)
        ],
    )


def set_archived(tx: Transaction, campaign_id: str, at: datetime | None) -> None:
    """Archive the campaign at this instant (UTC), or with None bring it back."""
    tx.execute("UPDATE campaign SET archived_at = ? WHERE id = ?", (at and to_microseconds(at), campaign_id))


def remove(tx: Transaction, campaign_id: str) -> None:
    """Delete the campaign with its steps. Only for one without InMails; its targets stay without a campaign."""
    tx.execute("UPDATE target SET campaign_id = NULL WHERE campaign_id = ?", (campaign_id,))
    tx.execute("DELETE FROM campaign_step WHERE campaign_id = ?", (campaign_id,))
    tx.execute("DELETE FROM campaign WHERE id = ?", (campaign_id,))


def has_inmails(tx: Transaction, campaign_id: str) -> bool:
    """Whether any InMail names the campaign, retracted ones included."""
    return tx.execute("SELECT 1 FROM inmail WHERE campaign_id = ? LIMIT 1", (campaign_id,)).fetchone() is not None


def sent_in(tx: Transaction, campaign_ids: Iterable[str]) -> dict[str, Sent]:
    """The number of InMails and credits of each of these campaigns."""
    found = {}
    for campaign_id in campaign_ids:
        row = tx.execute(
            "SELECT count(*), coalesce(sum(cost), 0) FROM inmail WHERE campaign_id = ? AND retracted_at IS NULL",
            (campaign_id,),
        ).fetchone()
        found[campaign_id] = Sent(*row)
    return found


def names(tx: Transaction, owner_id: str, *, archived: bool = False) -> dict[str, str]:
    """The names of the owner's campaigns by their ids, in order of the names; with `archived` archived ones as well."""
    rows = tx.execute(
        "SELECT id, name FROM campaign WHERE owner_id = ? AND (archived_at IS NULL OR ? = 1) ORDER BY name, id",
        (owner_id, archived),
    )
    return dict(rows.fetchall())


def _campaign(tx: Transaction, row: tuple[Any, ...]) -> Campaign:
    steps = tx.execute(
        "SELECT after_working_days, purpose, text_id, second_text_id FROM campaign_step WHERE campaign_id = ?"
        " ORDER BY number",
        (row[0],),
    )
    campaign_id, owner_id, account_id, name, goal, budget, starts, ends, created_at, archived_at = row
    return Campaign(
        campaign_id,
        owner_id,
        account_id,
        name,
        goal,
        budget,
        starts and date.fromisoformat(starts),
        ends and date.fromisoformat(ends),
        from_microseconds(created_at),
        None if archived_at is None else from_microseconds(archived_at),
        tuple(
            Step(after, purpose, tuple(text for text in (text_id, second) if text))
            for after, purpose, text_id, second in steps
        ),
    )
