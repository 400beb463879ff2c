"""A pseudo-language, in which a text that is in no message stands out, and a page has to hold longer texts.

- Each message is in ⟦⟧, piece by piece between its places, and 40 % longer. So are the names of months and days.
- `untranslated` names the texts of a page that are outside of ⟦⟧.
- With `direction="rtl"` the pages are laid out from right to left.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from inkeeper.web import language as web_language
from inkeeper.wording.language import ENGLISH, Formats, Words
from tests.lint.words import TEMPLATE

TAG = "en-XA"
"""The tag of the language: the one that Unicode's CLDR has for such a language."""

RTL_TAG = "ar-XB"
"""CLDR's tag for one from right to left, for a server that speaks the language in both directions."""

# Tags, places of the server's and of the extension's messages, and the marks of the extension's bold text.
_PLACES = re.compile(r"(<[^>]*>|%\(\w+\)s|%%|\$\w*\$|\*|\n)")
_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt", "data-what", "data-before", "data-copied", "data-picked"}
"""The attributes that people see or hear."""

_NOT_READ = {"script", "style", "code", "kbd", "bdi", "datalist"}
"""Elements with commands, keys and what users entered."""

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def longer(message: str) -> str:
    """The message in the pseudo-language. Tags and places stay, and are outside of ⟦⟧."""
    pieces = _PLACES.split(message)
    letters = sum(len(piece) for piece in pieces[::2])
    texts = [place for place in range(0, len(pieces), 2) if re.search(r"\w", pieces[place])]
    for place in texts:
        pieces[place] = f"⟦{pieces[place]}⟧"
    if texts:
        pieces[texts[-1]] = pieces[texts[-1]][:-1] + "~" * max(1, letters * 2 // 5) + "⟧"
    return "".join(pieces)


class Pseudo(gettext.NullTranslations):
    """The messages of the pseudo-language. One that translators would not get to see stays English."""

    def gettext(self, message: str) -> str:
        return longer(message) if (None, message) in _extracted() else message

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)

    def pgettext(self, context: str, message: str) -> str:
        return longer(message) if (context, message) in _extracted() else message

    def npgettext(self, context: str, one: str, many: str, number: int) -> str:
        return self.pgettext(context, one if number == 1 else many)


@cache
def _extracted() -> set[tuple[str | None, str]]:
    """The messages that Babel finds in the code, in each form, with their contexts."""
    with TEMPLATE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return {(message.context, form) for message in messages for form in _forms(message)}


def _forms(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (str(message.id),)


def pseudo_words(direction: str = "ltr", tag: str = TAG) -> Words:
    """The pseudo-language, written from left to right or from right to left."""
    english = ENGLISH.formats._asdict()
    names = ("months", "short_months", "lone_months", "days", "short_days")
    longer_names = {name: [longer(each) for each in english[name]] for name in names}
    return Words(tag, Formats(**english | longer_names | {"direction": direction}), Pseudo())


def speak(monkeypatch: pytest.MonkeyPatch, words: Words) -> Words:
    """Make the pages speak this language to readers who ask for it by `Accept-Language`."""
    known = web_language.match_language
    monkeypatch.setattr(
        web_language,
        "match_language",
        lambda wanted: words.language if words.language in (tags := list(wanted)) else known(tags),
    )
    available = web_language.available_language
    monkeypatch.setattr(
        web_language, "available_language", lambda tag: tag if tag == words.language else available(tag)
    )
    real = web_language.words
    monkeypatch.setattr(web_language, "words", lambda tag: words if tag == words.language else real(tag))
    monkeypatch.setattr(web_language, "bytecode_cache", lambda _tag: None)
    return words


class _Texts(HTMLParser):
    """Collects the texts that people see or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in _ATTRIBUTES and value]
        if tag == "option" and "value" not in dict(attrs):
            # The name of a column in the user's file.
            tag = "datalist"
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        wanted = (tag, "datalist") if tag == "option" else (tag,)
        while self._open and self._open.pop() not in wanted:
            pass

    def handle_data(self, data: str) -> None:
        if not _NOT_READ.intersection(self._open):
            self.found.append(data)


def untranslated(page: str, names: re.Pattern[str]) -> Iterator[str]:
    """The texts of an HTML page with letters that come from no message and match none of the `names`."""
    texts = _Texts()
    texts.feed(page)
    texts.close()
    for text in texts.found:
        rest = names.sub(" ", re.sub(r"⟦[^⟧]*⟧", " ", text))
        if re.search(r"[^\W\d_]{2,}", rest):
            yield " ".join(text.split())
