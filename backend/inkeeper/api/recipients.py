"""Fields for an InMail's recipient. They accept every spelling: a sent InMail is never refused for its format."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from inkeeper.invisible import CONTROLS, basic_pattern_of
from inkeeper.rules.people import LONGEST_NAME, UNSEEN_IN_NAMES, clean_name

# For the OpenAPI document: a character that is not a blank, control or invisible character.
_SEEN = rf"[^\s{basic_pattern_of(CONTROLS, UNSEEN_IN_NAMES)}]"


class RecipientName(fields.String):
    """A person's name. Loads to the cleaned name; refused only if that is empty."""

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be text.",
        "blank": "Must not be empty.",
    }

    def __init__(self, **kwargs: Any) -> None:
        description = (
            "Stored on one line, without control and unseen characters, and cut where it is longer than"
            f" {LONGEST_NAME} characters."
        )
        super().__init__(metadata={"description": description, "examples": ["Kai Example"], "pattern": _SEEN}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        name = clean_name(value)
        if not name:
            raise self.make_error("blank")
        return name


class ProfileLink(fields.String):
    """A link to a person's profile, in any form that LinkedIn or people use."""

    default_error_messages = {  # noqa: RUF012 (marshmallow's way)
        "invalid": "Must be text.",
    }

    def __init__(self, **kwargs: Any) -> None:
        description = (
            "Any link to a person on LinkedIn, Sales Navigator or Recruiter. One that leads to no person is not stored,"
            " and `left_out` of the answer says so."
        )
        examples = ["https://www.linkedin.com/in/kai-example-000000000"]
        super().__init__(metadata={"description": description, "examples": examples}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value
