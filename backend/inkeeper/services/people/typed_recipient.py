"""Parses a typed recipient: a name, a link to a profile, or both in one field."""

from __future__ import annotations

import re

from inkeeper.errors import invalid
from inkeeper.reasons import reason
from inkeeper.rules.pasted import name_in
from inkeeper.rules.people import parse_link

MOST_CHARACTERS = 700

_LINK = re.compile(r"(?:https?://|(?:[a-z]{2,3}\.)?linkedin\.com/)[^\s()<>\"]{1,500}", re.IGNORECASE)


def recipient_of(typed: str) -> dict[str, str | None]:
    """Parse the typed text into `name` and `profile_url`. Without a typed name it is taken from the link, or empty.

    Raises the 422 Problem for a link that is not a person's.
    """
    found = _LINK.search(typed)
    if not found:
        return {"name": typed.strip(), "profile_url": None}
    person = parse_link(found[0])
    if person is None:
        raise invalid("recipient.profile_url", reason("person.no_person"))
    link = person.url
    name = " ".join((typed[: found.start()] + typed[found.end() :]).strip(" \t,;()<>|–-").split())
    return {"name": name or name_in(person), "profile_url": link}
