"""Writes the list of people to write to as CSV, and reads it back without loss."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, NamedTuple

from inkeeper import texts
from inkeeper.csvtext import original, write_table
from inkeeper.rules.pasted import LINKEDIN, name_in
from inkeeper.rules.people import LONGEST_NAME, NOT_A_NAME, Link, clean_name, normal_name, parse_link
from inkeeper.services.access import Actor
from inkeeper.services.imports import columns
from inkeeper.services.imports.blanks import is_empty
from inkeeper.services.imports.columns import Layout, places_of
from inkeeper.services.imports.files import digest_of
from inkeeper.services.imports.moments import read_moment
from inkeeper.services.imports.reading import NotUnderstood
from inkeeper.services.imports.rows import Rows
from inkeeper.services.people import targets
from inkeeper.services.people.adding import MOST_LINES, Entry, Reading, Unread, too_many
from inkeeper.services.people.targets import ListFilter, View
from inkeeper.storage import campaigns
from inkeeper.storage import texts as stored_texts
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import OPEN_STATES, PURPOSES, TARGET_STATES, LineProblem

LAYOUT = Layout(
    {
        "name": "name fullname person contact recipient",
        "first_name": "firstname givenname vorname",
        "company": "company organization organisation employer firma",
        "headline": "headline position title jobtitle",
        "profile_url": "profileurl profilelink linkedinurl linkedinprofile linkedin link url profile",
        "account": "account",
        "purpose": "purpose why",
        "note": "note notes",
        "due": "due dueday",
        "planned_for": "plannedfor planned",
        "planned_at": "plannedat time",
        "text": "text",
        "campaign": "campaign",
        "state": "state",
    },
    ("name",),
)
"""The fields of the list and their headings, the columns of `write` among them."""

COLUMNS = (*LAYOUT.headings, "created_at", "last_sent_at")
_OVER = frozenset(TARGET_STATES) - frozenset(OPEN_STATES)
_ABOUT = {"first_name": 200, "company": 200, "headline": 300}
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_LAST_NAMES = ("lastname", "surname", "familyname", "nachname")
_A_YEAR = timedelta(days=366)
_SHOWN = 120
_AT_ONCE = 1000


class Named(NamedTuple):
    """The owner's accounts, texts and campaigns by name and by id; and each campaign's account."""

    accounts: Mapping[str, str]
    texts: Mapping[str, str]
    campaigns: Mapping[str, str]
    account_of: Mapping[str, str]


class _Refused(Exception):
    """A row that is not understood. Its argument is a `vocabulary.LineProblem`."""

    def __init__(self, reason: LineProblem) -> None:
        super().__init__(reason)
        self.reason = reason


def named(tx: Transaction, actor: Actor, accounts: Mapping[str, str]) -> Named:
    """What the rows of a file can name. `accounts` are the owner's, names by id."""
    every = campaigns.names(tx, actor.owner_id)
    known = campaigns.get_all(tx, every)
    return Named(
        _both_ways(accounts),
        _both_ways(stored_texts.names(tx, actor.owner_id)),
        _both_ways(every),
        {campaign_id: campaign.account_id for campaign_id, campaign in known.items()},
    )


def read(
    source: BinaryIO, file: str, names: Named, wanted: Mapping[str, str], order: str | None, today: date
) -> Reading:
    """Read a CSV with a person a row. `wanted` says which column holds a field, `order` how 07/10/2026 is meant.

    Raises the 422 Problems `bad_file`, and `columns_needed` if the column with the name is unknown.
    """
    digest = digest_of(source)
    rows = Rows(source, file)
    mapping = columns.columns_of(rows.heading, _with_full_name(rows.heading, wanted), LAYOUT)
    places = {field: places_of(column, rows.heading) for field, column in mapping.items()}
    width, over = len(rows.heading), 0
    entries: list[Entry] = []
    unread: list[Unread] = []
    for line, row in rows:
        if len(entries) + len(unread) >= MOST_LINES:
            raise too_many()
        try:
            if len(row) != width and (len(row) < width or not is_empty(row[width:])):
                raise _Refused("ragged")
            cells = {field: " ".join(original(row[at].strip()) for at in at_all) for field, at_all in places.items()}
            if cells.get("state") in _OVER:
                over += 1
                continue
            entries.append(_entry(line, cells, names, order, today))
        except _Refused as refused:
            unread.append(Unread(line, refused.reason, " · ".join(cell for cell in row if cell)[:_SHOWN]))
    read_as = repr([digest, sorted(mapping.items()), order])
    return Reading(hashlib.sha256(read_as.encode()).hexdigest(), entries, unread, over, rows.heading, mapping)


def write(
    tx: Transaction, actor: Actor, filters: ListFilter, accounts: Mapping[str, str], now: datetime
) -> Iterator[str]:
    """The targets that fit, in the order of the list, as the text of a CSV, piece by piece. `accounts` are the owner's,
    names by id.
    """
    names = named(tx, actor, accounts)
    words = {kind: _unmistakable(found) for kind, found in zip(Named._fields, names, strict=True)}
    yield _csv([], heading=True)
    after: tuple[int, str] | None = None
    while found := targets.search(tx, actor, filters, after, _AT_ONCE, now):
        yield _csv([_cells(view, words) for view in found])
        after = (found[-1].target.place, found[-1].target.id)


