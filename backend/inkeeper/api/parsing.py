"""Strict parsing of requests. Every error is reported with the path of its field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from inkeeper.errors import Problem

# Limit the size of the response to a body with thousands of errors.
_ERRORS_NAMED = 50
_PATH_LENGTH = 200


class StrictParser(FlaskParser):
    """webargs with strict JSON, errors as Problems, and unknown query parameters refused."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012

    def use_args(self, argmap: type[Schema], *args: Any, **kwargs: Any) -> Callable[..., Any]:  # type: ignore[override]
        """Validate a part of the request by the schema, of which one instance serves all requests.

        It is made for the first request. webargs would make one for each, which copies the schema's fields.
        """
        made = cache(argmap)
        return super().use_args(lambda _request: made(), *args, **kwargs)

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002 (webargs' signature)
        """The body parsed as JSON. Raises the 400 Problem for invalid JSON."""
        return parse_json(req.get_data())

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:  # noqa: ARG002
        """Raise marshmallow's errors as the 422 Problem."""
        # webargs nests the messages under the location: `json`, `query` or `headers`.
        (messages,) = error.normalized_messages().values()
        raise invalid_fields(messages)


def parse_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises the 400 Problem for invalid JSON."""
    if not body:
        raise _unreadable("A JSON body is needed.")
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        # A JSON escape can be a lone surrogate, which UTF-8 cannot encode: refuse it here.
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
    """The 422 Problem that lists marshmallow's errors by field."""
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
            # marshmallow's key for errors of the whole object.
            step = "" if key == "_schema" else str(key)
            yield from _flat(inner, f"{path}.{step}" if path and step else path or step)
    elif isinstance(messages, list):
        for message in messages:
            yield from _flat(message, path)
    else:
        yield path, str(messages)


def _refuse_constant(name: str) -> NoReturn:
    # Python's parser accepts NaN and Infinity; JSON does not have them.
    raise ValueError(name)


def _unreadable(detail: str) -> Problem:
    return Problem("bad_request", detail, status=400)
