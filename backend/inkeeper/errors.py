"""Errors that a client can act on. Services raise them; the API renders them as problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from inkeeper.reasons import Reason, reason
from inkeeper.vocabulary import ProblemCode
from inkeeper.wording.reasons import english

TITLES: dict[ProblemCode, str] = {
    "bad_request": "The request could not be read",
    "unauthorized": "A valid token is needed",
    "forbidden_origin": "This origin is not allowed",
    "wrong_code": "The code is not right",
    "wrong_secret": "The sign-in link is not right",
    "not_found": "There is nothing here",
    "method_not_allowed": "This method is not allowed here",
    "not_acceptable": "The answer is only to be had as JSON",
    "bad_file": "The file cannot be read",
    "other_linkedin_file": "This file of LinkedIn's export holds no InMails",
    "no_messages": "This export holds no messages",
    "import_running": "Another file is being read",
    "columns_needed": "It is not clear which column holds what",
    "whose_export": "It is not clear whose export this is",
    "which_account": "It is not clear which account is meant",
    "rows_not_understood": "Some rows are not understood",
    "preview_outdated": "Something else would come of this by now",
    "conflict": "The request contradicts what is stored",
    "idempotency_conflict": "The idempotency key was used for another request",
    "insufficient_credits": "There are not enough credits",
    "nothing_to_cancel": "There is no subscription to cancel",
    "retracted": "This was taken back",
    "replaced": "This was edited since",
    "already_on_list": "This person is on the list already",
    "do_not_contact": "This person is not to be contacted",
    "calendar_exists": "There is a calendar address already",
    "same_plan": "Nothing would change",
    "over": "This has ended",
    "precondition_failed": "It has changed in the meantime",
    "too_large": "The request is too large",
    "headers_too_large": "The request's headers are too large",
    "unsupported_media_type": "The body must be JSON",
    "misdirected_request": "The host name is not one of this server's",
    "invalid": "Some of what was sent is not valid",
    "pairing_shut": "No device can be connected right now",
    "invitation_needed": "A code has to be issued first",
    "secret_exists": "This device has a secret already",
    "too_many_requests": "Too many requests",
    "internal_error": "Something went wrong in the server",
    "database_unavailable": "The database cannot be used right now",
    "write_unconfirmed": "The database did not confirm the write",
}
"""The `title` of each code. The same in every response (RFC 9457, 3.1.3)."""


class Fault(NamedTuple):
    """What is wrong with one field, or with one place of a file."""

    path: str
    said: Reason | str


class Problem(Exception):
    """An error response. `said` tells what the client can do, `faults` what is wrong where; `detail` and `errors` are
    the same in the API's English. `extra` are further members of the response body.

    Where people read it, `wording.reasons` renders `said`. A text in its place is for users of the API only.
    """

    def __init__(
        self,
        code: ProblemCode,
        detail: str | Reason,
        *,
        status: int,
        title: str | None = None,
        errors: Sequence[Mapping[str, str | Reason]] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        self.code = code
        self.said = detail
        self.detail = english(detail)
        self.status = status
        self.title = title or TITLES[code]
        self.faults = [Fault(str(each["path"]), each["message"]) for each in errors or ()]
        self.errors = (
            None if errors is None else [{"path": path, "message": english(said)} for path, said in self.faults]
        )
        self.headers = headers or {}
        self.extra = extra
        super().__init__(f"{code}: {self.detail}")


def not_found(what: str = "resource") -> Problem:
    """404. The same for a resource that does not exist and for one of another owner, so that ids cannot be probed."""
    return Problem("not_found", f"This {what} does not exist, or is not yours.", status=404)


def invalid(path: str, message: str | Reason) -> Problem:
    """422 about one field. `path` is the field's name, or names joined by dots for a nested field."""
    detail = reason("at_field", path=path, message=message) if path else message
    return Problem("invalid", detail, status=422, errors=[{"path": path, "message": message}])


def conflict(code: ProblemCode, detail: str | Reason, **extra: Any) -> Problem:
    """409: the request is valid, but contradicts the stored data."""
    return Problem(code, detail, status=409, **extra)
