"""The extension's messages: from `types/messages.toml` and the translations to what browsers and compilers read.

`messages.toml` says how a message is written. A message that the server says too refers to the server's message and
has that one's translations. Written are:

- `locale/extension.pot` and `locale/<language>/LC_MESSAGES/extension.po`: the messages of the extension alone;
- `extension/_locales/<language>/messages.json`: all of them, with `_one`, `_few` … for the forms of a plural;
- `types/messages.d.ts`: the keys with their arguments. So the type checker names a message that does not exist.
"""

from __future__ import annotations

import gettext
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from babel.messages.catalog import Catalog, Message

from inkeeper.vocabulary import OUTCOMES, PROBLEM_CODES, PRODUCTS, PURPOSES, VARIABLES
from tests.lint import catalogues
from tests.lint.catalogues import CLDR_NAMES, LOCALE, PLACES, ROOT, catalogue_text, empty_catalogue, path_of

SOURCE = ROOT / "types" / "messages.toml"
TYPES = ROOT / "types" / "messages.d.ts"
TEMPLATE = LOCALE / "extension.pot"
EXTENSION = ROOT / "extension"

_BUILT = re.compile(r"\b(?:t|plural|text)\(\s*`([^`]+)`")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")

# Message keys that code builds with a code of the server or of the extension's storage: each code has a message. The
# type checker knows only some of these codes.
_CONNECTION = ("server_off", "other_program", "impostor", "permission_missing", "version_mismatch", "unauthorized")
_OWN_REFUSALS = {
    # Codes of refusals that the extension itself gives.
    *("unexpected", "server_off", "other_program", "impostor", "wrong_path", "permission_missing"),
    *("version_mismatch", "bad_address", "address_password", "bad_code", "no_pairing"),
}
_NO_WORDS = {
    # Refusals of requests that the extension never makes.
    *("bad_file", "other_linkedin_file", "no_messages", "import_running", "columns_needed", "whose_export"),
    *("which_account", "rows_not_understood", "preview_outdated", "nothing_to_cancel", "calendar_exists", "same_plan"),
    # Only a fault of the extension, or a proxy, causes these. They have the message of their HTTP status.
    *("bad_request", "forbidden_origin", "wrong_secret", "method_not_allowed", "not_acceptable"),
    *("idempotency_conflict", "precondition_failed", "too_large", "headers_too_large", "unsupported_media_type"),
    "secret_exists",
}
CODES: Mapping[str, set[str]] = {
    "purpose_{}": {*PURPOSES},
    "outcome_{}": {*OUTCOMES},
    "past_{}": {*OUTCOMES},
    "product_{}": {*PRODUCTS},
    "variable_{}": {*VARIABLES},
    "problem_{}": {*PROBLEM_CODES, *_OWN_REFUSALS} - _NO_WORDS,
    "field_{}": {
        *("sent_at", "observed_at", "outcome_at", "balance", "subject", "note"),
        *("recipient_name", "recipient_profile_url", "person_name", "person_profile_url"),
    },
    "state_{}": {*_CONNECTION, "not_paired", "no_account", "wrong_path"},
    "state_{}_why": {*_CONNECTION, "not_paired", "no_account", "wrong_path"},
    "state_{}_step": {
        *("not_paired", "no_account", "other_program", "impostor", "permission_missing", "unauthorized"),
    },
    "badge_{}": {*_CONNECTION, "not_paired"},
    "loss_{}": {"expire", "void"},
}

# Written for each language without a translator: the tag for `Intl`, and the direction of writing.
_BY_ITSELF = {"format_locale": "The tag of this language.", "direction": "The direction of writing."}


class Own(NamedTuple):
    """A message of the extension, or its reference to one of the server's. `plural` is None for one without forms."""

    key: str
    group: str
    text: str
    plural: str | None
    context: str | None
    is_shared: bool
    about: str
    args: list[str]


