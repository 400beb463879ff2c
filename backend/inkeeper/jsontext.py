"""Encodes JSON: compact, characters unescaped, instants as RFC 3339 text with `Z`."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from inkeeper.clock import format_instant


def _default(value: Any) -> str:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_NESTED = (tuple, list, dict)

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default).encode


def to_json(value: Any) -> str:
    """The value as JSON text. Raises TypeError for an unsupported type, ValueError for a naive time, NaN or inf."""
    return _encode(value)


def plain(value: Any) -> Any:
    """The value with each NamedTuple replaced by a dict of its members, also within tuples, lists and dicts."""
    # Most members are none of these. Checking them here saves a call each, a third of the time.
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {
            name: plain(each) if isinstance(each, _NESTED) else each
            for name, each in zip(value._fields, value, strict=True)
        }
    if isinstance(value, dict):
        return {name: plain(each) if isinstance(each, _NESTED) else each for name, each in value.items()}
    if isinstance(value, _NESTED):
        return [plain(each) if isinstance(each, _NESTED) else each for each in value]
    return value
