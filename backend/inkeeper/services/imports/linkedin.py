"""LinkedIn's own export: which messages were probably InMails, and which of those were answered.

The export does not mark InMails. The first message of a conversation, from its owner to one person, with a subject, is
taken for one; the other person's first message after it is the answer. Message texts are passed over unread.

Exports of earlier years have no conversation ids: in those, all messages between two people are one conversation.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from inkeeper.errors import Problem
from inkeeper.instants import to_microseconds
from inkeeper.reasons import Reason, reason
from inkeeper.rules import periods
from inkeeper.rules.people import LONGEST_NAME, normal_name, parse_link
from inkeeper.services.imports.linkedin_files import MESSAGES
from inkeeper.services.imports.moments import read_moment
from inkeeper.services.imports.reading import (
    LONGEST_LINK,
    MOST_INMAILS,
    Found,
    Note,
    NotUnderstood,
    Reading,
    moment,
    person_link,
    person_name,
    subject_line,
    too_many,
)
from inkeeper.services.imports.refusals import bad_file
from inkeeper.services.imports.rows import Rows

CONNECTIONS = "Connections.csv"
PROFILE = "Profile.csv"
INVITATIONS = "Invitations.csv"
CONNECTIONS_HEADING = "First Name"
SIGNS = ({"conversation id", "from", "date"}, {"from", "to", "date", "subject", "content"})
"""The columns that identify a messages.csv: since about 2018, and of earlier years."""

_NEEDED = ("FROM", "TO", "DATE", "SUBJECT")
_ID = "CONVERSATION ID"
_SENT, _RECEIVED = "outgoing", "incoming"
"""The values of the column `Direction` of messages (earlier years) and invitations."""

_REPLY_BEGINS = ("re:", "aw:", "fw:", "fwd:")
_LINK_COLUMNS = ("Public Profile URL", "Profile URL", "URL")
_EARLIER_DATES = "mdy"
"""In earlier years LinkedIn wrote 9/1/16, 10:00 AM for the first of September, whatever the language."""

_YES = frozenset({"Yes", "yes", "YES", "true", "True", "TRUE"})
_LONGEST_ID = 200
_KEPT = 2_000
"""The characters of a field that are kept in memory; more are never stored."""
_WHY = reason("import.first_message")


@dataclass(slots=True)
class _Conversation:
    """A conversation as read so far: its first message, and the first message of another person after that.

    `first` and `answer` are row numbers. People are distinguished by link, or without one by name, as spelled in the
    file.
    """

    at: datetime
    first: int
    sender: str
    to: str
    links: str
    subject: str
    answer: int | None = None
    answer_at: datetime | None = None


def is_messages(heading: list[str]) -> bool:
    """Whether this is the heading of LinkedIn's messages."""
    named = {name.lower() for name in heading}
    return any(signs <= named for signs in SIGNS)


def read_messages(rows: Rows, reading: Reading, connected: dict[str, date], owner: Sequence[str] = ()) -> None:
    """Read LinkedIn's messages into `reading`.

    `connected` is the local day since when a person is a 1st-degree connection, by link. `owner` are the names and
    links of the export's owner in its other files. Raises the refusal `bad_file` for missing columns, `whose_export` if
    the export's owner is unknown.
    """
    for name in _NEEDED:
        if rows.column(name) is None:
            raise bad_file(rows.file, 1, reason("import.no_linkedin_column", column=name, file=MESSAGES))
    messages = _Messages(rows, reading, [reading.wishes.me] if reading.wishes.me else owner)
    for line, row in rows:
        try:
            messages.take(line, row)
        except NotUnderstood as error:
            reading.not_understood(line, error.why)
    if messages.conversations:
        owners = messages.owners()
        reading.owner = messages.name_of(owners)
        for conversation_id, conversation in messages.conversations.items():
            if _key(conversation.sender) in owners:
                reading.begun += 1
                if conversation.subject:
                    _take_for_inmail(conversation_id, conversation, reading, connected)
    reading.found.sort(key=lambda found: (found.sent_at, found.line))


def read_connections(rows: Rows) -> dict[str, date]:
    """Since when (local day) each person is a 1st-degree connection, by link. Rows that cannot be read are ignored.

    Raises the refusal `bad_file` for missing columns: exports before 2023 have no links here.
    """
    link_at, day_at = rows.column("URL"), rows.column("Connected On")
    found: dict[str, date] = {}
    if link_at is None or day_at is None:
        raise bad_file(rows.file, None, reason("import.no_connection_columns"))
    for _, row in rows:
        if len(row) > max(link_at, day_at) and len(found) < MOST_INMAILS:
            with suppress(ValueError):
                link = person_link(row[link_at])
                if link:
                    found[link] = read_moment(row[day_at], "UTC").date()
    return found


def read_profile(rows: Rows) -> list[str]:
    """The export's owner by the profile: first and last name, and the link if the file has one."""
    places = [rows.column(name) for name in (CONNECTIONS_HEADING, "Last Name", *_LINK_COLUMNS)]
    for _, row in rows:
        cells = [row[at].strip() if at is not None and at < len(row) else "" for at in places]
        name = f"{cells[0]} {cells[1]}".strip()[:LONGEST_NAME]
        return [each for each in (name, *cells[2:]) if each and len(each) <= LONGEST_LINK]
    return []


