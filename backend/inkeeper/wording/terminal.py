"""The language of the terminal: messages of the commands, and of the server where it prints to its terminal.

It is the first available language of the environment's variables, else English:
https://www.gnu.org/software/gettext/manual/html_node/Locale-Environment-Variables.html
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from inkeeper.reasons import Reason
from inkeeper.wording.language import Words, match_language, words


def wanted_languages(environ: Mapping[str, str]) -> list[str]:
    """The languages that the environment asks for as tags, best first. Empty for the locales `C` and `POSIX`."""
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    if _without_encoding(locale) in ("", "C", "POSIX"):
        return []
    names = [*environ.get("LANGUAGE", "").split(":"), locale]
    return [_without_encoding(name) for name in names if name]


@lru_cache(maxsize=1)
def language() -> Words:
    """The language of this process's terminal."""
    return words(match_language(wanted_languages(os.environ)))


def gettext(message: str, /, **values: Any) -> str:
    """The translated message with its placeholders filled in. Pass a number as text if it is an id or a port."""
    return language().gettext(message, **values)


def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
    """The translated message in the plural form for the number, which fills `%(number)s`."""
    return language().ngettext(one, many, number, **values)


def pgettext(context: str, message: str, /, **values: Any) -> str:
    """Like `gettext`, for a message that has another translation elsewhere."""
    return language().pgettext(context, message, **values)


def explain(said: str | Reason, zone: str | None = None) -> str:
    """A reason in the terminal's language. Instants are written in the time zone `zone`, without one in UTC."""
    # Imported here: hardly any command fails, and the tables of reasons with the time zones take a tenth of its start.
    from inkeeper.wording.reasons import render

    return render(said, language(), zone or "UTC") if isinstance(said, Reason) else said


def _without_encoding(locale: str) -> str:
    """`de_AT` for `de_AT.UTF-8` or `de_AT@euro`."""
    return locale.partition(".")[0].partition("@")[0]
