"""Parses a line that a user pastes or types: a person's name, link and company."""

from __future__ import annotations

import re
from typing import NamedTuple

from inkeeper.rules.people import LONGEST_NAME, NOT_A_NAME, Link, clean_name, normal_name, parse_link
from inkeeper.vocabulary import PastedProblem

_LONGEST_LINE = 2_000
_LONGEST_COMPANY = 200
_BULLET = re.compile(r"\s*(?:[-*•‣–—▪◦·]|\d{1,6}[.)])\s+")
_LINK = re.compile(r"(?:https?://|(?:[a-z]{2,3}\.)?linkedin\.com/)[^\s()<>\"]{1,1000}", re.IGNORECASE)
LINKEDIN = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)*linkedin\.com\.?(?::\d+)?(?:[/?#]|\Z)", re.ASCII | re.IGNORECASE)
"""Matches the beginning of an address on LinkedIn."""

# An address of any other site, without its scheme, and an e-mail address.
_OTHER_ADDRESS = re.compile(r"\bwww\.|\b[a-z0-9-]+\.[a-z]{2,}/|\S@\S+\.\S|\w://", re.ASCII | re.IGNORECASE)
_BETWEEN = re.compile(r"\t|[,;|،，、；]\s*")
_AROUND = " \t,;|\"'–-،，、；"
# Characters to strip: brackets and separators around a link remain at the end of the part before it and at the start of
# the part after it.
_OPENING, _CLOSING = "(<[" + _AROUND, ")>]" + _AROUND
_NUMBERED = re.compile(r"(?=\D*\d)[0-9a-z]{5,}", re.ASCII)


class ParsedLine(NamedTuple):
    """The person of a line. `cut`: the name was longer than LONGEST_NAME and was cut."""

    name: str
    link: Link | None
    company: str | None
    cut: bool


class NotUnderstood(ValueError):
    """The line names no person, for the reason `reason`."""

    def __init__(self, reason: PastedProblem) -> None:
        super().__init__(reason)
        self.reason: PastedProblem = reason


def read_line(text: str) -> ParsedLine:
    """Parse a line with a name, a link, or both in either order, and optionally a company after the name.

    Parts are separated by tabs, commas, semicolons or bars. A link may also be in brackets or after a blank. A leading
    bullet or number is ignored. Raises NotUnderstood.
    """
    if len(text) > _LONGEST_LINE:
        raise NotUnderstood("too_long")
    rest, link = _without_link(_BULLET.sub("", text, count=1) if _BULLET.match(text) else text)
    if _OTHER_ADDRESS.search(rest):
        raise NotUnderstood("other_link")
    parts = [part for part in (part.rstrip(_OPENING).lstrip(_CLOSING) for part in _BETWEEN.split(rest)) if part]
    written = parts[0] if parts else ""
    name = clean_name(written)
    if normal_name(name) in NOT_A_NAME:
        name = name_in(link)
    if not name:
        raise NotUnderstood("no_name")
    company = clean_name(", ".join(parts[1:]))[:_LONGEST_COMPANY]
    return ParsedLine(name, link, company or None, len(written) > LONGEST_NAME)


def name_in(link: Link | None) -> str:
    """The name in a link: `Kai Example` for `/in/kai-example-000000000`. Empty if the link has no name.

    The number is removed: LinkedIn appends one if a name is taken.
    """
    if link is None or link.kind != "in":
        return ""
    words = link.id.split("-")
    if len(words) > 1 and _NUMBERED.fullmatch(words[-1]):
        words = words[:-1]
    return clean_name(" ".join(word[:1].upper() + word[1:] for word in words if word))


def _without_link(text: str) -> tuple[str, Link | None]:
    """The line with a tab in place of its first link, and that link. Raises NotUnderstood if it leads to no person."""
    found = _LINK.search(text)
    if found is None:
        return text, None
    written = found[0]
    if "/sales/" not in written.lower():
        # A comma ends the link, except in Sales Navigator, where it precedes parameters of the search in the path.
        written = _BETWEEN.split(written, maxsplit=1)[0]
    link = parse_link(written.rstrip(".,;"))
    if link is None:
        raise NotUnderstood("no_person" if LINKEDIN.match(written) else "other_link")
    return f"{text[: found.start()]}\t{text[found.start() + len(written) :]}", link
