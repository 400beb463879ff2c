"""What the rules refuse, and which of their invariants is broken."""

from __future__ import annotations

from inkeeper.wording.language import gettext_noop
from inkeeper.wording.reasons.message import Message

MESSAGES: dict[str, Message] = {
    "rule.no_plan": gettext_noop("Rule book %(book)s has no plan %(plan)s; it has %(known)s."),
    "rule.no_book": gettext_noop("There is no rule book %(book)s; there are %(known)s."),
    "rule.allotment": gettext_noop("%(plan)s has no fixed allotment: state yours."),
    "rule.no_zone": gettext_noop("%(zone)s is not a time zone; use an IANA name such as Europe/Berlin."),
    "rule.no_zone_of_browsers": gettext_noop(
        "%(zone)s is not a time zone that browsers know; use an IANA name such as Europe/Berlin."
    ),
    "history.no_opening": gettext_noop("a history begins with the opening of the account"),
    "history.second_opening": gettext_noop("an account opens once"),
    "history.starts_later": gettext_noop("the start lies after the instant asked for"),
    "history.not_open_yet": gettext_noop("the account was not open yet"),
    "conservation": gettext_noop("conservation: %(totals)s come to %(found)s, the balance is %(expected)s"),
    "invariant.negative_balance": gettext_noop("the balance is below zero: %(found)s"),
    "invariant.lots": gettext_noop("the lots hold %(found)s, the balance is %(expected)s"),
    "invariant.negative_lot": gettext_noop("lot %(lot)s is below zero: %(found)s"),
    "invariant.order": gettext_noop("the lots are not in spending order"),
}
"""The message of each code."""
