"""Writes what follows from the messages in the code and from the translations; `--check` says what of it is stale.

- `locale/inkeeper.pot`: every message, with the places that say it and the comments for translators.
- `locale/<language>/LC_MESSAGES/inkeeper.po`: brought up to date; what is not translated yet is left empty.
- `inkeeper.mo` beside it: the same, compiled.
- `locale/formats.json`: how each language writes numbers and dates, from the CLDR data that Babel brings along.

With `--check` a translation that is empty, marked as unsure, or has other places to fill in than its message is named.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "backend" / "inkeeper"
LOCALE = PACKAGE / "locale"
BOOKS = PACKAGE / "rules" / "books"
TEMPLATE = LOCALE / "inkeeper.pot"
FORMATS = LOCALE / "formats.json"

METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
COMMENTS = ["translators:"]
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = re.compile(r"%\((\w+)\)s")
MARKS = re.compile(r"<[^>]*>|\{\{\w+")
CLDR_NAMES = {"en": "en_GB"}
"""English days are written as in Britain: `Mon 30 Nov`."""


def messages() -> Catalog:
    """Every message in the code."""
    found = Catalog(
        project="Inkeeper",
        version="",
        copyright_holder="the Inkeeper contributors",
        creation_date=LONG_AGO,
        revision_date=LONG_AGO,
        charset="utf-8",
        fuzzy=False,
        header_comment="# Messages of Inkeeper.",
    )
    extracted = extract_from_dir(
        PACKAGE,
        METHODS,
        {"web/templates/**.html": {"extensions": "jinja2.ext.i18n", "trimmed": "true"}},
        KEYWORDS,
        COMMENTS,
        strip_comment_tags=True,
    )
    for name, _, message, comments, context in sorted(extracted, key=lambda each: (each[0], each[1])):
        if message:
            found.add(message, None, [(name, 1)], auto_comments=comments, context=context)
    for book in sorted(BOOKS.glob("*.toml")):
        title = tomllib.loads(book.read_text("utf-8"))["title"]
        found.add(title, None, [(f"rules/books/{book.name}", 1)], auto_comments=["The name of a set of credit rules."])
    return found


def catalogue_text(catalogue: Catalog) -> bytes:
    """The catalogue as a file. Places name files without lines, so that it does not change with every line moved."""
    file = BytesIO()
    write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def languages() -> list[str]:
    """The tags of the translations."""
    return sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/inkeeper.po"))


def translation(language: str, template: Catalog) -> Catalog:
    """The translation, brought up to date with the messages."""
    with path_of(language).open("rb") as file:
        found = read_po(file, locale=language.replace("-", "_"))
    found.update(template, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
    found.obsolete.clear()
    return found


def path_of(language: str) -> Path:
    """Where the translation lies."""
    return LOCALE / language / "LC_MESSAGES" / "inkeeper.po"


def formats(language: str) -> dict[str, object]:
    """How the language writes numbers and dates."""
    names = Locale.parse(language, sep="-")
    written = Locale.parse(CLDR_NAMES.get(language, language.replace("-", "_")))
    numbers, lists, skeletons = (
        written.number_symbols["latn"],
        written.list_patterns["standard"],
        written.datetime_skeletons,
    )
    return {
        "months": [names.months["format"]["wide"][month] for month in range(1, 13)],
        "short_months": [names.months["format"]["abbreviated"][month].rstrip(".") for month in range(1, 13)],
        "lone_months": [names.months["stand-alone"]["wide"][month] for month in range(1, 13)],
        "days": [names.days["format"]["wide"][day] for day in range(7)],
        "short_days": [names.days["format"]["abbreviated"][day].rstrip(".") for day in range(7)],
        "day": skeletons["MMMd"].pattern,
        "day_and_year": skeletons["yMMMd"].pattern,
        "month": skeletons["yMMM"].pattern,
        "long_month": skeletons["yMMMM"].pattern,
        "weekday": skeletons["MMMEd"].pattern,
        "time": written.time_formats["short"].pattern,
        "halves": [names.day_periods["format"]["abbreviated"][half] for half in ("am", "pm")],
        "first_day": written.first_week_day + 1,
        "decimal": numbers["decimal"],
        "group": numbers["group"],
        # Babel knows no minimum of grouped digits; these languages leave four digits together.
        "grouped_from": 10_000 if written.language in ("es", "it", "pl", "pt") else 1_000,
        "percent": written.percent_formats[None].pattern.replace("#,##0", "{}"),
        "money": "{currency} {amount}"
        if written.currency_formats["standard"].pattern.startswith("¤")
        else "{amount} {currency}",
        "list_start": lists["start"],
        "list_middle": lists["middle"],
        "list_end": lists["end"],
        "list_two": lists["2"],
        "direction": written.text_direction,
    }


def faults(language: str, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with the translation, a line each."""
    for message in catalogue:
        if message.id and (fault := fault_of(message)):
            yield f"{path_of(language).relative_to(ROOT)}: {fault}: {message.id!r}"


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


def wanted() -> tuple[dict[Path, bytes], list[str]]:
    """Every file with what it should hold, and what is wrong with the translations."""
    template = messages()
    files, wrong = {TEMPLATE: catalogue_text(template)}, []
    for language in languages():
        catalogue = translation(language, template)
        files[path_of(language)] = catalogue_text(catalogue)
        files[path_of(language).with_suffix(".mo")] = compiled(catalogue)
        wrong += faults(language, catalogue)
    table = {language: formats(language) for language in ["en", *languages()]}
    files[FORMATS] = (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()
    return files, wrong


def main() -> int:
    """Write the files, or compare and answer 1 where any is stale or a translation is not whole."""
    files, wrong = wanted()
    if sys.argv[1:] != ["--check"]:
        for path, content in files.items():
            path.write_bytes(content)
        return 0
    stale = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]
    for line in [*wrong, *(f"{path.relative_to(ROOT)} is stale: run python tests/lint/words.py" for path in stale)]:
        print(line)
    return 1 if wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main())
