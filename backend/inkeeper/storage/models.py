"""The tables. Facts are the truth; `inmail` is a reading of them for lists, `snapshot` a cache that may be dropped.

The models work inside `Store.read()` and `Store.begin_write()` only: those say which database a thread is talking to.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any, Literal

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    Check,
    CompositeKey,
    Database,
    DatabaseProxy,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from inkeeper.clock import from_microseconds, to_microseconds
from inkeeper.rules import people

FACT_KINDS = (
    "opened",
    "book_chosen",
    "plan_changed",
    "cancelled",
    "sent",
    "outcome_recorded",
    "observed",
    "retracted",
)
OUTCOMES = ("pending", "accepted", "declined", "replied", "no_response")
PURPOSES = ("introduction", "follow_up", "article", "other")
SOURCES = ("popup", "shortcut", "page", "import", "api")
DEVICE_KINDS = ("program", "page")
IMPORT_KINDS = ("linkedin", "csv", "inkeeper")

ERASED_NAME = people.ERASED_NAME


class _OpenIn(threading.local):
    database: Database | None = None


class _DatabaseOfThread(DatabaseProxy):
    """Stands for the database whose transaction the current thread is in.

    Binding the models once and for all would let a second open store take them over from the first unnoticed.
    """

    _open_in = _OpenIn()

    @property
    def obj(self) -> Database | None:
        return self._open_in.database

    @obj.setter
    def obj(self, database: Database | None) -> None:
        self._open_in.database = database


database_of_thread = _DatabaseOfThread()


class InstantField(BigIntegerField):
    """An aware UTC instant, stored as whole microseconds since 1970. Refuses naive times.

    Peewee's own datetime field is not used: it stores text whose form depends on the value, and drops the time zone.
    """

    def db_value(self, value: datetime | None) -> int | None:
        """To the column's microseconds."""
        return None if value is None else to_microseconds(value)

    def python_value(self, value: int | None) -> datetime | None:
        """From the column's microseconds."""
        return None if value is None else from_microseconds(value)


Holds = Literal["name", "link", "about", "label", "fleeting", "answer"]
"""What a column may hold of a person:

- `name`, `link`: of the recipient whom the row is about;
- `about`: the owner's words about that recipient, which may mention others;
- `label`: what the owner calls something of their own, which may mention anybody;
- `fleeting`: a label that is kept for a short time only, and that nobody can change;
- `answer`: an answer of the API as JSON text, with any of these in it.
"""


