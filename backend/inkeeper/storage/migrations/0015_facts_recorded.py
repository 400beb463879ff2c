"""How many facts each account has got, so that a process sees how many of them it does not know."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Add the column to `account`. It begins with 0, since only differences count."""
    db.execute_sql('ALTER TABLE "account" ADD COLUMN "facts_recorded" INTEGER NOT NULL DEFAULT 0')
