"""Derives response schemas from the NamedTuples that services return, so each shape is declared once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import marshmallow
from marshmallow import fields, validate

from inkeeper.api.schemas_base import Instant, Schema

_SCALARS: dict[Any, type[fields.Field[Any]]] = {
    bool: fields.Boolean,
    date: fields.Date,
    datetime: Instant,
    float: fields.Float,
    int: fields.Integer,
    str: fields.String,
}

_schemas: dict[type[Any], type[marshmallow.Schema]] = {}


def describe(record: type[Any], schema: type[marshmallow.Schema]) -> None:
    """Register the schema to use for this record type where another record contains it."""
    _schemas[record] = schema


def schema_of(record: type[Any], name: str | None = None, **given: fields.Field[Any]) -> type[marshmallow.Schema]:
    """The response schema of this NamedTuple: the registered one, or one derived now. Every member is required.

    - The text of an `Annotated` type becomes the member's description.
    - `name` is the schema's name in the OpenAPI document; the default is the record's name.
    - `given` are fields for members whose type alone is not precise enough.
    - With `name` or `given` it is derived anew.
    - A contained record uses its registered schema, or one derived now.
    """
    if name is None and not given and record in _schemas:
        return _schemas[record]
    hints = get_type_hints(record, include_extras=True)
    members = {member: given.get(member) or _field(hint) for member, hint in hints.items()}
    derived = Schema.from_dict(members, name=f"{name or record.__name__}Schema")
    derived.__doc__ = record.__doc__
    describe(record, derived)
    return derived


def _field(hint: Any, **options: Any) -> fields.Field[Any]:
    """A required field for this type. Raises TypeError for a type without a JSON form."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _field(arguments[0], metadata={"description": arguments[1]}, **options)
    if origin in (Union, UnionType):
        [bare] = [each for each in arguments if each is not NoneType]
        return _field(bare, allow_none=True, **options)
    if origin is Literal:
        kind = _SCALARS[type(arguments[0])]
        return kind(required=True, validate=validate.OneOf(arguments), **options)
    if origin in (list, Sequence):
        return fields.List(_field(arguments[0]), required=True, **options)
    if origin in (dict, Mapping):
        return fields.Dict(keys=_field(arguments[0]), values=_field(arguments[1]), required=True, **options)
    if hint in _SCALARS:
        return _SCALARS[hint](required=True, **options)
    if hasattr(hint, "_fields"):
        return fields.Nested(schema_of(hint), required=True, **options)
    raise TypeError(f"{hint} has no form in an answer")
