"""What a variant is called in a table: its values in the user's language where its category knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from app.services.listings.loading import id_list
from app.services.listings.text import fold

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.messages import Language

Category = tuple[str, str]
"""Gateway and id of a category."""
Names = Mapping[str, str]
"""The shown name of a value by its id and by each of its names, folded."""

SEPARATOR = " · "
MOST_KEPT = 200
"""Categories kept in memory."""
_OF_SKUS = (
    "SELECT sku.id, store.gateway, listing.category_id FROM sku JOIN listing ON listing.id = sku.listing_id "
    "JOIN store ON store.id = listing.store_id WHERE sku.id IN ({ids}) AND listing.category_id <> ''"
)
_NEWEST = "SELECT max(fetched_ms) FROM category_attribute WHERE gateway = ? AND category_id = ?"
_READ = (
    'SELECT attribute_id, name_zh, name_en, "values" FROM category_attribute '
    "WHERE gateway = ? AND category_id = ? AND is_sku"
)


class VariantNames:
    """Names of the values of sale properties, read once a category until the platform is asked for it anew.

    Attributes:
        language: whose names are shown.
    """

    language: Language = "en"

    def __init__(self) -> None:
        self._known: dict[tuple[Category, str], tuple[int | None, dict[str, Names]]] = {}

    def labels(self, connection: Connection, properties: Mapping[int, Sequence[Mapping[str, str]]]) -> dict[int, str]:
        """What tells each of these variants, properties by SKU id, from its siblings."""
        rows = connection.exec_driver_sql(_OF_SKUS.format(ids=id_list(list(properties))))
        categories: dict[int, Category] = {number: (gateway, id) for number, gateway, id in rows}
        tables = {category: self._table(connection, category) for category in set(categories.values())}
        return {
            number: label_of(parts, tables[categories[number]] if number in categories else {})
            for number, parts in properties.items()
        }

    def _table(self, connection: Connection, category: Category) -> dict[str, Names]:
        newest: int | None = connection.exec_driver_sql(_NEWEST, category).scalar()
        if newest is None:
            return {}
        language = self.language  # the window may set another meanwhile
        kept = self._known.get((category, language))
        if kept is None or kept[0] != newest:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            kept = self._known[category, language] = newest, self._read(connection, category, language)
        return kept[1]

    @staticmethod
    def _read(connection: Connection, category: Category, language: str) -> dict[str, Names]:
        found: dict[str, Names] = {}
        for attribute_id, zh, en, values in connection.exec_driver_sql(_READ, category):
            names: dict[str, str] = {}
            for value in orjson.loads(values):
                shown = _shown(value, language)
                names[str(value["id"])] = shown
                names.update((fold(name), shown) for name in (value.get("zh"), value.get("en")) if name)
            found.update((key, names) for key in (attribute_id, *map(fold, filter(None, (zh, en)))))
        return found


def label_of(properties: Sequence[Mapping[str, str]], table: Mapping[str, Names]) -> str:
    """The values of a variant's properties, by the names of *table* where it has them; a seller's own text for a value
    stays."""
    return SEPARATOR.join(filter(None, (_value(part, table) for part in properties)))


def _value(part: Mapping[str, str], table: Mapping[str, Names]) -> str:
    name, text, value_id = part.get("name") or "", part.get("value") or "", part.get("value_id") or ""
    names = table.get(part.get("name_id") or "") or table.get(fold(name)) or table.get(_alias(name)) or {}
    if not text:
        return names.get(value_id, "")
    return names.get(fold(text), text)


def _alias(name: str) -> str:
    """The id a name such as 颜色分类 stands for in every category."""
    from app.services.compliance.ships_from import ships_from  # here: the window paints before the checker is loaded

    return ships_from().property_alias(name) or ""


def _shown(value: Mapping[str, Any], language: str) -> str:
    first, other = (value.get("zh"), value.get("en")) if language == "zh" else (value.get("en"), value.get("zh"))
    return str(first or other or "")
