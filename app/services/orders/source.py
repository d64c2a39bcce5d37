"""The Orders table: search, filters, order, rows and one order whole."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.services.errors import NotFound
from app.services.listings.loading import id_list
from app.services.listings.typed import price_minor
from app.services.orders.records import SEGMENTS, OrderDetail, OrderLineRecord, OrderRow, masked
from app.services.paging import Filter, Query
from app.services.sql_source import Field, SqlSource, TableSpec

_NEVER_MS = 1 << 62
"""Orders without a deadline come after all that have one."""

FIELDS = {
    "order": Field("order_id", str),
    "status": Field("status", str),
    "code": Field("codes", str),
    "amount": Field("amount_minor", price_minor),
    "currency": Field("currency", str),
    "lines": Field("line_count", int),
    "created": Field("created_ms", int),
    "paid": Field("paid_ms", int),
    "deadline": Field(f"ifnull(deadline_ms, {_NEVER_MS})", int),
    "store": Field("(SELECT name FROM store WHERE store.id = store_id)", str),
}

BUYER = 8
"""Place of the buyer's name in `_ROWS`."""

_ROWS = """
SELECT store_order.id, store_id, store.name, order_id, status,
       coalesce((SELECT title FROM order_line WHERE store_order_id = store_order.id ORDER BY order_line.id LIMIT 1),
                ''), codes, line_count, buyer_name, amount_minor, currency, store_order.created_ms, paid_ms, deadline_ms
FROM store_order JOIN store ON store.id = store_id
WHERE store_order.id IN ({ids})
"""
_LINES = """
SELECT order_line.id, line_id, order_line.product_id, order_line.title, order_line.code, quantity, unit_price_minor,
       order_line.currency, order_line.status, listing.id
FROM order_line JOIN store_order ON store_order.id = store_order_id
LEFT JOIN listing ON listing.store_id = store_order.store_id AND listing.product_id = order_line.product_id
WHERE store_order_id = ? ORDER BY order_line.id
"""


class OrderSource(SqlSource[OrderRow]):
    """Page source of the Orders tab; newest first unless sorted otherwise."""

    spec = TableSpec(table="store_order", fields=FIELDS, default_sort="created_ms DESC")

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[OrderRow]:
        """The rows of *ids*, in any order."""
        rows = connection.exec_driver_sql(_ROWS.format(ids=id_list(ids)))
        found = []
        for row in rows:
            values = list(row)
            values[BUYER] = masked(values[BUYER])
            found.append(OrderRow(*values))
        return found

    def detail(self, id: int) -> OrderDetail:
        """One order with its lines.

        Raises:
            NotFound: it is gone.
        """
        with self._db.reader.connect() as connection:
            orders = self.load_rows(connection, [id])
            if not orders:
                raise NotFound(noun="order", name=str(id))
            lines = [OrderLineRecord(*row) for row in connection.exec_driver_sql(_LINES, (id,))]
            synced = connection.exec_driver_sql("SELECT synced_ms FROM store_order WHERE id = ?", (id,)).scalar_one()
        return OrderDetail(orders[0], tuple(lines), synced)

    def segments(self, query: Query) -> dict[str, int]:
        """How many orders of *query* each segment has; conditions on the state itself are left out."""
        open_query = Query(
            text=query.text,
            filters=tuple(condition for condition in query.filters if condition.field != "status"),
            store_ids=query.store_ids,
        )
        where, params = self.where(open_query)
        with self._db.reader.connect() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT status, count(*) FROM store_order{where} GROUP BY status", tuple(params)
            )
            counts = {row[0]: int(row[1]) for row in rows}
        return {name: sum(counts.get(status, 0) for status in statuses) for name, statuses in SEGMENTS.items()}


def segment_filter(name: str) -> Filter:
    """The condition that shows one segment.

    Raises:
        KeyError: no such segment.
    """
    return Filter("status", "in", SEGMENTS[name])
