"""Marketing group and prices by country as columns: out and in again, by import and by the workbook to edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.messages import tr
from app.services.history.undo import redo, undo
from app.services.listings.exporting import export_listings
from app.services.listings.importing.planning import plan_import
from app.services.listings.importing.session import store
from app.services.listings.loading import load_listing
from app.services.listings.marketing.groups import create_marketing_group, marketing_groups
from app.services.listings.marketing.membership import names_of
from app.services.tasks import TaskContext
from tests.unit.listings.round_trip.conftest import english, read, to_sheet

__all__ = ["english", "read"]

HEADERS = ("Product key", "Title", "SKU", "Price USD", "Marketing group", "Prices by country")
PERCENT = {"type": "percentage", "countries": {"BR": 5, "RU": -10}}


@pytest.fixture
def shop(db, make_listing):
    """A listing of two variants in the group Summer with fixed prices by country, and one with nothing."""
    create_marketing_group(db, 1, "Summer", "15.5")
    fixed = {"type": "absolute", "countries": {"ES": {"A1": 849, "A2": 849}, "RU": {"A1": 849, "A2": 949}}}
    one = make_listing("Ash lamp", (("A1", 1890, 5), ("A2", 1990, 6)), product_key="A", regional_prices=fixed)
    other = make_listing("Birch lamp", (("B1", 500, 1),), product_key="B")
    with db.bulk() as connection:
        connection.exec_driver_sql("INSERT INTO marketing_member VALUES (?, 1)", (one.id,))
    return one, other


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: Any, headers: Any = HEADERS) -> Path:
        book = openpyxl.Workbook()
        for row in (headers, *rows):
            book.active.append(list(row))
        book.save(tmp_path / "in.xlsx")
        return tmp_path / "in.xlsx"

    return write


def planned(db, path, **agreed):
    return plan_import(db, db.path, path, 1, TaskContext(), **agreed)[0]


def groups(db):
    with db.reader.connect() as connection:
        return names_of(connection, range(1, 50))


def regional(db, listing_id):
    with db.read() as session:
        return load_listing(session, listing_id).regional_prices


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_what_goes_out_comes_in_unchanged(db, shop, tmp_path, ending):
    path = tmp_path / f"out{ending}"
    export_listings(db, path, [one.id for one in shop])
    plan = planned(db, path)
    assert (plan.errors, plan.changed, plan.counts.unchanged, plan.new_groups) == ([], [], 2, ())
    if ending == ".xlsx":
        rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
        at = rows[0].index("Marketing group"), rows[0].index("Prices by country")
        told = [tuple(row[place] for place in at) for row in rows[1:]]
        assert told == [("Summer", "ES 8.49\nRU 8.49 A1 · 9.49 A2")] * 2 + [(None, None)]


def test_prices_that_are_not_known_are_an_empty_cell_and_stay_not_known(db, shop, tmp_path, write):
    write("UPDATE listing SET regional_prices = NULL WHERE id = ?", shop[1].id)
    export_listings(db, tmp_path / "out.csv", [shop[1].id])
    assert planned(db, tmp_path / "out.csv").changed == []
    assert regional(db, shop[1].id) is None


def test_a_sheet_changes_both_as_one_change_that_goes_back_whole(db, shop, sheet):
    one, other = shop
    path = sheet(
        ("A", "Ash lamp", "A1", 18.9, None, "RU −10%\nBR +5%"),
        ("A", "Ash lamp", "A2", 19.9, None, None),
        ("B", "Birch lamp", "B1", 5, " SUMMER", "RU 4.99"),
        ("C", "Cedar lamp", "C1", 7, "Summer", "RU 6.99"),
        ("C", "Cedar lamp", "C2", 8, "Summer", "RU 6.99"),
    )
    plan = planned(db, path)
    assert (plan.errors, plan.counts.changed, plan.counts.new) == ([], 2, 1)
    assert plan.changes[2]["marketing_group"] == ("", "Summer")
    result = store(db, plan, 0, TaskContext())
    assert groups(db) == {one.id: "Summer", other.id: "Summer", 3: "Summer"}  # an empty cell says nothing
    assert [regional(db, id) for id in (one.id, other.id, 3)] == [
        PERCENT,
        {"type": "absolute", "countries": {"RU": {"B1": 499}}},
        {"type": "absolute", "countries": {"RU": {"C1": 699, "C2": 699}}},
    ]
    assert planned(db, path).counts.unchanged == 3  # the same sheet again
    undo(db, result.change.uid)
    assert groups(db) == {one.id: "Summer"}
    assert (regional(db, one.id), regional(db, other.id)) == (one.regional_prices, {})
    redo(db)
    assert groups(db) == {one.id: "Summer", other.id: "Summer", 3: "Summer"}
    assert regional(db, 3) == {"type": "absolute", "countries": {"RU": {"C1": 699, "C2": 699}}}


def test_a_new_group_needs_consent_and_the_discounts_stay(db, shop, sheet):
    path = sheet(
        ("B", "Birch lamp", "B1", 5, "Autumn  sale", None),
        ("C", "Cedar lamp", "C1", 7, "autumn sale", None),
        ("D", "Doum lamp", "D1", 7, "x" * 61, None),
        ("E", "Elm lamp", "E1", "?", "Winter", None),
    )
    refused = planned(db, path)
    assert [(one.row, one.code) for one in refused.errors] == [
        (2, "marketing_unknown"),
        (3, "marketing_unknown"),
        (4, "marketing_name"),
        (5, "price_not_number"),
    ]
    assert refused.new_groups == ("Autumn sale", "Winter")
    assert "no marketing group “Autumn  sale”" in refused.errors[0].message(tr)
    store(db, refused, 4, TaskContext())
    assert [one.name for one in marketing_groups(db)] == ["Summer"]
    agreed = planned(db, path, makes_groups=True)
    assert [one.code for one in agreed.errors] == ["marketing_name", "price_not_number"]
    store(db, agreed, 2, TaskContext())
    kept = [(one.name, str(one.discount or ""), one.listings) for one in marketing_groups(db)]
    assert kept == [("Autumn sale", "", 2), ("Summer", "15.5", 1)]  # a refused row makes none


def test_a_renamed_code_takes_the_price_of_all_variants_along(db, shop, sheet):
    plan = planned(db, sheet(("B", "Birch lamp", "B2", 5, None, "RU 4.99")))
    store(db, plan, 0, TaskContext())
    with db.read() as session:
        record = load_listing(session, shop[1].id)
    codes = {sku.code for sku in record.skus}
    assert "B2" in codes
    assert record.regional_prices == {"type": "absolute", "countries": {"RU": dict.fromkeys(sorted(codes), 499)}}


def test_an_unreadable_price_refuses_its_row_and_no_other(db, shop, sheet):
    path = sheet(("A", "Ash lamp", "A1", 1, None, "RU 5,00"), ("B", "Birch lamp", "B1", 6, None, None))
    plan = planned(db, path)
    assert [(one.row, one.column, one.code) for one in plan.errors] == [(2, "F", "regional_unreadable")]
    assert [one.edit.listing_id for one in plan.changed] == [shop[1].id]


# -- the workbook to edit ---------------------------------------------------------------------------------------------


def test_the_workbook_lists_groups_and_takes_both_back(db, shop, tmp_path, read):
    create_marketing_group(db, 1, "Autumn")
    opened = to_sheet(db, [one.id for one in shop], tmp_path / "lamps.xlsx")
    lists = [[cell.value for cell in column][:4] for column in opened.book.worksheets[2].columns]
    assert ["marketing_group", "Autumn", "Summer", None] in lists
    assert read(opened.save()).lines == {}
    opened.put(2, "marketing_group", "autumn")
    opened.put(3, "regional_prices", "RU −10%; BR +5%")
    opened.put(4, "regional_prices", "RU 4.99")
    opened.put(4, "sku_code", "B9")
    found = read(opened.save())
    assert found.errors == []
    assert found.lines["Ash", "marketing_group"] == ("Summer", "Autumn", "")
    assert found.lines["Ash", "regional_prices"][1] == PERCENT
    found.apply()
    assert groups(db) == {shop[0].id: "Autumn"}
    assert regional(db, shop[0].id) == PERCENT
    assert regional(db, shop[1].id) == {"type": "absolute", "countries": {"RU": {"B9": 499}}}


def test_emptied_cells_take_away_and_strange_ones_are_refused(db, shop, tmp_path, read):
    opened = to_sheet(db, [one.id for one in shop], tmp_path / "lamps.xlsx")
    for row in (2, 3):
        opened.put(row, "marketing_group", None)
        opened.put(row, "regional_prices", None)
    opened.put(4, "marketing_group", "Nowhere")
    opened.put(4, "regional_prices", "RU 5,00")
    found = read(opened.save())
    assert sorted((code, row) for code, row, _ in found.errors) == [
        ("marketing_unknown", 4),
        ("regional_unreadable", 4),
    ]
    found.apply()
    assert groups(db) == {}
    assert (regional(db, shop[0].id), regional(db, shop[1].id)) == ({}, {})


def test_what_changed_in_the_program_meanwhile_is_a_conflict(db, shop, tmp_path, read, write):
    opened = to_sheet(db, [one.id for one in shop], tmp_path / "lamps.xlsx")
    opened.put(2, "regional_prices", "RU -20%")
    opened.put(2, "marketing_group", None)
    opened.put(3, "marketing_group", None)
    path = opened.save()
    write('UPDATE listing SET regional_prices = \'{"type":"percentage","countries":{"RU":-5}}\' WHERE id = 1')
    found = read(path)
    assert [code for code, _, _ in found.errors] == ["changed_meanwhile"]
    assert any("RU −5%" in said for said in found.said(tr))
