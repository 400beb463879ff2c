"""Translates pages to the language that the owner chose, else to the first available language of the `Accept-Language`
header, else to English.

The shell, which a browser gets without a token, is in the language of the header.

Templates use `_("…")` or `{% trans %}`, modules `gettext(…)` and `ngettext(…)`. Texts in module-level tables are
marked with `gettext_noop` and put into a `Translated`, which translates them on look-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from flask import Flask, current_app, has_request_context, request
from flask.templating import Environment as FlaskEnvironment
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from inkeeper.api.context import chosen_language
from inkeeper.web.templating import bytecode_cache
from inkeeper.wording.language import ENGLISH, Words, available_language, gettext_noop, match_language, words

__all__ = ["Translated", "first_language", "gettext", "gettext_noop", "language", "ngettext", "pgettext"]

_READER: ContextVar[Words | None] = ContextVar("inkeeper.web.language", default=None)
"""The language of the current request, once it was asked for. Faster than `flask.g`: a page asks a hundred times."""

_Key = TypeVar("_Key")
_Texts = TypeVar("_Texts", bound=str | tuple[str, ...])


def language() -> Words:
    """The language of this request; English outside of a request."""
    found = _READER.get()
    if found is None:
        if not has_request_context():
            return ENGLISH
        chosen = chosen_language()
        found = words(match_language([chosen])) if chosen else browser_language()
        _READER.set(found)
    return found


def browser_language() -> Words:
    """The language of this request's `Accept-Language`, in which the shell is."""
    return words(match_language(request.accept_languages.values()))


def first_language() -> str | None:
    """The tag of the language that this request's browser prefers to all others. None if it is not available.

    Unlike `browser_language`, this is no fallback: a browser that prefers French may list English second.
    """
    best = request.accept_languages.best
    return available_language(best) if best else None


def _forget_language(_error: BaseException | None) -> None:
    _READER.set(None)


def gettext(message: str, /, **values: Any) -> str:
    """The translated message with its placeholders filled in; numbers are formatted for the language."""
    return language().gettext(message, **values)


def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
    """The translated message in the plural form for the number, which fills `%(number)s`."""
    return language().ngettext(one, many, number, **values)


def pgettext(context: str, message: str, /, **values: Any) -> str:
    """Like `gettext`, for a message that other languages word differently in this context."""
    return language().pgettext(context, message, **values)


class Translated(Mapping[_Key, _Texts]):
    """A mapping of marked texts, or of tuples of them, translated to the language of the request on look-up."""

    def __init__(self, texts: Mapping[_Key, _Texts]) -> None:
        self._texts = dict(texts)
        self._by_language: dict[Words, dict[_Key, _Texts]] = {}

    def __getitem__(self, key: _Key) -> _Texts:
        catalogue = language()
        translated = self._by_language.get(catalogue)
        if translated is None:
            translated = self._by_language[catalogue] = {
                each: _translated(texts, catalogue) for each, texts in self._texts.items()
            }
        return translated[key]

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _translated(texts: _Texts, catalogue: Words) -> _Texts:
    if isinstance(texts, str):
        return cast(_Texts, catalogue.gettext(texts))
    translated = [catalogue.gettext(text) for text in texts]
    return cast(_Texts, type(texts)(*translated) if hasattr(texts, "_fields") else tuple(translated))


class Environment(FlaskEnvironment):
    """The templates in one language. Messages without plural forms are translated at compile time, so that rendering a
    page does not look them up.
    """

    words: Words = ENGLISH

    def compile(self, source: Any, *args: Any, **kwargs: Any) -> Any:
        """Compile the template with its messages translated by `words`."""
        if isinstance(source, str):
            source = _MessageInliner(self.words).visit(self.parse(source, *args[:2]))
        return super().compile(source, *args, **kwargs)


def translate_templates(app: Flask) -> None:
    """Set up translation of the app's templates. Call it before anything uses `app.jinja_env`."""
    app.jinja_environment = Environment
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(
        _=_for_template,
        gettext=_for_template,
        ngettext=_plural_for_template,
        language=language,
        browser_language=browser_language,
    )
    app.extensions["inkeeper.web.environments"] = {"en": env}
    app.teardown_request(_forget_language)


def render(template: str, **values: Any) -> str:
    """Render the template in the language of the request, like Flask's `render_template`."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    environments = app.extensions["inkeeper.web.environments"]
    catalogue = language()
    env = environments.get(catalogue.language)
    if env is None:
        env = environments[catalogue.language] = _environment(app, catalogue)
    context = dict(values)
    app.update_template_context(context)
    text: str = env.get_template(template).render(context)
    return text


def _environment(app: Flask, catalogue: Words) -> Environment:
    env = cast(Environment, app.jinja_env.overlay())
    env.words = catalogue
    env.bytecode_cache = bytecode_cache(catalogue.language)
    return env


class _MessageInliner(NodeTransformer):
    """Replaces `_("…")` and `{% trans %}` without plural forms in a template by the translated text."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802 (named by Jinja)
        translated: list[nodes.Expr] = []
        for child in node.nodes:
            message = _message_of(child)
            translated += [child] if message is None else self._parts(message, child.kwargs)  # type: ignore[attr-defined]
        node.nodes = translated
        return cast(nodes.Output, self.generic_visit(node))

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        message = _message_of(node)
        if message is not None and not node.kwargs:
            return nodes.Const(self._words.gettext(message), lineno=node.lineno)
        return cast(nodes.Expr, self.generic_visit(node))

    def _parts(self, message: str, values: Iterable[nodes.Keyword]) -> list[nodes.Expr]:
        """The translated message as a sequence of texts and expressions."""
        named = {each.key: each.value for each in values}
        parts: list[nodes.Expr] = []
        for text, name in _PLACE.findall(self._words.form(message)):
            parts += [nodes.TemplateData(text.replace("%%", "%"))] if text else []
            parts += [named[name]] if name else []
        return parts


_PLACE = re.compile(r"((?:%%|[^%])*)(?:%\((\w+)\)s|$)")


def _message_of(node: nodes.Node) -> str | None:
    """The message of a gettext call, None for any other node."""
    if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)):
        return None
    if node.node.name not in ("_", "gettext") or node.dyn_args or node.dyn_kwargs or len(node.args) != 1:
        return None
    first = node.args[0]
    return first.value if isinstance(first, nodes.Const) and isinstance(first.value, str) else None


def _for_template(message: str, /, **values: Any) -> str:
    return _filled(language().form(message), values)


def _plural_for_template(one: str, many: str, count: int, /, **values: Any) -> str:
    return _filled(language().form(one, many, count), values)


def _filled(message: str, values: Mapping[str, Any]) -> str:
    """The message with its values filled in, for a template.

    - A message with tags, or with a markup value, becomes markup, with all other values escaped.
    - Any other message is returned as text, and the template escapes it.
    - Numbers are not formatted, because years and ids are among them.
    """
    has_tags = "<" in message
    if has_tags or any(hasattr(value, "__html__") for value in values.values()):
        return Markup(message if has_tags else escape(message)) % values  # noqa: S704 (messages are our own)
    return message % values if values else message.replace("%%", "%")
