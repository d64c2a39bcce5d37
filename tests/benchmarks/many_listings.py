"""A store with very many listings, put into the database by SQL: titles of real goods in three scripts."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from PIL import Image
from sqlalchemy import Connection

from app.samples.products import Products
from app.services.db import Database
from app.services.listings.search_index import INDEXES
from app.services.listings.tables import inserting
from app.services.listings.text import bigrams, fold, search_text
from app.services.pricing.given import UNKNOWN
from app.services.pricing.sku_columns import SEGMENT, searched_code, store_numbers
from app.services.sql_ids import listed, read_numbers

TITLES = 3_000
"""Different products behind all listings."""
AT_ONCE = 10_000
FIRST_MS, STEP_MS = 1_750_000_000_000, 700
CHINESE = ("蓝牙耳机", "台灯", "手机壳", "收纳盒", "保温杯", "充电线", "儿童玩具", "厨房用品")
CYRILLIC = ("наушники", "настольная лампа", "чехол", "игрушка", "кабель", "термос")
STATUSES = ("live", "live", "live", "live", "ready", "draft", "off", "in_review")
PAGE = "<p>" + "As pictured: soft, warm and made to last, with care labels inside. " * 15 + "</p>"
ATTRIBUTES = orjson.dumps([{"name": f"Property {at}", "value": f"Value {at}"} for at in range(6)]).decode()
RECORD = orjson.dumps({"subject": "x" * 80, "detail": "", "freight_template_id": "1000", "service": 0}).decode()
SIZES = ("XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL")

_LISTING = (
    "id",
    "store_id",
    "product_key",
    "product_id",
    "status",
    "off_reason",
    "title",
    "title_folded",
    "keywords",
    "code",
    "category_id",
    "freight_template_id",
    "group_id",
    "unit",
    "lot_size",
    "handling_days",
    "weight_g",
    "length_cm",
    "width_cm",
    "height_cm",
    "currency",
    "detail_html",
    "attributes",
    "extra",
    "remote",
    "sku_count",
    "price_min_minor",
    "price_max_minor",
    "stock_total",
    "image_count",
    "block_count",
    "hold_count",
    "warn_count",
    "content_hash",
    "sent_hash",
    "error_code",
    "error_text",
    "error_field",
    "search_text",
    "bigram_text",
    "created_ms",
    "updated_ms",
    "import_run_id",
)


def fill(path: Path, count: int) -> None:
    """Put *count* listings into the database file at *path*, which has its tables and stores 1 and 2.

    A listing has one to nine variants, five on average; every eighth title begins in Chinese, every twelfth in Russian.
    """
    pictures = _pictures(path.parent / "pictures")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        places = _places(connection)
        dropped = _drop_helpers(connection)
        connection.execute("BEGIN")
        first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM listing").fetchone()[0]
        rows = _rows(first, count, places)
        while chunk := list(islice(rows, AT_ONCE)):
            for sql, pick in inserting(_LISTING):
                connection.executemany(sql, [pick(row) for row, _ in chunk])
            connection.executemany(
                "INSERT INTO sku (listing_id, position, code, match_key, price_minor, stock, ships_from, barcode, "
                "properties) VALUES (?, ?, ?, ?, ?, ?, ?, '', ?)",
                [sku for _, skus in chunk for sku in skus],
            )
            connection.executemany(
                "INSERT INTO image (listing_id, position, source) VALUES (?, 0, ?)",
                [(row[0], pictures[row[0] % len(pictures)]) for row, _ in chunk],
            )
            connection.executemany("INSERT INTO listing_synced VALUES (?, ?, ?, ?, ?, '', ?)", _synced(chunk))
        for statement in BESIDE:
            connection.execute(statement, (first,))
        for table, column, content in INDEXES:
            connection.execute(
                f"INSERT INTO {table}(rowid, {column}) SELECT id, {column} FROM {content} WHERE id >= ?", (first,)
            )
        for statement in dropped:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode=WAL")


BESIDE = (
    "INSERT INTO listing_tag SELECT id, 'big' FROM listing WHERE id >= ? AND id % 10 < 3",
    "INSERT INTO listing_tag SELECT id, 'hot' FROM listing WHERE id >= ? AND id % 50 = 7",
    "INSERT INTO listing_finding SELECT id, 'title.emoji', 'warn', store_id, 1 FROM listing "
    "WHERE id >= ? AND warn_count > 0",
    "INSERT INTO listing_finding SELECT id, 'image.missing', 'block', store_id, 1 FROM listing "
    "WHERE id >= ? AND block_count > 0",
    "INSERT INTO listing_hold (listing_id, reason, actor, held_ms) SELECT id, 'check', 'ann', 1 FROM listing "
    "WHERE id >= ? AND id % 100 = 3",
    "INSERT INTO order_line (store_order_id, line_id, product_id, quantity, title, code, currency, status) "
    "SELECT least.id, 'many' || listing.id, product_id, 1 + listing.id % 5, '', '', 'USD', '' FROM listing "
    "JOIN (SELECT store_id, min(id) AS id FROM store_order GROUP BY store_id) AS least "
    "ON least.store_id = listing.store_id WHERE listing.id >= ? AND product_id IS NOT NULL AND listing.id % 47 = 1",
)
"""Tags, findings, holds and sales of the listings from an id on, as many of them as filters meet in a busy shop."""
PLACES = ("US", "ES", "CN", "CN", "", "")
"""Where a listing's variants ship from; of the first kind every second one from China."""


