"""Access to the pages: requests need a device's token; a visit without one gets the shell, which has no data."""

from __future__ import annotations

from flask import Request, Response, g, request

from inkeeper.api.auth import authenticate
from inkeeper.api.guard import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, check_form
from inkeeper.web import pages
from inkeeper.web.blueprint import blueprint, is_page_visit

MOST_TYPED_BYTES = 16 * 1024 * 1024
"""The limit of all text fields of a form with a file, in bytes."""


@blueprint.before_request
def check() -> Response | None:
    """Return the shell for a page visit; otherwise check token and form. Host and origin were checked before."""
    current: Request = request._get_current_object()  # type: ignore[attr-defined]
    environ, endpoint = current.environ, current.endpoint
    if is_page_visit(endpoint, environ):
        return pages.shell()
    if endpoint not in blueprint.public:
        authenticate(environ, g.now)
    limit = MAX_UPLOAD_BYTES if endpoint in blueprint.uploads else MAX_BODY_BYTES
    current.max_content_length = limit
    if endpoint in blueprint.uploads:
        # A pasted list may have 50,000 people.
        current.max_form_memory_size = MOST_TYPED_BYTES
    check_form(environ, limit)
    return None
