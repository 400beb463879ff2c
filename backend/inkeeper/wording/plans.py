"""LinkedIn's names for its products."""

from __future__ import annotations

from inkeeper.vocabulary import Product

PRODUCT_TITLES: dict[Product, str] = {
    "premium": "Premium",
    "sales_navigator": "Sales Navigator",
    "recruiter": "Recruiter",
}
