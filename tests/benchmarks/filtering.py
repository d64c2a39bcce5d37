"""Filters and searches over a million listings and five million variants: first page and exact count, p50 and p95.

The floor is the same question as one plain SQL statement on a connection of its own.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

from app.services.db import Database
from app.services.listings.filters import parse_filters, written
from app.services.listings.source import ListingSource
from app.services.listings.variant_source import VariantSource
from app.services.paging import PAGE_ROWS, Query
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement, quiet, share

TURNS = 12
FIRST_MS, COUNT_MS = 300.0, 300.0
"""DESIGN §9: rows of a filter as those of a sort on an index; an exact count."""


@dataclass(frozen=True, slots=True)
class Question:
    """A filter as it is typed, or words as they are searched for, and the condition a plain statement has."""

    name: str
    filter: str
    bare: str
    text: str = ""


_SKU = "id IN (SELECT listing_id FROM sku WHERE {})"
QUESTIONS = (
    Question("price_range", "price >= 5 and price < 9", "price_min_minor >= 500 AND price_min_minor < 900"),
    Question("stock", "stock = 0", "stock_total = 0"),
    Question(
        "status_findings",
        "status = live and findings > 0",
        "status = 'live' AND block_count + hold_count + warn_count > 0",
    ),
    Question("changed", "changed = yes", "sent_hash IS NOT NULL AND sent_hash <> content_hash"),
    Question("never_sold", "sold = 0", "product_id IS NULL"),
    Question("ships_from", "ships_from = ES", _SKU.format("ships_from = 'ES'")),
    Question("sku_part", "sku ~ 12345", _SKU.format("match_key LIKE '%12345%'")),
    Question("item", "item = SJ0012345", _SKU.format("instr(match_key, 'SJ0012345')")),
    Question("title_part", "title ~ lamp and price < 20", "title_folded LIKE '%lamp%' AND price_min_minor < 2000"),
    Question("either", 'price < 5 or title ~ "case"', "price_min_minor < 500 OR title_folded LIKE '%case%'"),
    Question("group_missing", "group is missing and status = draft", "group_id = '' AND status = 'draft'"),
    Question("latin", "", "search_text LIKE '%phone case%'", "phone case"),
    Question("cyrillic", "", "search_text LIKE '%наушники%'", "наушники"),
    Question("chinese", "", "search_text LIKE '%耳机%'", "耳机"),
    Question("nothing", "", "search_text LIKE '%zzqqxx%'", "zzqqxx"),
)  # fmt: skip


ATOMS = (
    "status = live", "store = 2", "price < 9", "price >= 5 and price < 9", "stock = 0", "stock > 100", "margin < 0.05",
    "margin > 0.3", "margin is missing", "profit > 3", "cost > 10", "tag = hot", "tag = big", "tag is missing",
    "finding = title.emoji", "findings > 0", "title ~ lamp", "title !~ case", "text ~ lamp", "text !~ lamp",
    "ships_from = US", "ships_from = CN", "ships_from is missing", "sku ~ xl", "sku !~ xl", "sku ~ SJ0", "sku ~ 12345",
    "item = SJ0012345", "item != SJ0012345", "group is missing", "group = 207", "category = 200006103",
    "freight_template = 1000", "changed = yes", "changed = no", "sold = 0", "sold > 0", "held = yes", "import_run = 5",
    "updated >= 2025-06-20", "marketing_group is missing",
)  # fmt: skip
"""What is asked in pairs."""
OFTEN = (
    "status = live", "price < 9", "margin < 0.05", "tag = big", "title ~ lamp", "sku ~ xl", "ships_from = US",
    "sold = 0",
)  # fmt: skip
"""What every other is paired with."""
TRIPLES = (
    "status = live and margin < 0.05 and tag = big",
    "status = live and (margin < 0.05 or tag = big)",
    "not (status = live and price < 9) and margin < 0.05",
    "margin < 0.05 and profit > 3 and cost > 10",
    "title ~ lamp and not (price < 9 or tag = big)",
    "ships_from = US and price < 9 and stock = 0",
    "status = live and sku ~ xl and margin > 0.3",
    "(sku ~ xl or title ~ lamp) and not ships_from = US",
    "store = 2 and status = live and sold = 0 and changed = yes",
    "not (sku ~ xl or sold = 0 or margin < 0.05)",
)
SORTS = {
    "listing": ("", "price", "title", "margin", "stock", "cost", "status"),
    "variant": ("", "price", "margin", "cost"),
}
INDEXED = ("", "price", "title", "margin")
OTHER_MS = 1200.0
"""First rows by a column without an index."""


def measure(ground: Ground) -> Iterator[Measurement]:
    """Each question several times, in turns with its floor."""
    path = ground.million_of_today / NAME
    turns = TURNS if ground.sizes.repeats > 1 else 3
    db = Database(path)
    source = ListingSource(db)
    try:
        with closing(sqlite3.connect(path)) as bare:
            for question in QUESTIONS:
                yield from _asked(question, source, bare, turns)
            yield from _by_figures(db, bare, turns)
        yield from _swept(db)
    finally:
        db.dispose()


def _combined() -> list[Query]:
    """Every pair with what is asked often: by turns with `and`, with `or` and with `and not`; triples, and words with
    each."""
    pairs = [(one, other) for one in OFTEN for other in ATOMS if one != other]
    forms = ("{} and {}", "{} or ({})", "{} and {}", "{} and not ({})")
    texts = [forms[number % len(forms)].format(*pair) for number, pair in enumerate(pairs)]
    found = [Query(filters=parse_filters(text)) for text in (*ATOMS, *texts, *TRIPLES)]
    return found + [Query(text=words, filters=parse_filters(text)) for words in ("lamp", "耳机") for text in ATOMS[::2]]


def _swept(db: Database) -> Iterator[Measurement]:
    """Each combination on both levels, and filters in every order, asked after a commit and again: the slowest, and how
    many are late."""
    for level, source in (("listing", ListingSource(db)), ("variant", VariantSource(db))):
        asked = _combined()
        ordered = [replace(query, sort=sort) for query in asked[:: len(asked) // 20] for sort in SORTS[level]]
        acts: dict[str, list[tuple[Callable[[], object], Query, float]]] = {
            "count": [(partial(source.count, query), query, COUNT_MS) for query in asked],
            "first": [(partial(source.first_page, query, PAGE_ROWS), query, FIRST_MS) for query in asked],
            "sorted": [
                (partial(source.first_page, query, PAGE_ROWS), query, FIRST_MS if query.sort in INDEXED else OTHER_MS)
                for query in ordered
            ],
        }
        if isinstance(source, ListingSource):
            acts["segments"] = [(partial(source.count_by, "status", query), query, COUNT_MS) for query in asked]
        for name, questions in acts.items():
            yield from _told(f"filter.sweep.{level}_{name}", questions, db)


def _told(name: str, questions: list[tuple[Callable[[], object], Query, float]], db: Database) -> Iterator[Measurement]:
    taken: dict[str, list[tuple[float, Query]]] = {"new": [], "again": []}
    with quiet():
        for act, query, budget in questions:
            db.forget_answers()
            for found in taken.values():
                started = time.perf_counter()
                act()
                found.append(((time.perf_counter() - started) * 1e3 / budget, query))
    for when, found in taken.items():
        found.sort(key=lambda one: one[0])
        slowest = found[-1][1]
        worst = f"{slowest.text} {written(slowest.filters, {})} by {slowest.sort or 'date'}"
        how = f"{len(found)} questions, asked {WHEN[when]}, each by its budget; the slowest: {worst}"
        yield Measurement(f"{name}_{when}_p95", share([one for one, _ in found], 0.95), "×", how, None, 1.0)
        yield Measurement(f"{name}_{when}_late", sum(one > 1 for one, _ in found), "questions", how, None, 0)


WHEN = {"new": "as after a commit", "again": "again"}
FIGURES = {
    "cost": "cost < 30",
    "freight_cost": "freight_cost < 20",
    "fees": "fees > 30",
    "profit": "profit < 0",
    "margin": "margin < 0.05",
    "break_even": "break_even < 20",
    "worst_case": "worst_case < 5",
    "worst_profit": "worst_profit < 0",
}
OF_VARIANTS = {
    "price": "price < 20",
    "stock": "stock = 0",
    "codes_many": "sku ~ xl",
    "codes_few": "sku ~ 12345",
    "status": "status = live",
    "unknown": "margin is missing",
    "title": "title ~ lamp",
    "both": "status = live and margin < 0.05",
}
"""What is asked of variants besides."""


def _by_figures(db: Database, bare: sqlite3.Connection, turns: int) -> Iterator[Measurement]:
    """First rows by each figure, first rows and count of a filter by it, of listings and of variants."""
    plain = {
        "listing": ("listing_figure", "listing_id", "margin_bp"),
        "variant": ("sku", "id", "price_minor"),
    }
    for name, source in (("listing", ListingSource(db)), ("variant", VariantSource(db))):
        table, key, column = plain[name]
        floors = {
            "sorted": f"SELECT {key} FROM {table} ORDER BY +{column}, {key} LIMIT {PAGE_ROWS}",
            "first": f"SELECT {key} FROM {table} WHERE {column} < 500 ORDER BY {key} DESC LIMIT {PAGE_ROWS}",
            "count": f"SELECT count(*) FROM {table} WHERE +{column} < 500",
        }
        asked = {**FIGURES, **(OF_VARIANTS if name == "variant" else {})}
        for field, text in asked.items():
            query = Query(filters=parse_filters(text))
            acts = {
                "sorted": partial(source.first_page, Query(sort=field), PAGE_ROWS),
                "first": partial(source.first_page, query, PAGE_ROWS),
                "count": partial(source.count, query),
            }
            if field not in {**FIGURES, "price": "", "stock": ""}:
                del acts["sorted"]
            for act, ours in acts.items():
                mine, floor = _in_turns(ours, partial(_fetched, bare, floors[act]), min(turns, 3))
                how = f"{act if act == 'sorted' else text}; floor: a plain statement over {table}"
                yield Measurement(
                    f"filter.{name}.{field}_{act}",
                    share(mine, 0.5) * 1e3,
                    "ms",
                    how,
                    share(floor, 0.5) * 1e3,
                    COUNT_MS if act == "count" else FIRST_MS,
                    by_value=True,
                )


def _fetched(bare: sqlite3.Connection, sql: str) -> list[tuple[object, ...]]:
    return bare.execute(sql).fetchall()


def _asked(question: Question, source: ListingSource, bare: sqlite3.Connection, turns: int) -> Iterator[Measurement]:
    query = Query(text=question.text, filters=parse_filters(question.filter))
    first = f"SELECT id FROM listing WHERE {question.bare} ORDER BY updated_ms DESC, id LIMIT {PAGE_ROWS}"
    count = f"SELECT count(*) FROM listing WHERE {question.bare}"
    acts = {
        "first": (lambda: source.first_page(query, PAGE_ROWS), lambda: bare.execute(first).fetchall(), FIRST_MS),
        "count": (lambda: source.count(query), lambda: bare.execute(count).fetchall(), COUNT_MS),
    }
    for name, (ours, floor, budget) in acts.items():
        mine, plain = _in_turns(ours, floor, turns)
        said = f"“{question.filter or question.text}”, {name} of {turns} times; floor: one plain statement"
        for label, part in (("p50", 0.5), ("p95", 0.95)):
            yield Measurement(
                f"filter.{question.name}.{name}_{label}",
                share(mine, part) * 1e3,
                "ms",
                said,
                share(plain, part) * 1e3,
                budget,
                by_value=True,
            )


def _in_turns(ours: Callable[[], object], floor: Callable[[], object], turns: int) -> tuple[list[float], list[float]]:
    mine: list[float] = []
    plain: list[float] = []
    with quiet():
        for _ in range(turns):
            for act, found in ((ours, mine), (floor, plain)):
                started = time.perf_counter()
                act()
                found.append(time.perf_counter() - started)
    return mine, plain
