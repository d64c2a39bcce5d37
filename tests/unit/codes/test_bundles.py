"""Which match keys are noted for which stock items, and keys of an older file."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.services.codes.bundles import items_in, note_bundles
from app.services.codes.keys import match_key
from app.services.codes.rekeying import rekey
from app.services.history.entries import entries_of
from app.services.upgrade import open_database

OLD_FILE = Path(__file__).parents[2] / "data" / "databases" / "shangjia-0001.db"


@pytest.mark.parametrize(
    ("key", "items"),
    [
        ("AB1234", set()),
        ("AB1234-BK", set()),
        ("AB1234*2+CD5678", {"AB1234", "CD5678"}),
        ("2XAB1234", {"AB1234"}),
        ("AB1234X2", {"AB1234"}),
        ("2XAB1234+CD5678", {"2XAB1234", "AB1234", "CD5678"}),
        ("HK#AB1234@ABCD", {"AB1234"}),
        ("HK#2XAB1234@ABCD", {"2XAB1234", "AB1234"}),
        ("RG0001A-148", {"RG0001A"}),
        ("AB1234-BK-42", {"AB1234-BK"}),
        ("AB1234-BK*12", {"AB1234-BK"}),
        ("AB1234-BK-XL", set()),
        ("AB1234_CES*2", {"AB1234"}),
        ("AB1234+", {"AB1234"}),
        ("AB 1234", {"AB", "1234"}),
        ("", set()),
        ("+", set()),
    ],
)
def test_what_a_key_may_hold(key: str, items: set[str]) -> None:
    found = items_in(key)
    assert items <= found
    assert key not in found
    assert found <= items | {"HK", "ABCD", *(item for item in found if item in key)}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "shangjia.db"
    shutil.copyfile(OLD_FILE, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        codes = ["CD5678+AB1234*2_CUS", "ab1234", "", "1.23E+06", "AB 1234"]
        ids = [row[0] for row in connection.execute("SELECT id FROM sku ORDER BY id LIMIT 4")]
        for number, code in zip(ids, codes, strict=False):
            connection.execute("UPDATE sku SET code = ?, match_key = 'old' WHERE id = ?", (code, number))
        connection.execute("UPDATE sku SET match_key = 'old'")
    return path


def test_an_older_file_gets_the_keys_of_today(old: Path) -> None:
    database = open_database(old)
    with database.bulk() as connection:
        skus = connection.exec_driver_sql("SELECT code, match_key FROM sku").all()
        assert all(key == match_key(code) for code, key in skus)
        assert ("CD5678+AB1234*2_CUS", "AB1234*2+CD5678") in [tuple(row) for row in skus]
        noted = connection.exec_driver_sql("SELECT base, match_key FROM bundle_item ORDER BY base").all()
        assert {("AB1234", "AB1234*2+CD5678"), ("CD5678", "AB1234*2+CD5678")} <= {tuple(row) for row in noted}
        before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        rekey(connection)
        note_bundles(connection, [key for _, key in skus])
        assert connection.exec_driver_sql("SELECT total_changes()").scalar_one() == before  # nothing is written twice
    database.dispose()


def test_a_before_image_of_an_older_file_is_told_in_the_keys_of_today(old: Path) -> None:
    database = open_database(old)
    with database.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO change (id, uid, kind, label, params, source, actor, listing_count, created_ms) "
            "VALUES (900, 'u', 'edit', 'change.edit', '{}', '', '', 1, 1)"
        )
        image = '{"code": "ab1234_cus", "match_key": "AB1234_CUS"}'
        connection.exec_driver_sql(
            "INSERT INTO change_entry (change_id, noun, row_id, listing_id, before, after) "
            "VALUES (900, 'sku', 1, 1, ?, ?)",
            (image, image),
        )
        (entry,) = entries_of(connection, 900, [1])
    database.dispose()
    assert entry.before == entry.after == {"code": "ab1234_cus", "match_key": "AB1234"}
