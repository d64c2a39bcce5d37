"""Whatever tables come one after the other: what is stored is what the last one says, and undo goes the whole way back;
floors in several currencies; the calls of the worker process."""

from __future__ import annotations

import importlib
import random
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from app.services.codes.rekeying import rekey
from app.services.company_tables.hits import counts_in_worker, hits_in_worker, table_hits
from app.services.company_tables.importing import import_in_worker, import_tables
from app.services.company_tables.inbox import inbox_rows, list_inbox
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.reading import read_company_table
from app.services.company_tables.records import Differences
from app.services.company_tables.wording import age_text, reason_text, severity_text
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.session import take_back
from app.services.tasks import TaskContext
from tests.unit.company_tables.conftest import refusals

CODES = [f"AB{number:04d}" for number in range(12)]
STORED = {
    "product": "SELECT code, cost_micro, weight_mg FROM stock_item",
    "floor": "SELECT match_key, currency, floor_minor FROM price_floor",
    "违禁": "SELECT code, severity FROM item_verdict",
}


def rows(db, sql):
    with db.reader.connect() as connection:
        return {tuple(row) for row in connection.exec_driver_sql(sql)}


def drawn(kind, dice):
    """A table of *kind* as lines, and what it has to leave behind."""
    chosen = dice.sample(CODES, dice.randint(1, len(CODES)))
    if kind == "product":
        told = {code: (dice.choice((None, 5, 7)), dice.choice((None, 85, 90))) for code in chosen}
        lines = [f"{code},{cost or ''},{grams or ''}" for code, (cost, grams) in told.items()]
        kept = {(code, cost and cost * 10**6, grams and grams * 1000) for code, (cost, grams) in told.items()}
        return ["SKU,成本价,重量(g)", *lines], kept
    if kind == "floor":
        told = [(code, currency, dice.randint(1, 3)) for code in chosen for currency in dice.sample(["USD", "CNY"], 2)]
        told = [one for one in told if one[1] == "USD" or dice.random() < 0.5]
        lines = [f"{code},{amount},{currency}" for code, currency, amount in told]
        return ["SKU,最低限价,币种", *lines], {(code, currency, amount * 100) for code, currency, amount in told}
    told = {code: dice.choice(("禁售", "暂停", "提醒")) for code in chosen}
    names = {"禁售": "block", "暂停": "hold", "提醒": "warn"}
    lines = [f"{code},x,{word}" for code, word in told.items()]
    return ["SKU,违禁类型,处理方式", *lines], {(code, names[word]) for code, word in told.items()}


@pytest.mark.parametrize("kind", list(STORED))
def test_any_tables_after_each_other_and_all_the_way_back(db, receive, kind):
    dice, seen = random.Random(kind), [set()]
    for number in range(7):
        lines, expected = drawn(kind, dice)
        (done,) = receive(f"{kind} {number}.csv", *lines, may_shrink=True).tables
        before, now = seen[-1], rows(db, STORED[kind])
        assert now == expected
        keys = 2 if kind == "floor" else 1
        was, new = {one[:keys] for one in before}, {one[:keys] for one in now}
        counted = Differences(len(new - was), len(now - before) - len(new - was), len(was - new), len(now & before))
        assert done.differences == counted
        seen.append(now)
    for expected in reversed(seen[:-1]):
        undo(db)
        assert rows(db, STORED[kind]) == expected
    for expected in seen[1:]:
        redo(db)
        assert rows(db, STORED[kind]) == expected


def test_floors_of_one_item_in_two_currencies_are_two_and_contradict_only_within_one(sheet):
    lines = ("AB1234,12,USD", "AB1234,70,CNY", "AB1234,13,USD", "CD5678,5,", "CD5678,¥30,", "CD5678,abc,EUR")
    read = read_company_table(sheet("f.csv", "SKU,最低限价,币种", *lines))
    assert [row[2:] for row in read.rows["price_floor"]] == [(7000, "CNY"), (1300, "USD"), (3000, "CNY"), (500, "USD")]
    assert refusals(read) == [(4, "A", "floor_contradicts"), (7, "B", "price_not_number")]
    assert read.kept == {"CD5678"}, "its floor in EUR stays as it was"


def upgraded(db):
    """The database as one that was stored with one floor an item becomes."""
    with db.bulk() as connection:
        connection.exec_driver_sql("ALTER TABLE price_floor RENAME TO newer")
        connection.exec_driver_sql(
            "CREATE TABLE price_floor (match_key VARCHAR NOT NULL PRIMARY KEY, code VARCHAR NOT NULL, "
            "floor_minor BIGINT NOT NULL, currency VARCHAR NOT NULL, table_id INTEGER) WITHOUT ROWID"
        )
        connection.exec_driver_sql("INSERT INTO price_floor SELECT * FROM newer")
        connection.exec_driver_sql("DROP TABLE newer")
        connection.exec_driver_sql(
            "UPDATE change_rows SET created = (SELECT json_group_array(json_array(json_extract(value, '$[0]'))) "
            "FROM json_each(created) WHERE json_extract(value, '$[0]') NOT IN (SELECT json_extract(value, '$[0]') "
            "FROM change_rows AS other, json_each(other.before) WHERE other.change_id = change_rows.change_id "
            "AND other.table_name = 'price_floor')) WHERE table_name = 'price_floor' AND created <> '[]'"
        )
        migration = importlib.import_module("app.models.migrations.versions.0028_floors_by_currency")
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()


