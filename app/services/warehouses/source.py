"""The Warehouse templates table: search, filters, order, rows and one template whole."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.services.listings.loading import id_list
from app.services.sql_source import Field, SqlSource, TableSpec
from app.services.warehouses.records import PriceSource, WarehouseTemplateRecord, WarehouseTemplateRow
from app.services.warehouses.templates import get_template

_COUNTRIES = (
    "(SELECT group_concat(country, ' ') FROM (SELECT country FROM warehouse_country "
    "WHERE warehouse_template_id = warehouse_template.id ORDER BY position))"
)
_COUNT = "(SELECT count(*) FROM warehouse_country WHERE warehouse_template_id = warehouse_template.id)"

FIELDS = {
    "name": Field("lower(name)", lambda value: str(value).lower()),
    "virtual": Field("is_virtual", lambda value: int(str(value).lower() in ("1", "true", "yes"))),
    "country": Field(_COUNTRIES, str, is_sortable=False),
    "countries": Field(_COUNT, int),
    "handling_days": Field("handling_days", int),
    "price_source": Field("price_source", str),
    "updated": Field("updated_ms", int),
}


class WarehouseTemplateSource(SqlSource[WarehouseTemplateRow]):
    """Page source of the Warehouse templates tab. Templates belong to no store."""

    spec = TableSpec(
        table="warehouse_template",
        fields=FIELDS,
        default_sort="lower(name) ASC",
        store_column="",
        search_column=f"lower(name || char(10) || note || char(10) || coalesce({_COUNTRIES}, ''))",
    )

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[WarehouseTemplateRow]:
        """The rows of *ids*, in any order."""
        rows = connection.exec_driver_sql(
            f"SELECT id, name, is_virtual, {_COUNT}, coalesce({_COUNTRIES}, ''), handling_days, note, updated_ms, "
            f"price_source FROM warehouse_template WHERE id IN ({id_list(ids)})"
        )
        return [
            WarehouseTemplateRow(
                row[0], row[1], bool(row[2]), row[3], row[4], row[5], row[6], row[7], PriceSource(row[8])
            )
            for row in rows
        ]

    def detail(self, id: int) -> WarehouseTemplateRecord:
        """One template with its countries.

        Raises:
            NotFound: it is gone.
        """
        return get_template(self._db, id)
