"""Values for a schema of the OpenAPI document: fitting ones, nearly fitting ones, and hostile ones."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from random import Random
from typing import Any

TEXTS = (
    *("", " ", "\t", "a\x00b", "\x1b[2J", "\x85", "a\nb", "a\r\nBcc: x", "\u2028", "\u202eabc", "\u200b", "\ufeffx"),
    *("\ud800", "a\udfffb", "\ufffe", "\U0010ffff", "İ", "ﬁ", "Zażółć", "李小龍", "می‌خواهم", "👩‍💻", "a\u200db"),
    *("e" + "\u0301" * 50, "x" * 101, "x" * 300, "x" * 10_000, "%00", "%s%n%x", "null", "true", "NaN", "1e309", "-1"),
    *("' OR 1=1 --", '"; DROP TABLE account; --', "<script>alert(1)</script>", "../../etc/passwd", "{{7*7}}", "=1+1"),
    *("=?utf-8?q?x=0d=0aBcc:evil@example.org?=", "localhost", "javascript:alert(1)", "http://[::1", "//evil.example"),
    *("https://www.linkedin.com/in/%ff%fe", "https://www.linkedin.com/in/..", "https://www.linkedin.com:99999/in/a"),
)
INSTANTS = (
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999999Z", "2002-12-31T23:59:59Z"),
    *("9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z", "2026-11-23T09:00:60Z", "2026-11-23T24:00:00Z"),
    *("2026-11-23T09:00:00+99:99", "2026-11-23T09:00:00", "2026-11-23", "2026-W48-1T00:00:00Z", "٢٠٢٦-11-23T09:00:00Z"),
    *("1969-12-31T23:59:59.9999999Z", "2026-11-23t09:00:00z", "2026-11-23T09:00:00.Z", "10000-01-01T00:00:00Z"),
    *("1000-01-01T00:00:00Z", "8999-12-31T23:59:59.999999Z", "0999-12-31T23:59:59Z", "9000-01-01T00:00:00Z"),
)
ZONES = ("localtime", "posixrules", "posix/Europe/Berlin", "right/UTC", "Factory", "europe/berlin", "Etc/GMT+14", "GMT")
NUMBERS = (0, -0.0, -1, 1, 7, 31, 32, 100_001, 2**31, 2**53, 2**63, -(2**63) - 1, 2**64, 10**400, 1.5, 1e308)
SPECIAL = (float("nan"), float("inf"), None, True, False, [], {}, [[]], [None], {"": ""}, {"id": 1}, [1, "a", None])

FITTING: dict[str, tuple[Any, ...]] = {
    "plan": ("premium_career", "premium_business", "sales_navigator", "recruiter_lite", "recruiter", "basic"),
    "rule_book": ("month_end", "rolling"),
    "time_zone": ("Europe/Berlin", "UTC", "Pacific/Apia", "America/Sao_Paulo"),
    "currency": ("EUR", "USD", "JPY"),
    "profile_url": ("https://www.linkedin.com/in/kai-example", "https://www.linkedin.com/sales/lead/ACwAAB1,x,y"),
    "code": ("000000", "123456"),
    "map": ("name=name", "sent_at=sent_at"),
    "dates": ("dmy", "mdy"),
    "leave_out": ("1", "2,3"),
    "working_days": ([1, 2, 3], [5]),
    "lead_days": ([7, 3, 1], [60, 30, 2]),
}
"""What a field of that name takes. Any other is filled from its schema."""


def instant(random: Random) -> str:
    """An instant in or near the months that the test's accounts know."""
    month, day, hour = random.randint(9, 12), random.randint(1, 28), random.randint(0, 23)
    return f"2026-{month:02}-{day:02}T{hour:02}:{random.randint(0, 59):02}:00{random.choice(['Z', '+02:00'])}"


def fitting(random: Random, schema: dict[str, Any], name: str, document: dict[str, Any]) -> Any:
    """A value that the schema takes, as far as a schema can say."""
    if name in FITTING and random.random() < 0.9:
        return random.choice(FITTING[name])
    schema = _resolved(random, schema, document)
    if "enum" in schema or "const" in schema:
        return random.choice(schema.get("enum") or [schema["const"]])
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kind = random.choice(kinds) if isinstance(kinds, list) else kinds
    if kind == "object":
        return _object(random, schema, document)
    if kind == "array":
        return [fitting(random, schema.get("items", {}), name, document) for _ in range(random.randint(1, 3))]
    if kind in ("integer", "number"):
        return random.randint(int(schema.get("minimum", 0)), int(min(schema.get("maximum", 40), 40)))
    if kind == "boolean":
        return random.random() < 0.5
    if kind == "null":
        return None
    if schema.get("format") == "date-time":
        return instant(random) if random.random() < 0.7 else random.choice(INSTANTS)
    return random.choice(schema.get("examples") or ["Kai Example", "Robin Sample", "Hello", "met at a fair"])


def hostile(random: Random) -> Any:
    """A value that no field takes, or that only some do."""
    kind = random.random()
    if kind < 0.45:
        return random.choice(TEXTS)
    if kind < 0.6:
        return random.choice(INSTANTS)
    if kind < 0.65:
        return random.choice(ZONES)
    if kind < 0.8:
        return random.choice(NUMBERS)
    if kind < 0.95:
        return random.choice(SPECIAL)
    value: Any = "deep"
    for _ in range(random.choice([3, 90, 300])):
        value = [value] if random.random() < 0.5 else {"a": value}
    return value


def cursor(random: Random) -> str:
    """Something like a cursor, made as the server makes its own."""
    parts: Any = [
        random.choice([*NUMBERS, *TEXTS, 1_790_000_000_000_000, "01a60d9a", None, [], 62_135_596_800_000_000])
        for _ in range(random.randint(0, 3))
    ]
    text = json.dumps(random.choice([parts, parts, parts, {"a": 1}, 5, "x"]))
    return urlsafe_b64encode(text.encode()).decode()[: random.choice([None, None, None, -1, 3])]


def _resolved(random: Random, schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    for _ in range(10):
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif either := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            schema = random.choice(either)
        else:
            break
    return schema


def _object(random: Random, schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", [])
    made = {
        name: fitting(random, inner, name, document)
        for name, inner in schema.get("properties", {}).items()
        if name in required or random.random() < 0.3
    }
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict):
        made[random.choice(FITTING["plan"])] = fitting(random, inner, "", document)
    return made


def spoiled(random: Random, value: Any) -> Any:
    """The value with one part of it, at any depth, replaced, left out, doubled or added."""
    if isinstance(value, dict) and value and random.random() < 0.8:
        made, key = dict(value), random.choice(list(value))
        change = random.random()
        if change < 0.7:
            made[key] = spoiled(random, made[key])
        elif change < 0.85:
            del made[key]
        else:
            made[str(random.choice(TEXTS))] = hostile(random)
        return made
    if isinstance(value, list) and value and random.random() < 0.7:
        at = random.randrange(len(value))
        return [*value[:at], spoiled(random, value[at]), *value[at + random.randint(0, 1) :]]
    return hostile(random)
