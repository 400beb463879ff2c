"""People that an owner put on the list or marked, found by link and name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.ids import new_id, new_ids
from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.rules import people
from inkeeper.rules.people import NOT_A_NAME, Link, normal_name, parse_link
from inkeeper.storage.patterns import containing, lower_ascii
from inkeeper.storage.transaction import Transaction

_COLUMNS = "id, name, first_name, company, headline, do_not_contact, erased_at"
_IDS_AT_ONCE = 500
CHANGEABLE = ("name", "first_name", "company", "headline", "do_not_contact")


class Person(NamedTuple):
    """A stored person with all their links."""

    id: str
    name: str
    first_name: str | None
    company: str | None
    headline: str | None
    do_not_contact: bool
    links: tuple[Link, ...]
    erased: bool = False

    def is_same(self, other: people.Person) -> bool:
        """Whether both are the same person: by link if both have one of the same kind, else by name."""
        known = [people.Person(self.name, link) for link in self.links if other.link and link.kind == other.link.kind]
        return people.same_person(known[0] if known else people.Person(self.name, None), other)


class Index:
    """An index of people in memory, for many look-ups. The time of a look-up does not depend on how many people share a
    name.
    """

    def __init__(self, known: Iterable[Person] = ()) -> None:
        self._by_link: dict[Link, Person] = {}
        # Ids differ by case, except where one of the two is in lower case: see `rules.people.same_person`.
        self._by_key: dict[str, Person] = {}
        self._by_folded_link: dict[str, Person] = {}
        self._by_name: dict[str, dict[frozenset[str], Person]] = {}
        for person in known:
            self.add(person)

    def add(self, person: Person) -> None:
        """Add a person. Of several with the same link or name, the first one is found."""
        for link in person.links:
            self._by_link.setdefault(link, person)
            self._by_key.setdefault(link.key, person)
            if link.id == link.id.lower():
                self._by_folded_link.setdefault(link.key, person)
        name = normal_name(person.name)
        if name not in NOT_A_NAME:
            kinds = frozenset(link.kind for link in person.links)
            self._by_name.setdefault(name, {}).setdefault(kinds, person)

    def find(self, wanted: people.Person) -> Person | None:
        """Find a person: by link if both have one of the same kind, else by name."""
        link = wanted.link
        if link is not None:
            folded = self._by_key if link.id == link.id.lower() else self._by_folded_link
            found = self._by_link.get(link) or folded.get(link.key)
            if found is not None:
                return found
        for kinds, person in self._by_name.get(normal_name(wanted.name), {}).items():
            if link is None or link.kind not in kinds:
                return person
        return None


def get(tx: Transaction, owner_id: str, person_id: str) -> Person | None:
    """The owner's person of this id; None for one who was erased."""
    found = get_all(tx, owner_id, [person_id]).get(person_id)
    return None if found is None or found.erased else found


def get_all(tx: Transaction, owner_id: str, person_ids: Iterable[str]) -> dict[str, Person]:
    """The owner's people of these ids, by id, erased ones too."""
    # The expression keeps the database from using the index on the owner, who may have thousands of people.
    found: dict[str, Person] = {}
    wanted = list(dict.fromkeys(person_ids))
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        some = wanted[start : start + _IDS_AT_ONCE]
        marks = ", ".join("?" * len(some))
        sql = f"SELECT {_COLUMNS} FROM person WHERE id IN ({marks}) AND owner_id || '' = ?"  # noqa: S608 (marks only)
        found |= {person.id: person for person in _with_links(tx, tx.execute(sql, (*some, owner_id)).fetchall())}
    return found


def get_every(tx: Transaction, owner_id: str) -> list[Person]:
    """All of the owner's people, in order of their making."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM person WHERE owner_id = ? AND erased_at IS NULL ORDER BY id",  # noqa: S608 (ours)
        (owner_id,),
    ).fetchall()
    return _with_links(tx, rows)


def find(tx: Transaction, owner_id: str, wanted: people.Person) -> Person | None:
    """Find the owner's person: by link if both have one of the same kind, else by name."""
    key = normal_name(wanted.name)
    rows: list[tuple[Any, ...]] = []
    if wanted.link:
        rows += tx.execute(
            f"SELECT {_COLUMNS} FROM person WHERE erased_at IS NULL AND id IN"  # noqa: S608 (names of ours)
            " (SELECT person_id FROM person_link WHERE owner_id = ? AND link_key = ?)",
            (owner_id, wanted.link.key),
        ).fetchall()
    if key not in NOT_A_NAME:
        rows += tx.execute(
            f"SELECT {_COLUMNS} FROM person WHERE owner_id = ? AND name_key = ? AND erased_at IS NULL"  # noqa: S608
            " ORDER BY id LIMIT 100",
            (owner_id, key),
        ).fetchall()
    return next((person for person in _with_links(tx, rows) if person.is_same(wanted)), None)


