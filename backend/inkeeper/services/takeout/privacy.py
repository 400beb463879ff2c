"""The columns that may hold personal data."""

from __future__ import annotations

from inkeeper.storage import personal


def personal_columns() -> list[tuple[str, str]]:
    """Table and column of each text that may hold personal data, without derived columns."""
    return personal.columns()
