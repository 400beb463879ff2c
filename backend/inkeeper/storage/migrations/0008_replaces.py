"""Edited InMails: which InMail replaces which, and the recipient that an import gave where it was corrected since."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Add the columns to `inmail`, and indices of the few rows that have them. One InMail is replaced at most once."""
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "replaces" TEXT REFERENCES "inmail" ("id")')
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "imported_name" TEXT')
    db.execute_sql('ALTER TABLE "inmail" ADD COLUMN "imported_url" TEXT')
    db.execute_sql(
        'CREATE UNIQUE INDEX "inmail_that_replaces" ON "inmail" ("account_id", "replaces") WHERE "replaces" IS NOT NULL'
    )
    db.execute_sql(
        'CREATE INDEX "inmail_corrected_recipient" ON "inmail" ("account_id") WHERE "imported_name" IS NOT NULL'
    )
