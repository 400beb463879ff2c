"""What is stored that may tell of a person, as the models say."""

from __future__ import annotations

from inkeeper.storage import models


def personal_columns() -> list[tuple[str, str]]:
    """Table and column of each text that may tell of a person, as the models declare them; those computed from
    others left out.
    """
    return [
        (model._meta.table_name, field.column_name)
        for model in models.TABLES
        for field in model._meta.sorted_fields
        if isinstance(field, models.PersonalField) and not isinstance(field, models.DerivedTextField)
    ]
