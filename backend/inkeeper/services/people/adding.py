"""Adding many people to the list at once, from pasted lines or a file: a preview, and one write for all.

Look-ups use indexes in memory, so that 50,000 lines take a few seconds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.errors import Problem, conflict
from inkeeper.reasons import Bound, reason
from inkeeper.rules import pasted, people
from inkeeper.rules.people import Link
from inkeeper.rules.targets import state_of
from inkeeper.services.access import Actor
from inkeeper.services.imports.refusals import bad_file
from inkeeper.services.people.targets import WRITTEN_WITHIN
from inkeeper.storage import persons, target_list, targets
from inkeeper.storage.persons import Index, Person
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import OPEN_STATES, LineProblem, PersonAction

MOST_LINES = 50_000
ROWS_SHOWN = 200
_SHOWN_CHARACTERS = 120
_HEADINGS = frozenset({"name", "link", "profile", "profile link", "linkedin", "url", "company"})


class Entry(NamedTuple):
    """A person to add to the list. `about` is further data of the person, `columns` are the target's.

    `line` counts from 1; `cut` says that the name was longer than what is kept of one.
    """

    line: int
    name: str
    links: tuple[Link, ...] = ()
    about: Mapping[str, str] = {}
    columns: Mapping[str, Any] = {}
    cut: bool = False


class Unread(NamedTuple):
    """A line that is not understood: why, one of `vocabulary.LineProblem`, and the beginning of it."""

    line: int
    reason: LineProblem
    text: str


class Reading(NamedTuple):
    """What was read: people, and lines that are not understood. `digest` is a hash of the content and of how it was
    read.

    `over` is how many rows of a file are no longer on the list. `columns` and `mapping` are those of a file.
    """

    digest: str
    entries: Sequence[Entry]
    unread: Sequence[Unread]
    over: int = 0
    columns: Sequence[str] = ()
    mapping: Mapping[str, str] = {}


class Row(NamedTuple):
    """What is done with an entry. `person` is the stored person, if there is one.

    `at` (UTC) is when the person was added to the list, or else was written to last within 90 days; `first_line` the
    earlier line of the same person.
    """

    entry: Entry
    action: PersonAction
    person: Person | None = None
    at: datetime | None = None
    first_line: int | None = None


class Counts(NamedTuple):
    """The number of lines by what is done with them, and of those that are not understood.

    `written` are people written to within 90 days, added or not; `over` rows of a file that are no longer on the list;
    `cut` names that are cut.
    """

    add: int
    written: int
    on_list: int
    do_not_contact: int
    twice: int
    not_understood: int
    over: int
    cut: int


class Plan(NamedTuple):
    """What would be done with all entries of a reading."""

    reading: Reading
    rows: Sequence[Row]

    @property
    def adds(self) -> list[Row]:
        """The rows that would be added to the list."""
        return [row for row in self.rows if row.action == "add"]

    def counts(self) -> Counts:
        """The number of lines by what is done with them."""
        found = Counter(row.action for row in self.rows)
        return Counts(
            add=found["add"],
            written=sum(row.at is not None for row in self.rows if row.action in ("add", "written")),
            on_list=found["on_list"],
            do_not_contact=found["do_not_contact"],
            twice=found["twice"],
            not_understood=len(self.reading.unread),
            over=self.reading.over,
            cut=sum(row.entry.cut for row in self.rows if row.action == "add"),
        )

    def shown(self) -> list[Row]:
        """At most 200 of the rows: those that would not be added, those written to, then the others."""
        order = sorted(self.rows, key=lambda row: (row.action == "add") + (row.action == "add" and row.at is None))
        return order[:ROWS_SHOWN]

    def mark(self) -> str:
        """A hash of this plan: the lines, how they were read, and what is done with each."""
        digest = hashlib.sha256(f"{self.reading.digest}\n".encode())
        for row in self.rows:
            digest.update(f"{row.entry.line} {row.action} {row.person and row.person.id}\n".encode())
        return digest.hexdigest()[:32]


def read_lines(text: str) -> Reading:
    """The people of pasted lines, one a line. A first line of headings and empty lines are left out.

    Raises the 422 Problem `bad_file` for more than 50,000 lines.
    """
    entries: list[Entry] = []
    unread: list[Unread] = []
    lines = text.split("\n")
    if len(lines) > MOST_LINES and sum(not line.isspace() and line != "" for line in lines) > MOST_LINES:
        raise too_many()
    for number, line in enumerate(lines, start=1):
        if not line or line.isspace() or (number == 1 and _is_heading(line)):
            continue
        try:
            found = pasted.read_line(line)
        except pasted.NotUnderstood as error:
            unread.append(Unread(number, error.reason, line.strip()[:_SHOWN_CHARACTERS]))
            continue
        about = {"company": found.company} if found.company else {}
        entries.append(Entry(number, found.name, (found.link,) if found.link else (), about, cut=found.cut))
    return Reading(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), entries, unread)


def too_many() -> Problem:
    """The refusal of a list that is too long."""
    return bad_file(reason("import.list"), None, reason("import.too_many_lines", most=Bound(MOST_LINES)))


def make_plan(tx: Transaction, actor: Actor, reading: Reading, now: datetime, *, leave_written: bool = False) -> Plan:
    """Preview adding these people. With `leave_written`, those written to within 90 days are left out."""
    today = target_list.today_of(tx, actor.owner_id, now)
    listed = {
        row.person_id: row.created_at
        for row in targets.with_next_step(tx, actor.owner_id)
        if state_of(row.course, today.of(row.account_id), now) in {*OPEN_STATES, "waiting"}
    }
    known, written = Index(persons.get_every(tx, actor.owner_id)), Index()
    written_at: dict[str, datetime] = {}
    for number, (person, at) in enumerate(persons.written_since(tx, actor.owner_id, now - WRITTEN_WITHIN)):
        written_at[str(number)] = at
        written.add(_person(str(number), person.name, (person.link,) if person.link else ()))
    earlier, taken = Index(), dict[str, int]()

    def decide(entry: Entry) -> Row:
        person = _find(known, entry.name, entry.links)
        same = _find(earlier, entry.name, entry.links)
        first_line = int(same.id) if same else taken.get(person.id) if person else None
        if first_line is not None:
            return Row(entry, "twice", person, first_line=first_line)
        earlier.add(_person(str(entry.line), entry.name, entry.links))
        if person:
            taken[person.id] = entry.line
            if person.do_not_contact:
                return Row(entry, "do_not_contact", person)
            if person.id in listed:
                return Row(entry, "on_list", person, listed[person.id])
        last = _find(written, entry.name, (*entry.links, *(person.links if person else ())))
        at = written_at[last.id] if last else None
        return Row(entry, "written" if at and leave_written else "add", person, at)

    # Lines with links come first: a name alone may be that of a person with a link on another line.
    rows = [decide(entry) for entry in sorted(reading.entries, key=lambda entry: (not entry.links, entry.line))]
    return Plan(reading, sorted(rows, key=lambda row: row.entry.line))


def store(tx: Transaction, actor: Actor, plan: Plan, confirm: str, now: datetime) -> int:
    """Add the people of a plan to the list, all or nothing, in the order of their lines. Returns their number.

    Raises the 409 Problem `preview_outdated` unless `confirm` is the mark of exactly this plan.
    """
    if confirm != plan.mark():
        raise conflict(
            "preview_outdated",
            reason("list.outdated"),
        )
    adds = plan.adds
    new = [row.entry for row in adds if row.person is None]
    made = iter(
        persons.add_many(tx, actor.owner_id, [({"name": each.name, **each.about}, each.links) for each in new], now)
    )
    known = [(row.person.id, row.entry) for row in adds if row.person]
    persons.fill_in(tx, [(person_id, entry.about) for person_id, entry in known if entry.about])
    persons.add_links(tx, actor.owner_id, [(person_id, entry.links) for person_id, entry in known])
    wanted = [(row.person.id if row.person else next(made), row.entry.columns) for row in adds]
    targets.add_many(tx, actor.owner_id, _in_turn(tx, wanted), now)
    targets.changed(tx, actor.owner_id, {columns.get("account_id") for _, columns in wanted})
    return len(adds)


def _in_turn(tx: Transaction, wanted: Sequence[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, Mapping[str, Any]]]:
    """The targets with the text of their campaigns that each of them gets, the first or the second, in turn."""
    following: dict[str, int] = {}
    found: list[tuple[str, Mapping[str, Any]]] = []
    for person_id, columns in wanted:
        campaign_id = columns.get("campaign_id")
        if campaign_id:
            if campaign_id not in following:
                following[campaign_id] = targets.count_in_campaign(tx, campaign_id)
            columns = {**columns, "variant": following[campaign_id] % 2}
            following[campaign_id] += 1
        found.append((person_id, columns))
    return found


def _is_heading(line: str) -> bool:
    parts = {part.strip().lower() for part in line.replace(";", "\t").replace(",", "\t").split("\t")}
    return "name" in parts and parts <= _HEADINGS


def _find(index: Index, name: str, links: Sequence[Link]) -> Person | None:
    for link in links or (None,):
        found = index.find(people.Person(name, link))
        if found is not None:
            return found
    return None


def _person(person_id: str, name: str, links: tuple[Link, ...]) -> Person:
    return Person(person_id, name, None, None, None, False, links)
