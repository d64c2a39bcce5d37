"""Fixtures of the service tests: a real database file and a maker of listings."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.models import Store
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.writing import insert_skus, refresh_derived, replace_images, sku_row
from app.services.upgrade import open_database
from tests.listing_rows import add_listing


@dataclass
class Filling:
    """A database's rows as one test made them, and what making them answered."""

    path: Path
    answer: Any = None


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with one store, id 1; copied for each test, because a migration takes longer than a test."""
    path = tmp_path_factory.mktemp("database") / "shangjia.db"
    database = open_database(path)
    with database.write() as session:
        session.add(Store(name="晨帆数码", gateway="http://127.0.0.1:1", credential_ref="one", created_ms=now_ms()))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture
def db(tmp_path: Path, empty_database: Path) -> Iterator[Database]:
    """A database with one store, id 1."""
    path = tmp_path / "shangjia.db"
    shutil.copyfile(empty_database, path)
    database = open_database(path)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def kept_filling(tmp_path_factory: pytest.TempPathFactory) -> Filling:
    """Where `filled_once` keeps what the first test of a file filled its database with."""
    return Filling(tmp_path_factory.mktemp("filling") / "kept.db")


@pytest.fixture
def filled_once(db: Database, kept_filling: Filling) -> Callable[[Callable[[], Any]], Any]:
    """Fill the test's database: the file's first test calls what it gives, the others are given a copy of the rows."""

    def fill(make: Callable[[], Any]) -> Any:
        is_first = not kept_filling.path.exists()
        if is_first:
            kept_filling.answer = make()
        with closing(sqlite3.connect(kept_filling.path)) as kept, closing(sqlite3.connect(db.path)) as ours:
            source, target = (ours, kept) if is_first else (kept, ours)
            source.backup(target)
        return kept_filling.answer

    return fill


@pytest.fixture
def make_listing(db: Database) -> Callable[..., ListingRecord]:
    """Store a listing with SKUs `(code, price_minor, stock)` and images; returns it as loaded."""

    def make(
        title: str = "Bedside Table Lamp Dimmable Touch Control",
        skus: tuple[tuple[str, int | None, int | None], ...] = (("LM4402-WH", 1890, 120), ("LM4402-GY", 1890, 90)),
        images: tuple[str, ...] = ("lamp-1.jpg", "lamp-2.jpg"),
        **fields: Any,
    ) -> ListingRecord:
        moment = fields.pop("created_ms", 1_000)
        status = fields.pop("status", "draft")
        with db.write() as session:
            listing = add_listing(session, store_id=1, title=title, created_ms=moment, updated_ms=moment, **fields)
            connection = session.connection()
            rows = [
                SkuRecord(None, code, price, stock, [{"name": "Color", "value": code}]) for code, price, stock in skus
            ]
            insert_skus(connection, [sku_row(listing.id, number, sku) for number, sku in enumerate(rows)])
            replace_images(connection, listing.id, images)
            refresh_derived(connection, [load_listing(session, listing.id)], moment)
            connection.exec_driver_sql("UPDATE listing SET status = ? WHERE id = ?", (status, listing.id))
            return load_listing(session, listing.id)

    return make


@pytest.fixture
def write(db: Database) -> Callable[..., None]:
    """Change something behind the services' back."""

    def run(sql: str, *params: Any) -> None:
        with db.bulk() as connection:
            connection.exec_driver_sql(sql, params)

    return run
