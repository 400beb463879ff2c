"""Parses links to LinkedIn profiles, cleans and normalises names, and compares persons.

The extension implements the same rules in `core/log/people.js`. The tests of both read the cases in
`tests/people_cases.json`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from inkeeper.invisible import (
    INVISIBLE,
    JOINER,
    JOINERS,
    MONGOLIAN_SELECTORS,
    MONGOLIAN_VOWEL_SEPARATOR,
    NON_JOINER,
    SELECTORS,
    SURROGATES,
    TAGS,
    pattern_of,
)
from inkeeper.vocabulary import LinkKind

LONGEST_NAME = 200
"""The most characters of a stored name. Longer names are cut."""

ERASED_NAME = "(erased)"
"""Stored in place of a recipient's name after the person was erased."""

NOT_A_NAME = frozenset({"", ERASED_NAME, "linkedin member"})
"""Normalised names that do not identify a person. LinkedIn shows "LinkedIn Member" for closed accounts."""

_PATHS: dict[LinkKind, str] = {"in": "in", "member": "in", "lead": "sales/lead", "talent": "talent/profile"}


class Link(NamedTuple):
    """A link to a person. The id of kind `in` is chosen by the person; ids of the other kinds are assigned by LinkedIn.

    Ids of different kinds cannot be compared.
    """

    kind: LinkKind
    id: str

    @property
    def url(self) -> str:
        """The link in its normal form."""
        return f"https://www.linkedin.com/{_PATHS[self.kind]}/{self.id}"

    @property
    def key(self) -> str:
        """A key that is equal for links that may lead to the same person: the kind, and the id in lower case."""
        return f"{self.kind}/{self.id.lower()}"


class Person(NamedTuple):
    """A name as it was entered, and a link if there is one."""

    name: str
    link: Link | None


# Limits of the inputs of the patterns below, in characters.
_LONGEST_LINK_READ = 4_000
_LONGEST_NAME_READ = 1_000
_LONGEST_ID = 200

_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

_NEVER_KEPT_IN_NAMES = (*INVISIBLE, *MONGOLIAN_VOWEL_SEPARATOR, *TAGS)
UNSEEN_IN_NAMES = (*_NEVER_KEPT_IN_NAMES, *JOINERS, *SELECTORS, *MONGOLIAN_SELECTORS)
"""The invisible characters that do not count when names are compared."""

# Half surrogate pairs cannot be stored.
_NEVER_KEPT = re.compile(f"[{pattern_of(_NEVER_KEPT_IN_NAMES, SURROGATES)}]")
_UNSEEN = re.compile(f"[{pattern_of(UNSEEN_IN_NAMES, SURROGATES)}]")

# Joiners matter in emoji sequences and from Hebrew on (Arabic, Persian, the scripts of India), not beside Latin, Greek
# or Cyrillic letters, blanks or other joiners. Written by what it excludes: `re` compiles a class in a time that grows
# with the number of characters that are named.
_JOINED = r"[^\x00-\u058f\u1680\u2000-\u206f\u3000]"
# After a virama a joiner changes the letter before it, also at the end of a word (RFC 5892, A.1 and A.2).
_VIRAMAS = (
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a"
    "\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed"
)
_A_JOINER = f"[{pattern_of(JOINERS)}]"
_NEEDLESS_JOINER = re.compile(f"(?<!{_JOINED}){_A_JOINER}|(?<![{_VIRAMAS}]){_A_JOINER}(?!{_JOINED})")
_SKIN_TONES = range(0x1F3FB, 0x1F400)

