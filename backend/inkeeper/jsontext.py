"""JSON as Inkeeper writes it: compact, readable characters, instants as RFC 3339 with `Z`."""

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


_NESTED = (tuple, list)

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default).encode


def to_json(value: Any) -> str:
    """The value as JSON text. Raises TypeError for what has no form in JSON, ValueError for a naive time or a NaN."""
    return _encode(value)


def plain(value: Any) -> Any:
    """The value with a dict for each NamedTuple in it, also within tuples and lists. Dicts are left as they are."""
    # Most values are neither: asking here instead of in a call of its own takes a third less time.
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {
            name: plain(each) if isinstance(each, _NESTED) else each
            for name, each in zip(value._fields, value, strict=True)
        }
    if isinstance(value, _NESTED):
        return [plain(each) if isinstance(each, _NESTED) else each for each in value]
    return value