class PersonalField(TextField):
    """A text that may tell of a person. Erasing goes through all of these, and exports hold them.

    A column with people's words must be one, or a test says so. `of_former` is set for the name or link of a second
    recipient: the one whom the row was about before it was corrected, null where it never was.
    """

    def __init__(self, holds: Holds, *, of_former: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.holds = holds
        self.of_former = of_former


class DerivedTextField(PersonalField):
    """Text computed from other columns of its row, for look-ups. Exports leave it out, restoring computes it."""


class _Table(Model):
    class Meta:
        database = database_of_thread
        legacy_table_names = False
        # SQLite then refuses a text in a number's column instead of storing it.
        strict_tables = True


def _one_of(column: str, values: tuple[str, ...]) -> Any:
    return Check(f"{column} IN ({', '.join(repr(value) for value in values)})")


_THREE_NUMBERS = (
    "lead_days GLOB '[1-9]*,[1-9]*,[1-9]*' AND lead_days NOT GLOB '*,*,*,*' AND lead_days NOT GLOB '*[^0-9,]*'"
)


class Owner(_Table):
    """A person. All that hangs on one owner is invisible to every other."""

    id = TextField(primary_key=True)
    name = PersonalField("label", unique=True)
    created_at = InstantField()


class Device(_Table):
    """A browser or program of one owner that has a token. Only the token's hash is kept.

    `secret` is what the server proves itself to the device with, null for a device that has not fetched one yet. It is
    stored as it is, since an HMAC cannot be computed from a hash. A reader of the database file (mode 0600) can with it
    pose as this server towards the device, and so learn the device's token; the file alone gives all data anyway.

    Its kind is `page` for the server's own pages in a browser, `program` for everything else.
    """

    id = TextField(primary_key=True)
    owner = ForeignKeyField(Owner, backref="devices")
    owner_id: str
    name = PersonalField("label")
    token_hash = TextField(unique=True)
    created_at = InstantField()
    last_seen_at = InstantField(null=True)
    revoked_at = InstantField(null=True)
    secret = TextField(null=True)
    kind = TextField(constraints=[SQL("DEFAULT 'program'"), _one_of("kind", DEVICE_KINDS)])


class SignIn(_Table):
    """A one-time secret that signs a browser in to the pages of one owner. Only the secret's hash is kept."""

    secret_hash = TextField(primary_key=True)
    owner = ForeignKeyField(Owner)
    owner_id: str
    created_at = InstantField()
    expires_at = InstantField()
    used_at = InstantField(null=True)


class Ticket(_Table):
    """A one-time secret with which a signed-in page downloads one file. `target` says which, as JSON text."""

    secret_hash = TextField(primary_key=True)
    device = ForeignKeyField(Device, index=False)
    device_id: str
    target = TextField()
    created_at = InstantField()
    used_at = InstantField(null=True)


class Pairing(_Table):
    """An attempt to connect a device. `owner` is null until somebody says whose it shall be.

    `code` is empty once the pairing has ended, and for a device that can connect by an invitation alone. It has six
    digits where a person types it, and 43 characters where Inkeeper hands it to a browser that it starts.
    """

    id = TextField(primary_key=True)
    owner = ForeignKeyField(Owner, null=True)
    owner_id: str | None
    device_name = PersonalField("fleeting")
    code = TextField()
    created_at = InstantField(index=True)
    expires_at = InstantField()
    tries_left = IntegerField(constraints=[Check("tries_left >= 0")])
    closed_at = InstantField(null=True)


class Invitation(_Table):
    """A code that was issued before any device asked for it: the device that sends it will belong to this owner."""

    owner = ForeignKeyField(Owner, primary_key=True)
    owner_id: str
    code = TextField()
    created_at = InstantField()
    expires_at = InstantField()


class Installation(_Table):
    """The one row about this database itself.

    `id` is random and goes along with every copy and export: by it a client knows the ledger again, wherever it is
    served. `wrong_codes` counts the wrong pairing codes since the server started or a code was issued at the terminal.
    """

    id = TextField(primary_key=True)
    wrong_codes = IntegerField(constraints=[Check("wrong_codes >= 0")])


class Account(_Table):
    """One LinkedIn subscription seat. Plan and rule book are facts; here stands what is not dated."""

    id = TextField(primary_key=True)
    owner = ForeignKeyField(Owner, backref="accounts")
    owner_id: str
    name = PersonalField("label")
    time_zone = TextField()
    price_minor = IntegerField(null=True, constraints=[Check("price_minor >= 0")])
    currency = TextField(null=True)
    working_days = TextField()
    reserve = IntegerField(constraints=[Check("reserve >= 0")])
    created_at = InstantField()
    version = IntegerField(constraints=[Check("version >= 0")])
    # What other plans cost a month, as JSON text: {plan: [amount, currency]}.
    plan_prices = TextField(null=True)
    # No fact of the account has a greater id. A new fact's id lies behind it, whichever process makes it, since facts
    # of one instant are ordered by id.
    last_fact_id = TextField(null=True)
    # Days before a loss at which the warning of it begins, rises, and rises again: "7,3,1".
    lead_days = TextField(constraints=[SQL("DEFAULT '7,3,1'"), Check(_THREE_NUMBERS)])
    # The balance at which to warn; null for no such warning.
    low_balance = IntegerField(null=True, constraints=[Check("low_balance >= 0")])

    class Meta:
        constraints = (Check("(price_minor IS NULL) = (currency IS NULL)"),)


class Import(_Table):
    """What one file brought to an account at one time: counts of its rows, and of the InMails and answers stored."""

    id = TextField(primary_key=True)
    account = ForeignKeyField(Account, index=False)
    account_id: str
    kind = TextField(constraints=[_one_of("kind", IMPORT_KINDS)])
    created_at = InstantField()
    rows = IntegerField()
    inmails = IntegerField()
    answers = IntegerField()
    retracted_at = InstantField(null=True)

    class Meta:
        indexes = ((("account", "id"), False),)


class Fact(_Table):
    """What happened to an account. Never updated, never deleted.

    `about` names the fact that it refers to, if any; `import_id` the import that it came with, if any.
    """

    id = TextField(primary_key=True)
    account = ForeignKeyField(Account, index=False)
    account_id: str
    kind = TextField(constraints=[_one_of("kind", FACT_KINDS)])
    at = InstantField()
    recorded_at = InstantField()
    about = TextField(null=True)
    data = TextField()
    # As `Inmail.id`: the reference written out.
    import_id = TextField(null=True, constraints=[SQL('REFERENCES "import" ("id")')])

    class Meta:
        indexes = ((("account", "at"), False),)


class Inmail(_Table):
    """The InMail that the `sent` fact of the same id tells of, with what later facts made of it."""

    # A plain text field with the reference written out: a ForeignKeyField would fetch the fact whenever the id is read.
    id = TextField(primary_key=True, constraints=[SQL('REFERENCES "fact" ("id")')])
    account = ForeignKeyField(Account, index=False)
    account_id: str
    sent_at = InstantField()
    cost = IntegerField(constraints=[Check("cost IN (0, 1)")])
    name = PersonalField("name")
    profile_url = PersonalField("link", null=True)
    subject = PersonalField("about", null=True)
    purpose = TextField(null=True)
    note = PersonalField("about", null=True)
    source = TextField(constraints=[_one_of("source", SOURCES)])
    outcome = TextField(constraints=[_one_of("outcome", OUTCOMES)])
    outcome_at = InstantField(null=True)
    answered_at = InstantField(null=True)
    retracted_at = InstantField(null=True)
    # What InMails to one person have in common: the name's normal form, and the link's key (rules/people.py).
    name_key = DerivedTextField("name", constraints=[SQL("DEFAULT ''")])
    link_key = DerivedTextField("link", null=True)
    # Of an InMail from LinkedIn's export: a hash of its conversation's id and its instant (UTC).
    message_key = TextField(null=True)
    # The InMail, taken back since, of which this one is an edit. As `id`: the reference written out.
    replaces = TextField(null=True, constraints=[SQL('REFERENCES "inmail" ("id")')])
    # The recipient as it was first, where it was corrected since: a file may still name it so.
    former_name = PersonalField("name", of_former=True, null=True)
    former_url = PersonalField("link", of_former=True, null=True)

    class Meta:
        indexes = (
            # Holds all that is counted of InMails, so that a report need not look up each of them.
            (("account", "sent_at", "retracted_at", "cost", "outcome", "answered_at"), False),
            (("account", "link_key", "sent_at"), False),
            (("account", "name_key", "sent_at"), False),
        )


class Snapshot(_Table):
    """The state in which a period began, saved so that reading need not begin at the opening. Dropping one changes no
    answer.

    `sheet` is the account of the period that ended then, if one did.
    """

    account = ForeignKeyField(Account, index=False)
    account_id: str
    at = InstantField()
    rank = IntegerField()
    fact_id = TextField()
    state = TextField()
    sheet = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("account", "at", "rank", "fact_id")
        without_rowid = True


class Idempotency(_Table):
    """The answer that a device's write got, so that the same write sent again gets it again and is not done twice."""

    device = ForeignKeyField(Device, index=False)
    device_id: str
    key = TextField()
    request_hash = TextField()
    status = IntegerField()
    body = PersonalField("answer")
    created_at = InstantField()

    class Meta:
        primary_key = CompositeKey("device", "key")


class CalendarFeed(_Table):
    """The private address of an account's calendar feed. Only the hash of the address's secret is kept."""

    account = ForeignKeyField(Account, primary_key=True)
    account_id: str
    secret_hash = TextField(unique=True)
    created_at = InstantField()
    last_read_at = InstantField(null=True)


class CalendarEvent(_Table):
    """What calendar programs have last been told of an event, so that they learn of every later change."""

    account = ForeignKeyField(Account, index=False)
    account_id: str
    uid = TextField()
    digest = TextField()
    sequence = IntegerField(constraints=[Check("sequence >= 0")])
    changed_at = InstantField()

    class Meta:
        primary_key = CompositeKey("account", "uid")


class ReminderSent(_Table):
    """A warning that went out by e-mail, at one severity, so that it does not go out twice."""

    account = ForeignKeyField(Account, index=False)
    account_id: str
    code = TextField()
    severity = TextField()
    occasion = InstantField()
    sent_at = InstantField()

    class Meta:
        primary_key = CompositeKey("account", "code", "occasion", "severity")


class Erasure(_Table):
    """That a person was erased, so that clients can forget them as well: see `ErasedInmail` for the InMails.

    `marks` are salted hashes of the person's link and name, as JSON text: {"links": [...], "names": [...]}. Salt and
    marks are emptied after some time.
    """

    id = AutoField()
    at = InstantField()
    salt = TextField(null=True)
    marks = TextField(null=True)


class ErasedInmail(_Table):
    """An InMail whose recipient was erased."""

    inmail = TextField(primary_key=True, column_name="inmail_id", constraints=[SQL('REFERENCES "inmail" ("id")')])
    erasure = ForeignKeyField(Erasure)
    erasure_id: int


TABLES = (
    Installation,
    Owner,
    Device,
    SignIn,
    Ticket,
    Pairing,
    Invitation,
    Account,
    Import,
    Fact,
    Inmail,
    Snapshot,
    Idempotency,
    CalendarFeed,
    CalendarEvent,
    ReminderSent,
    Erasure,
    ErasedInmail,
)
"""Every table, each after those that it refers to."""
