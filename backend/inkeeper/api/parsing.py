"""Reading what a request brings: strictly, and with every mistake named by its path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from inkeeper.errors import Problem

# An answer names at most so many mistakes, and a path of at most so many characters.
_ERRORS_NAMED = 50
_PATH_LENGTH = 200


class StrictParser(FlaskParser):
    """webargs with our own reading of JSON and our own problems; unknown query parameters are refused too."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002 (webargs' signature)
        """The body as JSON. Raises the 400 Problem for what is not."""
        return parse_json(req.get_data())

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:  # noqa: ARG002
        """Turn marshmallow's errors into the 422 Problem."""
        # webargs puts the messages under the name of the part of the request they are about.
        (messages,) = error.normalized_messages().values()
        raise invalid_fields(messages)


def parse_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises the 400 Problem that says what is wrong with it."""
    if not body:
        raise _unreadable("A JSON body is needed.")
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        # JSON can write half a surrogate pair as an escape; no text can hold it, so it is refused before it spreads.
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable("The body is not valid UTF-8.") from None
    except UnicodeEncodeError:
        raise _unreadable("The body contains half of a surrogate pair.") from None
    except RecursionError:
        raise _unreadable("The body is nested too deeply.") from None
    except ValueError as error:
        where = f": {error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise _unreadable(f"The body is not valid JSON{where}.") from None
    return value


def invalid_fields(messages: Any) -> Problem:
    """The 422 Problem that names each field that marshmallow found fault with."""
    errors = []
    for path, message in _flat(messages, ""):
        errors.append({"path": path[:_PATH_LENGTH], "message": message})
        if len(errors) == _ERRORS_NAMED:
            break
    first = errors[0]
    detail = f"{first['path']}: {first['message']}" if first["path"] else first["message"]
    return Problem("invalid", detail, status=422, errors=errors)


def _flat(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            # marshmallow's name for what is about the whole rather than one field.
            step = "" if key == "_schema" else str(key)
            yield from _flat(inner, f"{path}.{step}" if path and step else path or step)
    elif isinstance(messages, list):
        for message in messages:
            yield from _flat(message, path)
    else:
        yield path, str(messages)


def _refuse_constant(name: str) -> NoReturn:
    # Python would read NaN and Infinity, which JSON does not have.
    raise ValueError(name)


def _unreadable(detail: str) -> Problem:
    return Problem("bad_request", detail, status=400)
