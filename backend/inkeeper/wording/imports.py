"""The kinds of imported files, and what an import does with an InMail, for pages and terminal."""

from __future__ import annotations

from inkeeper.vocabulary import ImportAction
from inkeeper.wording.language import gettext_noop

KINDS: dict[str, str] = {
    "linkedin": gettext_noop("LinkedIn's export"),
    "csv": gettext_noop("A CSV"),
    "inkeeper": gettext_noop("Inkeeper's export"),
}
"""Messages to translate: the name of each kind of file."""

ACTIONS: dict[ImportAction, str] = {
    "add": gettext_noop("new"),
    "answer": gettext_noop("here already, its result is new"),
    "already_there": gettext_noop("here already"),
    "twice_in_file": gettext_noop("twice in the file"),
    "before_opening": gettext_noop("from before you set up Inkeeper"),
    "left_out": gettext_noop("left out by you"),
}
"""Messages to translate, each a part of a sentence after a number of InMails, by action."""
