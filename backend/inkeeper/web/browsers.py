"""Detects the browser of a request, and how an extension is loaded into it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from flask import request

from inkeeper.web.language import gettext

System = Literal["linux", "mac", "windows", "other"]


class RequestingBrowser(NamedTuple):
    """The browser of a request. `kind` is how it loads an extension: `none` for phones, Safari and unknown browsers."""

    kind: Literal["chromium", "firefox", "none"]
    name: str
    extensions: str = ""
    """The address of the browser's extensions page."""
    toggle: Literal["right", "left"] = "right"
    """The side of that page that has the switch for developer mode."""
    system: System = "other"
    """The system's file dialogs take a pasted folder in different ways."""


FIREFOX = RequestingBrowser("firefox", "Firefox", "about:debugging#/runtime/this-firefox")
CHROME = RequestingBrowser("chromium", "Chrome", "chrome://extensions")
CHROMIUM = RequestingBrowser("chromium", "Chromium", "chrome://extensions")
OTHER = RequestingBrowser("none", "")
"""A browser that cannot load the extension, or an unknown one. The name is a part of a sentence."""

# Brave is named in the client hints only, Opera and Edge in the user agent too. Vivaldi may call itself Chrome; there
# chrome://extensions leads to its own page.
_BY_BRAND = {
    "Brave": RequestingBrowser("chromium", "Brave", "brave://extensions"),
    "Vivaldi": RequestingBrowser("chromium", "Vivaldi", "vivaldi://extensions"),
    "Opera": RequestingBrowser("chromium", "Opera", "opera://extensions"),
    "Opera GX": RequestingBrowser("chromium", "Opera", "opera://extensions"),
    "Microsoft Edge": RequestingBrowser("chromium", "Edge", "edge://extensions", toggle="left"),
    "Google Chrome": CHROME,
    "Google Chrome for Testing": CHROMIUM,
    "Chromium": CHROMIUM,
}
_BY_AGENT = {"Edg": "Microsoft Edge", "OPR": "Opera", "Vivaldi": "Vivaldi"}
_PHONE = re.compile(r"Mobile|Android|iPhone|iPad|FxiOS|CriOS|EdgiOS")
_SYSTEMS: dict[str, System] = {"Windows": "windows", "Macintosh": "mac", "Linux": "linux"}
_PRODUCT = re.compile(r"([A-Za-z]+)/\d")


def requesting_browser() -> RequestingBrowser:
    """The browser of this request, by its client hints and its user agent."""
    agent, hints = request.headers.get("User-Agent", "")[:500], request.headers.get("Sec-CH-UA", "")[:500]
    if _PHONE.search(agent) or _is_phone_by_hints():
        return OTHER._replace(name=gettext("your phone"))
    return _known_browser(agent, hints)._replace(system=_system(agent))


def _system(agent: str) -> System:
    return next((system for name, system in _SYSTEMS.items() if name in agent), "other")


def _is_phone_by_hints() -> bool:
    """Whether the client hints name a phone. One that asks for desktop pages has another system in its user agent."""
    return request.headers.get("Sec-CH-UA-Mobile") == "?1" or request.headers.get("Sec-CH-UA-Platform") == '"Android"'


def _known_browser(agent: str, hints: str) -> RequestingBrowser:
    """The browser on a computer."""
    products = set(_PRODUCT.findall(agent))
    brands = set(re.findall(r'"([^"]*)";v=', hints)) | {_BY_AGENT[each] for each in products if each in _BY_AGENT}
    for brand, browser in _BY_BRAND.items():
        if brand in brands:
            return browser
    if "Firefox" in products:
        return FIREFOX
    if "Chrome" in products:
        return CHROME
    return OTHER._replace(name="Safari" if "Safari" in products else gettext("this browser"))
