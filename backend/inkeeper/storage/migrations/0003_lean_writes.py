"""Fewer pages to write for each InMail.

Only the states in which periods begin are saved; indices hold what is looked up often and nothing else. A frozen copy
of the models as they were when this step was written: later changes of the models come as later steps.
"""

from typing import Any

from peewee import BigIntegerField, CompositeKey, ForeignKeyField, IntegerField, TextField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Make the table of saved states anew, which is a cache, and do without two indices."""

    class Table(db.Model):
        class Meta:
            legacy_table_names = False
            strict_tables = True

    class Account(Table):
        id = TextField(primary_key=True)

    class Snapshot(Table):
        account = ForeignKeyField(Account, index=False)
        at = BigIntegerField()
        rank = IntegerField()
        fact_id = TextField()
        state = TextField()
        sheet = TextField(null=True)

        class Meta:
            primary_key = CompositeKey("account", "at", "rank", "fact_id")
            without_rowid = True

    db.execute_sql('DROP TABLE "snapshot"')
    db.create_tables([Snapshot], safe=False)
    db.execute_sql('DROP INDEX "inmail_account_id_name_sent_at"')
    # Most facts refer to no other.
    db.execute_sql('DROP INDEX "fact_about"')
    db.execute_sql("CREATE INDEX fact_that_refers ON fact (about) WHERE about IS NOT NULL")
