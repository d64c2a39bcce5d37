"""Opening, upgrading and copying the database file."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import app.models.migrations as migrations
from app.models import Base
from app.services.db import Database
from app.services.history.undo import redo, undo
from app.services.listings.content import content_hash
from app.services.listings.loading import load_listings
from app.services.listings.records import PLAIN_FIELDS, ListingRecord
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.publishing.journal import claim
from app.services.publishing.turns import load_facts
from app.services.regional_prices import RegionalPrices
from app.services.stores.reading import list_stores
from app.services.upgrade import (
    KEPT_DAILY_BACKUPS,
    DatabaseDamaged,
    DatabaseTooNew,
    NoRoomToUpgrade,
    _pack,
    backup,
    backup_dir,
    daily_backup,
    open_database,
    revision_of,
    upgrade,
)

OLD_FILE = Path(__file__).parents[2] / "data" / "databases" / "shangjia-0001.db"


@pytest.fixture(autouse=True)
def every_file_is_migrated(monkeypatch):
    """No new file here is a copy of an earlier one."""
    monkeypatch.setattr("app.services.upgrade.upgrade", upgrade)


def test_head_names_the_newest_migration():
    script = ScriptDirectory(str(Path(next(iter(migrations.__path__)))))
    assert script.get_heads() == [migrations.HEAD]


def test_migrations_make_exactly_the_tables_of_the_models(tmp_path):
    database = open_database(tmp_path / "new.db")
    with database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, Base.metadata) == []
    database.dispose()


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not str(name).startswith(("listing_trigram", "listing_bigram"))


def test_an_older_file_is_copied_and_brought_up_to_date(tmp_path):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    assert revision_of(path) == "0001"
    database = open_database(path)
    assert revision_of(path) == migrations.HEAD
    source = ListingSource(database)
    assert [row.title for row in source.first_page(Query(text="耳机"), 5)] == ["Wireless Earbuds 蓝牙耳机 Silicone"]
    assert [row.code for row in source.first_page(Query(text="lm44"), 5)] == ["LM4402-WH"]
    database.dispose()
    copies = list(backup_dir(path).glob("*.db"))
    assert [revision_of(copy) for copy in copies] == ["0001"]


def test_stores_of_an_older_file_keep_their_access_and_gain_what_is_new(tmp_path):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE.with_name("shangjia-0004.db"), path)
    assert revision_of(path) == "0004"
    database = open_database(path)
    assert revision_of(path) == migrations.HEAD
    stores = {store.alias: store for store in list_stores(database)}
    database.dispose()
    assert [store.access for store in stores.values()] == ["operate", "operate", "read_only"]
    assert [store.health for store in stores.values()] == ["ok", "signed_out", "read_only"]
    assert stores["cf3c"].sign_in_ends_at == datetime(2030, 3, 17, 17, 46, 40, tzinfo=UTC)
    assert {(store.is_shared, store.signed_out_at, store.refresh_expires_at) for store in stores.values()} == {
        (False, None, None)
    }


def test_a_queue_of_an_older_file_goes_on_with_edits_first(tmp_path):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM listing ORDER BY id LIMIT 2")]
        store = connection.execute("SELECT store_id FROM listing WHERE id = ?", ids[:1]).fetchone()[0]
        connection.execute("INSERT INTO publish_batch VALUES (7, ?, 'interrupted', 2, 1, NULL)", (store,))
        for number, (listing, action) in enumerate(zip(ids, ("create", "edit"), strict=True)):
            connection.execute(
                "INSERT INTO publish_task (id, batch_id, store_id, listing_id, action, state, content_hash, title, "
                "codes, attempts, owner, error_code, error_params, error_text, error_field) "
                "VALUES (?, 7, ?, ?, ?, 'queued', '', '', '', 0, '', '', '{}', '', '')",
                (number + 1, store, listing, action),
            )
    database = open_database(path)
    with database.bulk() as connection:
        claimed = claim(connection, store, "me", None, 10, moment_ms=1)
    assert [(task.task_id, task.priority) for task in claimed] == [(2, 2), (1, 3)]
    database.dispose()


def test_hashes_of_an_older_file_become_those_of_today_and_equal_ones_stay_equal(tmp_path):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM listing ORDER BY id")]
        connection.execute("UPDATE listing SET content_hash = 'old-' || id, sent_hash = NULL")
        connection.execute("UPDATE listing SET sent_hash = content_hash WHERE id = ?", ids[:1])
        connection.execute("UPDATE listing SET sent_hash = 'what they have' WHERE id = ?", ids[1:2])
        store = connection.execute("SELECT store_id FROM listing WHERE id = ?", ids[:1]).fetchone()[0]
        connection.execute("INSERT INTO publish_batch VALUES (7, ?, 'done', 2, 1, NULL)", (store,))
        for number, said in ((ids[0], f"old-{ids[0]}"), (ids[1], "sent long ago")):
            connection.execute(
                "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, "
                "codes, attempts, owner, error_code, error_params, error_text, error_field) "
                "VALUES (7, ?, ?, 'edit', 'live', ?, '', '', 0, '', '', '{}', '', '')",
                (store, number, said),
            )
    database = open_database(path)
    with database.read() as session:
        records = load_listings(session, ids)
        tasks = session.connection().exec_driver_sql("SELECT content_hash FROM publish_task ORDER BY id").scalars()
        assert list(tasks) == [records[0].content_hash, "sent long ago"]
    database.dispose()
    assert len(records) > 1
    assert [record.content_hash for record in records] == [content_hash(record) for record in records]
    assert [record.sent_hash for record in records[:2]] == [records[0].content_hash, "what they have"]


@pytest.mark.parametrize(
    "regional",
    [
        {},
        {"type": "relative", "countries": {"RU": -150, "ES": 5}},
        {"type": "absolute", "countries": {"RU": {"B": 2, "A": 1}, "BR": {"A": 3}}},
    ],
)
def test_keywords_of_an_older_file_count_as_sent_no_more_and_equal_hashes_stay_equal(tmp_path, regional):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    older = Database(path)
    upgrade(older, "0033")
    with older.bulk() as connection:
        run = connection.exec_driver_sql
        first, second = run("SELECT id FROM listing ORDER BY id LIMIT 2").scalars()
        run("UPDATE listing_body SET keywords = 'lamp, bedside'")
        run("UPDATE listing SET regional_prices = ?", (json.dumps(regional),))
        hashes = {one.id: _hash_with_keywords(one) for one in load_listings(connection, [first, second])}
        for number, old in hashes.items():
            run("UPDATE listing SET content_hash = ?, sent_hash = ? WHERE id = ?", (old, old, number))
            run("INSERT INTO listing_synced VALUES (?, 1, 1, ?, ?, NULL, '{}')", (number, old, f"{old[:16]}another"))
            run("INSERT INTO sent_price VALUES (?, '{}', 1, ?)", (number, old))
        run("UPDATE listing SET sent_hash = 'what they have' WHERE id = ?", (second,))
        run("UPDATE listing_synced SET said_hash = 'what they said' WHERE id = ?", (second,))
    older.dispose()

    database = open_database(path)
    with database.read() as session:
        records = load_listings(session, [first, second])
        marks = session.connection().exec_driver_sql("SELECT said_hash, our_hash FROM listing_synced ORDER BY id").all()
        noted = session.connection().exec_driver_sql("SELECT our_hash FROM sent_price ORDER BY listing_id").scalars()
        now = [content_hash(one) for one in records]
        assert [one.content_hash for one in records] == now != list(hashes.values())
        assert [one.sent_hash for one in records] == [now[0], "what they have"]
        assert list(map(tuple, marks)) == [
            (now[0], f"{now[0][:16]}another"),
            ("what they said", f"{now[1][:16]}another"),
        ]
        assert list(noted) == now
    database.dispose()


def _hash_with_keywords(record: ListingRecord) -> str:
    """The hash as it was when keywords were part of it."""
    variants = [(sku.code, sku.properties, sku.barcode, sku.ships_from) for sku in record.skus]
    own = [getattr(record, name) for name in PLAIN_FIELDS]
    prices = RegionalPrices.of(record.regional_prices)
    regional = (list(prices.each()), prices.kind) if prices.kind else ()
    wire = orjson.dumps((*own, record.attributes, variants, record.images, *regional))
    return blake2b(wire, digest_size=8).hexdigest() + content_hash(record)[16:]


def test_a_bulk_edit_of_an_older_file_goes_back(tmp_path):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    older = Database(path)
    upgrade(older, "0031")  # before changes kept what follows from numbers
    older.dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        skus = connection.execute("SELECT id, listing_id, price_minor FROM sku ORDER BY listing_id, id").fetchall()
        row_ids, listing_ids, prices = map(list, zip(*skus, strict=True))
        dearer = [price and price + 100 for price in prices]
        connection.execute(
            "INSERT INTO change (id, uid, kind, label, params, source, actor, listing_count, created_ms) "
            "VALUES (7, 'old', 'edit', 'change.bulk_edit', '{}', '', '', 2, 1)"
        )
        arrays = map(json.dumps, (row_ids, listing_ids, prices, dearer))
        connection.execute(
            'INSERT INTO change_column (change_id, store_id, "column", first_listing_id, last_listing_id, row_ids, '
            "listing_ids, before, after) VALUES (7, 1, 'price_minor', ?, ?, ?, ?, ?, ?)",
            (listing_ids[0], listing_ids[-1], *arrays),
        )
        connection.executemany("UPDATE sku SET price_minor = ? WHERE id = ?", zip(dearer, row_ids, strict=True))
    database = open_database(path)
    for act, there in ((undo, prices), (redo, dearer), (undo, prices)):
        assert act(database).restored == len(set(listing_ids))
        with database.read() as session:
            records = load_listings(session, sorted(set(listing_ids)))
        assert [sku.price_minor for one in records for sku in sorted(one.skus, key=lambda sku: sku.id)] == there
        assert [one.content_hash for one in records] == [content_hash(one) for one in records]
    database.dispose()


def test_prices_by_country_of_an_older_file_are_not_known_where_the_platform_named_some(tmp_path):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM listing ORDER BY id LIMIT 2")]
        quotes = '{"aeop_national_quote_configuration": {"configuration_type": "percentage"}}'
        for number, remote in zip(ids, (quotes, '{"multi_country_price_configuration": null}'), strict=True):
            connection.execute("UPDATE listing SET remote = ? WHERE id = ?", (remote, number))
    database = open_database(path)
    with database.read() as session:
        records = load_listings(session, ids)
    database.dispose()
    assert [record.regional_prices for record in records] == [None, {}]
    assert all(record.content_hash == content_hash(record) for record in records)


def test_what_the_last_sync_noted_in_an_older_file_is_known(tmp_path):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    early = {"modified_ms": 4, "read_ms": 5, "hash": "said"}
    noted = {**early, "skus": {"AB1234": [2000, None]}, "group": "7"}
    with closing(sqlite3.connect(path)) as connection, connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM listing ORDER BY id LIMIT 2")]
        for number, remote in zip(
            ids, ({"subject": "kept", "_sync": noted}, {"subject": "other", "_sync": early}), strict=True
        ):
            connection.execute("UPDATE listing SET remote = ? WHERE id = ?", (json.dumps(remote), number))
    database = open_database(path)
    with database.read() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql("SELECT * FROM listing_synced").all()
        noted = [(ids[0], 4, 5, "said", "", "7", '{"AB1234":[2000,null]}'), (ids[1], 4, 5, "said", "", None, None)]
        assert [tuple(row) for row in rows] == noted
        assert load_facts(connection, ids) == {ids[0]: {"AB1234": [2000, None]}}
        remotes = [record.remote for record in load_listings(session, ids, with_remote=True)]
    database.dispose()
    assert remotes == [{"subject": "kept"}, {"subject": "other"}]


def _with_long_pages(path: Path) -> list[str]:
    """An older file with a thousand descriptions of some kilobytes. Returns: these."""
    shutil.copyfile(OLD_FILE, path)
    pages = [f"<p>{number} {'soft ' * 800}</p>" for number in range(1_000)]
    with closing(sqlite3.connect(path)) as connection, connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(listing)") if row[1] != "id"]
        given = {"detail_html": "?", "product_key": "?", "product_id": "NULL"}
        copied = ", ".join(given.get(name, name) for name in names)
        connection.executemany(
            f"INSERT INTO listing ({', '.join(names)}) SELECT {copied} FROM listing WHERE id = 1",
            [(f"LONG{number}", page) for number, page in enumerate(pages)],
        )
    return pages


def test_long_columns_of_an_older_file_stand_apart_and_leave_no_gaps(tmp_path):
    path = tmp_path / "shangjia.db"
    pages = _with_long_pages(path)
    database = open_database(path)
    asked = "SELECT detail_html FROM listing JOIN listing_body USING (id) WHERE product_key LIKE 'LONG%' ORDER BY id"
    with database.reader.connect() as connection:
        assert list(connection.exec_driver_sql(asked).scalars()) == pages
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar_one() == 0
    with database.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing_search SET search_text = 'found again' WHERE id = 1")
        connection.exec_driver_sql("DELETE FROM listing WHERE id = 2")
        for table in ("listing_trigram", "listing_bigram"):
            connection.exec_driver_sql(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    database.dispose()
    assert path.stat().st_size < 1.5 * sum(map(len, pages))


def test_a_file_that_cannot_be_packed_is_used_as_it_is(tmp_path, caplog):
    path = tmp_path / "shangjia.db"
    pages = _with_long_pages(path)
    open_database(path).dispose()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with caplog.at_level("WARNING"):
            _pack(path, wait_s=0)
    assert "not packed" in caplog.text
    database = open_database(path)
    with database.reader.connect() as connection:
        kept = "SELECT count(*) FROM listing_body WHERE detail_html LIKE '%soft%'"
        assert connection.exec_driver_sql(kept).scalar_one() == len(pages)
    database.dispose()


def test_a_file_that_is_up_to_date_is_not_copied(tmp_path):
    path = tmp_path / "shangjia.db"
    open_database(path).dispose()
    open_database(path).dispose()
    assert not backup_dir(path).exists()


def test_a_failed_upgrade_leaves_the_old_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE listing_bigram (x)")  # the second table of 0002 is in the way
    with pytest.raises(Exception, match="listing_bigram"):
        open_database(path)
    assert revision_of(path) == "0001"
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'listing_trigram%'").fetchall()
    assert names == []


def test_a_newer_file_is_refused_untouched(tmp_path):
    path = tmp_path / "shangjia.db"
    open_database(path).dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew) as error:
        open_database(path)
    assert error.value.params == {"file": "shangjia.db", "found": "9999", "known": migrations.HEAD}


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "shangjia.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        open_database(path)
    assert path.read_bytes() == content


def test_a_disk_without_room_is_told_before_anything_is_changed(tmp_path, monkeypatch):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    before, size = path.read_bytes(), path.stat().st_size
    monkeypatch.setattr("app.services.upgrade.MB", 1)
    room = {"free": 5 * size - 1}
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(**room))
    with pytest.raises(NoRoomToUpgrade) as error:
        open_database(path)
    told = {"file": "shangjia.db", "folder": str(tmp_path), "needed": str(5 * size), "free": str(5 * size - 1)}
    assert error.value.params == told
    assert path.read_bytes() == before and [one.name for one in tmp_path.iterdir()] == ["shangjia.db"]
    room["free"] += 1
    open_database(path).dispose()
    room["free"] = 0
    open_database(path).dispose()  # nothing to upgrade any more


def test_a_file_with_a_bad_page_is_upgraded_though_it_cannot_be_packed(tmp_path, caplog):
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    older = Database(path)
    upgrade(older, "0032")
    older.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page, size = (
            connection.execute(sql).fetchone()[0]
            for sql in ("SELECT rootpage FROM sqlite_master WHERE name = 'ix_sku_match_key'", "PRAGMA page_size")
        )
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with caplog.at_level("WARNING"):
        open_database(path).dispose()
    assert revision_of(path) == migrations.HEAD
    assert "not packed" in caplog.text


def test_somebody_elses_database_is_not_touched(tmp_path):
    path = tmp_path / "shangjia.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE other (x)")
    with pytest.raises(DatabaseDamaged):
        open_database(path)


def test_a_copy_taken_during_a_write_is_whole(db):
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET alias = 'half'")
        copy = backup(db.path, backup_dir(db.path))
        connection.exec_driver_sql("UPDATE store SET alias = 'full'")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT alias FROM store").fetchall() == [("",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_one_copy_a_day_fourteen_kept(db):
    folder = backup_dir(db.path)
    folder.mkdir()
    for day in range(1, 21):
        (folder / f"shangjia-202601{day:02d}-000000-daily.db").touch()
    assert daily_backup(db.path) is not None
    assert daily_backup(db.path) is None
    kept = sorted(folder.glob("*-daily.db"))
    assert len(kept) == KEPT_DAILY_BACKUPS
    assert kept[0].name == "shangjia-20260108-000000-daily.db"


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a user's folder to the user by inherited permissions")
def test_only_the_owner_may_read_database_and_copies(db):
    copy = backup(db.path, backup_dir(db.path))
    assert [stat.S_IMODE(path.stat().st_mode) for path in (db.path, copy)] == [0o600, 0o600]
