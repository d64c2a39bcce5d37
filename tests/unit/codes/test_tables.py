"""Virtual codes: kept, proposed, taken from texts and sheets; and how stores write codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.codes.known import BadStoreMarks, checked_marks, code_rules, write_store_marks
from app.services.codes.reading import read_code
from app.services.codes.records import Component
from app.services.codes.tables import read_code_table
from app.services.codes.virtual import (
    BadVirtualCode,
    NoVirtualCodeFree,
    list_virtual,
    propose,
    remove_virtual,
    save_virtual,
    virtual_line,
)
from app.services.db import Database
from app.services.history.listing import list_changes
from app.services.workbooks import OutColumn, OutSheet, write_xlsx

LONG = "AB1234*2+CD5678*3_CUS"
MANY = "+".join(f"AB{number:04d}*2" for number in range(25))


def test_a_text_with_items_and_virtual_codes(tmp_path: Path) -> None:
    path = tmp_path / "items.txt"
    path.write_text(f"ab1234\n2XL100\nGH3456X2\n\nCB000123=AB1234*10\nCB000125={MANY}\nAB1234*2\nXY=3\nCB000124=A+\n")
    table = read_code_table(path)
    assert table.items == {"AB1234", "2XL100", "GH3456X2"}
    assert table.virtual["CB000123"] == (Component("AB1234", 10),)
    assert len(table.virtual["CB000125"]) == 25
    assert [(line.number, line.code) for line in table.bad] == [
        (7, "code.no_item"),
        (8, "code.virtual_name"),
        (9, "code.virtual_items"),
    ]


def test_a_bundle_counted_twice_is_named_and_never_added_up(tmp_path: Path) -> None:
    """10 and 9 of an item in two rows are not 19; the same row again is only that row; items a row each add up."""
    path = tmp_path / "codes.csv"
    path.write_text(
        "CB000123,AB1234*10\nCB000124,CD5678*2\nCB000123,AB1234*9\nCB000124,CD5678*2\nCB000125,AB1234\nCB000125,CD5678,3\n",
        "utf-8",
    )
    table = read_code_table(path)
    assert {code: [tuple(one) for one in items] for code, items in table.virtual.items()} == {
        "CB000124": [("CD5678", 2)],
        "CB000125": [("AB1234", 1), ("CD5678", 3)],
    }
    assert [(one.number, one.text, one.code) for one in table.bad] == [(3, "CB000123", "code.virtual_twice")]
    assert table.bad[0].params == {"name": "CB000123", "item": "AB1234", "other": 1}


def test_a_sheet_in_columns(tmp_path: Path) -> None:
    path = tmp_path / "virtual.xlsx"
    rows = [("CB000001", "AB1234", 2), ("CB000001", "CD5678", None), ("CB000002", "AB1234*3", "EF9012")]
    columns = [OutColumn("CB000009", True), OutColumn("AB0001", True), OutColumn("4")]
    write_xlsx(path, [OutSheet("x", columns, rows)])
    table = read_code_table(path)
    assert table.virtual == {
        "CB000009": (Component("AB0001", 4),),
        "CB000001": (Component("AB1234", 2), Component("CD5678")),
        "CB000002": (Component("AB1234", 3), Component("EF9012")),
    }


@pytest.mark.parametrize(
    ("code", "items", "error"),
    [
        ("AB1234", "CD5678", "code.virtual_name"),
        ("CB12", "CD5678", "code.virtual_name"),
        ("CB000001", "CD5678_CUS", "code.virtual_items"),
        ("CB000001", "CB000002*2", "code.virtual_items"),
        ("CB000001", "", "code.virtual_items"),
        ("CB000001", f"{MANY}+ZZ1", "code.virtual_many"),
    ],
)
def test_entries_that_make_no_sense(code: str, items: str, error: str) -> None:
    with pytest.raises(BadVirtualCode) as refused:
        virtual_line(code, items)
    assert refused.value.error_code == error


def test_the_table_is_kept(db: Database) -> None:
    entries = {"CB000001": (Component("AB1234", 2), Component("AA1")), "CB000002": (Component("AB1234"),)}
    assert save_virtual(db, entries) == 2
    assert save_virtual(db, entries) == 0
    assert list_virtual(db) == entries
    assert save_virtual(db, {"CB000002": (Component("CD5678"),)}) == 1
    assert remove_virtual(db, ["cb000001", "CB000009"]) == 1
    assert list_virtual(db) == {"CB000002": (Component("CD5678"),)}


def test_a_code_that_does_not_fit_gets_the_next_free_number(db: Database, make_listing) -> None:
    first = propose(db, read_code(LONG))
    assert first is not None
    assert (first.code, first.is_new) == ("CB000001_CUS", True)
    assert list_virtual(db) == {}  # only proposed
    make_listing(skus=(("CB000041", 100, 1), ("CBX", 100, 1)))
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE sku SET match_key = code")
    kept = propose(db, read_code(LONG), keeps=True)
    assert kept is not None
    assert kept.virtual == "CB000042"
    again = propose(db, read_code("CD5678*3+2*AB1234_CDE"))
    assert again is not None
    assert (again.code, again.is_new) == ("CB000042_CDE", False)
    assert propose(db, read_code("AB1234")) is None
    assert propose(db, read_code("A+")) is None
    with pytest.raises(BadVirtualCode):
        propose(db, read_code(f"{MANY}+ZZ1"))
    save_virtual(db, {"CB999999": (Component("AB1"),)})
    with pytest.raises(NoVirtualCodeFree):
        propose(db, read_code("AB1234*99+CD5678*99_CUS"))


def test_how_a_store_writes_codes(db: Database) -> None:
    write_store_marks(db, 1, checked_marks("hk＃", "@abcd", {"148": "gb"}))
    rules = code_rules(db, 1, frozenset({"AB1234"}))
    assert (rules.store.prefix, rules.store.suffix, dict(rules.store.countries)) == ("HK#", "@ABCD", {"148": "UK"})
    assert read_code("HK#2xAB1234-148@ABCD", rules)[1:3] == ((Component("AB1234", 2),), "UK")
    assert code_rules(db).store.prefix == ""
    for wrong in ({"marks": {"148": "XX"}}, {"marks": {"A": "US"}}, {"prefix": "a b"}, {"suffix": "<"}):
        with pytest.raises(BadStoreMarks):
            checked_marks(**wrong)


def test_who_changed_the_table_or_a_stores_marks_is_written_down(db: Database) -> None:
    save_virtual(db, {"CB000001": (Component("AB1234", 2),)})
    save_virtual(db, {"CB000001": (Component("AB1234", 2),)})  # nothing new
    remove_virtual(db, ["cb000001", "CB000002"])
    remove_virtual(db, ["CB000002"])
    write_store_marks(db, 1, checked_marks("HK#"))
    told = [(change.label, change.params.get("n", "")) for change in list_changes(db)]
    assert told == [("change.store_codes", ""), ("change.virtual_codes_gone", 1), ("change.virtual_codes", 1)]
    assert all(change.params["who"] for change in list_changes(db))
