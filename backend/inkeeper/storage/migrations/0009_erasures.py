"""What clients have to forget: the erasures, and the InMails that they concern.

A frozen copy of the models as they were when this step was written: later changes of the models come as later steps.
"""

from typing import Any

from peewee import SQL, AutoField, BigIntegerField, ForeignKeyField, TextField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Create the tables."""

    class Table(db.Model):
        class Meta:
            legacy_table_names = False
            strict_tables = True

    class Erasure(Table):
        id = AutoField()
        at = BigIntegerField()
        salt = TextField(null=True)
        marks = TextField(null=True)

    class ErasedInmail(Table):
        inmail = TextField(primary_key=True, column_name="inmail_id", constraints=[SQL('REFERENCES "inmail" ("id")')])
        erasure = ForeignKeyField(Erasure)

    db.create_tables([Erasure, ErasedInmail], safe=False)