class ExtensionWords:
    """Every file of the extension's messages, and what is wrong with them.

    `server` is the catalogue of the server's messages, `translated` its translations by language. `languages` are those
    with a translation of the extension's messages.
    """

    def __init__(
        self,
        server: Catalog,
        translated: Mapping[str, Catalog],
        languages: Iterable[str] = (),
        *,
        source: Mapping[str, Any] | None = None,
        code: str | None = None,
    ) -> None:
        self._server = server
        self._translated = translated
        self._languages = sorted({*translated, *languages})
        self._source = source if source is not None else tomllib.loads(SOURCE.read_text("utf-8"))
        self._code = code if code is not None else _code()

    @cached_property
    def messages(self) -> list[Own]:
        """The messages in the order of the source."""
        return [_own(key, group, entry) for group, table in self._source.items() for key, entry in table.items()]

    @cached_property
    def template(self) -> Catalog:
        """The messages that the extension alone says."""
        found = empty_catalogue("# Messages of Inkeeper's browser extension.")
        for each in self.messages:
            if not each.is_shared:
                name = each.text if each.plural is None else (each.text, each.plural)
                comments = [f"{each.group}. {each.about}"]
                found.add(name, None, [("types/messages.toml", 1)], auto_comments=comments, context=each.key)
        return found

    @cached_property
    def _translations(self) -> dict[str, Catalog]:
        return {language: catalogues.translation(language, "extension", self.template) for language in self._languages}

    def files(self) -> dict[Path, bytes]:
        """Every file with what it should hold."""
        files = {TEMPLATE: catalogue_text(self.template), TYPES: self.types().encode()}
        for language, catalogue in self._translations.items():
            files[path_of(language, "extension")] = catalogue_text(catalogue)
        for language in ["en", *self._translations]:
            lines = [f"{json.dumps(key)}: {_json(entry)}" for key, entry in self.shown(language).items()]
            path = EXTENSION / "_locales" / language.replace("-", "_") / "messages.json"
            files[path] = ("{\n" + ",\n".join(lines) + "\n}\n").encode()
        return files

    def shown(self, language: str) -> dict[str, dict[str, Any]]:
        """The `messages.json` of a language."""
        tag = CLDR_NAMES.get(language, language).replace("_", "-")
        direction = Locale.parse(language, sep="-").text_direction
        found: dict[str, dict[str, Any]] = {"format_locale": {"message": tag}, "direction": {"message": direction}}
        if language == "en":
            for key, about in _BY_ITSELF.items():
                found[key]["description"] = about
        for each in self.messages:
            for ending, text in self._forms(each, language):
                found[each.key + ending] = _entry(text, each, is_english=language == "en")
        return found

    def _forms(self, message: Own, language: str) -> Iterator[tuple[str, str]]:
        """The message in a language: each form with the ending of its key. English where it is not translated."""
        catalogues_of = self._translated if message.is_shared else self._translations
        catalogue = catalogues_of.get(language) if language != "en" else None
        translated = catalogue and catalogue.get(message.text, message.context if message.is_shared else message.key)
        if message.plural is None:
            yield "", (translated.string if translated else "") or message.text
        elif not translated or not all(translated.string):
            yield from (("_one", message.text), ("_other", message.plural))
        else:
            for category, index in _categories(language, catalogue):
                yield f"_{category}", translated.string[index]

    def types(self) -> str:
        """The declarations of the keys."""
        lines = [
            "// Written by tests/lint/words.py from types/messages.toml; not to be edited by hand.",
            "",
            "/** What fills in a place of a message. Numbers are formatted in the reader's language. */",
            "type Filling = string | number;",
            "",
            "/** The messages with the arguments of `t`. */",
            "interface Messages {",
            *(f"  {key}: [];" for key in _BY_ITSELF),
            *(_declared(each) for each in self.messages if each.plural is None),
            "}",
            "",
            "/** The messages with the arguments of `plural`; the first is the count. */",
            "interface PluralMessages {",
            *(_declared(each) for each in self.messages if each.plural is not None),
            "}",
            "",
            "type MessageKey = keyof Messages;",
            "type PluralKey = keyof PluralMessages;",
            "",
        ]
        return "\n".join(lines)

    def faults(self) -> list[str]:
        """What is wrong with the messages, their use and their translations, a line each."""
        wrong = [*self._wrong_messages(), *self._wrong_keys()]
        for language, catalogue in self._translations.items():
            wrong += catalogues.faults(path_of(language, "extension"), catalogue)
            if language not in self._translated:
                wrong.append(f"{path_of(language).relative_to(ROOT)} is missing")
        return wrong

    def _wrong_messages(self) -> Iterator[str]:
        source = SOURCE.relative_to(ROOT)
        for each in self.messages:
            if each.is_shared and not _has(self._server, each):
                yield f"{source}: {each.key}: the server has no message {each.text!r} with context {each.context!r}"
            places = PLACES.findall(each.plural or each.text)
            if sorted(each.args) != sorted(set(places)):
                yield f"{source}: {each.key}: its places are {places}, its args {each.args}"
            if "%" in PLACES.sub("", f"{each.text}{each.plural}"):
                yield f"{source}: {each.key}: a % that is no place: format the percentage in code"
            if not each.about:
                yield f"{source}: {each.key}: says nothing about itself"

    def _wrong_keys(self) -> Iterator[str]:
        source = SOURCE.relative_to(ROOT)
        keys = {each.key for each in self.messages}
        built = {re.sub(r"\$\{[^}]*\}", "{}", template) for template in _BUILT.findall(self._code)}
        used = _named(self._code)
        for template, codes in CODES.items():
            if template not in built:
                yield f"tests/lint/extension_words.py: no code builds {template}"
            wanted = {template.format(code) for code in codes}
            used |= wanted
            for key in sorted(wanted - keys):
                yield f"{source}: {key} is missing"
        for template in built - CODES.keys():
            pattern = re.compile(template.replace("{}", r"\w+"))
            # Of a template without letters, such as the one for the forms of a plural, nothing follows.
            used |= {key for key in keys if template.strip("{}_") and pattern.fullmatch(key)}
        for key in sorted(keys - used):
            yield f"{source}: no code uses {key}"


