"""Stock items out of the database."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import Connection

from app.services.stock_items.records import StockItem

_ITEMS = """
SELECT code, name, cost_micro, weight_mg, length_mm, width_mm, height_mm, attributes, picture,
       coalesce(source, ''), coalesce(as_of, '')
FROM stock_item LEFT JOIN company_table ON table_id IS NOT NULL AND company_table.id = (
  SELECT max(id) FROM company_table WHERE kind = 'product_table')
WHERE code IN (SELECT value FROM json_each(?))
"""


def stock_items(connection: Connection, codes: Iterable[str]) -> dict[str, StockItem]:
    """The items among *codes* (normalised) that the company product table knows, by code. The newest table says all of
    them, also those it left as they were: source and day are its."""
    asked = orjson.dumps(sorted(set(codes))).decode()
    found = {}
    for code, name, cost, weight, *sides, attributes, picture, source, as_of in connection.exec_driver_sql(
        _ITEMS, (asked,)
    ):
        length, width, height = sides
        found[code] = StockItem(
            code=code,
            name=name,
            cost_micro=cost,
            weight_mg=weight,
            sides_mm=None if None in sides else (length, width, height),
            attributes=None if attributes is None else frozenset(orjson.loads(attributes)),
            picture=picture,
            source=source,
            as_of=as_of,
        )
    return found
