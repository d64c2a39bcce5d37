"""The API methods the market answers, one module per noun; importing this package registers them all."""

from app.practice_market.methods import (  # noqa: F401 - importing a module registers its methods
    accounts,
    categories,
    category_facts,
    feeds,
    freight,
    freight_trials,
    groups,
    order_parts,
    orders,
    photobank,
    product_edits,
    product_fields,
    product_lists,
    product_states,
    products,
    shipments,
    size_charts,
    stock_and_price,
)
from app.practice_market.methods.registry import FailureBody, Method, find

__all__ = ["FailureBody", "Method", "find"]
