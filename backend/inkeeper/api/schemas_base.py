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

from inkeeper.clock import format_instant, parse_instant

# What both JavaScript's and SQLite's integers can hold exactly.
_LARGEST_INTEGER = 2**53 - 1

# The same rule as `Text` follows, for the OpenAPI document: no control characters, and something besides spaces.
_CONTROL = r"\u0000-\u001f\u007f-\u009f"
_LINES = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"
_HALF_PAIRS = r"\ud800-\udfff"
_REFUSED = re.compile(f"[{_CONTROL}{_HALF_PAIRS}]")
_REFUSED_IN_LINES = re.compile(f"[{_LINES}{_HALF_PAIRS}]")


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
    """Words to show to people, without spaces around them; one line unless `lines` is set.

    Control characters are refused: they have no look, and some programs act on them.
    """

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be text.",
        "blank": "Must not be empty.",
        "control": "Must not contain control characters.",
    }

    def __init__(self, *, max_length: int = 200, lines: bool = False, **kwargs: Any) -> None:
        control = _LINES if lines else _CONTROL
        metadata = {"pattern": rf"^[^{control}]*[^\s{control}][^{control}]*$", **kwargs.pop("metadata", {})}
        super().__init__(validate=validate.Length(max=max_length), metadata=metadata, **kwargs)
        self._max_length = max_length
        self._refused = _REFUSED_IN_LINES if lines else _REFUSED

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        # Before looking at every character of it.
        if len(value) > self._max_length:
            raise ValidationError(f"Longer than maximum length {self._max_length}.")
        if self._refused.search(value):
            raise self.make_error("control")
        text = value.strip()
        if not text:
            raise self.make_error("blank")
        return text


class Instant(fields.DateTime):
    """An instant as RFC 3339: in with `Z` or an offset, out with `Z`. Loads to an aware UTC datetime."""

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be an instant such as 2026-11-23T09:00:00Z, with Z or an offset.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002
        try:
            return parse_instant(value)
        except (TypeError, ValueError):
            raise self.make_error("invalid") from None

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else format_instant(value)


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


class Cursor(fields.String):
    """Where a page begins: what the last item of the page before was sorted by. Opaque to clients."""

    def __init__(self, *types: type[str] | type[int]) -> None:
        super().__init__(load_default=None, metadata={"description": "`next_cursor` of the page before."})
        self._types = types

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str | int]:  # type: ignore[override]  # noqa: ARG002
        try:
            parts = json.loads(urlsafe_b64decode(value.encode("ascii")))
        except (ValueError, RecursionError):
            parts = None
        if not self._fits(parts):
            raise ValidationError("Must be the next_cursor of an earlier answer.")
        return list(parts)

    def _fits(self, parts: Any) -> bool:
        return (
            isinstance(parts, list)
            and [type(part) for part in parts] == list(self._types)
            and all(abs(part) < 2**63 for part in parts if isinstance(part, int))
        )


class PageQuery(Schema):
    """The query of a list. Subclasses add `cursor = Cursor(...)` with the types of what the list is sorted by."""

    limit = QueryInteger(1, 200, load_default=50)
    cursor = Cursor(str)


Item = TypeVar("Item")


def paged(
    items: Sequence[Item],
    limit: int,
    sorted_by: Callable[[Item], Sequence[str | int]],
    show: Callable[[Item], Any] = lambda item: item,
) -> dict[str, Any]:
    """The answer for one page. Ask for `limit` + 1 items: if the last comes, there is a next page."""
    shown = items[:limit]
    more = len(items) > limit
    return {
        "items": [show(item) for item in shown],
        "next_cursor": _cursor_text(sorted_by(shown[-1])) if more else None,
    }


def _cursor_text(parts: Sequence[str | int]) -> str:
    return urlsafe_b64encode(json.dumps(list(parts)).encode()).decode("ascii")


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
    code = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"description": "One for each field at fault."})
