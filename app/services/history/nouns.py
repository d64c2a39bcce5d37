"""Rows that changes keep besides listings: what freight and prices are made with, and words of the lists."""

from __future__ import annotations

OWN_ROWS = {
    "freight_template": "name",
    "tariff": "name",
    "channel": "tariff_key",
    "rate": "currency",
    "commission": "category_id",
    "pricing": "name",
    "price_rule": "name",
    "word": "word",
}
"""The column a row is called by in the history, by its noun."""