def search(tx: Transaction, owner_id: str, part: str, after: str | None, limit: int) -> list[Person]:
    """Up to `limit` of the owner's people whose name, company or link has this part, newest first."""
    key, link = normal_name(part), parse_link(part)
    written = spellings(key)
    company = " OR ".join(["lower(coalesce(company, '')) LIKE ? ESCAPE '!'"] * len(written))
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM person WHERE owner_id = ? AND erased_at IS NULL AND id < ?"  # noqa: S608
        f" AND (name_key LIKE ? ESCAPE '!' OR {company} OR id IN (SELECT person_id FROM person_link"
        " WHERE owner_id = person.owner_id AND (link_key = ? OR link_key LIKE ? ESCAPE '!'))) ORDER BY id DESC LIMIT ?",
        (owner_id, after or "~", containing(key), *map(containing, written), link and link.key, containing(key), limit),
    ).fetchall()
    return _with_links(tx, rows)


def spellings(part: str) -> list[str]:
    """The spellings to search for, since the database's `lower` folds ASCII letters only: for `ärzte`, `ärzte` and
    `Ärzte`.
    """
    if part.isascii():
        return [part]
    cases = (part, part.upper(), part.title(), part.capitalize())
    return sorted({lower_ascii(case) for case in cases})


def add(tx: Transaction, owner_id: str, person: Mapping[str, Any], link: Link | None, now: datetime) -> Person:
    """Store a new person: `name`, and `first_name`, `company`, `headline` where given."""
    made = Person(
        new_id(now),
        person["name"],
        person.get("first_name"),
        person.get("company"),
        person.get("headline"),
        bool(person.get("do_not_contact")),
        (),
    )
    tx.execute(
        "INSERT INTO person (id, owner_id, name, first_name, company, headline, do_not_contact, name_key, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(made.id, owner_id, made.name, made.first_name, made.company, made.headline, int(made.do_not_contact)),
            *(normal_name(made.name), to_microseconds(now)),
        ),
    )
    return add_link(tx, owner_id, made, link) if link else made


def add_many(
    tx: Transaction, owner_id: str, wanted: Sequence[tuple[Mapping[str, Any], Sequence[Link]]], now: datetime
) -> list[str]:
    """Store new people, each as in `add` but with several links, one of each kind. Returns their ids."""
    ids = new_ids(now, len(wanted))
    made_at = to_microseconds(now)
    tx.executemany(
        "INSERT INTO person (id, owner_id, name, first_name, company, headline, do_not_contact, name_key, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
        [
            (
                *(person_id, owner_id, person["name"], person.get("first_name"), person.get("company")),
                *(person.get("headline"), normal_name(person["name"]), made_at),
            )
            for person_id, (person, _) in zip(ids, wanted, strict=True)
        ],
    )
    add_links(tx, owner_id, [(person_id, links) for person_id, (_, links) in zip(ids, wanted, strict=True)])
    return ids


def add_links(tx: Transaction, owner_id: str, links: Iterable[tuple[str, Sequence[Link]]]) -> None:
    """Add links to people, by their ids. A person's existing link of the same kind is kept; a link that another person
    has stays theirs.
    """
    tx.executemany(
        "INSERT INTO person_link (person_id, owner_id, kind, url, link_key) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        ((person_id, owner_id, link.kind, link.url, link.key) for person_id, some in links for link in some),
    )


