"""What a server proves itself with, and what keeps pairing safe on a shared server.

A frozen copy of the models as they were when this step was written: later changes of the models come as later steps.
"""

import secrets
from typing import Any

from peewee import BigIntegerField, Check, ForeignKeyField, IntegerField, TextField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Give each device room for a secret, and the database an id of its own."""

    class Table(db.Model):
        class Meta:
            legacy_table_names = False
            strict_tables = True

    class Owner(Table):
        id = TextField(primary_key=True)

    class Invitation(Table):
        owner = ForeignKeyField(Owner, primary_key=True)
        code = TextField()
        created_at = BigIntegerField()
        expires_at = BigIntegerField()

    class Installation(Table):
        id = TextField(primary_key=True)
        wrong_codes = IntegerField(constraints=[Check("wrong_codes >= 0")])

    db.create_tables([Invitation, Installation], safe=False)
    db.execute_sql('ALTER TABLE "device" ADD COLUMN "secret" TEXT')
    db.execute_sql('INSERT INTO "installation" ("id", "wrong_codes") VALUES (?, 0)', (secrets.token_hex(16),))
