"""Who may see the pages: a device with a token; a visit without one gets the shell, which holds no data."""

from __future__ import annotations

from flask import Request, Response, g, request

from inkeeper.api.auth import authenticate
from inkeeper.api.guard import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, check_form
from inkeeper.web import pages
from inkeeper.web.blueprint import blueprint, is_page_visit

MOST_TYPED_BYTES = 16 * 1024 * 1024
"""What the fields of a form that may bring a file may hold beside it."""


@blueprint.before_request
def check() -> Response | None:
    """Answer a page visit with the shell; else check token and form. Host and origin have been checked."""
    current: Request = request._get_current_object()  # type: ignore[attr-defined]
    environ, endpoint = current.environ, current.endpoint
    if is_page_visit(endpoint, environ):
        return pages.shell()
    if endpoint not in blueprint.public:
        authenticate(environ, g.now)
    limit = MAX_UPLOAD_BYTES if endpoint in blueprint.uploads else MAX_BODY_BYTES
    current.max_content_length = limit
    if endpoint in blueprint.uploads:
        # A list of 50,000 people may be pasted into a field.
        current.max_form_memory_size = MOST_TYPED_BYTES
    check_form(environ, limit)
    return None
