"""What a link to a LinkedIn profile is, what a name is, and when two of them are one person.

The extension has a twin of this module; `tests/people_cases.json` is the table of cases that the tests of both read.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from inkeeper.vocabulary import LinkKind

LONGEST_NAME = 200
"""Characters that are kept of a name."""

ERASED_NAME = "(erased)"
"""Stored in place of a recipient's name after the person was erased."""

NOT_A_NAME = frozenset({"", ERASED_NAME, "linkedin member"})
"""Normal names that many people share, so that they identify no one. LinkedIn writes "LinkedIn Member" where an account
was closed.
"""

_PATHS: dict[LinkKind, str] = {"in": "in", "member": "in", "lead": "sales/lead", "talent": "talent/profile"}


class Link(NamedTuple):
    """A link to a person. `in` has the name that the person chose, the other kinds have LinkedIn's own ids.

    The kinds are numbered by different parts of LinkedIn: ids of two kinds cannot be compared.
    """

    kind: LinkKind
    id: str

    @property
    def url(self) -> str:
        """The one normal form of the link."""
        return f"https://www.linkedin.com/{_PATHS[self.kind]}/{self.id}"

    @property
    def key(self) -> str:
        """What links that may be the same have in common: the kind, and the id in lower case."""
        return f"{self.kind}/{self.id.lower()}"


class Person(NamedTuple):
    """A name as it was given, and a link if there is one."""

    name: str
    link: Link | None


# Every pattern below runs on no more than this many characters.
_LONGEST_LINK_READ = 4_000
_LONGEST_NAME_READ = 1_000
_LONGEST_ID = 200

_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt): what is not seen. Half surrogate pairs are no
# characters, and cannot be stored.
_JOINERS = "\u200c\u200d"
_VARIATION_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_OTHER_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_HALF_PAIRS = "\ud800-\udfff"
_NEVER_KEPT = re.compile(f"[{_OTHER_UNSEEN}{_HALF_PAIRS}]")
_UNSEEN = re.compile(f"[{_OTHER_UNSEEN}{_HALF_PAIRS}{_JOINERS}{_VARIATION_SELECTORS}]")

# Joiners matter in emoji sequences and from Hebrew on (Arabic, Persian, the scripts of India), not beside Latin, Greek
# or Cyrillic letters, blanks or other joiners.
_JOINED = r"[\u0590-\u167f\u1681-\u1fff\u2070-\u2fff\u3001-\U0010ffff]"
# Behind a virama a joiner changes the letter before it, at the end of a word as well (RFC 5892, A.1 and A.2).
_VIRAMAS = (
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a"
    "\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed"
)
_NEEDLESS_JOINER = re.compile(f"(?<!{_JOINED})[{_JOINERS}]|(?<![{_VIRAMAS}])[{_JOINERS}](?!{_JOINED})")
_SKIN_TONES = range(0x1F3FB, 0x1F400)

_USUAL_LINK = re.compile(r"https://www\.linkedin\.com/in/([a-z0-9-]{1,200})")
_USUAL_NUMBERED_LINK = re.compile(r"https://www\.linkedin\.com/(sales/lead|talent/profile)/([A-Za-z0-9_-]{1,200})")
_ADDRESS = re.compile(
    r"(?:(?:https?:)?//)?(?:[a-z0-9-]+\.)*linkedin\.com\.?(?::(?:80|443)?)?/(?P<path>[^?#]*)(?:[?#].*)?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
# The same profiles for telephones, behind links in LinkedIn's e-mails, and as visitors see them.
_SHOWN_AS = frozenset({"mwlite", "m", "comm", "public-profile"})
_MOST_LAYERS = 5
_ENCODED = re.compile(r"%[0-9a-f]{2}", re.ASCII | re.IGNORECASE)
_NOT_IN_A_SLUG = re.compile(r"[\s\x00-\x1f\x7f-\x9f/?#\\\ufffd]")
_LINKEDIN_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_MEMBER_ID_START = "ACoAA"
_FOLDED_MEMBER_ID = re.compile(r"acoaa[a-z0-9_-]{25,}", re.ASCII | re.IGNORECASE)
_PUB_PART = re.compile(r"[0-9a-z]{1,3}", re.ASCII)


def parse_link(text: str) -> Link | None:
    """The person that a link leads to, however the link is written. None for a link to no person."""
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
    """The normal form of a link to a person. None for a link to no person."""
    link = parse_link(text)
    return link and link.url


def clean_name(name: str) -> str:
    """The name as it is kept: composed (NFC), on one line, with single spaces, without control and unseen characters
    (joiners stay where a script needs them), at most 200 characters, cut between characters. May be empty.
    """
    name = name.strip()[:_LONGEST_NAME_READ]
    if not name.isascii():
        name = _without_unseen(name)
    return _cut(_BLANKS.sub(" ", name).strip())


def normal_name(name: str) -> str:
    """What names that are compared have to share: NFKC, folded case, single spaces, no unseen characters."""
    name = clean_name(name)
    if name.isascii():
        return name.lower()
    # Folding can decompose a character, and composing can make one that folds again (UAX #15, NFKC_Casefold).
    for _ in range(3):
        name = unicodedata.normalize("NFKC", _UNSEEN.sub("", name)).casefold()
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", name)).strip()


def same_person(one: Person, other: Person) -> bool:
    """By link where both have one of the same kind; else by normal name."""
    if one.link and other.link and one.link.kind == other.link.kind:
        return _same_id(one.link.id, other.link.id)
    name = normal_name(one.name)
    return name not in NOT_A_NAME and name == normal_name(other.name)


def _same_id(one: str, other: str) -> bool:
    """Ids differ by case; but earlier versions stored ids of members in lower case."""
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
    """`/in/<slug>`. A member's id stands in the place of the chosen name where LinkedIn does not show that."""
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
    """`/pub/<name>/<a>/<b>/<c>`: LinkedIn redirects it to `/in/<name>-<c><b><a>`, so both are the same `in`
    (https://www.npmjs.com/package/linkedin-canonical-url). Shorter numbers in front are filled up to three digits.
    """
    found = [_PUB_PART.fullmatch(number.lower()) for number in numbers[:3]]
    if len(found) < 3 or not all(found):
        return None
    first, second, third = (number.lower() for number in numbers[:3])
    return _profile(f"{name}-{third:0>3}{second:0>3}{first}")


def _numbered(kind: LinkKind, written: str) -> Link | None:
    """An id of LinkedIn's own. In Sales Navigator the search that led to the person follows it behind a comma."""
    number = _decoded(written).partition(",")[0].strip()
    return Link(kind, number) if _LINKEDIN_ID.fullmatch(number) else None


def _decoded(text: str) -> str:
    """Without percent-encoding, of which mail programs add layers. What is not UTF-8 stays as it is, and nothing is
    left of what has more layers than any program adds.
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
    """Raises ValueError where the whole is not percent-encoded UTF-8."""
    first, *rest = text.split("%")
    octets = bytearray(first.encode())
    for part in rest:
        if not _ENCODED.match(f"%{part[:2]}"):
            raise ValueError(part)
        octets.append(int(part[:2], 16))
        octets += part[2:].encode()
    return octets.decode("utf-8")


def _without_unseen(text: str) -> str:
    """Composed (NFC), without unseen characters except joiners and variation selectors where a script needs them."""
    if text.isascii():
        return text
    # Composed first, since a joiner's neighbours decide on it, and once more, since what parted two may be gone.
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
        or name[place] in _JOINERS
        or name[place - 1] in _JOINERS
        or ord(name[place]) in _SKIN_TONES
    )
