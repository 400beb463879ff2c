"""Whether the morning's e-mail names the people to write to."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Add the column to `account`."""
    db.execute_sql(
        'ALTER TABLE "account" ADD COLUMN "reminder_names" INTEGER NOT NULL DEFAULT 0 CHECK (reminder_names IN (0, 1))'
    )
