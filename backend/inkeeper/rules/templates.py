"""Parses texts with variables, reports their problems, and fills them in for one person.

A variable is `{{company}}`, or `{{company|your team}}` with a fallback for a person whose company is unknown. Blanks
inside the braces are ignored. An empty fallback, `{{company|}}`, gives an empty text. Braces must open and close on one
line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal, NamedTuple

from inkeeper.rules.people import NOT_A_NAME, normal_name
from inkeeper.vocabulary import VARIABLES, TextProblemCode

SUBJECT_LIMIT = 200
"""The most characters of the subject of an InMail."""

BODY_LIMIT = 2_000
"""The most characters of the body of an InMail, for products that are not in `_BODY_LIMITS`."""

_BODY_LIMITS = {"sales_navigator": 1_900}

SHORT, LONG = 400, 1_400
"""Lengths of a body in units of `length`. By LinkedIn's study of 2020/21, InMails up to SHORT are answered more often
than average, and those over LONG less often.
"""

GuideCode = Literal["short_is_good", "long"]


class Variable(NamedTuple):
    """A variable in a text, with a fallback (None: no fallback) for a person without a value."""

    name: str
    fallback: str | None

    @property
    def written(self) -> str:
        """The variable in the syntax of a text."""
        return f"{{{{{self.name}}}}}" if self.fallback is None else f"{{{{{self.name}|{self.fallback}}}}}"


class TextProblem(NamedTuple):
    """A problem at one place of a text.

    - `unknown_variable`: no variable has this name. `suggestion` is a variable with a similar name, if any.
    - `empty_variable`: no name between the braces.
    - `unclosed`: `{{` without `}}` on the same line.
    - `unopened`: `}}` without `{{` on the same line.
    - `single_braces`: single braces around the name of a variable. They would be sent unchanged. `suggestion` is the
      variable.
    """

    code: TextProblemCode
    at: int  # offset in the text, in Python's characters
    line: int  # from 1
    written: str  # the name or the braces, as they were written
    suggestion: str | None = None


class Template(NamedTuple):
    """A parsed text: literal parts and variables."""

    parts: tuple[str | Variable, ...]
    problems: tuple[TextProblem, ...] = ()


class Filled(NamedTuple):
    """A text filled in for one person.

    `missing` are the names of variables with neither a value nor a fallback, in order. The text has them unchanged.
    """

    text: str
    missing: tuple[str, ...]


# An opening without a closing is matched up to the next braces or the end of its line, so the time is linear.
_BRACES = re.compile(
    r"\{\{(?P<inside>(?:(?!\{\{|\}\})[^\n])*)\}\}|(?P<open>\{\{)|(?P<close>\}\})"
    r"|\{(?P<single>[A-Za-z_ -]{1,20})\}"
)
_LONGEST_NAME_COMPARED = 40
_LONGEST_SHOWN = 60


def parse(text: str) -> Template:
    """Parse a text. Places with a problem become part of the literal parts."""
    parts: list[str | Variable] = []
    problems: list[TextProblem] = []
    words_from, line, counted_to = 0, 1, 0
    for found in _BRACES.finditer(text):
        line, counted_to = line + text.count("\n", counted_to, found.start()), found.start()
        variable, problem = _read(found)
        if problem:
            problems.append(problem._replace(at=found.start(), line=line))
        if variable:
            parts += [text[words_from : found.start()], variable]
            words_from = found.end()
    parts.append(text[words_from:])
    return Template(tuple(part for part in parts if part), tuple(problems))


def problems_of(text: str) -> tuple[TextProblem, ...]:
    """The problems of the text, in order. Empty if it can be filled in."""
    return parse(text).problems


def fill(template: Template, values: Mapping[str, str | None], *, one_line: bool = False) -> Filled:
    """Fill in a text with the values of a person. An empty value counts as missing.

    Values and fallbacks are inserted literally: braces in them are not variables. With `one_line` (for subjects), line
    breaks in values become blanks.
    """
    filled: list[str] = []
    missing: dict[str, None] = {}
    for part in template.parts:
        if isinstance(part, str):
            filled.append(part)
            continue
        value = _value(values.get(part.name), one_line=one_line) or part.fallback
        if value is None:
            missing[part.name] = None
            value = part.written
        filled.append(value)
    return Filled("".join(filled), tuple(missing))


def values_for(
    name: str,
    *,
    first_name: str | None = None,
    company: str | None = None,
    headline: str | None = None,
    note: str | None = None,
) -> dict[str, str | None]:
    """The values of the variables for a person. `first_name` is the first name that the user typed, if any."""
    first, last = names_of(name, first_name)
    known = None if normal_name(name) in NOT_A_NAME else name
    return {
        "first_name": first,
        "last_name": last,
        "name": known,
        "company": company,
        "headline": headline,
        "note": note,
    }


def length(text: str) -> int:
    """The length of the text in UTF-16 code units, as LinkedIn's message window counts it. Most emoji are two.

    Browsers count so: `maxlength` in HTML, `length` in JavaScript.
    """
    return len(text) + sum(character > "\uffff" for character in text)


def limit_of(product: str) -> int:
    """The most characters of the body of an InMail of this product, in units of `length`."""
    return _BODY_LIMITS.get(product, BODY_LIMIT)


def guide_of(body_length: int) -> GuideCode | None:
    """The advice on a body of this `length` by LinkedIn's study, or None."""
    if body_length > LONG:
        return "long"
    return "short_is_good" if 0 < body_length <= SHORT else None