def _synced(chunk: list[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]) -> Iterator[tuple[Any, ...]]:
    """What a sync would have noted of the listings that are on the platform."""
    for row, skus in chunk:
        if row[_LISTING.index("product_id")] is not None:
            facts = {code: [price, stock] for _, _, code, _, price, stock, *_ in skus}
            content = row[_LISTING.index("content_hash")]
            yield row[0], FIRST_MS, FIRST_MS, content, content, orjson.dumps(facts).decode()


def _drop_helpers(connection: sqlite3.Connection) -> list[str]:
    """Drop indexes and insert triggers of the listing tables. Returns: the statements that make them again."""
    found = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ('listing', "
        "'listing_body', 'listing_search', 'sku', 'image') "
        "AND (type = 'index' OR (type = 'trigger' AND name LIKE '%_insert'))"
    ).fetchall()
    for kind, name, _ in found:
        connection.execute(f"DROP {kind} {name}")
    return [sql for _, _, sql in found]


def _pictures(folder: Path) -> list[str]:
    folder.mkdir(exist_ok=True)
    paths = []
    for number in range(16):
        path = folder / f"goods-{number}.jpg"
        Image.new("RGB", (800, 800), (16 * number, 120, 255 - 16 * number)).save(path, quality=50)
        paths.append(str(path))
    return paths


def _places(connection: sqlite3.Connection) -> dict[int, tuple[list[str], list[str]]]:
    """Leaf categories and freight templates by store."""
    leaves = [row[0] for row in connection.execute("SELECT DISTINCT category_id FROM category WHERE is_leaf LIMIT 60")]
    templates: dict[int, list[str]] = {1: [], 2: []}
    for store_id, template_id in connection.execute("SELECT store_id, template_id FROM freight_template"):
        templates.setdefault(store_id, []).append(template_id)
    return {store_id: (leaves or [""], found or [""]) for store_id, found in templates.items()}


def _rows(
    first: int, count: int, places: dict[int, tuple[list[str], list[str]]]
) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    products = Products(4)
    titles = [products[number].title for number in range(TITLES)]
    keywords = [", ".join(products[number].keywords) for number in range(TITLES)]
    draw = random.Random(5)
    for listing_id in range(first, first + count):
        number = draw.randrange(TITLES)
        title = f"{_opening(listing_id)}{titles[number]} {listing_id % 9973}"
        store_id = 1 if listing_id % 5 else 2
        leaves, templates = places[store_id]
        content = f"{listing_id:032x}"  # as long as a hash
        key, price, stock = f"K{listing_id:07d}", draw.randrange(99, 40_000), draw.randrange(2_000)
        codes = [f"SJ{listing_id:07d}-{size}" for size in SIZES[: 1 + listing_id % len(SIZES)]]
        product_id = f"10050{listing_id:011d}" if listing_id % 2 else None
        searched = search_text(title, key, product_id, codes, keywords[number])
        status = STATUSES[draw.randrange(len(STATUSES))]
        row = (
            *(listing_id, store_id, key, product_id, status, "", title, fold(title), keywords[number]),
            *(codes[0][:9], leaves[number % len(leaves)], templates[number % len(templates)]),
            *(f"20{listing_id % 40}" if listing_id % 3 else "", "100000015", 1, 5),
            *(draw.randrange(20, 4_000), 20, 15, 10, "USD", PAGE, ATTRIBUTES, "{}", RECORD if product_id else None),
            *(len(codes), price, price + 100 * (len(codes) - 1), stock * len(codes), 1),
            *(int(status == "draft"), 0, int(listing_id % 11 == 0), content),
            *(f"{content}x" if product_id and listing_id % 33 == 1 else content if product_id else None, "", "", ""),
            *(searched, bigrams(searched), FIRST_MS, FIRST_MS + (listing_id * 7919 % count) * STEP_MS),
            listing_id % 10 + 1 if listing_id % 4 == 0 else None,
        )
        yield row, [_sku(listing_id, place, code, price, stock) for place, code in enumerate(codes)]


