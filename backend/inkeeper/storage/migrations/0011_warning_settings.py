"""When an account's warnings begin: its own lead days, and the balance at which it warns."""

from typing import Any

from peewee import PostgresqlDatabase


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Add the columns to `account`."""
    three_numbers = (
        "lead_days GLOB '[1-9]*,[1-9]*,[1-9]*' AND lead_days NOT GLOB '*,*,*,*' AND lead_days NOT GLOB '*[^0-9,]*'"
    )
    if isinstance(db, PostgresqlDatabase):
        three_numbers = "lead_days ~ '^[1-9][0-9]*,[1-9][0-9]*,[1-9][0-9]*$'"
    db.execute_sql(
        f'ALTER TABLE "account" ADD COLUMN "lead_days" TEXT NOT NULL DEFAULT \'7,3,1\' CHECK ({three_numbers})'
    )
    db.execute_sql('ALTER TABLE "account" ADD COLUMN "low_balance" INTEGER CHECK (low_balance >= 0)')