_TITLE = re.compile(
    r"(?:dr|prof|mrs?|ms|mx)\.?|(?:dr|dipl)\.-\w+\.?"
    r"|(?:ing|eng|mag|med|rer|nat|phil|jur|iur|oec|pol|habil|rev|hon)\.|h\.?c\.|[أدم]\.",
    re.IGNORECASE,
)
# "Servant of", "father of", "mother of": the first words of Arabic given names of two words.
_TWO_WORD_NAMES = frozenset({"عبد", "أبو", "ابو", "أم"})
_IN_BRACKETS = re.compile(r"\([^()]*\)|（[^（）]*）")
_DEGREE = re.compile(r"(?=.{2,6}$)(?:.*[A-Z].*[A-Z].*|.+\.)")
# Han, kana and Hangul.
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


def names_of(name: str, first_name: str | None = None) -> tuple[str | None, str | None]:
    """The first and the last name of a person, each None if unknown. A typed `first_name` is used unchanged.

    Otherwise:

    - Removed are titles ("Dr."), brackets ("(she/her)"), words without letters (emoji), and degrees after a comma ("Kai
      Example, PhD").
    - "Example, Kai" becomes "Kai Example".
    - The first name is the first word, the last name the other words. A name of one word has no last name.
    - A name in Han, kana or Hangul is one first name, since the order of family and given name varies.
    """
    words = [] if normal_name(name) in NOT_A_NAME else _words(name)
    if not first_name or not first_name.strip():
        return _split(words)
    typed = first_name.split()
    if words[: len(typed)] == typed:
        last = words[len(typed) :]
    elif words[-len(typed) :] == typed:
        last = words[: -len(typed)]
    else:
        return " ".join(typed), _split(words)[1]
    return " ".join(typed), " ".join(last) or None


def _read(found: re.Match[str]) -> tuple[Variable | None, TextProblem | None]:
    """The variable or the problem at this place; neither for braces that are literal text.

    The caller sets `at` and `line` of the problem.
    """
    if found["single"]:
        meant = _by_spelling(found["single"])
        return None, TextProblem("single_braces", 0, 0, found[0], meant) if meant else None
    if found["open"] or found["close"]:
        return None, TextProblem("unclosed" if found["open"] else "unopened", 0, 0, found[0])
    name, bar, fallback = found["inside"].partition("|")
    name = name.strip()
    if name in VARIABLES:
        return Variable(name, fallback.strip() if bar else None), None
    if not name:
        return None, TextProblem("empty_variable", 0, 0, found[0][:_LONGEST_SHOWN])
    return None, TextProblem("unknown_variable", 0, 0, name[:_LONGEST_SHOWN], _suggestion(name))


def _by_spelling(written: str) -> str | None:
    """The variable of this name, ignoring case and blanks, hyphens and underscores between its words."""
    letters = re.sub("[_ -]", "", written).lower()
    return next((name for name in VARIABLES if name.replace("_", "") == letters), None)


def _suggestion(written: str) -> str | None:
    if len(written) > _LONGEST_NAME_COMPARED:
        return None
    close = get_close_matches(re.sub("[ -]", "_", written).lower(), VARIABLES, n=1)
    return _by_spelling(written) or (close[0] if close else None)


def _value(value: str | None, *, one_line: bool) -> str | None:
    if value is None:
        return None
    return " ".join(value.split()) if one_line else value.strip()


def _words(name: str) -> list[str]:
    """The words of a name, given name first, without titles, brackets, degrees and words without letters."""
    parts = [part.split() for part in _IN_BRACKETS.sub(" ", name).split(",") if part.strip()]
    if len(parts) > 1 and len(parts[0]) == 1 and not _DEGREE.fullmatch(parts[1][0]):
        parts = [parts[1] + parts[0]]
    words = [word for word in parts[0] if any(character.isalpha() for character in word)] if parts else []
    while len(words) > 1 and _TITLE.fullmatch(words[0]):
        del words[0]
    return words


def _split(words: list[str]) -> tuple[str | None, str | None]:
    if not words:
        return None, None
    if any(_EAST_ASIAN.search(word) for word in words):
        return " ".join(words), None
    first = 2 if words[0] in _TWO_WORD_NAMES and len(words) > 1 else 1
    return " ".join(words[:first]), " ".join(words[first:]) or None
