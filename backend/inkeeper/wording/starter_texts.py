"""The texts that a new owner starts with. They can be filled in with a name alone."""

from __future__ import annotations

from typing import NamedTuple

from inkeeper.wording.language import Words, gettext_noop


class StarterText(NamedTuple):
    """A starter text, and the purpose of the InMails that it is for."""

    name: str
    purpose: str
    subject: str
    body: str


STARTER_TEXTS = (
    StarterText(
        gettext_noop("First contact"),
        "introduction",
        gettext_noop("A question about your work at {{company|your company}}"),
        gettext_noop(
            "Hi {{first_name}},\n\n"
            "Your work at {{company|your company}} caught my eye, and I'd love to hear how you go about it. Would you"
            " have 15 minutes for a call next week?\n\n"
            'If the timing is wrong, just say so. A short "not now" helps me too.\n\n'
            "Kind regards"
        ),
    ),
    StarterText(
        gettext_noop("Friendly reminder"),
        "follow_up",
        gettext_noop("Still happy to talk, {{first_name}}"),
        gettext_noop(
            "Hi {{first_name}},\n\n"
            "I wrote to you a little while ago, and I know how full an inbox gets. I'd still enjoy a short call, on any"
            " day that suits you.\n\n"
            "If someone else at {{company|your company}} is the better person to ask, or it's simply not for you, one"
            " line is all I need.\n\n"
            "Kind regards"
        ),
    ),
    StarterText(
        gettext_noop("Share an article"),
        "article",
        gettext_noop("May I send you a short article?"),
        gettext_noop(
            "Hi {{first_name}},\n\n"
            "I've just finished a short article on a question that comes up a lot at companies like"
            " {{company|yours}}, and I'd value your view on it. May I send you the link?\n\n"
            'It\'s a five-minute read. One honest sentence back, even "I see it differently", would mean a lot to'
            " me.\n\n"
            "Kind regards"
        ),
    ),
)
"""One for each purpose except `other`."""


def starter_texts(words: Words) -> tuple[StarterText, ...]:
    """The starter texts in a language."""
    return tuple(
        StarterText(words.form(text.name), text.purpose, words.form(text.subject), words.form(text.body))
        for text in STARTER_TEXTS
    )
