"""Renders the reason of a journal entry in English."""

from __future__ import annotations

from inkeeper.rules.journal import Answered, Capped, Reason, Renewed, Shown
from inkeeper.vocabulary import ReasonCode


def render(why: Reason) -> str:
    """Render the reason: `InMail sent`, `Over the cap of 45`."""
    of = why.arguments
    if isinstance(of, Renewed):
        return "Monthly allotment" if of.months == 1 else f"Allotment for {of.months} months"
    if isinstance(of, Shown):
        return f"LinkedIn showed {of.shown}, the ledger had {of.computed}"
    if isinstance(of, Answered):
        return f"InMail {of.outcome}"
    if isinstance(of, Capped):
        return f"Over the cap of {of.cap}"
    return _PLAIN[why.code]


_PLAIN: dict[ReasonCode, str] = {
    "sent": "InMail sent",
    "sent_free": "Free InMail sent",
    "sent_and_taken_back": "InMail sent (taken back later)",
    "not_covered": "No credit was left",
    "taken_back": "Taken back",
    "let_through": "LinkedIn let this InMail through although no credit was left",
    "first_allotment": "First allotment",
    "new_plan": "Allotment of the new plan",
    "expired": "Unused credits expired",
    "plan_changed": "Unused credits are lost when the plan changes",
    "cancelled": "Unused credits are lost when the subscription is cancelled",
    "subscription_ended": "The cancelled subscription ended",
    "taken_back_by_edit": "Taken back by an edit of the InMail",
    "sent_and_edited": "InMail sent (edited later)",
    "sent_as_edited": "InMail sent (as edited)",
    "sent_free_as_edited": "Free InMail sent (as edited)",
}
"""The texts of reasons without arguments."""
