"""What is stored that may tell of a person, as the models say."""

from __future__ import annotations

from inkeeper.storage import models

_WITH_WORDS = (
    ("owner", "name"),
    ("device", "name"),
    ("pairing", "device_name"),
    ("account", "name"),
    ("inmail", "name"),
    ("inmail", "profile_url"),
    ("inmail", "subject"),
    ("inmail", "note"),
    ("idempotency", "body"),
)


def personal_columns() -> list[tuple[str, str]]:
    """Table and column of each text that may tell of a person: where the models declare them, what they declare."""
    declared = getattr(models, "PersonalField", None)
    if declared is None:
        return list(_WITH_WORDS)
    return [
        (model._meta.table_name, field.column_name)
        for model in models.TABLES
        for field in model._meta.sorted_fields
        if isinstance(field, declared)
    ]
