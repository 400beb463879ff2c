"""The tables of imports, of the calendar feed and of the reminders by e-mail.

A frozen copy of the models as they were when this step was written: later changes of the models come as later steps.
"""

from typing import Any

from peewee import BigIntegerField, Check, CompositeKey, ForeignKeyField, IntegerField, TextField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Create the tables, and note with each fact the import that it came with."""

    class Table(db.Model):
        class Meta:
            legacy_table_names = False
            strict_tables = True

    class Account(Table):
        id = TextField(primary_key=True)

    class Import(Table):
        id = TextField(primary_key=True)
        account = ForeignKeyField(Account, index=False)
        kind = TextField(constraints=[Check("kind IN ('linkedin', 'csv', 'inkeeper')")])
        created_at = BigIntegerField()
        rows = IntegerField()
        inmails = IntegerField()
        answers = IntegerField()
        retracted_at = BigIntegerField(null=True)

        class Meta:
            indexes = ((("account", "id"), False),)

    class CalendarFeed(Table):
        account = ForeignKeyField(Account, primary_key=True)
        secret_hash = TextField(unique=True)
        created_at = BigIntegerField()
        last_read_at = BigIntegerField(null=True)

    class CalendarEvent(Table):
        account = ForeignKeyField(Account, index=False)
        uid = TextField()
        digest = TextField()
        sequence = IntegerField(constraints=[Check("sequence >= 0")])
        changed_at = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("account", "uid")

    class ReminderSent(Table):
        account = ForeignKeyField(Account, index=False)
        code = TextField()
        severity = TextField()
        occasion = BigIntegerField()
        sent_at = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("account", "code", "occasion", "severity")

    db.create_tables([Import, CalendarFeed, CalendarEvent, ReminderSent], safe=False)
    db.execute_sql('ALTER TABLE "fact" ADD COLUMN "import_id" TEXT REFERENCES "import" ("id")')
    db.execute_sql("CREATE INDEX fact_of_import ON fact (import_id) WHERE import_id IS NOT NULL")
    db.execute_sql('ALTER TABLE "snapshot" ADD COLUMN "sheet" TEXT')
    db.execute_sql('ALTER TABLE "account" ADD COLUMN "plan_prices" TEXT')
    # Holds all that a report counts of InMails, so that it need not look up each of them.
    db.execute_sql('DROP INDEX "inmail_account_id_sent_at"')
    db.execute_sql(
        'CREATE INDEX "inmail_account_id_sent_at_retracted_at_cost_outcome_answered_at" ON "inmail"'
        ' ("account_id", "sent_at", "retracted_at", "cost", "outcome", "answered_at")'
    )
