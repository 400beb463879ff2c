"""Wrong codes are counted for each owner, no longer for the whole server.

A frozen copy of the models as they were when this step was written: later changes of the models come as later steps.
"""

from typing import Any

from peewee import Check, ForeignKeyField, IntegerField, TextField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Give each owner a count of their own. What was counted is forgotten, as at each start of the server."""

    class Table(db.Model):
        class Meta:
            legacy_table_names = False
            strict_tables = True

    class Owner(Table):
        id = TextField(primary_key=True)

    class PairingLimit(Table):
        owner = ForeignKeyField(Owner, primary_key=True)
        wrong_codes = IntegerField(constraints=[Check("wrong_codes >= 0")])

    db.create_tables([PairingLimit], safe=False)
    db.execute_sql('ALTER TABLE "installation" DROP COLUMN "wrong_codes"')
