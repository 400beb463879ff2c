"""Why a request is refused: dates, plans, InMails, people, texts, campaigns, devices."""

from __future__ import annotations

from inkeeper.wording.language import gettext_noop
from inkeeper.wording.reasons.message import Message

MESSAGES: dict[str, Message] = {
    "at_field": "%(path)s: %(message)s",
    "person.no_person_such_as": gettext_noop(
        "This link does not lead to a person: it should look like https://www.linkedin.com/in/name."
    ),
}
"""The message of each code."""
