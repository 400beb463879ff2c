"""The pseudo-language of `tests.pseudo` in a server process and in a copy of the extension, in both directions.

As a program (`python -m e2e.harness.pseudo serve ...`) it is `inkeeper` with pages in the pseudo-language for browsers
that ask for `TAG` or `RTL_TAG`.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from babel import Locale

from e2e.harness.extension import SOURCE
from e2e.harness.server import Server
from inkeeper.cli import main
from tests.pseudo import RTL_TAG, longer, pseudo_words, speak

FORMATS = {"ltr": "el", "rtl": "ar"}
"""The language of dates and numbers in the extension by direction. Neither is written in Latin letters."""


class PseudoServer(Server):
    """A server whose pages are also in the pseudo-language."""

    def command(self, *arguments: str) -> list[str]:
        """A command line of the product that speaks the pseudo-language."""
        return [sys.executable, "-m", __name__, *arguments, "--data-dir", str(self.data)]


def write_messages(extension: Path, direction: str) -> None:
    """Makes the pseudo-language the only language of a copy of the extension."""
    locales = extension / "_locales"
    english = json.loads((SOURCE / "_locales" / "en" / "messages.json").read_text(encoding="utf-8"))
    for other in locales.iterdir():
        if other.name != "en":
            shutil.rmtree(other)
    found = {key: entry | {"message": longer(entry["message"])} for key, entry in english.items()}
    for key in [key for key in found if key.endswith("_other")]:
        for category in Locale.parse(FORMATS[direction]).plural_form.tags:
            found.setdefault(key.removesuffix("other") + category, found[key])
    # Not text: the name of a language, a direction.
    found |= {"format_locale": {"message": FORMATS[direction]}, "direction": {"message": direction}}
    (locales / "en" / "messages.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    patch = pytest.MonkeyPatch()
    speak(patch, pseudo_words())
    speak(patch, pseudo_words("rtl", RTL_TAG))
    main()
