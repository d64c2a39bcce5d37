"""Cells of listings and variants as texts that can be edited, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.messages import tr
from app.services.pricing.errors import BadPriceInput
from app.services.pricing.linked import wanted_value
from app.services.pricing.terms import LINKED
from app.services.workbooks.cell_text import narrow, read_saved_code
from app.services.workbooks.refusals import Refusal
from app.views.listings.lines import LARGEST_NUMBER, refusal, whole_number
from app.views.numbers import parse_money, plain_money

if TYPE_CHECKING:
    from app.services.listings.records import SkuRecord

FIELD_OF_COLUMN = {"title": "title", "code": "code", "price": "price_minor", "stock": "stock"} | {
    name: name for name in LINKED
}
"""Field of an editable column of the table; a margin or a profit is stored as the price that reaches it."""
COLUMN_OF_FIELD = {field: column for column, field in FIELD_OF_COLUMN.items()}


def cell_text(sku: SkuRecord, name: str) -> str:
    """What an editor of the cell begins with: no grouping, nothing for unknown."""
    if name == "price_minor":
        return plain_money(sku.price_minor)
    if name == "stock":
        return "" if sku.stock is None else str(sku.stock)
    return sku.code if name == "code" else ""


def cell_value(name: str, text: str) -> Any:
    """What is stored for *text* in the field *name*; None for an emptied number.

    Raises:
        ValueError: not a number, or one no price or stock can be; a code that a spreadsheet has destroyed.
    """
    if name == "price_minor":
        minor = parse_money(text)
        if minor is not None and not 0 <= minor <= LARGEST_NUMBER:
            raise ValueError(text)
        return minor
    if name == "stock":
        return whole_number(text)
    if name in LINKED:
        try:
            return wanted_value(name, text)
        except BadPriceInput as error:
            raise ValueError(text) from error
    return code_value(text) if name == "code" else " ".join(text.split())


def code_value(text: str) -> str:
    """A code as one in a sheet is read: half-width, without what keeps Excel from changing it.

    Raises:
        ValueError: it is in scientific notation or a date, so the code is lost; `'1-Mar` says that the text is meant.
    """
    one_line = " ".join(text.split())
    read = read_saved_code(one_line)
    if _is_lost(read):
        raise ValueError(text)
    return read if isinstance(read, str) else narrow(one_line)


def _is_lost(read: str | Refusal | None) -> bool:
    return isinstance(read, Refusal) and read.code in ("code_scientific", "code_date")


def cell_refusal(name: str, text: str) -> str:
    """Why *text* cannot be stored in the field *name*, with the remedy."""
    if name != "code":
        return refusal(text)
    read = read_saved_code(" ".join(text.split()))
    is_date = isinstance(read, Refusal) and read.code == "code_date"
    return tr("listings.code_date" if is_date else "finding.sku.code_destroyed", code=text.strip())