@pytest.mark.parametrize(
    "tables",
    [
        (("AB1234,5,USD",), ("AB1234,6,USD", "CD5678,40,CNY")),
        (("AB1234,5,USD", "CD5678,7,USD"), ("AB1234,40,CNY", "CD5678,7,USD"), ("AB1234,6,USD", "CD5678,50,CNY")),
        (("AB1234,5,USD", "CD5678,7,USD"), ("CD5678,50,CNY",), ("AB1234,40,CNY", "CD5678,50,CNY")),
    ],
    ids=["same", "others", "gone and back"],
)
def test_what_was_stored_with_one_floor_an_item_is_kept_and_can_still_be_taken_back(db, receive, tables):
    seen = [set()]
    for number, lines in enumerate(tables):
        receive(f"{number}.csv", "SKU,最低限价,币种", *lines, may_shrink=True)
        seen.append(rows(db, STORED["floor"]))
    undo(db)
    redo(db)
    undo(db)
    upgraded(db)
    assert rows(db, STORED["floor"]) == seen[-2]
    redo(db)
    assert rows(db, STORED["floor"]) == seen[-1]
    for expected in reversed(seen[:-1]):
        undo(db)
        assert rows(db, STORED["floor"]) == expected
    for expected in seen[1:]:
        redo(db)
        assert rows(db, STORED["floor"]) == expected


@pytest.mark.parametrize(
    ("cells", "grams", "refused"),
    [
        (("0.085", "0.5", "2"), (85, 500, 2000), 0),
        (("85", "500", "1200"), (85, 500, 1200), 0),
        (("12", "20"), (None, None), 2),
        (("12", "600g"), (None, 600), 1),
    ],
)
def test_weights_that_name_no_unit_are_settled_by_the_whole_column_or_not_at_all(sheet, cells, grams, refused):
    lines = (f"AB{number:04d},{cell}" for number, cell in enumerate(cells))
    read = read_company_table(sheet("t.csv", "SKU,重量", *lines))
    assert [row[3] for row in read.rows["stock_item"]] == [None if one is None else one * 1000 for one in grams]
    assert [code for *_, code in refusals(read)].count("weight_unit") == refused


def test_sides_of_their_own_and_listed_codes_and_headers_with_a_unit(sheet):
    read = read_company_table(
        sheet("t.csv", "SKU,成本价元,长(cm),宽(cm),高(mm)", "AB1234,5,10,5.5,20", "CD5678,5,10,,20")
    )
    assert [row[2:7] for row in read.rows["stock_item"]] == [
        (5_000_000, None, 100, 55, 20),
        (5_000_000, None, 100, None, 20),
    ]
    read = read_company_table(sheet("违禁.csv", "SKU,违禁类型", '"AB1234;AB**2、CD5678",x'))
    assert [row[0] for row in read.rows["item_verdict"]] == ["AB1234", "CD5678"]
    assert refusals(read) == [(2, "A", "code_unreadable")]


def test_the_calls_of_the_worker_do_what_is_done_here(db, make_listing, sheet):
    first, second = make_listing("Lamp", (("AB1234", 1890, 7),)), make_listing("Open", (("AB1234", None, 7),))
    with db.bulk() as connection:
        rekey(connection)
    path = sheet("限价.csv", "SKU,最低限价", "AB1234,18.90")
    received = import_in_worker(db.path, [path, Path("nowhere.csv")], None, False, ctx=TaskContext())
    assert ([one.rows for one in received.tables], len(received.failed)) == ([1], 1)
    hits = hits_in_worker(db.path, TableKind.FLOORS, ctx=TaskContext())
    assert hits == table_hits(db, TableKind.FLOORS)
    assert {hit.listing_id: (hit.reason_key, severity_text(hit)) for hit in hits} == {
        first.id: ("below", "Block"),
        second.id: ("no_price", "Unknown"),
    }
    assert "no price" in reason_text(hits[1])
    assert counts_in_worker(db.path, ctx=TaskContext())[TableKind.FLOORS] == 2
    held = "SELECT listing_id FROM listing_finding WHERE code = 'guard.floor'"
    assert rows(db, held) == {(first.id,)}
    take_back(db.path, received.tables[0].change.uid, None, None, ctx=TaskContext())
    assert rows(db, held) == set(), "what a table taken back judged is checked anew"


def test_a_day_that_is_none_is_as_if_nobody_had_said_it(db, store_table):
    store_table("限价.csv", "SKU,最低限价", "AB1234,18.90")
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE company_table SET as_of = 'someday'")
    row = next(one for one in list_inbox(db) if one.kind is TableKind.FLOORS)
    assert row.moment_ms == row.received_ms and not row.is_old
    assert age_text(row, row.received_ms) == "just now"
    with db.reader.connect() as connection:
        assert inbox_rows(connection.connection.driver_connection)[1] == row


def test_nothing_that_vanished_meanwhile_stops_the_others(db, sheet):
    good = sheet("限价.csv", "SKU,最低限价", "AB1234,18.90")
    done = import_tables(db, [good.with_name("gone.csv"), good])
    assert (len(done.tables), [one.path.name for one in done.failed]) == (1, ["gone.csv"])
