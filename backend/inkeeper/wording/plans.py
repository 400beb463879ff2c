"""LinkedIn's names for its products and plans."""

from __future__ import annotations

from inkeeper.vocabulary import Product
from inkeeper.wording.language import Words, gettext_noop

PRODUCT_TITLES: dict[Product, str] = {
    "premium": "Premium",
    "sales_navigator": "Sales Navigator",
    "recruiter": "Recruiter",
}

_FREE_PLAN = gettext_noop("Basic (free)")


def plan_title(title: str, words: Words) -> str:
    """The title of a plan: LinkedIn's name, which stays, or the name of the plan without a subscription."""
    return words.gettext(title) if title == _FREE_PLAN else title
