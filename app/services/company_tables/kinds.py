"""The kinds of company tables. Apart from their rules: the checker names them, and workbooks use the checker's data."""

from __future__ import annotations

from enum import StrEnum


class TableKind(StrEnum):
    """The five daily tables (domain.md 3.1); the value is the stored `company_table.kind`."""

    PRODUCTS = "product_table"
    FLOORS = "price_floors"
    FORBIDDEN = "forbidden"
    FEEDBACK = "feedback"
    CHANNELS = "channels"


VERDICT_KINDS = (TableKind.FORBIDDEN, TableKind.FEEDBACK)