def read_invitations(rows: Rows) -> list[str]:
    """Who sent the first outgoing invitation or received the first incoming one: name, and link where there is one."""
    direction = rows.column("Direction")
    ends = {_SENT: ("From", "inviterProfileUrl"), _RECEIVED: ("To", "inviteeProfileUrl")}
    for _, row in rows:
        columns = ends.get(row[direction].strip().lower()) if direction is not None and direction < len(row) else None
        if columns:
            places = [at for at in map(rows.column, columns) if at is not None and at < len(row)]
            return [row[at].strip() for at in places if row[at].strip() and len(row[at]) <= LONGEST_LINK]
    return []


class _Messages:
    """Collects conversations from messages in any order."""

    def __init__(self, rows: Rows, reading: Reading, owner: Sequence[str]) -> None:
        self.conversations: dict[str, _Conversation] = {}
        self._reading = reading
        self._file = rows.file
        self._width = len(rows.heading)
        self._sender, self._to, self._date, self._subject = (rows.column(name) or 0 for name in _NEEDED)
        sender_link, links = rows.column("SENDER PROFILE URL"), rows.column("RECIPIENT PROFILE URLS")
        # Without links, people are distinguished by name alone.
        self._sender_link = self._sender if sender_link is None else sender_link
        self._links = links
        drafts = map(rows.column, ("IS MESSAGE DRAFT", "IS CONVERSATION DRAFT"))
        self._drafts = tuple(at for at in drafts if at is not None)
        self._id, self._direction = rows.column(_ID), rows.column("DIRECTION")
        self._order = reading.wishes.dates
        if self._id is None:
            self._order = self._order or _EARLIER_DATES
            reading.notes.append(_no_conversation_ids(rows.file))
        self._owner_as_said = owner
        self._owner = {_key(each) for each in owner}
        self._named_as_owner: set[str] = set()
        self._marked_as_owner: set[str] = set()
        self._links_of_senders: dict[str, str] = {}
        self._written: dict[str, str] = {}

    def take(self, line: int, row: list[str]) -> None:
        """Read the message that begins on this line. Raises NotUnderstood."""
        if len(row) != self._width:
            raise NotUnderstood(reason("import.fields", fields=len(row), width=self._width))
        for place in self._drafts:
            if row[place] in _YES:
                self._reading.rows.add(line, "draft")
                return
        key = self._conversation_of(row)
        at = self._moment(row[self._date])
        number = self._reading.rows.add(line, "message")
        self._place(line, key, at, number, row)

    def _conversation_of(self, row: list[str]) -> str:
        """The key of the message's conversation."""
        if self._id is None:
            return " \n".join(sorted(_key(row[at][:LONGEST_NAME]) for at in (self._sender, self._to)))
        key = row[self._id]
        if not key or len(key) > _LONGEST_ID:
            raise NotUnderstood(reason(f"import.{'long' if key else 'no'}_conversation_id"))
        return key

    def _place(self, line: int, key: str, at: datetime, number: int, row: list[str]) -> None:
        """Keep the message if it is the first of its conversation so far, or the first answer so far."""
        known = self.conversations.get(key)
        sender = (row[self._sender_link] or row[self._sender])[:LONGEST_LINK]
        subject = self._subject_of(row)
        if known is None:
            if len(self.conversations) == MOST_INMAILS:
                raise too_many(self._file, line)
            known = self.conversations[key] = _Conversation(at, number, sender, "", "", "")
        elif at < known.at or (at == known.at and subject and not known.subject):
            if not _same(sender, known.sender):
                # The first message so far becomes the answer if another person sent it.
                known.answer, known.answer_at = known.first, known.at
            known.at, known.first, known.sender = at, number, sender
        else:
            if (known.answer_at is None or at < known.answer_at) and not _same(sender, known.sender):
                known.answer, known.answer_at = number, at
            return
        known.to, known.subject = row[self._to][:_KEPT], subject[:_KEPT]
        known.links = "" if self._links is None else row[self._links][:_KEPT]
        self._note_owner(known, row)

    def _subject_of(self, row: list[str]) -> str:
        subject = row[self._subject][:_KEPT].strip()
        # In earlier years every message had a subject, answers that of what they answer.
        return "" if self._id is None and subject[:4].lower().startswith(_REPLY_BEGINS) else subject

    def _note_owner(self, conversation: _Conversation, row: list[str]) -> None:
        """Collect names and links of the export's owner from this message."""
        name = row[self._sender][:LONGEST_LINK]
        if self._direction is not None:
            direction = row[self._direction].strip().lower()
            if direction == _SENT:
                self._marked_as_owner.add(_key(conversation.sender))
            elif direction == _RECEIVED:
                self._marked_as_owner.add(_key(conversation.links or conversation.to))
        if self._links is None and conversation.sender != name:
            self._links_of_senders[_key(name)] = _key(conversation.sender)
        if self._owner:
            if _key(name) in self._owner:
                self._named_as_owner.add(_key(conversation.sender))
            if _key(conversation.to) in self._owner:
                self._named_as_owner.add(_key(conversation.links or conversation.to))

    def owners(self) -> set[str]:
        """Names and links of the export's owner as `_key`: given by the importing person, else by the messages, else by
        other files of the export; else the participant of most conversations.
        """
        takes_part = self._takes_part()
        said = self._reading.wishes.me
        same = self._named_as_owner | (self._owner & takes_part.keys())
        if said is not None:
            if not same:
                raise whose_export(reason("import.nobody_called", file=self._file, said=repr(said[:80])), [])
            return same
        if self._marked_as_owner:
            return self._marked_as_owner
        if same:
            return self._without_namesakes(same, takes_part)
        (most, times), *others = takes_part.most_common(2)
        if others and others[0][1] == times:
            first, second = self._written[most], self._written[others[0][0]]
            raise whose_export(
                reason("import.whose_export", file=self._file, first=first[:80], second=second[:80]),
                [first, second],
            )
        return {most}

    def name_of(self, owners: set[str]) -> str:
        """A name of the export's owner; their link where there is none."""
        known = [*self._owner_as_said, *sorted(self._written.get(owner, owner) for owner in owners)]
        return next((each for each in known if "/" not in each), known[0])

    def _takes_part(self) -> Counter[str]:
        """The number of conversations of each person."""
        written: Counter[str] = Counter()
        for conversation in self.conversations.values():
            written[conversation.sender] += 1
            written[conversation.links or conversation.to] += 1
        takes_part: Counter[str] = Counter()
        for person, times in written.items():
            key = _key(person)
            # Without links of recipients, a person known by a link as a sender is the same person by name.
            key = self._links_of_senders.get(key, key)
            takes_part[key] += times
            self._written.setdefault(key, person)
        return takes_part

    def _without_namesakes(self, found: set[str], takes_part: Counter[str]) -> set[str]:
        """Of several people with the owner's name only one: who has the owner's link, else who takes part most."""
        links = [person for person in found if "/" in person]
        if len(links) < 2:
            return found
        owner = max(links, key=lambda link: (link in self._owner, takes_part[link]))
        return found - set(links) | {owner}

    def _moment(self, text: str) -> datetime:
        if len(text) != 23 or not text.endswith(" UTC"):
            return self._reading.happened(moment(text, "UTC", self._order))
        try:
            return self._reading.happened(datetime.fromisoformat(f"{text[:19]}+00:00"))
        except NotUnderstood:
            raise
        except ValueError:
            raise NotUnderstood(reason("import.date_impossible", text=repr(text))) from None


