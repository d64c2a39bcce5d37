"""Similar listings among 100 000 of one store: same codes, nearly the same title, same or alike main picture.

The store is made of real titles in which words are left out and put in; every fiftieth listing is a copy of another one
under other codes, other words or another picture, and all of these must be found. The floor is a bare read of the
columns that are compared; the alternative compares every title with every other, as a loop would, and is measured on a
sample and scaled to all pairs.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from statistics import median

import psutil

from app.samples.products import Products
from app.services.db import Database
from app.services.listings.similar.records import SimilarOptions, SimilarResult
from app.services.listings.similar.search import find_similar
from app.services.listings.similar.titles import words_of
from app.services.listings.tables import PARTS, inserting
from app.services.listings.text import fold
from app.services.upgrade import open_database
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement

TITLES = 5_000
EVERY = 50
"""One in so many listings is a copy of the one before it."""
SAMPLE = 1_000
BITS = 128
BEFORE_SENDING = SimilarOptions(focus=frozenset(range(1, 101)), with_drafts=False)
READ = (
    "SELECT id, store_id, title_folded, product_id IS NOT NULL FROM listing WHERE status <> 'off'",
    "SELECT listing_id, match_key FROM sku WHERE match_key <> ''",
    "SELECT image.listing_id, image.source, image_file.sha256, image_look.dhash, image_look.tone FROM image "
    "JOIN image_file ON image_file.source = image.source JOIN image_look ON image_look.sha256 = image_file.sha256",
)


def measure(ground: Ground) -> Iterator[Measurement]:
    """Processor time of the search, of the bare read, and of comparing all with all."""
    count = ground.sizes.synced
    path = ground.new_folder("similar") / NAME
    open_database(path).dispose()
    copies = fill(path, count)
    db = Database(path)
    try:
        rounds = [_round(db, path) for _ in range(ground.sizes.repeats)]
        asked = [_clocked(lambda: find_similar(db, BEFORE_SENDING))[0] for _ in range(ground.sizes.repeats)]
    finally:
        db.dispose()
    found = _together(rounds[-1][2])
    missed = sum((one, other) not in found for one, other in copies)
    seconds, floor = median(one[0] for one in rounds), median(one[1] for one in rounds)
    how = f"{count} listings, {5 * count // 2} codes: codes, packs, titles, pictures; processor time"
    yield Measurement("similar.search", seconds, "s", how, floor, budget=20.0, by_value=True)
    yield Measurement("similar.missed", missed, "copies", f"of {len(copies)} copies that were planted", budget=0)
    how = f"the question before publishing {len(BEFORE_SENDING.focus)} of them; floor: the search of all"
    yield Measurement("similar.before_sending", median(asked), "s", how, seconds, budget=0.9)
    naive = _naive(path, count)
    how = "every title with every other by the same measure, scaled from a sample: times as long as the search"
    yield Measurement("similar.naive", naive, "s", how, seconds, budget=5.0, at_least=True)


def _round(db: Database, path: Path) -> tuple[float, float, SimilarResult]:
    floor = _clocked(lambda: _bare(path))[0]
    seconds, result = _clocked(lambda: find_similar(db, SimilarOptions()))
    return seconds, floor, result


def _clocked(act):  # type: ignore[no-untyped-def]
    process = psutil.Process()
    before = process.cpu_times().user + process.cpu_times().system
    result = act()
    return process.cpu_times().user + process.cpu_times().system - before, result


def _bare(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return sum(len(connection.execute(sql).fetchall()) for sql in READ)


def _naive(path: Path, count: int) -> float:
    with closing(sqlite3.connect(path)) as connection:
        titles = [row[0] for row in connection.execute("SELECT title_folded FROM listing LIMIT ?", (SAMPLE,))]
    sets = [words_of(title) for title in titles]
    began = time.process_time()
    sum(len(one & other) >= 0.85 * len(one | other) for one, other in combinations(sets, 2))
    return (time.process_time() - began) * (count / len(sets)) ** 2


def _together(result: SimilarResult) -> set[tuple[int, int]]:
    """Neighbouring ids that stand in one group: copies are made of neighbours."""
    group_of = {number: group.id for group in result.groups for number in group.listing_ids}
    return {(one, one + 1) for one, group in group_of.items() if group_of.get(one + 1) == group}


def fill(path: Path, count: int) -> list[tuple[int, int]]:
    """Put *count* listings of one store into the database. Returns: pairs of which one is a copy of the other."""
    draw, products = random.Random(11), Products(4)
    titles = [fold(products[number].title).split() for number in range(min(TITLES, count))]
    vocabulary = sorted({word for words in titles for word in words})
    listings, skus, images, files, looks, copies = [], [], [], [], [], []
    before: tuple[list[str], int] = ([], 0)
    for number in range(1, count + 1):
        words = [word for word in titles[draw.randrange(len(titles))] if draw.random() > 0.1]
        words += draw.sample(vocabulary, 4)
        codes, look = [f"SJ{number:07d}-{place}" for place in range(1 + number % 4)], draw.getrandbits(BITS)
        if number % EVERY == 0:
            copies.append((number - 1, number))
            kind = number // EVERY % 3
            codes = [f"SJ{number - 1:07d}-{place}" for place in range(2)] if kind == 0 else codes
            words = before[0][::-1] if kind == 1 else words
            look = before[1] ^ 5 if kind == 2 else look
        before = (words, look)
        title = " ".join(words)
        listings.append((number, 1, f"1005{number:09d}" if number % 2 else None, title, title))
        skus += [(number, place, code, code) for place, code in enumerate(codes)]
        images.append((number, 0, f"/pictures/{number}.jpg"))
        files.append((f"/pictures/{number}.jpg", f"{number:064x}"))
        looks.append((f"{number:064x}", f"{look:032x}"))
    with closing(sqlite3.connect(path)) as connection:
        _insert(connection, listings, skus, images, files, looks)
    return copies


def _insert(connection, listings, skus, images, files, looks) -> None:  # type: ignore[no-untyped-def]
    columns = {
        row[1]: row[2]
        for table in PARTS
        for row in connection.execute(f"PRAGMA table_info({table})")
        if row[3] and row[4] is None
    }
    given = ("id", "store_id", "product_id", "title", "title_folded")
    rest = {name: 0 if "INT" in kind.upper() else "" for name, kind in columns.items() if name not in given}
    connection.execute("PRAGMA foreign_keys=OFF")
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    rows = [(*row, *rest.values()) for row in listings]
    for sql, pick in inserting((*given, *rest)):
        connection.executemany(sql, map(pick, rows))
    connection.executemany(
        "INSERT INTO sku (listing_id, position, code, match_key, ships_from, barcode, properties) "
        "VALUES (?, ?, ?, ?, '', '', '[]')",
        skus,
    )
    connection.executemany("INSERT INTO image (listing_id, position, source) VALUES (?, ?, ?)", images)
    connection.executemany("INSERT INTO image_file (source, sha256, format, problem) VALUES (?, ?, 'JPEG', '')", files)
    connection.executemany(
        "INSERT INTO image_look (sha256, dhash, tone, colours, orientation) VALUES (?, ?, '', '{}', 1)", looks
    )
    connection.commit()
    connection.execute("ANALYZE")
