"""Fields by name, and their values as a person reads them: in the preview of a bulk edit and in the history."""

from __future__ import annotations

from app.messages import messages, tr
from app.services.listings.bulk_edit.exporting import shown_value
from app.services.listings.bulk_edit.operations import NUMBER_FIELDS
from app.services.listings.marketing.groups import percent_of
from app.services.listings.warehouse_kinds import KINDS
from app.services.listings.warehouse_kinds import NOUN as WAREHOUSE_KIND
from app.services.price_guard.told import settings_text
from app.services.publishing.sale_changes import NOUN as SALE
from app.services.publishing.sale_changes import OFF, ON
from app.views.numbers import integer, money


def field_name(field: str) -> str:
    """The field in the user's language; one of another version of the program by its own name."""
    for key in (f"bulk_edit.field.{field}", f"publish.field.{field}", f"publish.field.sku.{field}"):
        if messages.has(key):
            return tr(key)
    return field


def value_text(field: str, value: object) -> str:
    """A stored value: prices with their point, lists one a line; nothing for unknown."""
    if value is None:
        return ""
    if field == "price_minor" and isinstance(value, int):
        return money(value)
    if field == "discount_bp" and isinstance(value, int):
        return f"{percent_of(value):f} %"
    if field in NUMBER_FIELDS and isinstance(value, int):
        return integer(value)
    if field == WAREHOUSE_KIND and value in KINDS:
        return tr(f"listings.warehouse.{value}")
    if field == SALE and value in (ON, OFF):
        return tr(f"history.sale.{value}")
    if field == "setting":
        return settings_text(str(value))
    return str(shown_value(field, value))
