"""The names of devices as people read them. They are stored in English, or as a person or a program chose them."""

from __future__ import annotations

import re

from inkeeper.wording.language import Words, gettext_noop

OWN_CHROMIUM = gettext_noop("Inkeeper's own Chromium")
"""The stored name of the extension in the Chromium that `inkeeper serve` opens."""

_PAGE = re.compile(r"Page in (.+)")
"""The stored name of a page (`services.devices.sign_ins`)."""

_BROWSER = re.compile(r"(a browser|[A-Z]\w+)(?: on (Android|iPhone|iPad|Windows|Mac|macOS|ChromeOS|Linux))?")
"""The name that a page or the extension in English gives itself: `Chrome on Linux`."""


def device_name(stored: str, words: Words) -> str:
    """The name in the language. One that is in none of the stored forms stays as it is."""
    if stored == OWN_CHROMIUM:
        return words.gettext(OWN_CHROMIUM)
    page = _PAGE.fullmatch(stored)
    if page:
        return words.gettext("Page in %(browser)s", browser=_browser(page[1], words))
    return _browser(stored, words)


def _browser(name: str, words: Words) -> str:
    found = _BROWSER.fullmatch(name)
    if found is None:
        return name
    browser = words.gettext("a browser") if found[1] == "a browser" else found[1]
    return words.gettext("%(browser)s on %(system)s", browser=browser, system=found[2]) if found[2] else browser
