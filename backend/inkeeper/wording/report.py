"""The formulas of the figures of a report, in English."""

from __future__ import annotations

FORMULAS = {
    "response_rate": "(accepted + declined + replied) ÷ sent",
    "acceptance_rate": "(accepted + replied) ÷ sent, since who replies has accepted",
    "average": "the months that are over ÷ their number; the present one while none is over",
    "lost": "expired + forfeited + voided",
    "value_used": "used × price of a month ÷ monthly allotment, each month at the plan it ended on",
    "value_lost": "lost × price of a month ÷ monthly allotment, each month at the plan it ended on",
    "cost_of_used_credit": "price of the months ÷ credits used in them",
    "cost_of_answer": "price of the months ÷ answers to the InMails sent in them that cost a credit",
}
"""The formula of each figure, by its name."""
