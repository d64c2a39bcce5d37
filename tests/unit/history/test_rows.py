"""Whole rows of company tables: kept by key, swapped back and forth, a newer table stands in the way."""

from __future__ import annotations

import pytest

from app.services.history.parts import parts_of
from app.services.history.recording import record_change
from app.services.history.records import TABLE
from app.services.history.rows import TOUCHED, NewerTable, keep_rows, kept_keys, new_touched
from app.services.history.rows_touched import changed_goods, listings_with
from app.services.history.undo import redo, undo

FLOORS = "SELECT match_key, floor_minor FROM price_floor ORDER BY match_key"


def stored(db):
    with db.reader.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(FLOORS)]


def write(connection, *floors):
    sql = "INSERT OR REPLACE INTO price_floor (match_key, code, floor_minor, currency) VALUES (?, ?, ?, 'USD')"
    connection.exec_driver_sql(sql, [(key, key, minor) for key, minor in floors])


def replace_floors(db, *floors, table=1):
    """As an import of the table does it: what it writes is kept first."""
    with db.bulk() as connection:
        change_id, change = record_change(
            connection, kind=TABLE, label="change.table", params={"kind": "floors", "table": table}, listing_count=1
        )
        new_touched(connection, "price_floor")
        connection.exec_driver_sql(f"INSERT INTO {TOUCHED} VALUES (?, 'USD')", [(key,) for key, _ in floors])
        keep_rows(connection, change_id, "price_floor")
        connection.exec_driver_sql(f"DROP TABLE {TOUCHED}")
        write(connection, *floors)
        assert sorted(kept_keys(connection, change_id, "price_floor")) == sorted(key for key, _ in floors)
        assert changed_goods(connection, change_id) == {key for key, _ in floors}
    return change


def test_rows_are_swapped_and_swapped_again(db, make_listing):
    make_listing(skus=(("AB1", 900, 5),))
    with db.bulk() as connection:
        write(connection, ("AB1", 100), ("AB2", 200))
    before = stored(db)
    change = replace_floors(db, ("AB1", 150), ("AB3", 300))
    after = stored(db)
    assert after == [("AB1", 150), ("AB2", 200), ("AB3", 300)]
    result = undo(db, change.uid)
    assert (stored(db), result.restored, result.conflicts) == (before, 1, ())
    assert result.suspects, "the listing that holds the goods is checked anew"
    redo(db)
    assert stored(db) == after
    undo(db, change.uid)
    assert stored(db) == before
    with db.bulk() as connection:
        assert listings_with(connection, ["AB9"]) == set()
        with pytest.raises(KeyError):
            keep_rows(connection, 1, "listing")


def test_a_later_table_of_the_kind_goes_first(db):
    first = replace_floors(db, ("AB1", 150))
    with db.bulk() as connection:
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(company_table)")]
        values = {"id": 7, "kind": "floors"}
        marks = [values.get(name, "" if name not in ("rows", "read_ms", "row_count") else 0) for name in columns]
        connection.exec_driver_sql(
            f"INSERT INTO company_table ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", tuple(marks)
        )
    with pytest.raises(NewerTable):
        undo(db, first.uid)
    assert stored(db) == [("AB1", 150)]


def test_only_the_parts_that_differ_are_told():
    def country(code, days):
        return {"country": code, "days": days}

    before = {"name": "US", "countries": [country("US", 3), country("ES", 5)], "freight": {"1": "a"}}
    after = {"name": "EU", "countries": [country("ES", 5), country("FR", 4)], "freight": {"1": "b"}}
    found = parts_of("warehouse_template", before, after)
    assert [(one.field, one.of, one.before, one.after) for one in found] == [
        ("name", "", "US", "EU"),
        ("countries", "US", {"days": 3}, None),
        ("countries", "FR", None, {"days": 4}),
        ("freight", "1", "a", "b"),
    ]
    countries = before["countries"]
    turned = parts_of("warehouse_template", {"countries": countries}, {"countries": countries[::-1]})
    assert [(one.before, one.after) for one in turned] == [("US, ES", "ES, US")]
    services = '[{"template": {"logistics_company": "POST"}, "days": %d}]'
    [part] = parts_of("freight_template", {"services": services % 3}, {"services": services % 4})
    assert (part.field, part.of) == ("services", "POST")
    [rule] = parts_of("tariff", {"rules": '{"US": 1, "ES": 2}'}, {"rules": '{"US": 1, "ES": 3}'})
    assert rule[1:] == ("ES", 2, 3)
