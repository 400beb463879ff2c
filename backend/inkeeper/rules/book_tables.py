"""The tables of a rule book's file, read strictly: a key that is unknown, missing or of another type is an error."""

from __future__ import annotations

from datetime import date
from typing import Any

from inkeeper.vocabulary import BookFault


class BadBook(ValueError):
    """The file of a rule book has an unknown, missing or impossible key.

    `key` is the path of the key in the file (empty: the whole file). `details` depend on `fault`: the least number, the
    allowed values, or the error of the TOML parser.
    """

    def __init__(self, file: str, key: str, fault: BookFault, *details: object) -> None:
        super().__init__(file, key, fault, *details)
        self.file, self.key, self.fault, self.details = file, key, fault, details

    def __str__(self) -> str:
        return ": ".join(str(part) for part in (self.file, self.key, self.fault, *self.details) if part != "")


class Table:
    """A table of a rule book's file. Each key can be taken once. `close` raises BadBook if a key was not taken."""

    def __init__(self, file: str, path: str, data: Any) -> None:
        self._file, self._path = file, path
        if not isinstance(data, dict):
            raise self.bad("", "not_a_table")
        self._left = dict(data)

    def bad(self, key: str, fault: BookFault, *details: object) -> BadBook:
        """The error for a key of this table."""
        return BadBook(self._file, self._below(key), fault, *details)

    def has(self, key: str) -> bool:
        """Whether the key exists and was not taken yet."""
        return key in self._left

    def names(self) -> list[str]:
        """The keys that were not taken yet."""
        return list(self._left)

    def take(self, key: str) -> Any:
        """The value, of any type. Like all methods below, raises BadBook if the key is missing or of another type."""
        if key not in self._left:
            raise self.bad(key, "missing")
        return self._left.pop(key)

    def text(self, key: str) -> str:
        """A string that is not blank."""
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.bad(key, "not_a_text")
        return value

    def number(self, key: str, least: int) -> int:
        """An integer of at least `least`."""
        value = self.take(key)
        if type(value) is not int or value < least:
            raise self.bad(key, "not_a_number_from", least)
        return value

    def flag(self, key: str) -> bool:
        """`true` or `false`."""
        value = self.take(key)
        if not isinstance(value, bool):
            raise self.bad(key, "not_true_or_false")
        return value

    def choice(self, key: str, *choices: str) -> str:
        """One of the `choices`."""
        value = self.take(key)
        if value not in choices:
            raise self.bad(key, "not_one_of", *choices)
        return str(value)

    def day(self, key: str) -> date:
        """A date without a time of day."""
        value = self.take(key)
        if type(value) is not date:
            raise self.bad(key, "not_a_date")
        return value

    def table(self, key: str) -> Table:
        """A table in this one."""
        return Table(self._file, self._below(key), self.take(key))

    def tables(self, key: str) -> list[Table]:
        """A list of tables, at least one."""
        values = self.take(key)
        if not isinstance(values, list) or not values:
            raise self.bad(key, "not_a_list_of_tables")
        return [Table(self._file, f"{self._below(key)}[{place}]", value) for place, value in enumerate(values)]

    def close(self) -> None:
        """Raises BadBook for a key that was not taken."""
        for key in self._left:
            raise self.bad(key, "unknown_key")

    def _below(self, key: str) -> str:
        return ".".join(filter(None, (self._path, key)))
