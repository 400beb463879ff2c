"""Links to LinkedIn profiles, in the one form in which they are stored and compared."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from inkeeper.errors import invalid

_PATH = re.compile(r"/(?:in|sales/lead|sales/people|talent/profile)/[^/]+", re.IGNORECASE)
_USUAL = re.compile(r"https://www\.linkedin\.com/in/[a-z0-9-]+", re.ASCII)
_FIELD = "recipient.profile_url"


def normalise(link: str) -> str:
    """The link with host `www.linkedin.com`, no query, fragment or trailing slash, and the slug of `/in/` in lower
    case and decoded.

    Raises a 422 Problem for any other host, and for what is not a person's page.
    """
    if _USUAL.fullmatch(link):
        return link
    try:
        parts = urlsplit(link.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise invalid(_FIELD, "This is not a link.") from None
    ours = host == "linkedin.com" or host.endswith(".linkedin.com")
    if parts.scheme not in ("http", "https") or not ours or port not in (None, 80, 443) or parts.username is not None:
        raise invalid(_FIELD, "Give a link to a person's page on www.linkedin.com, or leave it out.")
    found = _PATH.match(parts.path)
    if not found:
        raise invalid(
            _FIELD, "This link does not lead to a person: it should look like https://www.linkedin.com/in/name."
        )
    kind, _, slug = found[0].rpartition("/")
    kind = kind.lower()
    if kind == "/in":
        slug = unquote(slug).strip().lower()
        # Decoding may bring out what must not stand in a path, or nothing at all.
        if not slug or not slug.isprintable() or set(slug) & set("/?#\\ �"):
            raise invalid(_FIELD, "The name in this link cannot be read.")
    return f"https://www.linkedin.com{kind}/{slug}"