def _no_conversation_ids(file: str) -> Note:
    return Note("no_conversation_ids", {"file": file}, reason("import.no_conversation_ids", file=file))


def whose_export(why: Reason, people: list[str]) -> Problem:
    """422: the person who imports has to say who they are; `people` are the candidates, if there are any."""
    return Problem("whose_export", reason("import.nothing_imported", reason=why), status=422, people=people)


@lru_cache(maxsize=1024)
def _key(person: str) -> str:
    """The normal form of a name or link. Cached, since one person writes many messages."""
    link = parse_link(person) if "/" in person else None
    return link.key if link else normal_name(person)


def _same(person: str, other: str) -> bool:
    """Whether two names or links of one file are of one person."""
    return person == other or _key(person) == _key(other)


def _message_key(conversation_id: str, at: datetime) -> str:
    """A hash, since a conversation's id may reveal its participants."""
    return hashlib.sha256(f"{conversation_id}\n{to_microseconds(at)}".encode()).hexdigest()[:16]


def _take_for_inmail(
    conversation_id: str, conversation: _Conversation, reading: Reading, connected: dict[str, date]
) -> None:
    links = [link for link in conversation.links.replace(";", ",").split(",") if link.strip()]
    if len(links) > 1:
        return
    line = reading.rows.line(conversation.first)
    link = None
    # A link that is none to a person (LinkedIn writes some) says nothing; the name still does.
    with suppress(NotUnderstood):
        link = person_link(links[0]) if links else None
    try:
        name = person_name(conversation.to or "LinkedIn Member")
    except NotUnderstood as error:
        reading.change_to_not_understood(conversation.first, error.why)
        return
    reading.rows.change(conversation.first, "inmail")
    answer = conversation.answer
    if answer is not None:
        reading.rows.change(answer, "answer")
    since = connected.get(link) if link else None
    first_degree = since is not None and since < periods.local_day(reading.zone, conversation.at)
    reading.keep(
        Found(
            line=line,
            name=name,
            link=link,
            sent_at=conversation.at,
            cost=0 if first_degree else 1,
            why=reason("import.first_degree", why=_WHY, since=since) if since and first_degree else _WHY,
            subject=subject_line(conversation.subject),
            outcome="pending" if answer is None else "replied",
            outcome_at=conversation.answer_at,
            answer_line=None if answer is None else reading.rows.line(answer),
            message_key=_message_key(conversation_id, conversation.at),
        )
    )
