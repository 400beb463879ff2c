"""LinkedIn's own export: which messages were probably InMails, and which of those were answered.

The export does not mark InMails. The first message of a conversation, from its owner to one person, with a subject, is
taken for one; the other person's first message after it is the answer. Message texts are passed over unread.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from inkeeper.clock import to_microseconds
from inkeeper.errors import Problem
from inkeeper.rules import periods
from inkeeper.rules.people import LONGEST_NAME, normal_name, parse_link
from inkeeper.services.imports.moments import read_moment
from inkeeper.services.imports.reading import (
    LONGEST_LINK,
    MOST_INMAILS,
    Found,
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

MESSAGES = "messages.csv"
CONNECTIONS = "Connections.csv"
PROFILE = "Profile.csv"
CONNECTIONS_HEADING = "First Name"
SIGNS = ("conversation id", "from", "date")
"""The columns by which a messages.csv is told from any other CSV."""

_NEEDED = ("CONVERSATION ID", "FROM", "TO", "DATE", "SUBJECT")
_YES = frozenset({"Yes", "yes", "YES", "true", "True", "TRUE"})
_LONGEST_ID = 200
_KEPT = 2_000
"""Characters of a field that are kept while the file is read: more than is ever stored of one."""
_WHY = "the first message of its conversation, from you, with a subject"


@dataclass(slots=True)
class _Conversation:
    """What has been seen of one conversation: its first message, and the first of somebody else after that.

    `first` and `answer` are numbers of rows. People are told apart by link, or by name where there is none, in whatever
    spelling the file has them.
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
    return all(sign in named for sign in SIGNS)


def read_messages(rows: Rows, reading: Reading, connected: dict[str, date], owner_name: str | None = None) -> None:
    """Read LinkedIn's messages into `reading`.

    `connected` says since when (local day) somebody is 1st degree, by link; `owner_name` whose export it is, if another
    file of it says so. Raises the refusal `bad_file` for missing columns, `whose_export` where that cannot be told.
    """
    for name in _NEEDED:
        if rows.column(name) is None:
            raise bad_file(rows.file, 1, f"The column {name} is missing, so this is not LinkedIn's {MESSAGES}.")
    messages = _Messages(rows, reading, reading.wishes.me or owner_name)
    for line, row in rows:
        try:
            messages.take(line, row)
        except NotUnderstood as reason:
            reading.not_understood(line, str(reason))
    if messages.conversations:
        owners = messages.owners()
        for conversation_id, conversation in messages.conversations.items():
            if conversation.subject and _key(conversation.sender) in owners:
                _take_for_inmail(conversation_id, conversation, reading, connected)
    reading.found.sort(key=lambda found: (found.sent_at, found.line))


def read_connections(rows: Rows) -> dict[str, date]:
    """Since when (local day) each person is a 1st-degree connection, by link. Rows that cannot be read are no proof."""
    link_at, day_at = rows.column("URL"), rows.column("Connected On")
    found: dict[str, date] = {}
    if link_at is None or day_at is None:
        return found
    for _, row in rows:
        if len(row) > max(link_at, day_at) and len(found) < MOST_INMAILS:
            with suppress(ValueError):
                link = person_link(row[link_at])
                if link:
                    found[link] = read_moment(row[day_at], "UTC").date()
    return found


def read_owner_name(rows: Rows) -> str | None:
    """Whose profile it is: first and last name."""
    first_at, last_at = rows.column(CONNECTIONS_HEADING), rows.column("Last Name")
    for _, row in rows:
        if first_at is not None and last_at is not None and len(row) > max(first_at, last_at):
            return f"{row[first_at]} {row[last_at]}".strip()[:LONGEST_NAME] or None
    return None


