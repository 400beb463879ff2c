"""Edited InMails: which InMail replaces which, and the first recipient where it was corrected since."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Add the columns to `inmail`, and indices of the few rows that have them. One InMail is replaced at most once."""
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "replaces" TEXT REFERENCES "inmail" ("id")')
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "former_name" TEXT')
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "former_url" TEXT')
    db.execute_sql(
        'CREATE UNIQUE INDEX "inmail_that_replaces" ON "inmail" ("account_id", "replaces") WHERE "replaces" IS NOT NULL'
    )
    db.execute_sql('CREATE INDEX "inmail_with_former_name" ON "inmail" ("account_id") WHERE "former_name" IS NOT NULL')
