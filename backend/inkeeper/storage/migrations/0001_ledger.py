"""The tables of the ledger.

A frozen copy of the models as they were when this step was written: later changes of the models come as later steps.
"""

from typing import Any

from peewee import (
    SQL,
    BigIntegerField,
    Check,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    PostgresqlDatabase,
    TextField,
)


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Create every table."""

    class Table(db.Model):
        class Meta:
            legacy_table_names = False
            strict_tables = True

    class Owner(Table):
        id = TextField(primary_key=True)
        name = TextField(unique=True)
        created_at = BigIntegerField()

    class Device(Table):
        id = TextField(primary_key=True)
        owner = ForeignKeyField(Owner)
        name = TextField()
        token_hash = TextField(unique=True)
        created_at = BigIntegerField()
        last_seen_at = BigIntegerField(null=True)
        revoked_at = BigIntegerField(null=True)

    class Pairing(Table):
        id = TextField(primary_key=True)
        owner = ForeignKeyField(Owner, null=True)
        device_name = TextField()
        code = TextField()
        created_at = BigIntegerField(index=True)
        expires_at = BigIntegerField()
        tries_left = IntegerField(constraints=[Check("tries_left >= 0")])
        closed_at = BigIntegerField(null=True)

    class Account(Table):
        id = TextField(primary_key=True)
        owner = ForeignKeyField(Owner)
        name = TextField()
        time_zone = TextField()
        price_minor = IntegerField(null=True, constraints=[Check("price_minor >= 0")])
        currency = TextField(null=True)
        working_days = TextField()
        reserve = IntegerField(constraints=[Check("reserve >= 0")])
        created_at = BigIntegerField()
        version = IntegerField(constraints=[Check("version >= 0")])

        class Meta:
            constraints = (Check("(price_minor IS NULL) = (currency IS NULL)"),)

    class Fact(Table):
        id = TextField(primary_key=True)
        account = ForeignKeyField(Account, index=False)
        kind = TextField(
            constraints=[
                Check(
                    "kind IN ('opened', 'book_chosen', 'plan_changed', 'cancelled', 'sent', 'outcome_recorded', "
                    "'observed', 'retracted')"
                )
            ]
        )
        at = BigIntegerField()
        recorded_at = BigIntegerField()
        about = TextField(null=True, index=True)
        data = TextField()

        class Meta:
            indexes = ((("account", "at"), False),)

    class Inmail(Table):
        id = TextField(primary_key=True, constraints=[SQL('REFERENCES "fact" ("id")')])
        account = ForeignKeyField(Account, index=False)
        sent_at = BigIntegerField()
        cost = IntegerField(constraints=[Check("cost IN (0, 1)")])
        name = TextField()
        profile_url = TextField(null=True)
        subject = TextField(null=True)
        purpose = TextField(null=True)
        note = TextField(null=True)
        source = TextField(constraints=[Check("source IN ('popup', 'shortcut', 'page', 'import', 'api')")])
        outcome = TextField(
            constraints=[Check("outcome IN ('pending', 'accepted', 'declined', 'replied', 'no_response')")]
        )
        outcome_at = BigIntegerField(null=True)
        answered_at = BigIntegerField(null=True)
        retracted_at = BigIntegerField(null=True)

        class Meta:
            indexes = (
                (("account", "sent_at"), False),
                (("account", "profile_url", "sent_at"), False),
                (("account", "name", "sent_at"), False),
            )

    class Snapshot(Table):
        account = ForeignKeyField(Account, index=False)
        at = BigIntegerField()
        rank = IntegerField()
        fact_id = TextField()
        kind = TextField(constraints=[Check("kind IN ('period', 'head')")])
        state = TextField()

        class Meta:
            primary_key = CompositeKey("account", "at", "rank", "fact_id")

    class Idempotency(Table):
        device = ForeignKeyField(Device, index=False)
        key = TextField()
        request_hash = TextField()
        status = IntegerField()
        body = TextField()
        created_at = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("device", "key")

    db.create_tables([Owner, Device, Pairing, Account, Fact, Inmail, Snapshot, Idempotency], safe=False)
    # The few facts that set plan and rules, found without reading past all the InMails.
    db.execute_sql(
        "CREATE INDEX fact_of_terms ON fact (account_id, at)"
        " WHERE kind IN ('opened', 'book_chosen', 'plan_changed', 'cancelled')"
    )
    # What a balance rests on must outlast any mistake in the program, too.
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            "CREATE FUNCTION fact_is_kept() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE EXCEPTION 'facts are never changed' USING ERRCODE = '23514'; END$$"
        )
        db.execute_sql(
            "CREATE TRIGGER fact_is_kept BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION fact_is_kept()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        db.execute_sql(
            f"CREATE TRIGGER fact_no_{change.lower()} BEFORE {change} ON fact"
            " BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END"
        )
