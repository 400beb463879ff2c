"""Campaigns and their sequences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from inkeeper.clock import from_microseconds
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
    """The owner's campaign of this id."""
    found = get_all(tx, [campaign_id]).get(campaign_id)
    return found if found and found.owner_id == owner_id else None


def names(tx: Transaction, owner_id: str, *, archived: bool = False) -> dict[str, str]:
    """The names of the owner's campaigns by their ids, in order of the names; with `archived` those over as well."""
    rows = tx.execute(
        "SELECT id, name FROM campaign WHERE owner_id = ? AND (archived_at IS NULL OR ?) ORDER BY name, id",
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
