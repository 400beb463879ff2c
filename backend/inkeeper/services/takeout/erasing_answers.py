"""Erasing a person from stored responses to idempotent writes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from inkeeper.rules.people import ERASED_NAME, Link, normal_name, parse_link
from inkeeper.services.takeout.erasing_finding import Whom
from inkeeper.storage import personal


class Known(NamedTuple):
    """What identifies the person in a response: `ids` of people, targets and InMails that are theirs; `mention` finds
    them in a text in the form of `normal_name`.
    """

    whom: Whom
    ids: Collection[str]
    mention: re.Pattern[str]


def without_person(value: Any, known: Known) -> Any:
    """The JSON value without the person: their objects are emptied, and texts that mention them and links to them are
    erased. Other people stay.
    """
    if isinstance(value, list):
        return [without_person(each, known) for each in value]
    if not isinstance(value, dict):
        return ERASED_NAME if isinstance(value, str) and _leads_to(known.whom, value) else value
    if _is_about(value, known):
        return {key: _emptied(key, each) for key, each in value.items()}
    names_another = _is_person(value)
    return {
        key: each if names_another and key in _NAMES else _without_mention(key, each, known)
        for key, each in value.items()
    }


_NAMES = ("name", "first_name")
_LINKS = ("profile_url", "links")
_PERSONS = ("recipient", "person")
"""The keys that identify the person whom the object around them is about."""


def _is_about(value: dict[str, Any], known: Known) -> bool:
    persons = (value, *(value[key] for key in _PERSONS if isinstance(value.get(key), dict)))
    return value.get("id") in known.ids or any(_is_theirs(each, known) for each in persons)


def _is_person(value: dict[str, Any]) -> bool:
    return any(key in value for key in _LINKS)


def _is_theirs(value: dict[str, Any], known: Known) -> bool:
    if not _is_person(value):
        return False
    return value.get("id") in known.ids or known.whom.is_called(str(value.get("name") or ""), _links(value) or (None,))


def _links(value: dict[str, Any]) -> list[Link]:
    urls: Iterable[Any] = (value.get("profile_url"), *(value.get("links") or ()))
    found = [parse_link(url) for url in urls if isinstance(url, str)]
    return [link for link in found if link]


def _emptied(key: str, value: Any) -> Any:
    """The value of a key in an object about the person."""
    if key == "name" and value is not None:
        return ERASED_NAME
    if key == "links":
        return []
    # The text for the next InMail, filled in for the person.
    if key == "copy" or (isinstance(value, str) and key in personal.column_names()):
        return None
    if isinstance(value, dict):
        return {name: _emptied(name, each) for name, each in value.items()}
    return [_emptied("", each) for each in value] if isinstance(value, list) else value


def _without_mention(key: str, value: Any, known: Known) -> Any:
    if key in personal.column_names() and isinstance(value, str) and known.mention.search(normal_name(value)):
        return ERASED_NAME
    return without_person(value, known)


def _leads_to(whom: Whom, text: str) -> bool:
    """Whether the text is a link to the person."""
    return "linkedin" in text.lower() and whom.has_link(parse_link(text)) is True
