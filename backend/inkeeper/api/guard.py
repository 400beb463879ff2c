"""Who may knock at all: known host names, no foreign web pages, JSON of a sensible size.

Checked before routing's result, tokens and handlers, on every path. The functions take the WSGI environment: they run
for every request, and Flask's request object costs more than what they do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import Any

from inkeeper.errors import Problem

MAX_BODY_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 64 * 1024 * 1024

UPLOAD_ENDPOINTS = frozenset({"imports.import_file", "target_files.import_targets"})
"""The routes that take a file rather than JSON."""

UPLOAD_TYPES = ("application/zip", "text/csv")

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")

EXTENSION_ORIGINS = (
    re.compile(r"\Achrome-extension://[a-p]{32}\Z"),
    re.compile(r"\Amoz-extension://[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"),
)
"""The origins of browser extensions, which alone may read answers across origins."""

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::\d{1,5})?", re.ASCII)
_JSON = re.compile(r'application/json\s*(?:;\s*charset="?utf-8"?\s*)?', re.ASCII | re.IGNORECASE)


def check_host(environ: dict[str, Any], allowed: frozenset[str]) -> None:
    """Refuse a host name that is not this server's (421).

    A web page can make its own name point to this machine; its scripts then reach every server here, under that name.
    """
    if not _is_allowed(environ.get("HTTP_HOST", ""), allowed):
        raise Problem(
            "misdirected_request",
            "Use an address that this server was started for, such as http://127.0.0.1. "
            "Further names are allowed with INKEEPER_ALLOWED_HOSTS.",
            status=421,
        )


@lru_cache(maxsize=64)
def _is_allowed(host: str, allowed: frozenset[str]) -> bool:
    match = _HOST.fullmatch(host.lower())
    return match is not None and _canonical_host(match["name"]) in allowed


def _canonical_host(name: str) -> str:
    """The host name with an IPv6 address in its one shortest form."""
    if name.startswith("["):
        try:
            return f"[{IPv6Address(name[1:-1]).compressed}]"
        except AddressValueError:
            return name
    return name


def check_origin(environ: dict[str, Any]) -> None:
    """Refuse requests that a web page of somebody else's sends (403): only this server's pages and extensions may.

    Programs send no Origin. Call it after `check_host`, since the server's own origin is read from the Host header.
    """
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or any(pattern.match(origin) for pattern in EXTENSION_ORIGINS):
        return
    if not _is_own(origin, environ["HTTP_HOST"]):
        raise _foreign_origin()


def from_other_site(method: str, get: Callable[[str], str | None]) -> bool:
    """Whether a web page of another site makes this request; `get` gives a header by its name, None if it is missing.

    Such a page shall not learn that this server runs. Opening a page by a link is let in, since the browser then shows
    the page to the user alone; so is what sends none of these headers (programs, calendars, old browsers). What each
    kind of request sends is tried in both browsers by `e2e/test_other_sites.py`; the headers are those of the
    Fetch Metadata specification (https://www.w3.org/TR/fetch-metadata/), which scripts cannot set.
    """
    origin = get("Origin")
    if origin and any(pattern.match(origin) for pattern in EXTENSION_ORIGINS):
        return False
    # All that a WebSocket sends in some browsers, and what browsers without Sec-Fetch headers send.
    if origin and origin.startswith(("http://", "https://")) and not _is_own(origin, get("Host") or ""):
        return True
    # A page can have the browser load an address beforehand, which then looks like the user's own doing.
    if "prefetch" in (get("Sec-Purpose") or ""):
        return True
    opens_page = (
        method in ("GET", "HEAD") and get("Sec-Fetch-Mode") == "navigate" and get("Sec-Fetch-Dest") == "document"
    )
    return get("Sec-Fetch-Site") in ("cross-site", "same-site") and not opens_page


def is_forwarded(get: Callable[[str], str | None]) -> bool:
    """Whether a proxy passed the request on. Pages cannot make a browser send these headers without asking first."""
    return any(get(name) is not None for name in ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto"))


def check_site(environ: dict[str, Any]) -> None:
    """Refuse what a web page of another site sends (403).

    Without a proxy in front such requests end before they get here (`listening`); behind one, an end without an answer
    would be shown as the proxy's own error.
    """
    if from_other_site(environ["REQUEST_METHOD"], lambda name: environ.get(f"HTTP_{name.upper().replace('-', '_')}")):
        raise _foreign_origin()


def check_query(environ: dict[str, Any]) -> None:
    """Refuse a query that holds raw bytes which are no UTF-8 (400), as which Flask reads it."""
    query: str = environ.get("QUERY_STRING", "")
    if query.isascii():
        return
    try:
        query.encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise Problem("bad_request", "Percent-encode what is not ASCII in the address.", status=400) from None


def check_body(environ: dict[str, Any]) -> None:
    """Refuse bodies that are too large (413) or not JSON (415)."""
    # The server has refused lengths that are no numbers, and knows the length of a body that came in chunks.
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY_BYTES:
        raise too_large()
    content_type = environ.get("CONTENT_TYPE", "")
    # An empty body is a body too where one is expected: a page's form may be empty.
    declared = content_type and environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH")
    if (length or declared) and not _JSON.fullmatch(content_type):
        raise Problem(
            "unsupported_media_type", "Send the body as JSON, with Content-Type: application/json.", status=415
        )


def check_upload(environ: dict[str, Any]) -> None:
    """The same for a route that takes a file."""
    if int(environ.get("CONTENT_LENGTH") or 0) > MAX_UPLOAD_BYTES:
        raise too_large(MAX_UPLOAD_BYTES)
    kind, _, _ = environ.get("CONTENT_TYPE", "").partition(";")
    # Web pages cannot send these of their own accord, as they can a form or plain text.
    if kind.strip().lower() not in UPLOAD_TYPES:
        raise Problem(
            "unsupported_media_type",
            f"Send the file as it is, with Content-Type: {' or '.join(UPLOAD_TYPES)}.",
            status=415,
        )


def _is_own(origin: str, host: str) -> bool:
    # Behind a proxy that speaks TLS the server itself sees plain http.
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def _foreign_origin() -> Problem:
    return Problem("forbidden_origin", "Web pages of other sites may not use this server.", status=403)


def check_form(environ: dict[str, Any], limit: int = MAX_BODY_BYTES) -> None:
    """The same for a route that takes a page's form. An empty body needs no type."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > limit:
        raise too_large(limit)
    content_type = environ.get("CONTENT_TYPE", "")
    kind = content_type.partition(";")[0].strip().lower()
    if (length or content_type) and kind not in FORM_TYPES:
        raise Problem("unsupported_media_type", f"Send the form as {' or '.join(FORM_TYPES)}.", status=415)


def too_large(limit: int = MAX_BODY_BYTES) -> Problem:
    """413, with the limit."""
    return Problem("too_large", f"Send at most {limit} bytes.", status=413)
