"""The Freight templates table: search, filters, order, rows and one template with its zones."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from app.services.errors import NotFound
from app.services.freight.records import FreightTemplateDetail, FreightTemplateRow
from app.services.freight.settings import read_services
from app.services.listings.loading import id_list
from app.services.sql_source import Field, SqlSource, TableSpec

_LISTINGS = (
    "(SELECT count(*) FROM listing WHERE listing.store_id = freight_template.store_id "
    "AND listing.freight_template_id = freight_template.template_id)"
)

FIELDS = {
    "name": Field("lower(freight_template.name)", lambda value: str(value).lower()),
    "template_id": Field("template_id", str),
    "default": Field("is_default", lambda value: int(str(value).lower() in ("1", "true", "yes"))),
    "services": Field("json_array_length(services)", int),
    "listings": Field(_LISTINGS, int),
    "synced": Field("synced_ms", int),
    "store": Field("coalesce((SELECT name FROM store WHERE store.id = store_id), '')", str),
    "local": Field("store_id IS NULL", lambda value: int(str(value).lower() in ("1", "true", "yes"))),
}

_ROWS = """
SELECT freight_template.id, store_id, coalesce(store.name, ''), template_id, freight_template.name, is_default,
       services, {listings}, synced_ms, source
FROM freight_template LEFT JOIN store ON store.id = store_id
WHERE freight_template.id IN ({ids})
"""


class FreightTemplateSource(SqlSource[FreightTemplateRow]):
    """Page source of the Freight templates tab."""

    spec = TableSpec(
        table="freight_template",
        fields=FIELDS,
        default_sort="lower(freight_template.name) ASC",
        search_column="lower(freight_template.name || char(10) || template_id)",
    )

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[FreightTemplateRow]:
        """The rows of *ids*, in any order."""
        rows = connection.exec_driver_sql(_ROWS.format(listings=_LISTINGS, ids=id_list(ids))).all()
        return [self._row(tuple(row)) for row in rows]

    def detail(self, id: int) -> FreightTemplateDetail:
        """One template with its carriers and zones.

        Raises:
            NotFound: it is gone.
        """
        with self._db.reader.connect() as connection:
            rows = self.load_rows(connection, [id])
            if not rows:
                raise NotFound(noun="freight_template", name=str(id))
            stored = connection.exec_driver_sql("SELECT services FROM freight_template WHERE id = ?", (id,)).scalar()
        return FreightTemplateDetail(rows[0], read_services(None if stored is None else orjson.loads(stored)))

    @staticmethod
    def _row(row: tuple[object, ...]) -> FreightTemplateRow:
        number, store_id, store, template_id, name, is_default, stored, listings, synced, source = row
        services = None if stored is None else read_services(orjson.loads(str(stored)))
        countries = None if services is None else len({code for service in services for code in service.served})
        return FreightTemplateRow(
            id=int(str(number)),
            store_id=None if store_id is None else int(str(store_id)),
            store=str(store),
            template_id=str(template_id),
            name=str(name),
            is_default=bool(is_default),
            service_count=None if services is None else len(services),
            country_count=countries,
            is_everywhere=any(service.is_everywhere for service in services or ()),
            listing_count=int(str(listings)),
            synced_ms=int(str(synced)),
            source=str(source),
        )
