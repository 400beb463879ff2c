"""An index over the instants of idempotency keys, by which the oldest are found."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Make the index."""
    db.execute_sql('CREATE INDEX "idempotency_created_at" ON "idempotency" ("created_at")')
