"""Formulas for overseas prices, in the one language of formulas (`app.services.expressions`)."""

from __future__ import annotations

from functools import lru_cache

from app.services.expressions import Formula, compile_formula

NAMES = ("price", "cost", "weight", "freight", "rate", "discount", "margin", "surcharge")
"""What a formula may read: home price in USD, cost in CNY, weight in grams, freight of the country in CNY, CNY for one
USD, planned discount and margin as shares, the country's surcharge in USD."""

ALIASES = {
    "价格": "price",
    "成本": "cost",
    "重量": "weight",
    "运费": "freight",
    "汇率": "rate",
    "折扣": "discount",
    "利润率": "margin",
    "加价": "surcharge",
}


@lru_cache(maxsize=256)
def compiled(text: str) -> Formula:
    """The formula of a list price in USD. Raises: FormulaError."""
    return compile_formula(text, NAMES, ALIASES)
