"""What the ids in the lines of a plan are called, where a person reads them outside the window."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.services.listings.bulk_edit.planning import Plan
from app.services.listings.bulk_edit.records import PreviewLine
from app.services.listings.exporting.names import Names

_COLUMNS = {
    "category_id": "category",
    "freight_template_id": "freight_template",
    "service_template_id": "service_template",
    "group_id": "group",
    "unit": "unit",
}
"""Fields that hold an id, by the column that has its name."""
_STORES = "SELECT listing_id, store_id FROM plan.chosen WHERE store_id IS NOT NULL"


class ValueNames:
    """Names of categories, templates, groups and units of a plan's stores, read when the first is asked for. The same
    id may be called otherwise in another store."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._stores: dict[int, int] = {}
        self._known: dict[int, dict[str, dict[str, str]]] | None = None

    def named(self, line: PreviewLine, value: Any) -> Any:
        """*value* of *line* by its name; as it is where it has none."""
        column = _COLUMNS.get(line.field)
        if column is None or not value:
            return value
        if self._known is None:
            self._known = self._read()
        names = self._known.get(self._stores.get(line.listing_id, 0), {})
        return names.get(column, {}).get(str(value), value)

    def _read(self) -> dict[int, dict[str, dict[str, str]]]:
        with self._plan.file.open() as connection:
            self._stores = dict(map(tuple, connection.exec_driver_sql(_STORES)))
            session = Session(bind=connection)
            return {store_id: Names.of(session, store_id).by_column() for store_id in set(self._stores.values())}