class _Messages:
    """The messages as they come, in any order, with what matters of each conversation."""

    def __init__(self, rows: Rows, reading: Reading, owner: str | None) -> None:
        self.conversations: dict[str, _Conversation] = {}
        self._reading = reading
        self._file = rows.file
        self._width = len(rows.heading)
        self._id, self._sender, self._to, self._date, self._subject = (rows.column(name) or 0 for name in _NEEDED)
        sender_link, links = rows.column("SENDER PROFILE URL"), rows.column("RECIPIENT PROFILE URLS")
        # Where there are no links, people are told apart by their names alone.
        self._sender_link = self._sender if sender_link is None else sender_link
        self._links = links
        drafts = map(rows.column, ("IS MESSAGE DRAFT", "IS CONVERSATION DRAFT"))
        self._drafts = tuple(at for at in drafts if at is not None)
        self._owner = owner and _key(owner)
        self._named_as_owner: set[str] = set()

    def take(self, line: int, row: list[str]) -> None:
        """Take in the message that begins on this line. Raises NotUnderstood."""
        if len(row) != self._width:
            raise NotUnderstood(f"has {len(row)} fields where the heading has {self._width}")
        for place in self._drafts:
            if row[place] in _YES:
                self._reading.rows.add(line, "draft")
                return
        key = row[self._id]
        if not key or len(key) > _LONGEST_ID:
            raise NotUnderstood("has no conversation id" if not key else "has too long a conversation id")
        at = self._moment(row[self._date])
        number = self._reading.rows.add(line, "message")
        self._place(line, key, at, number, row)

    def _place(self, line: int, key: str, at: datetime, number: int, row: list[str]) -> None:
        """Note the message if it is, so far, the first of its conversation or the first answer."""
        known = self.conversations.get(key)
        sender = (row[self._sender_link] or row[self._sender])[:LONGEST_LINK]
        subject = row[self._subject].strip()
        if known is None:
            if len(self.conversations) == MOST_INMAILS:
                raise too_many(self._file, line)
            known = self.conversations[key] = _Conversation(at, number, sender, "", "", "")
        elif at < known.at or (at == known.at and subject and not known.subject):
            if not _same(sender, known.sender):
                # What was the first message until now is the first one of somebody else.
                known.answer, known.answer_at = known.first, known.at
            known.at, known.first, known.sender = at, number, sender
        else:
            if (known.answer_at is None or at < known.answer_at) and not _same(sender, known.sender):
                known.answer, known.answer_at = number, at
            return
        known.to, known.subject = row[self._to][:_KEPT], subject[:_KEPT]
        known.links = "" if self._links is None else row[self._links][:_KEPT]
        if self._owner is not None:
            self._note_owner(known, row[self._sender])

    def _note_owner(self, conversation: _Conversation, sender_name: str) -> None:
        """Note by what the owner is known whose name has been said."""
        if _key(sender_name) == self._owner:
            self._named_as_owner.add(_key(conversation.sender))
        if _key(conversation.to) == self._owner:
            self._named_as_owner.add(_key(conversation.links or conversation.to))

    def owners(self) -> set[str]:
        """By what the export's owner is known in it, in normal form.

        That is whoever takes part in more conversations than anybody else, unless it is said.
        """
        written: Counter[str] = Counter()
        for conversation in self.conversations.values():
            written[conversation.sender] += 1
            written[conversation.links or conversation.to] += 1
        takes_part: Counter[str] = Counter()
        as_written: dict[str, str] = {}
        for person, times in written.items():
            key = _key(person)
            takes_part[key] += times
            as_written.setdefault(key, person)
        said = self._reading.wishes.me
        if said is not None:
            same = self._named_as_owner | ({self._owner} & takes_part.keys() if self._owner else set())
            if not same:
                raise whose_export(f"Nobody in {self._file} has the name or profile link {said[:80]!r}.", [])
            return same
        (most, most_times), *others = takes_part.most_common(2)
        if others and others[0][1] == most_times:
            if not self._named_as_owner:
                first, second = as_written[most], as_written[others[0][0]]
                raise whose_export(
                    f"{self._file} does not say whose it is: {first[:80]} and {second[:80]} take part in equally"
                    " many conversations. Say which of them you are, by name or profile link.",
                    [first, second],
                )
            return self._named_as_owner
        return {most}

    def _moment(self, text: str) -> datetime:
        if len(text) != 23 or not text.endswith(" UTC"):
            return self._reading.happened(moment(text, "UTC", self._reading.wishes.dates))
        try:
            return self._reading.happened(datetime.fromisoformat(f"{text[:19]}+00:00"))
        except NotUnderstood:
            raise
        except ValueError:
            raise NotUnderstood(f"there is no date {text!r}") from None


def whose_export(reason: str, people: list[str]) -> Problem:
    """422: the person who imports has to say who they are; `people` are the candidates, if there are any."""
    return Problem("whose_export", f"{reason} Nothing was imported.", status=422, people=people)


@lru_cache(maxsize=1024)
def _key(person: str) -> str:
    """What all spellings of a name or link have in common. Cached, since one person writes many messages."""
    link = parse_link(person) if "/" in person else None
    return link.key if link else normal_name(person)


def _same(person: str, other: str) -> bool:
    """Whether two names or links of one file are of one person."""
    return person == other or _key(person) == _key(other)


def _message_key(conversation_id: str, at: datetime) -> str:
    """A hash, since a conversation's id may tell who takes part in it."""
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
    except NotUnderstood as reason:
        reading.not_understood_after_all(conversation.first, str(reason))
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
            why=f"{_WHY}; 1st degree since {since}, so it cost nothing" if first_degree else _WHY,
            subject=subject_line(conversation.subject),
            outcome="pending" if answer is None else "replied",
            outcome_at=conversation.answer_at,
            answer_line=None if answer is None else reading.rows.line(answer),
            message_key=_message_key(conversation_id, conversation.at),
        )
    )
