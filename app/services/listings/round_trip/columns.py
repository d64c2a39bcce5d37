"""The columns of a workbook to edit: which ones can be changed, how a cell is read, what may be left empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.services.regional_prices import RegionalPrices
from app.services.workbooks.cell_text import keep_text, read_code, read_code_text, read_text
from app.services.workbooks.grid import Cell
from app.services.workbooks.measures import length_reader, weight_reader
from app.services.workbooks.numbers import PriceReader, count_reader
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.regional_cells import read_regional

MARK = "mark"
"""Key of the first column: which row of the database a row is."""
PRODUCT_ID = "product_id"
LOCKED = ("product_key", PRODUCT_ID, "properties")
KEYS = (
    "product_key",
    "product_id",
    "properties",
    "sku_code",
    "title",
    "price",
    "stock",
    "category",
    "freight_template",
    "group",
    "marketing_group",
    "regional_prices",
    "unit",
    "lot_size",
    "handling_days",
    "weight",
    "length",
    "width",
    "height",
    "keywords",
    "barcode",
    "attributes",
    "images",
    "detail_html",
)
"""The columns in their order, as `exporting.KEYS` names them."""

SKU_FIELDS = {"sku_code": "code", "price": "price_minor", "stock": "stock", "barcode": "barcode"}
"""Fields of a variant by their column."""
LISTING_FIELDS = {
    "title": "title",
    "category": "category_id",
    "freight_template": "freight_template_id",
    "group": "group_id",
    "marketing_group": "marketing_group",
    "regional_prices": "regional_prices",
    "unit": "unit",
    "lot_size": "lot_size",
    "handling_days": "handling_days",
    "weight": "weight_g",
    "length": "length_cm",
    "width": "width_cm",
    "height": "height_cm",
    "keywords": "keywords",
    "images": "images",
    "detail_html": "detail_html",
}
"""Fields of a listing by their column; `attribute:Material` is part of `attributes`."""
VALUES = ("category", "freight_template", "group", "unit")
"""Columns whose cells name something by its name or id."""
LISTED = (*VALUES, "marketing_group")
"""Columns with a list to choose from; a marketing group has no id but its name."""
MAY_BE_EMPTIED = frozenset(
    {"keywords", "detail_html", "group", "marketing_group", "regional_prices", "barcode", "handling_days"}
)
"""Columns where an emptied cell takes the value away; attributes, too. Elsewhere it is refused."""

Reader = Callable[[Cell], Any]


def field_of(key: str) -> str:
    """The field a column stands for."""
    return "attributes" if key.startswith("attribute:") else SKU_FIELDS.get(key) or LISTING_FIELDS[key]


def is_locked(key: str) -> bool:
    """Whether the cells of a column only say what the row is."""
    return key in (MARK, *LOCKED) or key.startswith("property:")


def may_be_emptied(key: str) -> bool:
    """Whether an emptied cell means something."""
    return key in MAY_BE_EMPTIED or key.startswith("attribute:")


def readers(currency: str) -> Mapping[str, Reader]:
    """How a cell of a column is read: a stored value, None for an empty one, or a `Refusal`."""
    count, length = count_reader(), length_reader("cm")
    whole = {"stock": count, "lot_size": _from_one(count), "handling_days": count}
    sides = dict.fromkeys(("length", "width", "height"), length)
    codes = dict.fromkeys(("sku_code", "barcode"), _read_text_code)
    names = dict.fromkeys(VALUES, read_code_text)
    own: dict[str, Reader] = {
        "price": PriceReader(currency),
        "weight": weight_reader("g"),
        "regional_prices": _read_regional_text,
    }
    return {**own, **whole, **sides, **codes, **names}


def _read_regional_text(cell: Cell) -> Any:
    """Prices by country as a cell has them, one way of writing for the same: what is read is kept as text until the
    listing's codes are at hand."""
    found = read_regional(cell)
    return "\n".join(RegionalPrices.of(found).lines(())) if isinstance(found, dict) else found


def _read_text_code(cell: Cell) -> Any:
    """Codes were written as text; where one is a number now, a spreadsheet has made it one and may have lost digits."""
    found = read_code(cell)
    return Refusal("code_number") if isinstance(found, str) and not isinstance(cell, str) else found


def read_prose(cell: Cell) -> Any:
    """Title, keywords, description, pictures, an attribute."""
    found = read_text(cell)
    return tidy(found) if isinstance(found, str) else found


def tidy(text: str) -> str:
    """*text* as it comes back from a spreadsheet, whatever its line ends were."""
    return keep_text(text.replace("\r\n", "\n").replace("\r", "\n")) or ""


def _from_one(read: Reader) -> Reader:
    def read_count(cell: Cell) -> Any:
        found = read(cell)
        return Refusal("zero") if found == 0 else found

    return read_count
