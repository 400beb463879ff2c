"""Columns that are computed from a name or a link of their row (`DerivedTextField`), and their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from peewee import Model

from inkeeper.rules.people import normal_name, parse_link
from inkeeper.storage.models import DerivedTextField, PersonalField


class Derived(NamedTuple):
    """A computed column, the column that it is computed from, and whether that holds a link; else it holds a name."""

    column: str
    source: str
    of_link: bool
    nullable: bool

    def value(self, text: str | None) -> str | None:
        """The column's value for this text of the source column. None for a link to no person."""
        if not self.of_link:
            return None if text is None else normal_name(text)
        link = parse_link(text) if text else None
        return link and link.key

    def stored(self, text: str | None) -> str | None:
        """The source as it is stored: a link in its normal form, anything else as it is."""
        link = parse_link(text) if text and self.of_link else None
        return link.url if link else text


def derived_columns(table: type[Model]) -> Iterator[Derived]:
    """The table's computed columns."""
    fields = [field for field in table._meta.sorted_fields if isinstance(field, PersonalField) and not field.of_former]
    for field in fields:
        if isinstance(field, DerivedTextField):
            source = next(each for each in fields if each.holds == field.holds)
            yield Derived(field.column_name, source.column_name, field.holds == "link", bool(field.null))
