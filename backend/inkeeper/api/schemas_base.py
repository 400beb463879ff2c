"""Base classes of the schemas: strict field types without conversion, and cursor pagination."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import marshmallow
from flask import has_request_context, request
from marshmallow import EXCLUDE, INCLUDE, RAISE, ValidationError, fields, validate

import inkeeper
from inkeeper import texts
from inkeeper.clock import format_instant, parse_instant
from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.vocabulary import PROBLEM_CODES

# The largest integer that JavaScript numbers hold exactly (Number.MAX_SAFE_INTEGER).
_LARGEST_INTEGER = 2**53 - 1

_LONGEST_CURSOR = 500
_EARLIEST_YEAR, _LATEST_YEAR = 1000, 8999


VERSION_HEADER = "X-Inkeeper-Version"
"""The header in which a client says its version, such as `0.2.0`."""

_VERSION_VARIABLE = "HTTP_X_INKEEPER_VERSION"
"""The name of that header in a WSGI environment. Each schema asks for it, and `request.headers` is slow."""

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?", re.ASCII)


class Schema(marshmallow.Schema):
    """A schema that refuses unknown fields, so that a misspelt one is noticed. Those of a newer client are ignored."""

    class Meta:
        unknown = RAISE

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The member of a dict or NamedTuple to dump.

        marshmallow's own first tries `obj[attr]`, and a tuple's TypeError for each member takes longer than the rest.
        """
        return obj.get(attr, default) if isinstance(obj, dict) else getattr(obj, attr, default)

    def load(self, data: Any, *, unknown: Any = None, **options: Any) -> Any:
        """See marshmallow. Called for each nested schema, too."""
        if self.unknown == RAISE and is_client_newer():
            unknown = EXCLUDE
        return super().load(data, unknown=unknown, **options)


def is_client_newer() -> bool:
    """Whether the client of this request says that it is of a newer version than the server."""
    if not has_request_context():
        return False
    version = request.environ.get(_VERSION_VARIABLE)
    if version is None:
        return False
    theirs, own = _VERSION.match(version), _VERSION.match(inkeeper.__version__)
    return theirs is not None and own is not None and _numbers(theirs) > _numbers(own)


def _numbers(version: re.Match[str]) -> list[int]:
    return [int(number or 0) for number in version.groups()]


class Integer(fields.Integer):
    """An integer. Strings, fractions and booleans are refused."""

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be a whole number.",
        "too_large": "Is out of range.",
    }

    def __init__(self, *, minimum: int = -_LARGEST_INTEGER, maximum: int = _LARGEST_INTEGER, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(minimum, maximum), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        # `isinstance` would accept `bool`, a subclass of `int`.
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class Boolean(fields.Boolean):
    """A JSON boolean. Numbers and strings are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Flag(fields.Boolean):
    """A query parameter `true` or `false`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if value not in ("true", "false"):
            raise self.make_error("invalid", input=value)
        return bool(value == "true")


class Text(fields.String):
    """A text to display, loaded without surrounding blanks. It is one line unless `lines` is set.

    Characters that `texts` refuses (control, separator and invisible ones) are refused.
    """

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be text.",
        "blank": "Must not be empty.",
        "invisible": "Must not contain control characters or other invisible characters.",
    }

    def __init__(self, *, max_length: int = 200, lines: bool = False, **kwargs: Any) -> None:
        metadata = {**self._described(lines), **kwargs.pop("metadata", {})}
        super().__init__(validate=validate.Length(max=max_length), metadata=metadata, **kwargs)
        self._max_length = max_length
        self._lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        # Check the length first: the next check reads every character.
        if len(value) > self._max_length:
            raise ValidationError(f"Longer than maximum length {self._max_length}.")
        text = self._kept(value)
        if not text:
            raise self.make_error("blank")
        return text

    def _kept(self, value: str) -> str:
        """The text to store. Raises ValidationError for a refused text."""
        if not texts.is_plain(value, lines=self._lines):
            raise self.make_error("invisible")
        return value.strip()

    @staticmethod
    def _described(lines: bool) -> dict[str, Any]:
        """The field's metadata in the OpenAPI document."""
        return {"pattern": texts.pattern(lines=lines)}


class CleanText(Text):
    """A text from which refused characters are removed instead of refusing the text.

    For data that must not be lost, such as the recipient of a sent InMail, and for requests without a person to read a
    refusal.
    """

    def _kept(self, value: str) -> str:
        return texts.cleaned(value, lines=self._lines)

    @staticmethod
    def _described(lines: bool) -> dict[str, Any]:  # noqa: ARG004
        return {}


