"""Why something was refused or done: a code with arguments. `wording.reasons` renders it in a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeAlias, Union

Argument: TypeAlias = Union[str, int, date, datetime, "Reason", Sequence[str]]


class Bound(int):
    """A number whose digits are grouped in every language and in the API: the limit of a size or count."""


class Reason(NamedTuple):
    """A code with its arguments: texts, counts, days, instants (UTC), lists of names, and other reasons.

    A number that is not a count, such as that of a line, is a text.
    """

    code: str
    arguments: Mapping[str, Argument]


def reason(code: str, /, **arguments: Argument) -> Reason:
    """The reason of this code, one of `wording.reasons.CODES`."""
    return Reason(code, arguments)