def _cells(view: View, words: Mapping[str, Mapping[str, str]]) -> list[Any]:
    row, person = view.target, view.person
    # A campaign's account and texts follow from it.
    account = None if row.campaign_id else row.account_id
    return [
        *(person.name, person.first_name, person.company, person.headline),
        " ".join(link.url for link in person.links),
        *(account and words["accounts"].get(account, account), row.purpose, row.note, row.due),
        *(row.planned_on, row.planned_at if row.planned_on else None),
        row.text_id and words["texts"].get(row.text_id, row.text_id),
        row.campaign_id and words["campaigns"].get(row.campaign_id, row.campaign_id),
        *(view.state, row.created_at, row.last_sent_at),
    ]


def _csv(rows: Sequence[Sequence[Any]], *, heading: bool = False) -> str:
    file = io.StringIO(newline="")
    write_table(file, COLUMNS, rows)
    text = file.getvalue()
    return text if heading else text.partition("\r\n")[2]


def _entry(line: int, cells: Mapping[str, str], names: Named, order: str | None, today: date) -> Entry:
    links = _links(cells.get("profile_url", ""))
    name = clean_name(cells["name"])
    if normal_name(name) in NOT_A_NAME:
        name = name_in(links[0] if links else None)
    if not name:
        raise _Refused("no_name")
    about = {
        field: texts.cleaned(cells[field][: 2 * most])[:most] for field, most in _ABOUT.items() if cells.get(field)
    }
    found: dict[str, Any] = {}
    purpose = cells.get("purpose", "").lower().replace(" ", "_").replace("-", "_")
    if purpose:
        found["purpose"] = _one_of(purpose, {each: each for each in PURPOSES}, "purpose")
    try:
        note = columns.note_of(cells.get("note", ""))
    except NotUnderstood:
        raise _Refused("note") from None
    if note:
        found["note"] = note
    references: tuple[tuple[LineProblem, Mapping[str, str], str], ...] = (
        ("account", names.accounts, "account_id"),
        ("text", names.texts, "text_id"),
        ("campaign", names.campaigns, "campaign_id"),
    )
    for field, known, column in references:
        if cells.get(field):
            found[column] = _one_of(cells[field], known, field)
    if "campaign_id" in found:
        found["account_id"] = names.account_of[found["campaign_id"]]
    if cells.get("due"):
        found["due"] = _day(cells["due"], order, "due")
    found |= _planned(cells, order, today)
    return Entry(line, name, links, {field: text for field, text in about.items() if text}, found, _is_cut(cells))


def _planned(cells: Mapping[str, str], order: str | None, today: date) -> dict[str, Any]:
    day, time = cells.get("planned_for", ""), cells.get("planned_at", "")
    if not day and not time:
        return {}
    if time and (not day or not _TIME.fullmatch(time)):
        raise _Refused("planned_at")
    planned = _day(day, order, "planned_for")
    if planned > today + _A_YEAR:
        raise _Refused("planned_for")
    return {"planned_for": planned, "planned_at": time or None, "planned_step": 1}


def _is_cut(cells: Mapping[str, str]) -> bool:
    return len(cells["name"].strip()) > LONGEST_NAME


def _links(text: str) -> tuple[Link, ...]:
    """The links of a cell, separated by blanks; one of each kind."""
    found: dict[str, Link] = {}
    for written in text.split():
        link = parse_link(written)
        if link is None:
            raise _Refused("no_person" if LINKEDIN.match(written) else "other_link")
        found.setdefault(link.kind, link)
    return tuple(found.values())


def _day(text: str, order: str | None, reason: LineProblem) -> date:
    try:
        return read_moment(text, "UTC", order).date()
    except ValueError:
        raise _Refused(reason) from None


def _one_of(text: str, known: Mapping[str, str], reason: LineProblem) -> str:
    if text not in known:
        raise _Refused(reason)
    return known[text]


def _both_ways(names: Mapping[str, str]) -> dict[str, str]:
    """Ids by name, where only one has that name, and by id."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for each, name in names.items():
        if name in found:
            twice.add(name)
        found[name] = each
    return {name: each for name, each in found.items() if name not in twice} | {each: each for each in names}


def _unmistakable(known: Mapping[str, str]) -> dict[str, str]:
    """Names by id, of those that have a name of their own."""
    return {each: name for name, each in known.items() if name != each}


def _with_full_name(heading: Sequence[str], wanted: Mapping[str, str]) -> Mapping[str, str]:
    """The columns that a person named, and `First Name+Last Name` as the name where there is no other column of it."""
    letters = {re.sub(r"[^a-z]", "", name.lower()[:80]): name for name in heading}
    if "name" in wanted or any(each in letters for each in LAYOUT.headings["name"].split()):
        return wanted
    first = next((letters[each] for each in LAYOUT.headings["first_name"].split() if each in letters), None)
    last = next((letters[each] for each in _LAST_NAMES if each in letters), None)
    return {**wanted, "name": f"{first}+{last}"} if first and last else wanted
