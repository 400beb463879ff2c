"""One-time secrets that sign a browser in, and those that download a file; which devices are pages.

A frozen copy of the models as they were when this step was written: later changes of the models come as later steps.
"""

from typing import Any

from peewee import BigIntegerField, ForeignKeyField, TextField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Create the tables, and note with each device of which kind it is."""

    class Table(db.Model):
        class Meta:
            legacy_table_names = False
            strict_tables = True

    class Owner(Table):
        id = TextField(primary_key=True)

    class Device(Table):
        id = TextField(primary_key=True)

    class SignIn(Table):
        secret_hash = TextField(primary_key=True)
        owner = ForeignKeyField(Owner)
        created_at = BigIntegerField()
        expires_at = BigIntegerField()
        used_at = BigIntegerField(null=True)

    class Ticket(Table):
        secret_hash = TextField(primary_key=True)
        device = ForeignKeyField(Device, index=False)
        target = TextField()
        created_at = BigIntegerField()
        used_at = BigIntegerField(null=True)

    db.create_tables([SignIn, Ticket], safe=False)
    db.execute_sql(
        "ALTER TABLE \"device\" ADD COLUMN \"kind\" TEXT NOT NULL DEFAULT 'program' CHECK (kind IN ('program', 'page'))"
    )
