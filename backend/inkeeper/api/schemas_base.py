"""Building blocks of the schemas: strict types that take nothing for something else, and lists in pages."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import marshmallow
from marshmallow import INCLUDE, RAISE, ValidationError, fields, validate

from inkeeper import texts
from inkeeper.clock import format_instant, from_microseconds, parse_instant, to_microseconds
from inkeeper.vocabulary import PROBLEM_CODES

# What both JavaScript's and SQLite's integers can hold exactly.
_LARGEST_INTEGER = 2**53 - 1

_LONGEST_CURSOR = 500
_EARLIEST_YEAR, _LATEST_YEAR = 1000, 8999


class Schema(marshmallow.Schema):
    """A schema that refuses fields it does not know."""

    class Meta:
        unknown = RAISE


class Integer(fields.Integer):
    """A whole number, given as one: no text, no fraction, no true or false."""

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be a whole number.",
        "too_large": "Is out of range.",
    }

    def __init__(self, *, minimum: int = -_LARGEST_INTEGER, maximum: int = _LARGEST_INTEGER, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(minimum, maximum), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        # `bool` is a kind of `int` in Python.
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class Boolean(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Flag(fields.Boolean):
    """A query parameter that is `true` or `false`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if value not in ("true", "false"):
            raise self.make_error("invalid", input=value)
        return bool(value == "true")


class Text(fields.String):
    """Words to show to people, without blanks around them; one line unless `lines` is set.

    What `texts` refuses (controls, separators, invisible characters) is refused here.
    """

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be text.",
        "blank": "Must not be empty.",
        "invisible": "Must not contain control characters or other characters that nobody sees.",
    }

    def __init__(self, *, max_length: int = 200, lines: bool = False, **kwargs: Any) -> None:
        metadata = {**self._described(lines), **kwargs.pop("metadata", {})}
        super().__init__(validate=validate.Length(max=max_length), metadata=metadata, **kwargs)
        self._max_length = max_length
        self._lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        # Before looking at every character of it.
        if len(value) > self._max_length:
            raise ValidationError(f"Longer than maximum length {self._max_length}.")
        text = self._kept(value)
        if not text:
            raise self.make_error("blank")
        return text

    def _kept(self, value: str) -> str:
        """The text to store. Raises ValidationError for one that is refused."""
        if not texts.is_plain(value, lines=self._lines):
            raise self.make_error("invisible")
        return value.strip()

    @staticmethod
    def _described(lines: bool) -> dict[str, Any]:
        """What the OpenAPI document says of it."""
        return {"pattern": texts.pattern(lines=lines)}


class CleanText(Text):
    """Text that is never refused for an invisible character: what `Text` would refuse is left out.

    For what must not be lost, such as the name on an InMail that was sent, and where no person sees the refusal.
    """

    def _kept(self, value: str) -> str:
        return texts.cleaned(value, lines=self._lines)

    @staticmethod
    def _described(lines: bool) -> dict[str, Any]:  # noqa: ARG004
        return {}


class Instant(fields.DateTime):
    """An instant as RFC 3339: in with `Z` or an offset, out with `Z`. Loads to an aware UTC datetime.

    Those close to where datetimes end are refused: a step of a day or a month from them would lead outside.
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
    """A whole number from a query string, within bounds."""

    def __init__(self, minimum: int, maximum: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(minimum, maximum), **kwargs)
        self._expected = f"Must be a number from {minimum} to {maximum}."
        self._digits = len(str(maximum))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        # Not `int` alone, which takes spaces, signs, underscores and other scripts' digits too.
        if re.fullmatch(rf"\d{{1,{self._digits}}}", value, re.ASCII) is None:
            raise ValidationError(self._expected)
        return int(value)


CursorPart = str | int | datetime
"""What lists are sorted by. Instants are microseconds in the cursor, and aware UTC datetimes on both sides of it."""


class Cursor(fields.String):
    """Where a page begins: what the last item of the page before was sorted by. Opaque to clients.

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
    """A part of a cursor as that type. Raises ValueError, TypeError or OverflowError for what is none."""
    if kind is str and isinstance(part, str):
        # JSON can write half of a surrogate pair, which a database cannot take.
        part.encode("utf-8")
        return part
    if kind is not str and type(part) is int and abs(part) < 2**63:
        if kind is not datetime and abs(part) <= _LARGEST_INTEGER:
            return part
        if kind is datetime and _leaves_room(instant := from_microseconds(part)):
            return instant
    raise TypeError(f"not {kind.__name__}")


class PageQuery(Schema):
    """The query of a list. Subclasses add `cursor = Cursor(...)` with the types of what the list is sorted by."""

    limit = QueryInteger(1, 200, load_default=50)
    cursor = Cursor(str)


Item = TypeVar("Item")


def paged(
    items: Sequence[Item],
    limit: int,
    sorted_by: Callable[[Item], Sequence[CursorPart]],
    show: Callable[[Item], Any] = lambda item: item,
) -> dict[str, Any]:
    """The answer for one page. Ask for `limit` + 1 items: if the last comes, there is a next page."""
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
    """The schema of a page whose items have this schema."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(schema), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
        name=f"{schema.__name__}Page",
    )


class FieldErrorSchema(Schema):
    """What is wrong with one field."""

    path = fields.String(required=True)
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """A refusal or failure, RFC 9457. Some codes have further members."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"description": "`/problems/` and the code."})
    title = fields.String(required=True, metadata={"description": "What the code means, always in the same words."})
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What to do."})
    code = fields.String(required=True, validate=validate.OneOf(PROBLEM_CODES))
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"description": "One for each field at fault."})
