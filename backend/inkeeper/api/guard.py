"""Checks of every request before routing and authentication: host, origin, query, and type and size of the body.

They take the WSGI environment instead of Flask's request object, whose attributes cost more time than the checks.
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
"""The endpoints whose body is a file instead of JSON."""

UPLOAD_TYPES = ("application/zip", "text/csv")

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")

EXTENSION_ORIGINS = (
    re.compile(r"\Achrome-extension://[a-p]{32}\Z"),
    re.compile(r"\Amoz-extension://[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"),
)
"""Patterns of browser extensions' origins: only they may read responses across origins (CORS)."""

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::\d{1,5})?", re.ASCII)
_JSON = re.compile(r'application/json\s*(?:;\s*charset="?utf-8"?\s*)?', re.ASCII | re.IGNORECASE)


def check_host(environ: dict[str, Any], allowed: frozenset[str]) -> None:
    """Refuse a Host header that is not one of this server's names (421).

    This prevents DNS rebinding: a web page can point its own domain at 127.0.0.1 and so reach local servers.
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
    """The host name; an IPv6 address in its compressed form."""
    if name.startswith("["):
        try:
            return f"[{IPv6Address(name[1:-1]).compressed}]"
        except AddressValueError:
            return name
    return name


def check_origin(environ: dict[str, Any]) -> None:
    """Refuse requests with the Origin of another web site (403). This server's pages and extensions are allowed.

    Programs other than browsers send no Origin. Call it after `check_host`: the server's own origin is made from the
    Host header.
    """
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or any(pattern.match(origin) for pattern in EXTENSION_ORIGINS):
        return
    if not _is_own(origin, environ["HTTP_HOST"]):
        raise _foreign_origin()


def from_other_site(method: str, get: Callable[[str], str | None]) -> bool:
    """Whether a web page of another site sent this request. `get` returns a header by name, None if it is missing.

    Such a page must not find out that this server runs. Two kinds of requests are allowed:

    - Opening a page by a link: only the user sees the response, not the linking page.
    - Requests without these headers: programs, calendars, old browsers.

    The headers are those of Fetch Metadata (https://www.w3.org/TR/fetch-metadata/); scripts cannot set them.
    `e2e/test_other_sites.py` checks in both browsers which headers each kind of request has.
    """
    origin = get("Origin")
    if origin and any(pattern.match(origin) for pattern in EXTENSION_ORIGINS):
        return False
    # In some browsers a WebSocket request has only an Origin, as all requests of browsers without Sec-Fetch headers.
    if origin and origin.startswith(("http://", "https://")) and not _is_own(origin, get("Host") or ""):
        return True
    # A page can make the browser prefetch an address; the request then looks like a navigation by the user.
    if "prefetch" in (get("Sec-Purpose") or ""):
        return True
    opens_page = (
        method in ("GET", "HEAD") and get("Sec-Fetch-Mode") == "navigate" and get("Sec-Fetch-Dest") == "document"
    )
    return get("Sec-Fetch-Site") in ("cross-site", "same-site") and not opens_page


def is_forwarded(get: Callable[[str], str | None]) -> bool:
    """Whether a proxy forwarded the request. Web pages cannot set these headers without a CORS preflight."""
    return any(get(name) is not None for name in ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto"))


def check_site(environ: dict[str, Any]) -> None:
    """Refuse requests of other sites' web pages (403).

    Without a proxy, `listening` has closed their connections before. Behind a proxy a closed connection would be shown
    as the proxy's own error, so they get this response.
    """
    if from_other_site(environ["REQUEST_METHOD"], lambda name: environ.get(f"HTTP_{name.upper().replace('-', '_')}")):
        raise _foreign_origin()


def check_query(environ: dict[str, Any]) -> None:
    """Refuse a query with raw bytes that are not UTF-8 (400): Flask decodes queries as UTF-8."""
    query: str = environ.get("QUERY_STRING", "")
    if query.isascii():
        return
    try:
        query.encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise Problem("bad_request", "Percent-encode what is not ASCII in the address.", status=400) from None


def check_body(environ: dict[str, Any]) -> None:
    """Refuse bodies that are too large (413) or not JSON (415)."""
    # The server has refused non-numeric lengths, and sets the length of a chunked body.
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY_BYTES:
        raise too_large()
    content_type = environ.get("CONTENT_TYPE", "")
    # Check the type of an empty body too: a web page can send an empty form.
    declared = content_type and environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH")
    if (length or declared) and not _JSON.fullmatch(content_type):
        raise Problem(
            "unsupported_media_type", "Send the body as JSON, with Content-Type: application/json.", status=415
        )


def check_upload(environ: dict[str, Any]) -> None:
    """Refuse files that are too large (413) or of another type than `UPLOAD_TYPES` (415)."""
    if int(environ.get("CONTENT_LENGTH") or 0) > MAX_UPLOAD_BYTES:
        raise too_large(MAX_UPLOAD_BYTES)
    kind, _, _ = environ.get("CONTENT_TYPE", "").partition(";")
    # Web pages cannot send these types without a CORS preflight; they can send forms and plain text.
    if kind.strip().lower() not in UPLOAD_TYPES:
        raise Problem(
            "unsupported_media_type",
            f"Send the file as it is, with Content-Type: {' or '.join(UPLOAD_TYPES)}.",
            status=415,
        )


def _is_own(origin: str, host: str) -> bool:
    # Behind a TLS proxy the page's origin is https, and this server gets plain HTTP.
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def _foreign_origin() -> Problem:
    return Problem("forbidden_origin", "Web pages of other sites may not use this server.", status=403)


def check_form(environ: dict[str, Any], limit: int = MAX_BODY_BYTES) -> None:
    """Refuse forms larger than `limit` bytes (413) and bodies that are not forms (415). An empty body needs no type."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > limit:
        raise too_large(limit)
    content_type = environ.get("CONTENT_TYPE", "")
    kind = content_type.partition(";")[0].strip().lower()
    if (length or content_type) and kind not in FORM_TYPES:
        raise Problem("unsupported_media_type", f"Send the form as {' or '.join(FORM_TYPES)}.", status=415)


def too_large(limit: int = MAX_BODY_BYTES) -> Problem:
    """The 413 Problem that names the limit in bytes."""
    return Problem("too_large", f"Send at most {limit} bytes.", status=413)
