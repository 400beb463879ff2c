"""Static files of the pages. The address contains the content's hash, so browsers cache them without a time limit.

Our own style sheets and scripts are served without comments and indentation.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flask import Response, jsonify

from inkeeper.errors import not_found
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import gettext, language

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_IN_A_STYLE_SHEET = re.compile(
    r"""(?P<string>"[^"]*")|/\*.*?\*/\s*|\s*(?P<mark>[{};,])\s*|(?P<colon>:)\s+|(?P<blank>\s+)""", re.DOTALL
)
# Matches comments on separate lines only; comments after code are kept.
_COMMENT_IN_A_SCRIPT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*.*?\*/[ \t]*)\n", re.DOTALL | re.MULTILINE)
_INDENTATION = re.compile(r"^\s+", re.MULTILINE)
_FOR_GOOD = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file's content and its address."""

    content: bytes
    address: str


@cache
def _assets() -> dict[str, Asset]:
    found = {}
    for path in sorted(_FOLDER.rglob("*")):
        if path.suffix in _TYPES:
            content = content_of(path)
            digest = hashlib.sha256(content).hexdigest()[:16]
            found[path.name] = Asset(content, f"/assets/{digest}/{path.name}")
    return found


def content_of(path: Path) -> bytes:
    """The served content of a file in `static/`, without comments and indentation for our own CSS and JS."""
    if path.parent != _FOLDER or path.suffix not in (".css", ".js"):
        return path.read_bytes()
    text = path.read_text(encoding="utf-8")
    return (compact_style(text) if path.suffix == ".css" else compact_script(text)).encode()


def compact_style(text: str) -> str:
    """A style sheet without comments and redundant blanks. A blank before a colon is kept: it is part of a selector."""

    def kept(found: re.Match[str]) -> str:
        return found["string"] or found["mark"] or found["colon"] or (" " if found["blank"] else "")

    return _IN_A_STYLE_SHEET.sub(kept, text).strip()


def compact_script(text: str) -> str:
    """A script without indentation and comments on separate lines. It must not contain multi-line strings."""
    return _INDENTATION.sub("", _COMMENT_IN_A_SCRIPT.sub("", text))


@blueprint.app_template_global("asset")
def address_of(name: str) -> str:
    """The address of a file in `static/`. Raises KeyError for one that does not exist."""
    return _assets()[name].address


@blueprint.open("/assets/<digest>/<string:name>")
def show_asset(digest: str, name: str) -> Response:
    """Serve a file in `static/` at the address with its hash."""
    asset = _assets().get(name)
    if asset is None or asset.address != f"/assets/{digest}/{name}":
        raise not_found("file")
    response = Response(asset.content, content_type=_TYPES[Path(name).suffix])
    response.headers["Cache-Control"] = _FOR_GOOD
    return response


@blueprint.open("/manifest.webmanifest")
def show_manifest() -> Response:
    """Serve the web app manifest, which lets browsers install the pages as an app."""
    response = jsonify(
        {
            "name": "Inkeeper",
            "short_name": "Inkeeper",
            "description": gettext("Never lose an InMail credit by accident."),
            "lang": language().language,
            "dir": language().direction,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f2f4f3",
            "theme_color": "#0f6b5c",
            "icons": [
                {"src": address_of(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
                for size in (192, 512)
            ],
        }
    )
    response.content_type = "application/manifest+json"
    response.headers["Vary"] = "Accept-Language"
    return response
