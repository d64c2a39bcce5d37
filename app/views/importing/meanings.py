"""What a column can mean, as a menu: our fields in groups, sale properties, the column's own name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import tr
from app.services.listings.importing.preview import PreviewColumn
from app.views.importing.columns import KNOWN_PROPERTIES, field_name

GROUPS = (
    ("product_key", "title", "category", "brand", "keywords"),
    ("sku_code", "price", "stock", "cost"),
    ("weight", "package_size", "length", "width", "height"),
    ("images", "sku_image", "detail_html", "attributes"),
    ("group", "marketing_group", "regional_prices", "freight_template", "handling_days", "unit"),
)
MORE = ("product_id", "barcode", "lot_size", "currency", "country", "price_info")
"""Every field of `sheet_fields.json` but the column of reasons, which only a marked copy has; the rarer ones apart."""
WITH_UNIT = {"weight": ("g", "kg"), "package_size": ("cm", "mm", "in")}
"""Units a person may have to name where neither header nor cells do."""

Chosen = Callable[[str | None], object]


def meaning_menu(parent: QWidget, source: PreviewColumn, chosen: Chosen) -> QMenu:
    """A menu of meanings for one column; it deletes itself when closed.

    Args:
        parent: what it opens at.
        source: the column.
        chosen: called with the meaning as `recognise` takes it, None for "kept as it is".
    """
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _add(menu, tr("import.kept"), None, source, chosen)
    for group in GROUPS:
        menu.addSeparator()
        for field in group:
            if field in WITH_UNIT:
                _add_units(menu.addMenu(field_name(field)), field, source, chosen)
            else:
                _add(menu, field_name(field), field, source, chosen)
    menu.addSeparator()
    more = menu.addMenu(tr("import.more_fields"))
    for field in MORE:
        _add(more, field_name(field), field, source, chosen)
    _add_properties(menu.addMenu(tr("import.field.property")), source, chosen)
    own = source.name or source.header
    if own:
        _add(menu, field_name("attribute", own), f"attribute:{own}", source, chosen)
    return menu


def _add_units(menu: QMenu, field: str, source: PreviewColumn, chosen: Chosen) -> None:
    _add(menu, tr("import.unit_as_written"), field, source, chosen)
    for unit in WITH_UNIT[field]:
        _add(menu, unit, f"{field}[{unit}]", source, chosen)


def _add_properties(menu: QMenu, source: PreviewColumn, chosen: Chosen) -> None:
    for name in KNOWN_PROPERTIES:
        _add(menu, tr(f"import.property.{name}"), f"property:{name}", source, chosen)
    own = source.name or source.header
    if own and own not in KNOWN_PROPERTIES:
        menu.addSeparator()
        _add(menu, own, f"property:{own}", source, chosen)


def _add(menu: QMenu, text: str, meaning: str | None, source: PreviewColumn, chosen: Chosen) -> None:
    action = menu.addAction(text.replace("&", "&&"))
    action.setCheckable(True)
    action.setChecked(_is_current(meaning, source))
    action.setData(meaning)
    action.triggered.connect(lambda: chosen(meaning))


def _is_current(meaning: str | None, source: PreviewColumn) -> bool:
    if meaning is None or source.meaning is None:
        return meaning is source.meaning
    return meaning == source.spelled or (meaning == source.meaning and source.meaning not in WITH_UNIT)
