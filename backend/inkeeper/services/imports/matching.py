"""Which InMails of a file are in the ledger already.

One InMail of the file is one of the ledger if it went to the same person within a day of it: a click comes later than
the sending, and some files know only the day. Each matches at most one of the other. What was stored from a file has
the file's own instant, so that the same file is recognised again row by row. An InMail that was edited since is also
known by the instant and the recipient that it had before.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from inkeeper.clock import from_microseconds, to_microseconds
from inkeeper.services.imports.reading import Found
from inkeeper.services.inmail_edits import last_edits
from inkeeper.storage.models import ERASED_NAME
from inkeeper.storage.transaction import execute

NEARBY = timedelta(days=1)

# An InMail that was taken back by itself is known not to have been one, and stays so. Those that went when their whole
# import was taken back may come again.
_KNOWN = (
    "SELECT inmail.id, inmail.sent_at, inmail.name, inmail.profile_url, inmail.outcome, inmail.source,"
    " inmail.retracted_at IS NOT NULL"
    " FROM inmail JOIN fact ON fact.id = inmail.id LEFT JOIN import ON import.id = fact.import_id"
    " WHERE {which}"
    " AND (inmail.retracted_at IS NULL OR (import.id IS NOT NULL AND import.retracted_at IS NULL))"
    " ORDER BY inmail.sent_at, inmail.id"
)
_KNOWN_NEARBY = _KNOWN.format(which="inmail.account_id = ? AND inmail.sent_at BETWEEN ? AND ?")
# The plus sign keeps SQLite from going through all of the account's InMails instead of looking these up.
_KNOWN_BY_ID = _KNOWN.format(which="+inmail.account_id = ? AND inmail.id IN (SELECT value FROM json_each(?))")
_BEFORE_EDITS = (
    "SELECT id, sent_at, name, profile_url FROM inmail"
    " WHERE +account_id = ?1 AND id IN (SELECT value FROM json_each(?2))"
    " UNION ALL SELECT id, sent_at, former_name, former_url FROM inmail"
    " WHERE account_id = ?1 AND former_name IS NOT NULL"
)


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
    matched: bool = False
    edited_to: Known | None = None

    @property
    def current(self) -> Known:
        """The InMail as it is now."""
        return self.edited_to or self


def known_inmails(account_id: str, found: Sequence[Found]) -> list[Known]:
    """The account's InMails of the time that those found (in order of time) span, in order of time.

    Runs inside a transaction of the store.
    """
    if not found:
        return []
    since, until = found[0].sent_at - NEARBY, found[-1].sent_at + NEARBY
    edits = last_edits(account_id)
    nearby = _known(_KNOWN_NEARBY, account_id, to_microseconds(since), to_microseconds(until))
    known = {each.id: each for each in nearby if each.id not in edits}
    before_edits = execute(_BEFORE_EDITS, (account_id, json.dumps(list(edits)))).fetchall()
    if not before_edits:
        return list(known.values())
    edited = {edits.get(inmail_id, inmail_id) for inmail_id, *_ in before_edits}
    known |= {each.id: each for each in _known(_KNOWN_BY_ID, account_id, json.dumps(list(edited - known.keys())))}
    before = [
        replace(current, sent_at=from_microseconds(sent_at), name=name, link=link, edited_to=current)
        for inmail_id, sent_at, name, link in before_edits
        if (current := known.get(edits.get(inmail_id, inmail_id)))
    ]
    return sorted([*known.values(), *before], key=_sent_at)


def _known(statement: str, *parameters: Any) -> list[Known]:
    return [
        Known(inmail_id, from_microseconds(sent_at), name, link, outcome, source, bool(taken_back))
        for inmail_id, sent_at, name, link, outcome, source, taken_back in execute(statement, parameters)
    ]


def twice_in_file(found: Sequence[Found]) -> dict[int, int]:
    """The InMails that a file tells of more than once: the line of each repetition, and the line that it repeats.

    Repeated is what went to the same person at the same instant.
    """
    repeated: dict[int, int] = {}
    first: dict[datetime, list[Found]] = defaultdict(list)
    for each in found:
        others = first[each.sent_at]
        same = next((other for other in others if same_person(each, other)), None)
        if same is None:
            others.append(each)
        else:
            repeated[each.line] = same.line
    return repeated


def matches(found: Iterable[Found], known: Sequence[Known]) -> dict[int, Known]:
    """For each InMail of a file that is in the ledger: its line, and which one it is."""
    by_instant: dict[datetime, list[Known]] = defaultdict(list)
    by_person: dict[str, list[Known]] = defaultdict(list)
    for each in known:
        by_instant[each.sent_at].append(each)
        by_person[_name(each)].append(each)
        if each.link:
            by_person[each.link].append(each)
    matched: dict[int, Known] = {}
    left = list(found)
    for fits in (_same_person_now, same_person, _is_erased_copy):
        left = _match(left, matched, lambda each: by_instant.get(each.sent_at, ()), fits)
    for fits in (_same_person_now, same_person):
        left = _match(left, matched, lambda each: _nearest(each, by_person), fits)
    return matched


def same_person(one: Found | Known, other: Found | Known) -> bool:
    """By link where both have a link of one kind; else by name, upper and lower case alike."""
    if one.link and other.link and _kind(one.link) == _kind(other.link):
        return one.link == other.link
    return _name(one) == _name(other)


def _match(
    found: Iterable[Found],
    matched: dict[int, Known],
    candidates: Callable[[Found], Iterable[Known]],
    fits: Callable[[Found, Known], bool],
) -> list[Found]:
    """Match what fits; answers those that are left."""
    left = []
    for each in found:
        fitting = (known.current for known in candidates(each) if not known.current.matched and fits(each, known))
        known = next(fitting, None)
        if known is None:
            left.append(each)
        else:
            known.matched = True
            matched[each.line] = known
    return left


def _same_person_now(found: Found, known: Known) -> bool:
    """What an InMail is now comes before what it was: another InMail of the file may be what it is now."""
    return known.edited_to is None and same_person(found, known)


def _is_erased_copy(_found: Found, known: Known) -> bool:
    """Whose person was erased is only known by its instant."""
    return known.link is None and known.name == ERASED_NAME


def _nearest(found: Found, by_person: dict[str, list[Known]]) -> list[Known]:
    """The InMails of the same link or name within a day, the nearest first, those taken back last."""
    near: list[Known] = []
    for key in {_name(found), found.link or _name(found)}:
        known = by_person.get(key, [])
        begin = bisect_left(known, found.sent_at - NEARBY, key=_sent_at)
        end = bisect_right(known, found.sent_at + NEARBY, key=_sent_at)
        near += known[begin:end]
    return sorted(near, key=lambda each: (each.taken_back, abs(each.sent_at - found.sent_at), each.id))


def _sent_at(known: Known) -> datetime:
    return known.sent_at


def _name(person: Found | Known) -> str:
    return person.name.casefold()


def _kind(link: str) -> str:
    """Links of different kinds to one person cannot be compared: `/in/name`, `/in/acoaa...`, `/sales/lead/...`."""
    path, _, slug = link.rpartition("/")
    return f"{path}/acoa" if slug.startswith("acoa") and len(slug) > 30 else path
