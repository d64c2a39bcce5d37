"""A practice store with very many listings: copies of those it has, each with a title and merchant codes of its own."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks.market import FILE

_BASE = re.compile(r"^([A-Z]+)\d+")
"""Letters and number a merchant code begins with."""
_SKUS, _TITLES = "aeop_ae_product_s_k_us", "subject_list"


def stock(folder: Path, count: int) -> int:
    """Bring the first store of the market whose file lies in *folder* up to *count* listings; the market must not be
    running. Returns: how many it has."""
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.row_factory = sqlite3.Row
        patterns = connection.execute(
            "SELECT * FROM product WHERE store_id = (SELECT min(store_id) FROM store) ORDER BY product_id"
        ).fetchall()
        names = [name for name in dict(patterns[0]) if name != "product_id"]
        sql = f"INSERT INTO product ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        connection.executemany(sql, _copies(patterns, names, count - len(patterns)))
        (found,) = connection.execute(
            "SELECT count(*) FROM product WHERE store_id = (SELECT min(store_id) FROM store)"
        ).fetchone()
    return int(found)


def _copies(patterns: list[sqlite3.Row], names: list[str], wanted: int) -> Iterator[tuple[Any, ...]]:
    for number in range(wanted):
        row = dict(patterns[number % len(patterns)])
        record = orjson.loads(row["record"])
        for title in record[_TITLES]:
            title["value"] = f"{title['value'][:110]} No {number}"
        for sku in record[_SKUS]:
            sku["sku_code"] = _BASE.sub(rf"\g<1>{number:06d}", sku["sku_code"])
        title = record[_TITLES][0]["value"]
        codes = "\n".join(sorted(sku["sku_code"] for sku in record[_SKUS]))
        row |= {"title": title, "title_folded": title.casefold(), "codes": codes, "record": orjson.dumps(record)}
        yield tuple(row[name] for name in names)
