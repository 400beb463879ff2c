"""Detects the browser of a request, and how an extension is loaded into it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from flask import request

from inkeeper.web.language import gettext


class RequestingBrowser(NamedTuple):
    """The browser of a request. `kind` is how it loads an extension: `none` for phones, Safari and unknown browsers."""

    kind: Literal["chromium", "firefox", "none"]
    name: str
    extensions: str = ""
    """The address of the browser's extensions page."""


FIREFOX = RequestingBrowser("firefox", "Firefox", "about:debugging#/runtime/this-firefox")
CHROME = RequestingBrowser("chromium", "Chrome", "chrome://extensions")
OTHER = RequestingBrowser("none", "")
"""A browser that cannot load the extension, or an unknown one. The name is a part of a sentence."""

# Brave and Vivaldi are named in the client hints only, Opera and Edge in the user agent too.
_BY_BRAND = {
    "Brave": RequestingBrowser("chromium", "Brave", "brave://extensions"),
    "Vivaldi": RequestingBrowser("chromium", "Vivaldi", "vivaldi://extensions"),
    "Opera": RequestingBrowser("chromium", "Opera", "opera://extensions"),
    "Microsoft Edge": RequestingBrowser("chromium", "Edge", "edge://extensions"),
    "Google Chrome": CHROME,
    "Chromium": RequestingBrowser("chromium", "Chromium", "chrome://extensions"),
}
_BY_AGENT = {"Edg": "Microsoft Edge", "OPR": "Opera", "Vivaldi": "Vivaldi"}
_PHONE = re.compile(r"Mobile|Android|iPhone|iPad|FxiOS|CriOS|EdgiOS")
_PRODUCT = re.compile(r"([A-Za-z]+)/\d")


def requesting_browser() -> RequestingBrowser:
    """The browser of this request, by its client hints and its user agent."""
    agent, hints = request.headers.get("User-Agent", "")[:500], request.headers.get("Sec-CH-UA", "")[:500]
    if _PHONE.search(agent):
        return OTHER._replace(name=gettext("your phone"))
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
