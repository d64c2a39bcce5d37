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
    "group_id": "group",
    "unit": "unit",
}
"""Fields that hold an id, by the column that has its name."""
_STORES = "SELECT DISTINCT store_id FROM listing WHERE id IN (SELECT listing_id FROM plan.chosen)"


class ValueNames:
    """Names of categories, templates, groups and units of a plan's stores, read when the first is asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[str, dict[str, str]] | None = None

    def named(self, line: PreviewLine, value: Any) -> Any:
        """*value* of *line* by its name; as it is where it has none."""
        column = _COLUMNS.get(line.field)
        if column is None or not value:
            return value
        if self._known is None:
            self._known = self._read()
        return self._known[column].get(str(value), value)

    def _read(self) -> dict[str, dict[str, str]]:
        known: dict[str, dict[str, str]] = {column: {} for column in _COLUMNS.values()}
        with self._plan.file.open() as connection:
            stores = list(connection.exec_driver_sql(_STORES).scalars())
            for store_id in stores:
                for column, names in Names.of(Session(bind=connection), store_id).by_column().items():
                    known[column].update(names)
        return known
