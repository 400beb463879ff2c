"""The language of a page: the first one of the reader's `Accept-Language` that there is, else English.

Templates say `_("…")` or `{% trans %}`, modules `gettext(…)` and `ngettext(…)`. Texts in tables at the top of a module
are marked with `gettext_noop` and put into a `Translated`, which says them in the reader's language when they are
looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

from flask import Flask, g, has_request_context, request
from markupsafe import Markup, escape

from inkeeper.wording.language import ENGLISH, Words, chosen, gettext_noop, languages, words

__all__ = ["Translated", "gettext", "gettext_noop", "language", "ngettext"]

_Key = TypeVar("_Key")
_Texts = TypeVar("_Texts", bound=str | tuple[str, ...])


def language() -> Words:
    """The language of this request; English outside of one."""
    if not has_request_context():
        return ENGLISH
    found: Words | None = g.get("language")
    if found is None:
        found = g.language = ENGLISH if len(languages()) == 1 else words(chosen(request.accept_languages.values()))
    return found


def gettext(message: str, /, **values: Any) -> str:
    """The message with its places filled in; numbers are written as the reader writes them."""
    return language().gettext(message, **values)


def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
    """The message in the form that belongs to the number, which fills `%(number)s`."""
    return language().ngettext(one, many, number, **values)


class Translated(Mapping[_Key, _Texts]):
    """A table of marked texts, or of tuples of them, in the language of the request."""

    def __init__(self, texts: Mapping[_Key, _Texts]) -> None:
        self._texts = dict(texts)

    def __getitem__(self, key: _Key) -> _Texts:
        return _translated(self._texts[key])

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _translated(texts: _Texts) -> _Texts:
    if isinstance(texts, str):
        return cast(_Texts, gettext(texts))
    said = [gettext(text) for text in texts]
    return cast(_Texts, type(texts)(*said) if hasattr(texts, "_fields") else tuple(said))


def translate_templates(app: Flask) -> None:
    """Let the app's templates say messages in the language of the request."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(
        _=_for_template,
        gettext=_for_template,
        ngettext=_plural_for_template,
        language=language,
    )


def _for_template(message: str, /, **values: Any) -> str:
    return _filled(language().form(message), values)


def _plural_for_template(one: str, many: str, count: int, /, **values: Any) -> str:
    return _filled(language().form(one, many, count), values)


def _filled(message: str, values: Mapping[str, Any]) -> str:
    """The message for a template, which escapes it unless it is markup: a message with tags, or with a value that is
    markup. All other values are escaped then. Numbers are written as they are: among them are years and ids.
    """
    has_tags = "<" in message
    if has_tags or any(hasattr(value, "__html__") for value in values.values()):
        return Markup(message if has_tags else escape(message)) % values  # noqa: S704 (messages are our own)
    return message % values
