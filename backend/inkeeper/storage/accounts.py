"""The rows of accounts: what is not dated and so is not a fact."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.rules.money import Money
from inkeeper.rules.warnings import LeadDays
from inkeeper.storage.transaction import Transaction

_COLUMNS = (
    "id, name, time_zone, price_minor, currency, working_days, reserve, created_at, version, plan_prices, owner_id,"
    " lead_days, low_balance, (SELECT language FROM owner WHERE owner.id = owner_id)"
)


class Account(NamedTuple):
    """An account's row: what is not dated and so is not a fact."""

    id: str
    name: str
    time_zone: str
    price: Money | None
    working_days: tuple[int, ...]
    reserve: int
    created_at: datetime
    version: int
    plan_prices: dict[str, Money]
    """The monthly prices of other plans, by plan id."""
    owner_id: str
    lead_days: LeadDays
    low_balance: int | None
    language: str | None = None
    """The language that its owner chose, of the table `owner`."""

    def prices(self, plan: str) -> dict[str, Money]:
        """The monthly price of each plan, as far as the user entered it. `plan` is the one that `price` is of."""
        return self.plan_prices | ({plan: self.price} if self.price else {})


class Owned(NamedTuple):
    """An account with the name of its owner."""

    id: str
    name: str
    time_zone: str
    owner_id: str
    owner_name: str


def exist(tx: Transaction) -> bool:
    """Whether any owner has an account."""
    return tx.execute("SELECT 1 FROM account LIMIT 1").fetchone() is not None


def get(tx: Transaction, owner_id: str, account_id: str) -> Account | None:
    """The owner's account of this id."""
    row = tx.execute(
        f"SELECT {_COLUMNS} FROM account WHERE id = ? AND owner_id = ?",  # noqa: S608 (names of ours)
        (account_id, owner_id),
    ).fetchone()
    return None if row is None else _account(*row)


def ids(tx: Transaction, owner_id: str, after: str | None) -> list[str]:
    """The ids of the owner's accounts after the id `after`, in order of their making."""
    rows = tx.execute("SELECT id FROM account WHERE owner_id = ? AND id > ? ORDER BY id", (owner_id, after or ""))
    return [account_id for (account_id,) in rows.fetchall()]


def names(tx: Transaction, owner_id: str) -> dict[str, str]:
    """The names of the owner's accounts by their ids, in order of their making."""
    return dict(tx.execute("SELECT id, name FROM account WHERE owner_id = ? ORDER BY id", (owner_id,)).fetchall())


def list_all(tx: Transaction) -> list[Owned]:
    """Every owner's accounts, in order of their making."""
    rows = tx.execute(
        "SELECT account.id, account.name, time_zone, owner.id, owner.name FROM account"
        " JOIN owner ON owner.id = account.owner_id ORDER BY account.id"
    )
    return [Owned(*row) for row in rows.fetchall()]


def has_any(tx: Transaction, owner_name: str) -> bool:
    """Whether the owner of this name has any account."""
    sql = "SELECT 1 FROM account JOIN owner ON owner.id = account.owner_id WHERE owner.name = ? LIMIT 1"
    return tx.execute(sql, (owner_name,)).fetchone() is not None


def owner_has_any(tx: Transaction, owner_id: str) -> bool:
    """Whether the owner of this id has any account."""
    sql = "SELECT EXISTS (SELECT 1 FROM account WHERE owner_id = ?)"
    return bool(tx.execute(sql, (owner_id,)).fetchone()[0])


def has_account_or_text(tx: Transaction, owner_id: str) -> bool:
    """Whether the owner has any account or any text."""
    sql = "SELECT EXISTS (SELECT 1 FROM account WHERE owner_id = ?) OR EXISTS (SELECT 1 FROM text WHERE owner_id = ?)"
    return bool(tx.execute(sql, (owner_id, owner_id)).fetchone()[0])


def add(tx: Transaction, account: Account) -> None:
    """Store a new account."""
    columns = {
        "id": account.id,
        "owner_id": account.owner_id,
        "time_zone": account.time_zone,
        "created_at": to_microseconds(account.created_at),
        "version": account.version,
        **dict(_stored(account._asdict())),
    }
    marks = ", ".join("?" * len(columns))
    tx.execute(
        f"INSERT INTO account ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 (names of ours)
        tuple(columns.values()),
    )


def update(tx: Transaction, account_id: str, changes: Mapping[str, Any]) -> None:
    """Change some of `name`, `price`, `working_days`, `reserve`, `plan_prices`, `lead_days` and `low_balance`, given as
    in `Account`.
    """
    columns = dict(_stored(changes))
    values = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(
        f"UPDATE account SET {values} WHERE id = ?",  # noqa: S608 (names of ours)
        (*columns.values(), account_id),
    )


def names_in_reminders(tx: Transaction, account_id: str) -> bool:
    """Whether the morning's e-mail for the account names the people to write to."""
    return bool(tx.execute("SELECT reminder_names FROM account WHERE id = ?", (account_id,)).fetchone()[0])


def set_names_in_reminders(tx: Transaction, account_id: str, *, wanted: bool) -> None:
    """Set whether the morning's e-mail for the account names the people to write to."""
    tx.execute("UPDATE account SET reminder_names = ? WHERE id = ?", (int(wanted), account_id))


def _stored(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The changeable fields of an `Account` as columns with values."""
    for name in ("name", "reserve", "low_balance"):
        if name in fields:
            yield name, fields[name]
    if "price" in fields:
        price: Money | None = fields["price"]
        yield "price_minor", price and price.amount_minor
        yield "currency", price and price.currency
    if "working_days" in fields:
        yield "working_days", "".join(map(str, fields["working_days"]))
    if "plan_prices" in fields:
        prices: dict[str, Money] = fields["plan_prices"]
        yield "plan_prices", json.dumps(prices, separators=(",", ":")) if prices else None
    if "lead_days" in fields:
        yield "lead_days", ",".join(map(str, fields["lead_days"]))


def _account(
    account_id: str,
    name: str,
    zone: str,
    price: int | None,
    currency: str,
    working_days: str,
    reserve: int,
    created_at: int,
    version: int,
    plan_prices: str | None,
    owner_id: str,
    lead_days: str,
    low_balance: int | None,
    language: str | None,
) -> Account:
    first, second, third = map(int, lead_days.split(","))
    return Account(
        account_id,
        name,
        zone,
        None if price is None else Money(price, currency),
        tuple(map(int, working_days)),
        reserve,
        from_microseconds(created_at),
        version,
        {plan: Money(*each) for plan, each in json.loads(plan_prices).items()} if plan_prices else {},
        owner_id,
        (first, second, third),
        low_balance,
        language,
    )
