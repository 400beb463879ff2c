"""What is stored that may tell of a person."""

from __future__ import annotations

from inkeeper.storage import personal


def personal_columns() -> list[tuple[str, str]]:
    """Table and column of each text that may tell of a person; those computed from others left out."""
    return personal.columns()
