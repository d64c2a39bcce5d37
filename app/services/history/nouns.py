"""Rows that changes keep besides listings, one entry a noun: what freight and prices are made with, words of lists."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.history.records import Noun
from app.services.listings.tables import WHOLE


@dataclass(frozen=True, slots=True)
class RowKind:
    """How rows of a noun are kept.

    Attributes:
        table: where they stand.
        named_by: the column a row is called by in the history.
        unique: columns of which no two rows have the same, all of them together in one tuple; a row whose place was
            taken cannot go back.
        among: which rows `unique` is about, as SQL; "" for all.
    """

    table: str
    named_by: str
    unique: tuple[tuple[str, ...], ...] = ()
    among: str = ""


OWN_ROWS: dict[Noun, RowKind] = {
    "freight_template": RowKind("freight_template", "name", (("name",),), "store_id IS NULL"),
    "tariff": RowKind("carrier_tariff", "name", (("key",), ("name",))),
    "channel": RowKind("freight_channel", "tariff_key", (("ships_from", "country", "attribute"),)),
    "rate": RowKind("exchange_rate", "currency"),
    "commission": RowKind("commission", "category_id", (("category_id",),)),
    "pricing": RowKind("pricing_setting", "name", (("name",),)),
    "word": RowKind("listed_word", "word", (("list_key", "folded", "categories", "stores"),)),
    "price_rule": RowKind("price_rule", "name", (("name",),)),
}
TABLES: dict[Noun, str] = {
    "listing": "listing",
    "sku": "sku",
    "assignment": "sku_assignment",
    "group": "marketing_group",
    "warehouse_template": "warehouse_template",
    **{noun: kind.table for noun, kind in OWN_ROWS.items()},
}
"""Where the rows of a noun stand, of nouns that are single rows."""
READ_FROM = TABLES | {"listing": WHOLE}
"""What stands behind FROM to read all columns of a noun."""