_USUAL_LINK = re.compile(r"https://www\.linkedin\.com/in/([a-z0-9-]{1,200})")
_USUAL_NUMBERED_LINK = re.compile(r"https://www\.linkedin\.com/(sales/lead|talent/profile)/([A-Za-z0-9_-]{1,200})")
_ADDRESS = re.compile(
    r"(?:(?:https?:)?//)?(?:[a-z0-9-]+\.)*linkedin\.com\.?(?::(?:80|443)?)?/(?P<path>[^?#]*)(?:[?#].*)?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
# Path prefixes of the same profiles: on phones, in links of LinkedIn's e-mails, and for signed-out visitors.
_SHOWN_AS = frozenset({"mwlite", "m", "comm", "public-profile"})
_MOST_LAYERS = 5
_ENCODED = re.compile(r"%[0-9a-f]{2}", re.ASCII | re.IGNORECASE)
_NOT_IN_A_SLUG = re.compile(r"[\s\x00-\x1f\x7f-\x9f/?#\\\ufffd]")
_LINKEDIN_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_MEMBER_ID_START = "ACoAA"
_FOLDED_MEMBER_ID = re.compile(r"acoaa[a-z0-9_-]{25,}", re.ASCII | re.IGNORECASE)
_PUB_PART = re.compile(r"[0-9a-z]{1,3}", re.ASCII)


def parse_link(text: str) -> Link | None:
    """Parse a link to a person in any of its forms. None for any other text."""
    usual = _USUAL_LINK.fullmatch(text)
    if usual and usual[1] != "me" and not usual[1].startswith("acoaa"):
        return Link("in", usual[1])
    usual = _USUAL_NUMBERED_LINK.fullmatch(text)
    if usual:
        return Link("lead" if usual[1] == "sales/lead" else "talent", usual[2])
    if len(text) > _LONGEST_LINK_READ:
        return None
    address = _ADDRESS.fullmatch(_without_unseen(text).strip())
    if not address:
        return None
    parts = [part for part in address["path"].split("/") if part]
    # A browser would resolve these to another path.
    if any(_decoded(part) in (".", "..") for part in parts):
        return None
    while parts and parts[0].lower() in _SHOWN_AS:
        del parts[0]
    return _person_at(parts) if len(parts) > 1 else None


def normal_link(text: str) -> str | None:
    """The normal form of a link to a person. None for any other text."""
    link = parse_link(text)
    return link and link.url


def clean_name(name: str) -> str:
    """The name in its stored form. May be empty.

    Composed (NFC), on one line, with single spaces, without control and invisible characters (joiners stay where a
    script needs them), and cut to LONGEST_NAME between whole characters.
    """
    name = name.strip()[:_LONGEST_NAME_READ]
    if not name.isascii():
        name = _without_unseen(name)
    return _cut(_BLANKS.sub(" ", name).strip())


def normal_name(name: str) -> str:
    """The normalised name for comparisons: NFKC, case-folded, with single spaces and without invisible characters."""
    name = clean_name(name)
    if name.isascii():
        return name.lower()
    # Repeated: folding can decompose a character, and composing can give one that folds again (UAX #15, NFKC_Casefold).
    for _ in range(3):
        name = unicodedata.normalize("NFKC", _UNSEEN.sub("", name)).casefold()
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", name)).strip()


def same_person(one: Person, other: Person) -> bool:
    """Whether both are the same person: by link if both have one of the same kind, else by normalised name."""
    if one.link and other.link and one.link.kind == other.link.kind:
        return _same_id(one.link.id, other.link.id)
    name = normal_name(one.name)
    return name not in NOT_A_NAME and name == normal_name(other.name)


def _same_id(one: str, other: str) -> bool:
    """Compare ids with case, or without if one is in lower case: earlier versions stored member ids in lower case."""
    return one == other or (one.lower() == other.lower() and (one.lower() == one or other.lower() == other))


def _person_at(parts: list[str]) -> Link | None:
    area, second, *rest = parts[0].lower(), *parts[1:]
    if area == "in":
        return _profile(second)
    if area == "pub":
        return _old_public_profile(second, rest)
    if area == "sales" and second.lower() in ("lead", "people") and rest:
        return _numbered("lead", rest[0])
    if area == "talent":
        folders = [part.lower() for part in parts[:-1]]
        if "profile" in folders:
            return _numbered("talent", parts[folders.index("profile") + 1])
    return None


def _profile(written: str) -> Link | None:
    """The link for `/in/<slug>`. The slug is the name that the person chose, or a member id where LinkedIn hides it."""
    slug = _without_unseen(_decoded(written)).strip()
    if slug.startswith(_MEMBER_ID_START) or _FOLDED_MEMBER_ID.match(slug):
        member = _numbered("member", slug)
        if member:
            return member
    slug = unicodedata.normalize("NFC", slug.lower())
    if not slug or len(slug) > _LONGEST_ID or _NOT_IN_A_SLUG.search(slug) or slug in (".", "..", "me"):
        return None
    return Link("in", slug)


def _old_public_profile(name: str, numbers: list[str]) -> Link | None:
    """The link for `/pub/<name>/<a>/<b>/<c>`, which LinkedIn redirects to `/in/<name>-<c><b><a>`.

    `c` and `b` are padded with zeros to three digits. Source: https://www.npmjs.com/package/linkedin-canonical-url
    """
    found = [_PUB_PART.fullmatch(number.lower()) for number in numbers[:3]]
    if len(found) < 3 or not all(found):
        return None
    first, second, third = (number.lower() for number in numbers[:3])
    return _profile(f"{name}-{third:0>3}{second:0>3}{first}")


def _numbered(kind: LinkKind, written: str) -> Link | None:
    """A link with an id assigned by LinkedIn. In Sales Navigator, parameters of the search follow it after a comma."""
    number = _decoded(written).partition(",")[0].strip()
    return Link(kind, number) if _LINKEDIN_ID.fullmatch(number) else None


def _decoded(text: str) -> str:
    """The text without percent-encoding, of which mail programs add several layers.

    A layer that is not UTF-8 is not decoded. Returns "" for a text with more than _MOST_LAYERS layers.
    """
    for _ in range(_MOST_LAYERS):
        if not _ENCODED.search(text):
            return text
        try:
            text = _percent_decoded(text)
        except ValueError:
            return text
    return "" if _ENCODED.search(text) else text


def _percent_decoded(text: str) -> str:
    """Remove one layer of percent-encoding. Raises ValueError if the result is not UTF-8."""
    first, *rest = text.split("%")
    octets = bytearray(first.encode())
    for part in rest:
        if not _ENCODED.match(f"%{part[:2]}"):
            raise ValueError(part)
        octets.append(int(part[:2], 16))
        octets += part[2:].encode()
    return octets.decode("utf-8")


def _without_unseen(text: str) -> str:
    """Compose (NFC) and remove invisible characters, except joiners and variation selectors that a script needs."""
    if text.isascii():
        return text
    # Composed before the check of joiners, which depends on their neighbours, and again, since removal of a joiner can
    # bring composable characters together.
    text = _NEVER_KEPT.sub("", unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", _NEEDLESS_JOINER.sub("", text))


def _cut(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    end = LONGEST_NAME
    while end and _belongs_to_the_character_before(name, end):
        end -= 1
    return name[: end or LONGEST_NAME].rstrip()


def _belongs_to_the_character_before(name: str, place: int) -> bool:
    return (
        unicodedata.category(name[place]).startswith("M")
        or name[place] in (NON_JOINER, JOINER)
        or name[place - 1] in (NON_JOINER, JOINER)
        or ord(name[place]) in _SKIN_TONES
    )
