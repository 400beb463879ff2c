"""Finds a person in one database: by links, by name, and by the owner's people and targets.

Several links are one person where a stored person has them, and where an InMail with one of them did the step of a
stored person's target.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from inkeeper.rules.people import ERASED_NAME, NOT_A_NAME, Link, Person, normal_name, parse_link, same_person
from inkeeper.storage import personal
from inkeeper.storage.personal import INMAILS, Key, Table
from inkeeper.storage.transaction import Transaction


class Whom(NamedTuple):
    """Who is to be erased, from the data of one owner or, with `owner_id` None, of all.

    `name` is given where what has no link of the same kind counts as well. `person_id` is a stored person, who is then
    the only one: others of the same name stay.
    """

    links: frozenset[Link]
    name: str | None = None
    person_id: str | None = None
    owner_id: str | None = None

    def has_link(self, link: Link | None) -> bool | None:
        """Whether this is one of the person's links; None where they have none of its kind to compare it with."""
        known = [each for each in self.links if link and each.kind == link.kind]
        if not known or link is None:
            return None
        # Nearly always the keys differ. Comparing them is much faster.
        likely = [each for each in known if each.key == link.key]
        return any(same_person(Person("", each), Person("", link)) for each in likely)

    def has_name(self, name: str) -> bool:
        """Whether this is the person's name, where names count."""
        return self.name is not None and same_person(Person(self.name, None), Person(name, None))

    def is_called(self, name: str, links: Iterable[Link | None]) -> bool:
        """Whether this name and these links are the person's: by link if both have one of the same kind, else
        by name.
        """
        found = {self.has_link(link) for link in links}
        return True in found or (False not in found and self.has_name(name))


class Row(NamedTuple):
    """The recipient of a row, and its former recipient before a correction. `person_id` is the person whose target's
    step the InMail completed.
    """

    key: Key
    name: str | None
    link: Link | None
    former_name: str | None
    former_link: Link | None
    account: str | None
    replaces: str | None
    target: str | None
    person_id: str | None

    @property
    def id(self) -> Any:
        """The row's id in its table: the only value of its key, or the key."""
        return self.key[0] if len(self.key) == 1 else self.key

    @property
    def names(self) -> list[str]:
        """The names in the row."""
        return [name for name in (self.name, self.former_name) if name and name != ERASED_NAME]


class InTable(NamedTuple):
    """Rows of a table that names people itself: those about the person, and those that were before being corrected.
    `names` are the names that say so.
    """

    table: Table
    theirs: list[Row]
    corrected: list[Row]
    names: set[str]

    @property
    def gone(self) -> dict[Any, Row]:
        """Both, by id."""
        return {row.id: row for row in (*self.theirs, *self.corrected)}


class Found(NamedTuple):
    """Everything found of the person in a database.

    `whom` has all links that were found. `people` and `targets` are ids; `rows` those of tables that name people. With
    other links than the person's, or none, `same_name` are the ids of InMails to one of `names` (in the form of
    `normal_name`), and `same_name_people` those of people.
    """

    whom: Whom
    tables: list[Table]
    people: list[str]
    targets: list[str]
    rows: list[InTable]
    names: frozenset[str]
    inmails: int
    same_name: list[str]
    same_name_people: list[str]

    @property
    def inmail_ids(self) -> list[str]:
        """The ids of InMails to the person, what these were before edits included."""
        return [row.id for found in self.rows if found.table.name == INMAILS for row in found.theirs]

    @property
    def mention(self) -> re.Pattern[str]:
        """A pattern of the person's links and names, for texts in the form of `normal_name`."""
        words = {normal_name(link.id) for link in self.whom.links} | self.names
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)")


class _Stored(NamedTuple):
    """A row of `person`, with its links."""

    id: str
    name: str
    links: tuple[Link, ...]


def find(
    tx: Transaction,
    whom: Whom,
    more_names: Iterable[str] = (),
    present: Mapping[str, Collection[str]] | None = None,
) -> Found:
    """Find everything of the person in the database. `more_names` are further ones, in the form of `normal_name`, under
    which texts may mention them; `present` are the columns of a copy's tables.
    """
    tables = list(personal.tables(present))
    stored = _stored_people(tx, tables, whom)
    targets = _targets(tx, tables, whom)
    rows = {
        table.name: _rows(tx, table, whom, targets) for table in tables if table.person is None and table.of("name")
    }
    whom, people = _all_links(whom, stored, [row for row in rows.get(INMAILS, []) if row.link and row.person_id])
    of_others = {link.key for person in stored if person.id not in people for link in person.links}
    found = [_in_table(table, rows[table.name], whom, people, of_others) for table in tables if table.name in rows]
    names = {normal_name(person.name) for person in stored if person.id in people} | set(more_names)
    names |= {normal_name(name) for each in found for name in each.names}
    names |= {normal_name(whom.name)} if whom.name else set()
    names -= NOT_A_NAME
    gone = next((each.gone for each in found if each.table.name == INMAILS), {})
    edited = {row.replaces: row.id for row in rows.get(INMAILS, []) if row.replaces is not None}
    return Found(
        whom,
        tables,
        [person.id for person in stored if person.id in people],
        [target for target, person in targets.items() if person in people],
        found,
        frozenset(names),
        sum(edited.get(row_id) not in gone for row_id in gone),
        _same_name([row for row in rows.get(INMAILS, []) if row.id not in gone], names, edited),
        [person.id for person in stored if person.id not in people and normal_name(person.name) in names],
    )


