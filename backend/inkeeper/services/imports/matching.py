"""Matches InMails of a file with those in the ledger.

One InMail of the file is one of the ledger if it went to the same person within a day of it: a click comes later than
the sending, and some files know only the day. Each matches at most one of the other. What was stored from a file has
the file's own instant, so that the same file is recognised again row by row; what was stored from LinkedIn's export
also has the message's key, by which it is recognised when its recipient's account was closed in the meantime. An InMail
that was edited since is also known by the instants and the recipients that it had before.

The time taken grows with the number of InMails, however many went to one person or on one day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from inkeeper.rules.people import ERASED_NAME, NOT_A_NAME, Link, Person, normal_name, parse_link, same_person
from inkeeper.services.imports.reading import Found
from inkeeper.services.ledger.inmail_edits import last_edits
from inkeeper.storage import imports
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import LINK_KINDS

NEARBY = timedelta(days=1)

_KINDS = (*LINK_KINDS, None)


@dataclass(slots=True, eq=False)
class Known:
    """An InMail of the ledger, or what it was before an edit: then `edited_to` is the InMail. `sent_at` is UTC."""

    id: str
    sent_at: datetime
    name: str
    link: str | None
    outcome: str
    source: str
    taken_back: bool
    name_key: str
    message_key: str | None = None
    matched: bool = False
    edited_to: Known | None = None

    @property
    def current(self) -> Known:
        """The InMail as it is now, which is matched at most once, whichever way."""
        return self.edited_to or self


def known_inmails(tx: Transaction, account_id: str, found: Sequence[Found]) -> list[Known]:
    """The account's InMails of the time that those found (in order of time) span, in order of time."""
    if not found:
        return []
    since, until = found[0].sent_at - NEARBY, found[-1].sent_at + NEARBY
    edits = last_edits(tx, account_id)
    nearby = _known(imports.known_nearby(tx, account_id, since, until))
    known = {each.id: each for each in nearby if each.id not in edits}
    before_edits = imports.before_edits(tx, account_id, edits)
    if not before_edits:
        return list(known.values())
    edited = {edits.get(former.id, former.id) for former in before_edits}
    known |= {each.id: each for each in _known(imports.known_by_id(tx, account_id, edited - known.keys()))}
    before = [
        replace(
            now,
            sent_at=former.sent_at,
            name=former.name,
            link=former.profile_url,
            name_key=normal_name(former.name),
            edited_to=now,
        )
        for former in before_edits
        if (now := known.get(edits.get(former.id, former.id)))
    ]
    return sorted([*known.values(), *before], key=_sent_at)


def _known(stored: Iterable[imports.Known]) -> list[Known]:
    return [Known(*each) for each in stored]


def twice_in_file(found: Sequence[Found]) -> dict[int, int]:
    """The repeated InMails of a file (given in order of time): the line of each repetition, and the line that it
    repeats.

    InMails to the same person at the same instant are repetitions.
    """
    repeated: dict[int, int] = {}
    for _, at_once in groupby(found, key=_sent_at):
        several = list(at_once)
        if len(several) > 1:
            repeated |= _repeated(several)
    return repeated


def matches(found: Iterable[Found], known: Sequence[Known]) -> dict[int, Known]:
    """For each InMail of a file that is in the ledger: its line, and which one it is. `known` is in order of time."""
    matched: dict[int, Known] = {}
    now = [each for each in known if each.edited_to is None]
    before = [each for each in known if each.edited_to is not None]
    # What an InMail is now comes before what it was: another InMail of the file may be what it is now.
    now_to, before_to, of_instant = _ByPerson(now), _ByPerson(before), _ByInstant([*now, *before])
    left = [_Sought(each, _link(each), normal_name(each.name)) for each in found]
    # From the most reliable match to the least reliable.
    for look_up in (
        of_instant.with_message,
        now_to.with_link_at_instant,
        now_to.with_name_at_instant,
        before_to.with_link_at_instant,
        before_to.with_name_at_instant,
        of_instant.without_name,
        now_to.nearest,
        before_to.nearest,
    ):
        left = _match(left, matched, look_up)
    return matched


def same_link(found: Found, known: Known) -> bool:
    """Whether both have links, and these lead to one person."""
    one, other = _link(found), _link(known)
    return one is not None and other is not None and same_person(Person("", one), Person("", other))