FIGURES = {
    "cost_micro": "(sku.id * 6101 % 9000 + 100) * 10000",
    "freight_micro": "(sku.id * 4801 % 6000 + 900) * 10000",
    "fees_minor": "sku.id * 3571 % 4000 + 20",
    "profit_minor": "(sku.id * 7919 % 6000 - 1000) / 4",
    "margin_bp": "sku.id * 7919 % 6000 - 1000",
    "even_minor": "sku.id * 2741 % 30000 + 90",
    "worst_minor": "sku.id * 9241 % 30000 + 80",
    "worst_profit_minor": "(sku.id * 5483 % 6000 - 2000) / 4",
}
"""Made up: margins from −10 % to 49.99 %, costs of 1 to 91 CNY."""
FILLED = 400 * SEGMENT
"""Variants brought into the columns at a time."""
LEAST = ("profit_minor", "margin_bp", "worst_minor", "worst_profit_minor")
"""Figures of which a listing has its variants' lowest."""


def fill_figures(path: Path) -> None:
    """Give every variant and listing figures of today, as if they had been worked out; every fiftieth unknown."""
    today, names = "(SELECT generation FROM figure_state)", ", ".join(FIGURES)
    known = ", ".join(f"CASE WHEN sku.id % 50 THEN {made} END AS {name}" for name, made in FIGURES.items())
    of_listing = ", ".join(f"{'min' if name in LEAST else 'max'}({name})" for name in FIGURES)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            f"INSERT OR REPLACE INTO listing_figure (listing_id, generation, {names}, unknown, why, first_sku, "
            f"last_sku) SELECT listing_id, {today}, {of_listing}, sum(margin_bp IS NULL), '', min(id), max(id) "
            f"FROM (SELECT listing_id, id, {known} FROM sku) GROUP BY listing_id"
        )
        connection.execute("DELETE FROM figure_due")
        connection.execute("UPDATE figure_state SET renewed = generation")
    db = Database(path)
    with db.bulk() as connection:
        _fill_columns(connection)
    db.dispose()


def _fill_columns(connection: Connection) -> None:
    """The same figures as columns; costs and routes are known, freight is free."""
    made = {
        "listing": "listing_id",
        "place": "position",
        "price": "price_minor",
        "stock": "stock",
        **dict.fromkeys(("buyer", "rated"), "0"),
        "lacking": "(sku.id % 50 = 0) * 4",
        **{name: f"CASE WHEN sku.id % 50 THEN {figure} ELSE {UNKNOWN} END" for name, figure in FIGURES.items()},
    }
    last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM sku").scalar_one()
    for start in range(0, last + 1, FILLED):
        within = f"FROM sku WHERE id >= {start} AND id < {start + FILLED} ORDER BY sku.id"
        together = " || ',' || ".join(f"({value})" for value in ("id", *made.values()))
        numbers = read_numbers(connection, f"SELECT {together} AS id {within}")
        ids, *columns = numbers.reshape(-1, len(made) + 1).T
        codes = listed(connection, f"SELECT code {within} LIMIT {FILLED}")
        texts = [searched_code(code, code) for code in codes]
        store_numbers(connection, ids, dict(zip(made, columns, strict=True)), ids[:0], texts)


def _opening(listing_id: int) -> str:
    if listing_id % 8 == 0:
        return f"{CHINESE[listing_id // 8 % len(CHINESE)]} "
    return f"{CYRILLIC[listing_id // 12 % len(CYRILLIC)]} " if listing_id % 12 == 1 else ""


def _sku(listing_id: int, place: int, code: str, price: int, stock: int) -> tuple[Any, ...]:
    part = {"name": "Size", "value": SIZES[place], "name_id": "5", "value_id": "", "image": ""}
    ships_from = PLACES[listing_id % len(PLACES)]
    if ships_from == "US" and place % 2:
        ships_from = "CN"
    return listing_id, place, code, code, price + 100 * place, stock, ships_from, orjson.dumps([part]).decode()
