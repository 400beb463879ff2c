"""The tables. Facts are the source of all other data of the ledger: `inmail` repeats them for lists, `snapshot` is a
cache that may be deleted.

The models have no default database: a query gets that of a transaction, `query.execute(tx.database)`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    Check,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.rules import people
from inkeeper.storage.checks import one_of
from inkeeper.vocabulary import DEVICE_KINDS, FACT_KINDS, IMPORT_KINDS, LINK_KINDS, OUTCOMES, PURPOSES, SOURCES

ERASED_NAME = people.ERASED_NAME


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
"""What personal data a column may hold:

- `name`, `link`: of the recipient whom the row is about;
- `about`: the owner's words about that recipient, which may mention others;
- `label`: what the owner calls something of their own, which may mention anybody;
- `fleeting`: a label that is kept for a short time only, and that nobody can change;
- `answer`: an answer of the API as JSON text, with any of these in it.
"""


class PersonalField(TextField):
    """A text column that may hold personal data. Erasing processes all of these columns, and exports contain them.

    A test ensures that every column with users' texts is of this class. `of_former` marks name and link of the former
    recipient of a corrected row, null if it was never corrected.
    """

    def __init__(self, holds: Holds, *, of_former: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.holds = holds
        self.of_former = of_former


class DerivedTextField(PersonalField):
    """Text computed from other columns of its row, for look-ups. Exports leave it out, restoring computes it."""


class _Table(Model):
    class Meta:
        database = None
        legacy_table_names = False
        # With STRICT, SQLite refuses a text in an integer column instead of storing it.
        strict_tables = True


def _one_of(column: str, values: tuple[str, ...]) -> Any:
    return Check(one_of(column, values))


_THREE_NUMBERS = (
    "lead_days GLOB '[1-9]*,[1-9]*,[1-9]*' AND lead_days NOT GLOB '*,*,*,*' AND lead_days NOT GLOB '*[^0-9,]*'"
)


class Owner(_Table):
    """A person. All that hangs on one owner is invisible to every other."""

    id = TextField(primary_key=True)
    name = PersonalField("label", unique=True)
    created_at = InstantField()
    # A new random number after each change of the list of people to write to.
    list_version = IntegerField(constraints=[SQL("DEFAULT 0")])
    # The BCP 47 tag of the language of pages, calendars and e-mails. Null if none was chosen.
    language = TextField(null=True, constraints=[Check("length(language) BETWEEN 2 AND 35")])


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


class PairingLimit(_Table):
    """How many wrong codes came for an owner since the server started or a code was issued at the terminal for them."""

    owner = ForeignKeyField(Owner, primary_key=True)
    owner_id: str
    wrong_codes = IntegerField(constraints=[Check("wrong_codes >= 0")])


class Installation(_Table):
    """The one row about this database itself.

    `id` is random and goes along with every copy and export: by it a client knows the ledger again, wherever it is
    served.
    """

    id = TextField(primary_key=True)


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
    # Monthly prices of other plans, as JSON text: {plan: [minor units, currency]}.
    plan_prices = TextField(null=True)
    # The greatest fact id of the account. Every process makes greater ids for new facts, since facts of one instant are
    # ordered by id.
    last_fact_id = TextField(null=True)
    # Days before a loss at which its warning begins and rises to the next two severities: "7,3,1".
    lead_days = TextField(constraints=[SQL("DEFAULT '7,3,1'"), Check(_THREE_NUMBERS)])
    # The balance at which to warn; null for no such warning.
    low_balance = IntegerField(null=True, constraints=[Check("low_balance >= 0")])
    # Whether the morning's e-mail names the people to write to.
    reminder_names = IntegerField(constraints=[SQL("DEFAULT 0"), Check("reminder_names IN (0, 1)")])
    # Counts the account's facts. Only differences are meaningful: it began at 0 for accounts that had facts already.
    facts_recorded = IntegerField(constraints=[SQL("DEFAULT 0")])

    class Meta:
        constraints = (Check("(price_minor IS NULL) = (currency IS NULL)"),)


class Person(_Table):
    """Someone on LinkedIn whom an owner put on the list or marked. Links are in `PersonLink`.

    Which InMails went to a person is found by comparing (rules/people.py) and is not stored.
    """

    id = TextField(primary_key=True)
    owner = ForeignKeyField(Owner, index=False)
    owner_id: str
    name = PersonalField("name")
    # Null if the first word of the name is the first name.
    first_name = PersonalField("name", null=True)
    company = PersonalField("about", null=True)
    headline = PersonalField("about", null=True)
    do_not_contact = IntegerField(constraints=[SQL("DEFAULT 0"), Check("do_not_contact IN (0, 1)")])
    name_key = DerivedTextField("name")
    created_at = InstantField()
    erased_at = InstantField(null=True)

    class Meta:
        indexes = ((("owner", "name_key"), False),)


class PersonLink(_Table):
    """A link to a person, at most one of each kind. No two people of an owner have the same link. Two may have links of
    the same key: their ids differ by case.
    """

    person = ForeignKeyField(Person, index=False)
    person_id: str
    owner = ForeignKeyField(Owner, index=False)
    owner_id: str
    kind = TextField(constraints=[_one_of("kind", LINK_KINDS)])
    url = PersonalField("link")
    link_key = DerivedTextField("link")

    class Meta:
        primary_key = CompositeKey("person", "kind")
        indexes = ((("owner", "link_key"), False), (("owner", "url"), True))


class Text(_Table):
    """A text to write with: a template of subject and body. `version` is the one that is used from now on."""

    id = TextField(primary_key=True)
    owner = ForeignKeyField(Owner)
    owner_id: str
    name = PersonalField("label")
    purpose = TextField(null=True, constraints=[_one_of("purpose", PURPOSES)])
    version = IntegerField(constraints=[Check("version >= 1")])
    created_at = InstantField()
    archived_at = InstantField(null=True)


class TextVersion(_Table):
    """What a text says in one version. A version with which an InMail was sent is never changed."""

    text = ForeignKeyField(Text, index=False)
    text_id: str
    version = IntegerField(constraints=[Check("version >= 1")])
    subject = PersonalField("label")
    body = PersonalField("label")
    created_at = InstantField()

    class Meta:
        primary_key = CompositeKey("text", "version")


class Campaign(_Table):
    """A named list of people to write to from one account, with a sequence of steps.

    `starts` and `ends` are days (YYYY-MM-DD) in the account's zone, both included; `budget` counts credits.
    """

    id = TextField(primary_key=True)
    owner = ForeignKeyField(Owner, index=False)
    owner_id: str
    account = ForeignKeyField(Account)
    account_id: str
    name = PersonalField("label")
    goal = PersonalField("label", null=True)
    budget = IntegerField(null=True, constraints=[Check("budget >= 0")])
    starts = TextField(null=True)
    ends = TextField(null=True)
    created_at = InstantField()
    archived_at = InstantField(null=True)

    class Meta:
        indexes = ((("owner", "id"), False),)


class CampaignStep(_Table):
    """An InMail of a campaign's sequence. With a second text, people get the two in turn.

    `after_working_days` is null for the first step, else how many working days without an answer lie between it and
    the step before.
    """

    campaign = ForeignKeyField(Campaign, index=False)
    campaign_id: str
    number = IntegerField(constraints=[Check("number BETWEEN 1 AND 4")])
    after_working_days = IntegerField(null=True, constraints=[Check("after_working_days BETWEEN 3 AND 28")])
    purpose = TextField(null=True, constraints=[_one_of("purpose", PURPOSES)])
    text = ForeignKeyField(Text, null=True, index=False)
    text_id: str | None
    second_text = ForeignKeyField(Text, null=True, index=False)
    second_text_id: str | None

    class Meta:
        primary_key = CompositeKey("campaign", "number")
        constraints = (Check("(number = 1) = (after_working_days IS NULL)"),)


class Target(_Table):
    """Somebody to write to. Its state is computed from this row, its InMails and its campaign: see rules/targets.py.

    `place` orders the list, the smallest first. `variant` says which of two texts a campaign uses: 0 or 1.
    `planned_for` (day) and `planned_at` (HH:MM) are of the step `planned_step`, and of no other. `closed_steps` were
    done without an InMail, the last of them at `closed_at`.
    """

    id = TextField(primary_key=True)
    owner = ForeignKeyField(Owner, index=False)
    owner_id: str
    person = ForeignKeyField(Person)
    person_id: str
    account = ForeignKeyField(Account, null=True, index=False)
    account_id: str | None
    purpose = TextField(null=True, constraints=[_one_of("purpose", PURPOSES)])
    note = PersonalField("about", null=True)
    due = TextField(null=True)
    text = ForeignKeyField(Text, null=True, index=False)
    text_id: str | None
    campaign = ForeignKeyField(Campaign, null=True)
    campaign_id: str | None
    variant = IntegerField(constraints=[SQL("DEFAULT 0"), Check("variant IN (0, 1)")])
    place = IntegerField()
    planned_for = TextField(null=True)
    planned_at = TextField(null=True)
    planned_step = IntegerField(null=True)
    created_at = InstantField()
    dropped_at = InstantField(null=True)
    closed_steps = IntegerField(constraints=[SQL("DEFAULT 0"), Check("closed_steps >= 0")])
    closed_at = InstantField(null=True)
    # Computed from its InMails, its person and its campaign, and stored for lists: set by `storage/targets.py: follow`,
    # checked by `inkeeper doctor`.
    inmails = IntegerField(constraints=[SQL("DEFAULT 0")])
    last_inmail_id = TextField(null=True)
    last_sent_at = InstantField(null=True)
    answered_at = InstantField(null=True)
    # The first day on which its next step can be done, null without a next step; and the last such day.
    opens_on = TextField(null=True)
    ends_on = TextField(null=True)
    # The day that the next step is planned for; and that day, or else the due day.
    planned_on = TextField(null=True)
    wanted_on = TextField(null=True)

    class Meta:
        indexes = (
            (("owner", "place", "id"), False),
            (("owner", "opens_on", "account", "ends_on", "wanted_on", "planned_on"), False),
        )
        # And `target_next`, over those that have a step to come, in the order in which they come next: owner_id,
        # wanted_on, place, id, planned_on, opens_on, ends_on, account_id.


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
    # Equal for InMails to one person: the name's normal form, and the link's key (rules/people.py).
    name_key = DerivedTextField("name", constraints=[SQL("DEFAULT ''")])
    link_key = DerivedTextField("link", null=True)
    # Of an InMail from LinkedIn's export: a hash of its conversation's id and its instant (UTC).
    message_key = TextField(null=True)
    # The retracted InMail that this one replaces. As `id`: the reference written out.
    replaces = TextField(null=True, constraints=[SQL('REFERENCES "inmail" ("id")')])
    # The first recipient, if it was corrected since: a file may still contain it.
    former_name = PersonalField("name", of_former=True, null=True)
    former_url = PersonalField("link", of_former=True, null=True)
    # The target that it closed, the text that it was written with, the campaign that it belongs to; each has an index
    # over the rows that have one.
    target_id = TextField(null=True, constraints=[SQL('REFERENCES "target" ("id")')])
    text_id = TextField(null=True, constraints=[SQL('REFERENCES "text" ("id")')])
    text_version = IntegerField(null=True)
    campaign_id = TextField(null=True, constraints=[SQL('REFERENCES "campaign" ("id")')])

    class Meta:
        indexes = (
            # A covering index for the counts of reports.
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
    created_at = InstantField(index=True)

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
    marks are emptied after some time. With an owner it was from that owner's data alone, else from everybody's.
    """

    id = AutoField()
    at = InstantField()
    salt = TextField(null=True)
    marks = TextField(null=True)
    owner_id = TextField(null=True, constraints=[SQL('REFERENCES "owner" ("id")')])


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
    PairingLimit,
    Account,
    Person,
    PersonLink,
    Text,
    TextVersion,
    Campaign,
    CampaignStep,
    Target,
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
