"""The API documentation: the OpenAPI document, as JSON and rendered as HTML."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template
from markupsafe import Markup, escape

ROOT = str(Path(__file__).parent)

API_DESCRIPTION = """\
The HTTP interface of Inkeeper, which keeps the ledger of InMail credits. Not affiliated with LinkedIn.

Every answer carries `X-Inkeeper-Api: 1`; a client that does not find it is talking to another program. Errors are
RFC 9457 `application/problem+json`. Instants are RFC 3339 with `Z`. Unknown fields are refused, unless
`X-Inkeeper-Version` says that the client is newer than the server: then they are ignored. Writes with a token accept
`Idempotency-Key`. Answers, even errors, are never to be cached."""

blueprint = Blueprint("pages", __name__)


@blueprint.app_template_filter()
def with_code(text: str | None) -> Markup:
    """The escaped text with backtick spans as `<code>` elements."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text or ""))))  # noqa: S704 (escaped just here)


@blueprint.get("/api/docs")
def docs() -> Response:
    """The OpenAPI document rendered as HTML."""
    return _page("docs.html", document=_document())


@blueprint.get("/api/v1/openapi.json")
def openapi() -> Response:
    """The OpenAPI document as JSON."""
    return jsonify(_document())


def _document() -> dict[str, Any]:
    found: dict[str, Any] = current_app.extensions["inkeeper.api"].document()
    return found


def _page(template: str, **values: Any) -> Response:
    style = _style()
    response = Response(render_template(template, style=style, **values), content_type="text/html; charset=utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    # The policy allows this style sheet by its hash and nothing else: no scripts, images or frames.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response


@cache
def _style() -> str:
    return (Path(ROOT) / "templates" / "page.css").read_text(encoding="utf-8")