def _stored_people(tx: Transaction, tables: list[Table], whom: Whom) -> list[_Stored]:
    """The stored people who were not erased."""
    by_name = {table.name: table for table in tables}
    links: dict[str, list[Link]] = {}
    if "person_link" in by_name:
        for _, (person_id, url) in personal.select(tx, by_name["person_link"], ("person_id", "url"), whom.owner_id):
            link = parse_link(url)
            if link:
                links.setdefault(person_id, []).append(link)
    if "person" not in by_name:
        return []
    rows = personal.select(tx, by_name["person"], ("id", "name", "erased_at"), whom.owner_id)
    return [_Stored(row_id, name, tuple(links.get(row_id, ()))) for _, (row_id, name, erased) in rows if erased is None]


def _targets(tx: Transaction, tables: list[Table], whom: Whom) -> dict[str, str]:
    """The ids of the targets' people, by the targets' ids."""
    table = next((table for table in tables if table.name == "target"), None)
    return dict(values for _, values in personal.select(tx, table, ("id", "person_id"), whom.owner_id)) if table else {}


def _rows(tx: Transaction, table: Table, whom: Whom, targets: dict[str, str]) -> list[Row]:
    wanted = (
        *(table.first("name"), table.first("link")),
        *(table.first("name", former=True), table.first("link", former=True)),
        *(table.other("account_id"), table.other("replaces"), table.other("target_id")),
    )
    return [
        Row(
            key,
            name,
            link and parse_link(link),
            former_name,
            former_link and parse_link(former_link),
            *(account, replaces, target),
            targets.get(target),
        )
        for key, values in personal.select(tx, table, wanted, whom.owner_id)
        for name, link, former_name, former_link, account, replaces, target in (values,)
    ]


def _all_links(whom: Whom, stored: list[_Stored], sent: list[Row]) -> tuple[Whom, set[str]]:
    """The person with every link that is theirs, and the ids of the stored people that they are."""
    people = {whom.person_id} if whom.person_id else set()
    while True:
        size = len(people), len(whom.links)
        people |= {person.id for person in stored if person.id not in people and _is_stored_as(whom, person)}
        people |= {row.person_id for row in sent if row.person_id and whom.has_link(row.link)}
        more = {link for person in stored if person.id in people for link in person.links}
        whom = whom._replace(links=whom.links | more)
        if (len(people), len(whom.links)) == size:
            return whom, people


def _is_stored_as(whom: Whom, person: _Stored) -> bool:
    by_name = whom if whom.person_id is None else whom._replace(name=None)
    return by_name.is_called(person.name, person.links or (None,))


def _in_table(table: Table, rows: list[Row], whom: Whom, people: set[str], of_others: set[str]) -> InTable:
    theirs = {row.id: row for row in rows if row.name != ERASED_NAME and _is_about(row, whom, people, of_others)}
    corrected = [row for row in rows if row.former_name and whom.is_called(row.former_name, (row.former_link,))]
    names = {row.name for row in theirs.values()} | {row.former_name for row in corrected}
    # The former versions of an edited InMail are about the same person, whatever their name.
    ids = set(theirs)
    _add_replaced(ids, {row.id: row.replaces for row in rows})
    return InTable(table, [row for row in rows if row.id in ids], corrected, {name for name in names if name})


def _is_about(row: Row, whom: Whom, people: set[str], of_others: set[str]) -> bool:
    """Whether the row is about the person. The name alone does not count where a link or a target says that it is
    another stored person.
    """
    if row.person_id in people:
        return True
    by_link = whom.has_link(row.link)
    if by_link is not None:
        return by_link
    of_another = row.person_id is not None or (row.link is not None and row.link.key in of_others)
    return not of_another and whom.has_name(row.name or "")


def _add_replaced(ids: set[Any], replaces: dict[Any, str | None]) -> None:
    """Add all InMails that these replaced, directly or indirectly."""
    for inmail_id in list(ids):
        former = replaces.get(inmail_id)
        while former is not None and former not in ids:
            ids.add(former)
            former = replaces.get(former)


def _same_name(rows: Iterable[Row], names: set[str], edited: dict[Any, Any]) -> list[str]:
    """The ids of InMails to people with one of these names; for an edited one, its present id."""
    found: dict[str, None] = {}
    for row in rows:
        if not names.isdisjoint(normal_name(name) for name in row.names):
            now, seen = row.id, set()
            while now in edited and now not in seen:
                seen.add(now)
                now = edited[now]
            found[str(now)] = None
    return list(found)
