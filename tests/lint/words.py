"""Writes what follows from the messages in the code and from the translations; `--check` says what of it is stale.

- `locale/inkeeper.pot`: every message, with the places that say it and the comments for translators.
- `locale/<language>/LC_MESSAGES/inkeeper.po`: brought up to date; what is not translated yet is left empty.
- `inkeeper.mo` beside it: the same, compiled.
- `locale/formats.json`: how each language writes numbers and dates, from the CLDR data that Babel brings along.
- the extension's messages in the same way, and its `_locales`: see `extension_words`.

With `--check` a translation that is empty, marked as unsure, or has other places to fill in than its message is named.
"""

from __future__ import annotations

import json
import sys
import tomllib
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

# As a script this folder is the first place that modules are looked for in.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.lint.catalogues import (
    CLDR_NAMES,
    LOCALE,
    ROOT,
    catalogue_text,
    empty_catalogue,
    faults,
    languages,
    path_of,
    translation,
)
from tests.lint.extension_words import ExtensionWords

PACKAGE = ROOT / "backend" / "inkeeper"
BOOKS = PACKAGE / "rules" / "books"
TEMPLATE = LOCALE / "inkeeper.pot"
FORMATS = LOCALE / "formats.json"

METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_noop": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
COMMENTS = ["translators:"]


def messages() -> Catalog:
    """Every message in the code."""
    found = empty_catalogue("# Messages of Inkeeper.")
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


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


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
        "name": names.display_name[:1].upper() + names.display_name[1:],
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


def wanted() -> tuple[dict[Path, bytes], list[str]]:
    """Every file with what it should hold, and what is wrong with the messages and their translations."""
    template = messages()
    files, wrong, translated = {TEMPLATE: catalogue_text(template)}, [], {}
    for language in languages("inkeeper"):
        catalogue, path = translation(language, "inkeeper", template), path_of(language)
        translated[language] = catalogue
        files[path] = catalogue_text(catalogue)
        files[path.with_suffix(".mo")] = compiled(catalogue)
        wrong += faults(path, catalogue)
    table = {language: formats(language) for language in ["en", *translated]}
    files[FORMATS] = (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()
    extension = ExtensionWords(template, translated, languages("extension"))
    return files | extension.files(), wrong + extension.faults()


def main() -> int:
    """Write the files, or compare and answer 1 where any is stale or a translation is not whole."""
    files, wrong = wanted()
    if sys.argv[1:] != ["--check"]:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return 0
    stale = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]
    for line in [*wrong, *(f"{path.relative_to(ROOT)} is stale: run python tests/lint/words.py" for path in stale)]:
        print(line)
    return 1 if wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main())