def fill_in(tx: Transaction, found: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Set `first_name`, `company` and `headline` of people, by their ids, where they are empty."""
    tx.executemany(
        "UPDATE person SET first_name = coalesce(first_name, ?), company = coalesce(company, ?),"
        " headline = coalesce(headline, ?) WHERE id = ?",
        (
            (known.get("first_name"), known.get("company"), known.get("headline"), person_id)
            for person_id, known in found
        ),
    )


def written_since(tx: Transaction, owner_id: str, since: datetime) -> list[tuple[people.Person, datetime]]:
    """The recipients of the InMails sent after `since` (UTC) from any of the owner's accounts, with `sent_at`, latest
    first.
    """
    rows = tx.execute(
        "SELECT name, profile_url, sent_at FROM inmail WHERE account_id IN (SELECT id FROM account WHERE owner_id = ?)"
        " AND sent_at > ? AND retracted_at IS NULL ORDER BY sent_at DESC",
        (owner_id, to_microseconds(since)),
    )
    return [
        (people.Person(name, parse_link(url) if url else None), from_microseconds(sent_at))
        for name, url, sent_at in rows
    ]


def add_link(tx: Transaction, owner_id: str, person: Person, link: Link) -> Person:
    """Add this link to the person, who keeps an existing link of the same kind. A link that another person has stays
    theirs. Returns the person as stored.
    """
    if any(known.kind == link.kind for known in person.links):
        return person
    added = tx.execute(
        "INSERT INTO person_link (person_id, owner_id, kind, url, link_key) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (person.id, owner_id, link.kind, link.url, link.key),
    )
    return person._replace(links=(*person.links, link)) if added.rowcount == 1 else person


def replace_link(tx: Transaction, owner_id: str, person: Person, link: Link) -> bool:
    """Give the person this link in place of one of the same kind; False where another person has it."""
    if _is_of_another(tx, owner_id, person, link):
        return False
    tx.execute("DELETE FROM person_link WHERE person_id = ? AND kind = ?", (person.id, link.kind))
    add_link(tx, owner_id, person._replace(links=()), link)
    return True


def set_links(tx: Transaction, owner_id: str, person: Person, links: Sequence[Link]) -> Link | None:
    """Replace the person's links by these, one of each kind. If another person has one of them, nothing is changed and
    that link is returned.
    """
    for link in links:
        if _is_of_another(tx, owner_id, person, link):
            return link
    tx.execute("DELETE FROM person_link WHERE person_id = ?", (person.id,))
    add_links(tx, owner_id, [(person.id, links)])
    return None


def _is_of_another(tx: Transaction, owner_id: str, person: Person, link: Link) -> bool:
    """Whether this link leads to another of the owner's people."""
    rows = tx.execute(
        "SELECT url FROM person_link WHERE owner_id = ? AND link_key = ? AND person_id <> ?",
        (owner_id, link.key, person.id),
    )
    wanted = people.Person("", link)
    return any(people.same_person(people.Person("", parse_link(url)), wanted) for (url,) in rows.fetchall())


def mark_all(tx: Transaction, person_ids: Iterable[str], *, marked: bool) -> None:
    """Set or clear the do-not-contact mark of people. Call `targets.follow` afterwards."""
    tx.executemany(
        "UPDATE person SET do_not_contact = ? WHERE id = ?", [(int(marked), person_id) for person_id in person_ids]
    )


def update(tx: Transaction, person_id: str, changes: Mapping[str, Any]) -> None:
    """Change some of `CHANGEABLE`."""
    columns = {name: changes[name] for name in CHANGEABLE if name in changes}
    if "name" in columns:
        columns["name_key"] = normal_name(columns["name"])
    if "do_not_contact" in columns:
        columns["do_not_contact"] = int(columns["do_not_contact"])
    if columns:
        values = ", ".join(f"{name} = ?" for name in columns)
        tx.execute(f"UPDATE person SET {values} WHERE id = ?", (*columns.values(), person_id))  # noqa: S608 (ours)


def _with_links(tx: Transaction, rows: Sequence[tuple[Any, ...]]) -> list[Person]:
    ids = list(dict.fromkeys(row[0] for row in rows))
    links: dict[str, list[Link]] = {}
    for start in range(0, len(ids), _IDS_AT_ONCE):
        some = ids[start : start + _IDS_AT_ONCE]
        marks = ", ".join("?" * len(some))
        found = tx.execute(
            f"SELECT person_id, url FROM person_link WHERE person_id IN ({marks}) ORDER BY kind",  # noqa: S608
            some,
        )
        for person_id, url in found:
            link = parse_link(url)
            if link:
                links.setdefault(person_id, []).append(link)
    return [
        Person(
            *(person_id, name, first_name, company, headline, bool(marked)),
            tuple(links.get(person_id, ())),
            erased_at is not None,
        )
        for person_id, name, first_name, company, headline, marked, erased_at in {row[0]: row for row in rows}.values()
    ]
