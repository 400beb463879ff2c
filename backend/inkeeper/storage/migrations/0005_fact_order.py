"""Each account's greatest fact id, so that a new fact's id lies behind it whichever process makes it."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Add the column, and fill it for the accounts that there are."""
    db.execute_sql('ALTER TABLE "account" ADD COLUMN "last_fact_id" TEXT')
    db.execute_sql(
        'UPDATE "account" SET "last_fact_id" = (SELECT max("id") FROM "fact" WHERE "account_id" = "account"."id")'
    )
