"""Error responses: every refusal and failure as RFC 9457 problem+json, with its headers."""

from __future__ import annotations

import logging
import secrets
import traceback
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from inkeeper.api.guard import too_large
from inkeeper.errors import Problem
from inkeeper.jsontext import plain, to_json
from inkeeper.storage.database import DatabaseProblem
from inkeeper.vocabulary import ProblemCode
from inkeeper.wording.terminal import explain

_log = logging.getLogger("inkeeper.server")

_RETRY_SECONDS = 5

_BY_STATUS: dict[int, tuple[ProblemCode, str]] = {
    400: ("bad_request", "Correct the request; it is not valid HTTP or not valid JSON."),
    404: ("not_found", "See /api/docs for what there is."),
    405: ("method_not_allowed", "Use one of the methods in the Allow header."),
}
"""Code and detail of the errors raised by Flask itself, by status."""


def handle_problems(app: Flask) -> None:
    """Register the error handlers."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(DatabaseProblem, _database_unavailable)
    app.register_error_handler(HTTPException, _from_flask)


def body_of(problem: Problem) -> str:
    """The problem as JSON text (RFC 9457). NamedTuples in its extra members are objects of their members."""
    body: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    if problem.errors is not None:
        body["errors"] = problem.errors
    body.update(problem.extra)
    return to_json(plain(body))


def respond(problem: Problem) -> Response:
    """The HTTP response for a problem."""
    response = Response(body_of(problem), problem.status, content_type="application/problem+json")
    response.headers.update(problem.headers)
    return response


def _from_flask(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError):
        return _incident(error)
    if error.code == 413:
        return respond(too_large())
    code, detail = _BY_STATUS.get(error.code or 0, _BY_STATUS[400])
    # Allow is the only header with information that the problem does not have.
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return respond(Problem(code, detail, status=error.code or 400, headers=headers))


def _database_unavailable(problem: DatabaseProblem) -> Response:
    _log.error("database %s: %s", problem.which, explain(problem.said))
    retry = {"Retry-After": str(_RETRY_SECONDS)}
    if problem.which == "unconfirmed":
        again = "It is unknown whether this was stored. Send it again with the same Idempotency-Key: it is done once."
        return respond(Problem("write_unconfirmed", again, status=503, headers=retry))
    # Clients need no other distinction: nothing was stored, and only the server's owner can repair it.
    nothing = "Nothing was stored. Look at the server's terminal for the reason, then try again."
    return respond(Problem("database_unavailable", nothing, status=503, headers=retry))


def _incident(error: InternalServerError) -> Response:
    incident = secrets.token_hex(4)
    cause = error.original_exception or error
    # Log the traceback without the exception's text, which may hold user data.
    where = "".join(traceback.format_tb(cause.__traceback__))
    _log.error("incident %s: %s at %s\n%s", incident, type(cause).__name__, request.url_rule, where)
    return respond(
        Problem(
            "internal_error",
            f"Nothing was stored. The server's log names this as incident {incident}.",
            status=500,
            incident=incident,
        )
    )