class Instant(fields.DateTime):
    """An RFC 3339 instant with `Z` or an offset; dumped with `Z`. Loads to an aware UTC datetime.

    Only years from 1000 to 8999 are accepted, so that adding days or months never leaves the range of `datetime`.
    """

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be an instant such as 2026-11-23T09:00:00Z, with Z or an offset.",
        "outside": "Must be in the years 1000 to 8999.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002
        try:
            instant = parse_instant(value)
        except (TypeError, ValueError):
            raise self.make_error("invalid") from None
        if not _leaves_room(instant):
            raise self.make_error("outside")
        return instant

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else format_instant(value)


def _leaves_room(instant: datetime) -> bool:
    return _EARLIEST_YEAR <= instant.year <= _LATEST_YEAR


class QueryInteger(fields.Integer):
    """An integer in a query string, from `minimum` to `maximum`."""

    def __init__(self, minimum: int, maximum: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(minimum, maximum), **kwargs)
        self._expected = f"Must be a number from {minimum} to {maximum}."
        self._digits = len(str(maximum))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        # `int` alone would accept spaces, signs, underscores and non-ASCII digits.
        if re.fullmatch(rf"\d{{1,{self._digits}}}", value, re.ASCII) is None:
            raise ValidationError(self._expected)
        return int(value)


CursorPart = str | int | datetime
"""A sort key. An instant is an aware UTC datetime, encoded in the cursor as microseconds."""


class Cursor(fields.String):
    """The start of a page: the sort keys of the previous page's last item. Opaque to clients.

    Loads to a tuple of the given types.
    """

    def __init__(self, *types: type[str] | type[int] | type[datetime]) -> None:
        super().__init__(load_default=None, metadata={"description": "`next_cursor` of the page before."})
        self._types = types

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[CursorPart, ...]:  # type: ignore[override]  # noqa: ARG002
        try:
            if len(value) > _LONGEST_CURSOR:
                raise ValueError("longer than any that was given out")
            parts = json.loads(urlsafe_b64decode(value.encode("ascii")))
            if not isinstance(parts, list):
                raise TypeError("not a list")
            return tuple(_cursor_part(kind, part) for kind, part in zip(self._types, parts, strict=True))
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise ValidationError("Must be the next_cursor of an earlier answer.") from None


def _cursor_part(kind: type[CursorPart], part: Any) -> CursorPart:
    """A part of a cursor as that type. Raises ValueError, TypeError or OverflowError if it is invalid."""
    if kind is str and isinstance(part, str):
        # A JSON escape can be a lone surrogate, which a database refuses.
        part.encode("utf-8")
        return part
    if kind is not str and type(part) is int and abs(part) < 2**63:
        if kind is not datetime and abs(part) <= _LARGEST_INTEGER:
            return part
        if kind is datetime and _leaves_room(instant := from_microseconds(part)):
            return instant
    raise TypeError(f"not {kind.__name__}")


class PageQuery(Schema):
    """The query of a list. Subclasses add `cursor = Cursor(...)` with the types of the list's sort keys."""

    limit = QueryInteger(1, 200, load_default=50)
    cursor = Cursor(str)


Item = TypeVar("Item")


def paged(
    items: Sequence[Item],
    limit: int,
    sorted_by: Callable[[Item], Sequence[CursorPart]],
    show: Callable[[Item], Any] = lambda item: item,
) -> dict[str, Any]:
    """The response for one page. Pass `limit` + 1 items if available: the extra item means there is a next page."""
    shown = items[:limit]
    more = len(items) > limit
    return {
        "items": [show(item) for item in shown],
        "next_cursor": _cursor_text(sorted_by(shown[-1])) if more else None,
    }


def _cursor_text(parts: Sequence[CursorPart]) -> str:
    plain = [to_microseconds(part) if isinstance(part, datetime) else part for part in parts]
    return urlsafe_b64encode(json.dumps(plain).encode()).decode("ascii")


def page_of(schema: type[marshmallow.Schema]) -> type[marshmallow.Schema]:
    """The schema of a page of items with this schema."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(schema), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
        name=f"{schema.__name__}Page",
    )


class FieldErrorSchema(Schema):
    """The error of one field."""

    path = fields.String(required=True)
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """An error response (RFC 9457). Some codes have additional members."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"description": "`/problems/` and the code."})
    title = fields.String(required=True, metadata={"description": "What the code means, always in the same words."})
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What to do."})
    code = fields.String(required=True, validate=validate.OneOf(PROBLEM_CODES))
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"description": "One for each field at fault."})