def _own(key: str, group: str, entry: Mapping[str, Any]) -> Own:
    """The message of an entry of the source."""
    given = entry.get("server") or entry.get("text") or [entry["one"], entry["other"]]
    text, plural = (given, None) if isinstance(given, str) else given
    places = PLACES.findall(plural or text)
    # One place needs no order; of two the order must not follow from the wording.
    args = entry.get("args", places if len(places) == 1 else [])
    about = entry.get("about", "")
    return Own(key, group, text, plural, entry.get("context"), "server" in entry, about, args)


def _has(server: Catalog, message: Own) -> bool:
    """Whether the server has the message, with the same plural."""
    found = server.get(message.text, message.context)
    return found is not None and _plural_of(found) == message.plural


def _plural_of(message: Message) -> str | None:
    return None if isinstance(message.id, str) else message.id[1]


def _entry(text: str, message: Own, *, is_english: bool) -> dict[str, Any]:
    """A message as browsers read it. English has names for its places and a description, other languages numbers."""
    shown = _APOSTROPHE.sub("’", text.replace("$", "$$"))
    if not is_english:
        return {"message": PLACES.sub(lambda place: f"${message.args.index(place[1]) + 1}", shown)}
    found: dict[str, Any] = {"message": PLACES.sub(r"$\1$", shown), "description": message.about}
    if message.args:
        found["placeholders"] = {name: {"content": f"${place}"} for place, name in enumerate(message.args, 1)}
    return found


def _json(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False)


def _categories(language: str, catalogue: Catalog) -> Iterator[tuple[str, int]]:
    """The plural categories of `Intl.PluralRules`, each with the index of its form in the catalogue.

    A category without a whole number, such as `other` in Polish, has the last form.
    """
    rule = Locale.parse(language, sep="-").plural_form
    form = gettext.c2py(catalogue.plural_expr)
    samples = {rule(number): form(number) for number in (*range(200, -1, -1), 1_000_000)}
    for category in ("zero", "one", "two", "few", "many", "other"):
        if category in rule.tags or category == "other":
            yield category, samples.get(category, catalogue.num_plurals - 1)


def _declared(message: Own) -> str:
    """The line of a message in the declarations."""
    return f"  {message.key}: [{', '.join(f'{name}: Filling' for name in message.args)}];"


def _code() -> str:
    """The extension's code and manifest, without the scripts for LinkedIn's pages."""
    scripts = [path for path in sorted(EXTENSION.rglob("*.js")) if path.parent.name != "linkedin"]
    return "\n".join(path.read_text("utf-8") for path in [*scripts, EXTENSION / "manifest.json"])


def _named(code: str) -> set[str]:
    """The keys that the code names.

    Any string with an underscore counts. A plain word may be something else, so it counts only in a call of a function
    that takes a key.
    """
    found = {*re.findall(r'"(\w*_\w*)"', code), *re.findall(r"__MSG_(\w+)__", code)}
    for call in re.finditer(r"\b(?:t|plural|text|undoButton)\(", code):
        found |= {*re.findall(r'"(\w+)"', _arguments(code, call.end()))}
    return found


def _arguments(code: str, start: int) -> str:
    """The code from `start` to the parenthesis that closes the call."""
    depth = 1
    for place in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        if not depth:
            return code[start:place]
    return code[start:]
