"""The language that an owner chose for their pages, calendars and e-mails."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Add the column to `owner`."""
    db.execute_sql('ALTER TABLE "owner" ADD COLUMN "language" TEXT CHECK (length(language) BETWEEN 2 AND 35)')