def same_name(found: Found, known: Known) -> bool:
    """Whether both have the same name, in any spelling."""
    return normal_name(found.name) == known.name_key


class _Sought(NamedTuple):
    """An InMail of the file, with its link and normal name."""

    found: Found
    link: Link | None
    name: str


def _match(
    sought: Iterable[_Sought], matched: dict[int, Known], look_up: Callable[[_Sought], Known | None]
) -> list[_Sought]:
    """Match by this way. Returns the InMails that remain unmatched."""
    left = []
    for each in sought:
        known = look_up(each)
        if known is None:
            left.append(each)
        else:
            known.current.matched = True
            matched[each.found.line] = known.current
    return left


class _InOrderOfTime:
    """InMails in order of time. Matched ones are skipped in nearly constant time (union-find)."""

    __slots__ = ("_earlier", "_known", "_later")

    def __init__(self) -> None:
        self._known: list[Known] = []
        # For a matched InMail, the index at which to continue in either direction (union-find).
        self._later: dict[int, int] = {}
        self._earlier: dict[int, int] = {}

    def add(self, known: Known) -> None:
        """Add one that is no earlier than those before."""
        self._known.append(known)

    def first(self) -> Known | None:
        """The first of all."""
        return self._from(0)

    def only(self) -> Known | None:
        """The only one, None where there are none or several."""
        first = self._from(0)
        return first if first is self._before(len(self._known)) else None

    def at(self, instant: datetime) -> Known | None:
        """One of this instant."""
        known = self._from(bisect_left(self._known, instant, key=_sent_at))
        return known if known and known.sent_at == instant else None

    def around(self, instant: datetime) -> Iterator[Known]:
        """The last one before the instant and the first one from it on, as far as there are."""
        place = bisect_left(self._known, instant, key=_sent_at)
        yield from (known for known in (self._before(place), self._from(place)) if known)

    def _from(self, place: int) -> Known | None:
        place = self._unmatched(place, self._later, 1)
        return self._known[place] if place < len(self._known) else None

    def _before(self, place: int) -> Known | None:
        place = self._unmatched(place - 1, self._earlier, -1)
        return self._known[place] if place >= 0 else None

    def _unmatched(self, place: int, jumps: dict[int, int], step: int) -> int:
        passed = []
        while 0 <= place < len(self._known) and self._known[place].current.matched:
            passed.append(place)
            place = jumps.get(place, place + step)
        for each in passed:
            jumps[each] = place
        return place


@dataclass(frozen=True, slots=True)
class _Group:
    """InMails with the same name or link key, and with the same properties that decide whether they may match an InMail
    of the file.
    """

    kind: str | None
    taken_back: bool
    has_message: bool
    known: _InOrderOfTime


