"""What the catalogues of the server and of the extension have in common: their files, how they are written, faults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "backend" / "inkeeper" / "locale"

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = re.compile(r"%\((\w+)\)s")
MARKS = re.compile(r"<[^>]*>|\{\{\w+")

CLDR_NAMES = {"en": "en_GB"}
"""English days are written as in Britain: `Mon 30 Nov`."""


def empty_catalogue(header: str, locale: str | None = None) -> Catalog:
    """A catalogue without messages."""
    return Catalog(
        locale=locale,
        project="Inkeeper",
        version="",
        copyright_holder="the Inkeeper contributors",
        creation_date=LONG_AGO,
        revision_date=LONG_AGO,
        charset="utf-8",
        fuzzy=False,
        header_comment=header,
    )


def catalogue_text(catalogue: Catalog) -> bytes:
    """The catalogue as a file. Places name files without lines, so that it does not change with every line moved."""
    file = BytesIO()
    write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def languages(domain: str) -> list[str]:
    """The tags of the languages with a translation of these messages."""
    return sorted(path.parent.parent.name for path in LOCALE.glob(f"*/LC_MESSAGES/{domain}.po"))


def path_of(language: str, domain: str = "inkeeper") -> Path:
    """Where a translation lies."""
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def translation(language: str, domain: str, template: Catalog) -> Catalog:
    """The translation, brought up to date with the template. Without a file every message is untranslated."""
    locale = language.replace("-", "_")
    path = path_of(language, domain)
    if path.is_file():
        with path.open("rb") as file:
            found = read_po(file, locale=locale)
    else:
        found = empty_catalogue(template.header_comment, locale)
    found.update(template, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
    found.obsolete.clear()
    return found


def faults(path: Path, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with the translation, a line each."""
    for message in catalogue:
        if message.id and (fault := fault_of(message)):
            name = f"{message.context}: {message.id!r}" if message.context else repr(message.id)
            yield f"{path.relative_to(ROOT)}: {fault}: {name}"


def fault_of(message: Message) -> str | None:
    """What is wrong with one translated message."""
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        return "is unsure"
    if not all(strings):
        return "is not translated"
    places = set(PLACES.findall(ids[-1]))
    # A singular may do without the number.
    if set(PLACES.findall(strings[-1])) != places or any(set(PLACES.findall(text)) - places for text in strings):
        return "has other places to fill in"
    originals = [ids[0], *ids[-1:] * (len(strings) - 1)]
    if any(_marks(text) != _marks(original) for text, original in zip(strings, originals, strict=True)):
        return "has other tags or variables"
    if any(mark in text and mark not in "".join(ids) for text in strings for mark in '"<>'):
        return 'has a ", < or > that its message has not'
    return None


def _marks(text: str) -> list[str]:
    """The tags of a message, and the variables of a starter text."""
    return sorted(MARKS.findall(text))
