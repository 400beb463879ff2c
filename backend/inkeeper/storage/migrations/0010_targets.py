"""People to write to, texts, campaigns, and which InMail went to whom of them with what. Owners who have an account get
the texts that new ones begin with.

A frozen copy of the models and texts as they were when this step was written: later changes of the models come as later
steps.
"""

import secrets
import time
from typing import Any

from peewee import SQL, BigIntegerField, Check, CompositeKey, ForeignKeyField, IntegerField, TextField

_PURPOSE = Check("purpose IN ('introduction', 'follow_up', 'article', 'other')")


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Create the tables, and add the columns to the InMails."""

    class Table(db.Model):
        class Meta:
            legacy_table_names = False
            strict_tables = True

    class Owner(Table):
        id = TextField(primary_key=True)

    class Account(Table):
        id = TextField(primary_key=True)

    class Person(Table):
        id = TextField(primary_key=True)
        owner = ForeignKeyField(Owner, index=False)
        name = TextField()
        first_name = TextField(null=True)
        company = TextField(null=True)
        headline = TextField(null=True)
        do_not_contact = IntegerField(constraints=[SQL("DEFAULT 0"), Check("do_not_contact IN (0, 1)")])
        name_key = TextField()
        created_at = BigIntegerField()
        erased_at = BigIntegerField(null=True)

        class Meta:
            indexes = ((("owner", "name_key"), False),)

    class PersonLink(Table):
        person = ForeignKeyField(Person, index=False)
        owner = ForeignKeyField(Owner, index=False)
        kind = TextField(constraints=[Check("kind IN ('in', 'member', 'lead', 'talent')")])
        url = TextField()
        link_key = TextField()

        class Meta:
            primary_key = CompositeKey("person", "kind")
            indexes = ((("owner", "link_key"), True),)

    class Text(Table):
        id = TextField(primary_key=True)
        owner = ForeignKeyField(Owner)
        name = TextField()
        purpose = TextField(null=True, constraints=[_PURPOSE])
        version = IntegerField(constraints=[Check("version >= 1")])
        created_at = BigIntegerField()
        archived_at = BigIntegerField(null=True)

    class TextVersion(Table):
        text = ForeignKeyField(Text, index=False)
        version = IntegerField(constraints=[Check("version >= 1")])
        subject = TextField()
        body = TextField()
        created_at = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("text", "version")

    class Campaign(Table):
        id = TextField(primary_key=True)
        owner = ForeignKeyField(Owner, index=False)
        account = ForeignKeyField(Account)
        name = TextField()
        goal = TextField(null=True)
        budget = IntegerField(null=True, constraints=[Check("budget >= 0")])
        starts = TextField(null=True)
        ends = TextField(null=True)
        created_at = BigIntegerField()
        archived_at = BigIntegerField(null=True)

        class Meta:
            indexes = ((("owner", "id"), False),)

    class CampaignStep(Table):
        campaign = ForeignKeyField(Campaign, index=False)
        number = IntegerField(constraints=[Check("number BETWEEN 1 AND 4")])
        after_working_days = IntegerField(null=True, constraints=[Check("after_working_days BETWEEN 3 AND 28")])
        purpose = TextField(null=True, constraints=[_PURPOSE])
        text = ForeignKeyField(Text, null=True, index=False)
        second_text = ForeignKeyField(Text, null=True, index=False)

        class Meta:
            primary_key = CompositeKey("campaign", "number")
            constraints = (Check("(number = 1) = (after_working_days IS NULL)"),)

    class Target(Table):
        id = TextField(primary_key=True)
        owner = ForeignKeyField(Owner, index=False)
        person = ForeignKeyField(Person)
        account = ForeignKeyField(Account, null=True, index=False)
        purpose = TextField(null=True, constraints=[_PURPOSE])
        note = TextField(null=True)
        due = TextField(null=True)
        text = ForeignKeyField(Text, null=True, index=False)
        campaign = ForeignKeyField(Campaign, null=True)
        variant = IntegerField(constraints=[SQL("DEFAULT 0"), Check("variant IN (0, 1)")])
        place = IntegerField()
        planned_for = TextField(null=True)
        planned_at = TextField(null=True)
        planned_step = IntegerField(null=True)
        created_at = BigIntegerField()
        dropped_at = BigIntegerField(null=True)
        closed_steps = IntegerField(constraints=[SQL("DEFAULT 0"), Check("closed_steps >= 0")])
        closed_at = BigIntegerField(null=True)
        inmails = IntegerField(constraints=[SQL("DEFAULT 0")])
        last_inmail_id = TextField(null=True)
        last_sent_at = BigIntegerField(null=True)
        answered_at = BigIntegerField(null=True)
        opens_on = TextField(null=True)
        ends_on = TextField(null=True)
        planned_on = TextField(null=True)
        wanted_on = TextField(null=True)

        class Meta:
            indexes = (
                (("owner", "place", "id"), False),
                (("owner", "opens_on", "account", "ends_on", "wanted_on", "planned_on"), False),
            )

    db.create_tables([Person, PersonLink, Text, TextVersion, Campaign, CampaignStep, Target], safe=False)
    db.execute_sql('ALTER TABLE "owner" ADD COLUMN "list_version" INTEGER NOT NULL DEFAULT 0')
    # It holds all that says whom to write to next, so that those who wait for an answer are not looked up.
    db.execute_sql(
        'CREATE INDEX "target_next" ON "target" ("owner_id", "wanted_on", "place", "id", "planned_on", "opens_on",'
        ' "ends_on", "account_id") WHERE "opens_on" IS NOT NULL'
    )
    for column, kind in (
        ("target_id", 'TEXT REFERENCES "target" ("id")'),
        ("text_id", 'TEXT REFERENCES "text" ("id")'),
        ("text_version", "INTEGER"),
        ("campaign_id", 'TEXT REFERENCES "campaign" ("id")'),
    ):
        db.execute_sql(f'ALTER TABLE "inmail" ADD COLUMN "{column}" {kind}')
    # They hold all that results count, and the order of the history, so that neither looks up each InMail.
    listed, counted = '"account_id", "retracted_at", "sent_at"', '"cost", "answered_at"'
    for column, others in (
        ("target_id", ""),
        ("text_id", f', "text_version", {listed}, {counted}'),
        ("campaign_id", f', {listed}, "text_id", {counted}'),
        ("purpose", f", {listed}, {counted}"),
    ):
        db.execute_sql(f'CREATE INDEX "inmail_{column}" ON "inmail" ("{column}"{others}) WHERE "{column}" IS NOT NULL')
    db.execute_sql('ALTER TABLE "erasure" ADD COLUMN "owner_id" TEXT REFERENCES "owner" ("id")')
    _add_starter_texts(db)


# Name, purpose, subject and body.
_STARTER_TEXTS = (
    (
        "First contact",
        "introduction",
        "A question about your work at {{company|your company}}",
        "Hi {{first_name}},\n\n"
        "Your work at {{company|your company}} caught my eye, and I'd love to hear how you go about it. Would you have"
        " 15 minutes for a call next week?\n\n"
        'If the timing is wrong, just say so. A short "not now" helps me too.\n\n'
        "Kind regards",
    ),
    (
        "Friendly reminder",
        "follow_up",
        "Still happy to talk, {{first_name}}",
        "Hi {{first_name}},\n\n"
        "I wrote to you a little while ago, and I know how full an inbox gets. I'd still enjoy a short call, on any day"
        " that suits you.\n\n"
        "If someone else at {{company|your company}} is the better person to ask, or it's simply not for you, one line"
        " is all I need.\n\n"
        "Kind regards",
    ),
    (
        "Share an article",
        "article",
        "May I send you a short article?",
        "Hi {{first_name}},\n\n"
        "I've just finished a short article on a question that comes up a lot at companies like"
        " {{company|yours}}, and I'd value your view on it. May I send you the link?\n\n"
        'It\'s a five-minute read. One honest sentence back, even "I see it differently", would mean a lot to me.\n\n'
        "Kind regards",
    ),
)


def _add_starter_texts(db: Any) -> None:
    now = time.time_ns() // 1000
    for (owner_id,) in db.execute_sql('SELECT DISTINCT "owner_id" FROM "account" ORDER BY "owner_id"').fetchall():
        for text_id, (name, purpose, subject, body) in zip(_new_ids(now), _STARTER_TEXTS, strict=True):
            db.execute_sql(
                'INSERT INTO "text" ("id", "owner_id", "name", "purpose", "version", "created_at")'
                " VALUES (?, ?, ?, ?, 1, ?)",
                (text_id, owner_id, name, purpose, now),
            )
            db.execute_sql(
                'INSERT INTO "text_version" ("text_id", "version", "subject", "body", "created_at")'
                " VALUES (?, 1, ?, ?, ?)",
                (text_id, subject, body, now),
            )


def _new_ids(now: int) -> list[str]:
    """An id for each text, rising: UUIDv7 of this instant (microseconds since 1970)."""
    randomness = secrets.randbits(73)
    first = (now // 1000 << 80) | (0x7 << 76) | (randomness >> 62 << 64) | (0b10 << 62) | (randomness & (1 << 61) - 1)
    digits = [f"{first + number:032x}" for number in range(len(_STARTER_TEXTS))]
    return [f"{each[:8]}-{each[8:12]}-{each[12:16]}-{each[16:20]}-{each[20:]}" for each in digits]