class _ByPerson:
    """The ledger's InMails by links and names.

    Those that may be taken for an InMail of the file are in a few groups, so that no other InMail is visited.
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self._links: dict[Hashable, list[_Group]] = defaultdict(list)
        self._names: dict[Hashable, list[_Group]] = defaultdict(list)
        for each in known:
            link = _link(each)
            if link:
                for key in _keys_of_link(link):
                    _add(self._links[key], each, link)
            # Nearby, those without a name are taken for one another if nothing speaks against it.
            _add(self._names[each.name_key], each, link)

    def with_link_at_instant(self, sought: _Sought) -> Known | None:
        """Sent at the same instant to the same link."""
        return _first(group.known.at(sought.found.sent_at) for group in self._with_link(sought))

    def with_name_at_instant(self, sought: _Sought) -> Known | None:
        """Sent at the same instant to the same name, where links cannot be compared."""
        if sought.name in NOT_A_NAME:
            return None
        return _first(group.known.at(sought.found.sent_at) for group in self._with_name(sought))

    def nearest(self, sought: _Sought) -> Known | None:
        """The nearest within a day to the same person; a retracted one only if there is no other."""
        at = sought.found.sent_at
        near = [
            known
            for group in (*self._with_link(sought), *self._with_name(sought))
            # Two messages of LinkedIn's exports are one only if their keys are the same: see `with_message`.
            if not (sought.found.message_key and group.has_message)
            for known in group.known.around(at)
            if abs(known.sent_at - at) <= NEARBY
        ]
        return min(near, key=lambda each: (each.taken_back, abs(each.sent_at - at), each.id), default=None)

    def _with_link(self, sought: _Sought) -> list[_Group]:
        return [group for key in _keys_of_same_link(sought.link) for group in self._links.get(key, ())]

    def _with_name(self, sought: _Sought) -> list[_Group]:
        kind = sought.link and sought.link.kind
        return [group for group in self._names.get(sought.name, ()) if kind is None or group.kind != kind]


class _ByInstant:
    """The ledger's InMails by message key and instant, for matches without a person. Given are all as they are now,
    then all as they were before edits, both in order of time.
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self._messages: dict[str, Known] = {}
        self._erased: dict[datetime, _InOrderOfTime] = defaultdict(_InOrderOfTime)
        self._nameless: dict[datetime, _InOrderOfTime] = defaultdict(_InOrderOfTime)
        self._imported: dict[datetime, _InOrderOfTime] = defaultdict(_InOrderOfTime)
        indexed: set[tuple[datetime, str]] = set()
        for each in known:
            if each.message_key:
                self._messages.setdefault(each.message_key, each)
            if each.link is None and each.name_key == ERASED_NAME:
                self._erased[each.sent_at].add(each)
            elif each.link is None and each.name_key in NOT_A_NAME:
                self._nameless[each.sent_at].add(each)
            elif each.source == "import" and not each.message_key and (each.sent_at, each.id) not in indexed:
                # Each is added once, since `only` depends on their number.
                indexed.add((each.sent_at, each.id))
                self._imported[each.sent_at].add(each)

    def with_message(self, sought: _Sought) -> Known | None:
        """The same message of LinkedIn's export, whatever its recipient is now."""
        key = sought.found.message_key
        known = self._messages.get(key) if key else None
        return None if known is None or known.current.matched else known

    def without_name(self, sought: _Sought) -> Known | None:
        """Sent at the same instant, where the ledger does not know the person, or LinkedIn's export no longer does.

        In the latter case an InMail imported by a version that stored no messages' keys is taken if it is the only one.
        """
        at = sought.found.sent_at
        known = self._erased[at].first() if at in self._erased else None
        if known is None and sought.link is None and sought.name in NOT_A_NAME:
            known = self._nameless[at].first() if at in self._nameless else None
            if known is None and sought.found.message_key and at in self._imported:
                known = self._imported[at].only()
        return known


def _add(groups: list[_Group], known: Known, link: Link | None) -> None:
    variant = (link.kind if link else None, known.taken_back, known.message_key is not None)
    for group in groups:
        if (group.kind, group.taken_back, group.has_message) == variant:
            break
    else:
        group = _Group(*variant, _InOrderOfTime())
        groups.append(group)
    group.known.add(known)


def _first(candidates: Iterable[Known | None]) -> Known | None:
    """The first that was not retracted, else the first."""
    return min((each for each in candidates if each), key=lambda each: (each.taken_back, each.id), default=None)


def _repeated(at_once: Iterable[Found]) -> dict[int, int]:
    """The repetitions among InMails of one instant, by line."""
    repeated: dict[int, int] = {}
    first: dict[Hashable, int] = {}
    for each in at_once:
        link, name = _link(each), normal_name(each.name)
        kind = link.kind if link else None
        same = [*_keys_of_same_link(link), *((name, other) for other in _KINDS if link is None or other != kind)]
        line = next((first[key] for key in same if key in first), None)
        if line is not None:
            repeated[each.line] = line
            continue
        for key in _keys_of_link(link):
            first.setdefault(key, each.line)
        if name not in NOT_A_NAME:
            first.setdefault((name, kind), each.line)
    return repeated


def _keys_of_link(link: Link | None) -> list[Hashable]:
    """The look-up key of a link."""
    if link is None:
        return []
    return [link.key] if link.kind == "in" else [link.key, link]


def _keys_of_same_link(link: Link | None) -> list[Hashable]:
    """By what the links are found that lead to the same person: an id in lower case may be any that is the same when
    folded; another one, itself or the folded one.
    """
    if link is None:
        return []
    folded = Link(link.kind, link.id.lower())
    return [link.key] if link == folded else [link, folded]


def _sent_at(inmail: Known | Found) -> datetime:
    return inmail.sent_at


def _link(person: Found | Known) -> Link | None:
    return parse_link(person.link) if person.link else None
