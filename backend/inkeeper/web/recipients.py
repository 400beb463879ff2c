"""Who an InMail went to, as people type it: a name, a link to a profile, or both in one field."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from inkeeper.errors import invalid
from inkeeper.rules.people import parse_link

MOST_CHARACTERS = 700

_LINK = re.compile(r"(?:https?://|(?:[a-z]{2,3}\.)?linkedin\.com/)[^\s()<>\"]{1,500}", re.IGNORECASE)
_NUMBERED = re.compile(r"(?=\D*\d)[0-9a-z]{5,}", re.ASCII)


def recipient_of(typed: str) -> dict[str, str | None]:
    """The `name` and `profile_url` in what was typed. The name is empty where nothing tells it.

    Raises the 422 Problem for a link that does not lead to a person.
    """
    found = _LINK.search(typed)
    if not found:
        return {"name": typed.strip(), "profile_url": None}
    person = parse_link(found[0])
    if person is None:
        raise invalid("recipient.profile_url", "This link does not lead to a person.")
    link = person.url
    name = " ".join((typed[: found.start()] + typed[found.end() :]).strip(" \t,;()<>|–-").split())
    return {"name": name or _name_in(link), "profile_url": link}


def _name_in(link: str) -> str:
    """`Kai Example` from `/in/kai-example-000000000`: LinkedIn puts a number behind names that are taken."""
    kind, _, slug = urlsplit(link).path.rpartition("/")
    if kind != "/in":
        return ""
    words = slug.split("-")
    if len(words) > 1 and _NUMBERED.fullmatch(words[-1]):
        words = words[:-1]
    return " ".join(word[:1].upper() + word[1:] for word in words if word)
