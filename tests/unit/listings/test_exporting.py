"""Listings as a sheet: what our own import reads back is what was written, cell by cell, in xlsx and csv."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from app.messages import messages
from app.services.listings.exporting import (
    KEYS,
    ExportOptions,
    UnknownColumn,
    column_name,
    export_file,
    export_listings,
    read_columns,
)
from app.services.listings.exporting.columns import FoundColumns
from app.services.listings.importing.planning import plan_import
from app.services.paging import Query
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import UnknownKind, WorkbookError


@pytest.fixture(params=["en", "zh"])
def either_language(request, monkeypatch):
    """Headers are written in the user's language and read in both."""
    monkeypatch.setattr(messages, "language", request.param)
    return request.param


@pytest.fixture
def hostile(make_sellable, write):
    """Listings with everything a sheet can spoil."""
    plain = make_sellable(title="Bedside Table Lamp", product_key="LM-1", keywords="lamp, bedside")
    codes = make_sellable(
        title="=SUM(A1:A9) Lamp",
        product_key="007",
        skus=(("00123", 1, 0), ("LM1E5", 123456, None), ("+86-12", 700, 7)),
        detail_html="<p>24 × 24 cm</p>\n<p>“Warm” light, three steps</p>",
    )
    live = make_sellable(title="Кружка «Зима» 350 мл", product_id="1005006123456789012", status="live")
    odd = make_sellable(
        title="@Lamp",
        product_key="ODD",
        category_id="Sofas",
        freight_template_id="999",
        group_id="Nobody's",
        unit="armful",
    )
    properties = [
        {
            "name": "Color",
            "value": "Black",
            "name_id": "14",
            "value_id": "193",
            "image": "https://ae01.example/kf/black.jpg",
        },
        {"name": "Ships From", "value": "Spain", "name_id": "200007763", "value_id": "201336104", "image": ""},
    ]
    write(
        "UPDATE sku SET properties = ?, ships_from = 'ES', barcode = '0690123456789' WHERE id = ?",
        orjson.dumps(properties).decode(),
        plain.skus[0].id,
    )
    write(
        "UPDATE listing_body SET attributes = ?, extra = ? WHERE id = ?",
        '[{"name_id":"","value_id":"","name":"Material","value":"Oak"},'
        '{"name_id":"","value_id":"","name":"Power","value":"5 W"}]',
        orjson.dumps({"Supplier": "North", "Row note": ["first", "second"], "Danger": "-1"}).decode(),
        plain.id,
    )
    return [plain.id, codes.id, live.id, odd.id]


def read_back(db, path):
    plan, _ = plan_import(db, db.path, path, 1, TaskContext())
    return plan


def cells(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return list(csv.DictReader(handle))
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_what_is_exported_and_dropped_again_changes_nothing(db, hostile, tmp_path, ending, either_language):
    path = tmp_path / f"out{ending}"
    result = export_listings(db, path, hostile)
    assert (result.listings, result.skus, result.file) == (4, 9, path)
    plan = read_back(db, path)
    assert [error.code for error in plan.errors] == []
    assert [(edit.edit.listing_id, edit.edit.fields, edit.edit.skus) for edit in plan.changed] == []
    assert (plan.counts.new, plan.counts.unchanged) == (0, 4)


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_a_listing_without_a_key_is_found_again_by_its_codes(db, make_sellable, tmp_path, ending):
    record = make_sellable()
    export_listings(db, tmp_path / f"out{ending}", [record.id])
    plan = read_back(db, tmp_path / f"out{ending}")
    assert (plan.counts.new, plan.changed) == (0, [])


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_one_row_a_variant_with_codes_as_text(db, hostile, tmp_path, ending):
    path = tmp_path / f"out{ending}"
    export_listings(db, path, hostile)
    rows = cells(path)
    assert len(rows) == 9
    by_title = [row for row in rows if str(row["Title"]).endswith("SUM(A1:A9) Lamp")]
    assert [str(row["Merchant code"]).lstrip("'") for row in by_title] == ["00123", "LM1E5", "+86-12"]
    assert {str(row["Product key"]) for row in by_title} == {"007"}
    live = next(row for row in rows if str(row["Title"]).startswith("Кружка"))
    assert str(live["Product ID"]) == "1005006123456789012"


def test_unknown_is_an_empty_cell_and_zero_is_zero(db, hostile, tmp_path):
    path = tmp_path / "out.xlsx"
    export_listings(db, path, hostile[1:2])
    rows = cells(path)
    assert [row["Stock"] for row in rows] == [0, None, 7]
    assert [row["Price (USD)"] for row in rows] == [0.01, 1234.56, 7]


def test_a_variant_without_a_price_is_refused_on_the_way_back_and_stays_as_it_is(db, make_sellable, tmp_path):
    record = make_sellable(skus=(("A1", None, 5), ("A2", 900, 5)))
    export_listings(db, tmp_path / "out.xlsx", [record.id])
    plan = read_back(db, tmp_path / "out.xlsx")
    assert [error.code for error in plan.errors] == ["price_missing"]
    assert (plan.counts.new, plan.changed) == (0, [])


def test_columns_nobody_understood_come_out_again_row_by_row(db, hostile, tmp_path):
    path = tmp_path / "out.xlsx"
    export_listings(db, path, hostile[:1])
    rows = cells(path)
    assert [row["Supplier"] for row in rows] == ["North", "North"]
    assert [row["Row note"] for row in rows] == ["first", "second"]


def test_attributes_and_properties_have_columns_of_their_own(db, hostile, tmp_path):
    path = tmp_path / "out.xlsx"
    export_listings(db, path, hostile[:1])
    first, second = cells(path)
    material = next(name for name in first if "Material" in name)
    assert (first[material], second[material]) == ("Oak", "Oak")
    assert (first["Color"], first["Ships from"]) == ("Black", "Spain")
    assert first["Barcode"] == "0690123456789"
    assert "https://ae01.example/kf/black.jpg" in first.values()


@pytest.mark.parametrize("ending", [".csv"])
def test_formulas_are_made_harmless_in_a_text_file(db, hostile, tmp_path, ending):
    path = tmp_path / f"out{ending}"
    export_listings(db, path, hostile)
    for row in cells(path):
        for text in row.values():
            assert not str(text or "").startswith(("=", "+", "@"))


def test_a_workbook_holds_text_not_formulas(db, hostile, tmp_path):
    path = tmp_path / "out.xlsx"
    export_listings(db, path, hostile)
    sheet = openpyxl.load_workbook(path).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_listings_of_several_currencies_do_not_claim_one(db, make_sellable, tmp_path):
    records = [make_sellable(currency=currency) for currency in ("USD", "EUR")]
    export_listings(db, tmp_path / "out.xlsx", [record.id for record in records])
    assert "Price" in cells(tmp_path / "out.xlsx")[0]


def test_a_listing_without_variants_keeps_its_row(db, make_sellable, tmp_path):
    record = make_sellable(skus=())
    result = export_listings(db, tmp_path / "out.xlsx", [record.id])
    assert (result.listings, result.skus) == (1, 0)
    assert cells(tmp_path / "out.xlsx")[0]["Title"] == record.title


def test_ids_that_are_gone_are_left_out(db, make_sellable, tmp_path):
    record = make_sellable()
    assert export_listings(db, tmp_path / "out.csv", [404, record.id]).listings == 1
    assert export_listings(db, tmp_path / "none.xlsx", []).listings == 0
    assert cells(tmp_path / "none.xlsx") == []


def test_the_worker_process_opens_the_database_itself(db, make_sellable, tmp_path):
    record = make_sellable()
    ctx = TaskContext()
    result = export_file(db.path, tmp_path / "out.xlsx", [record.id], ctx=ctx)
    assert (result.listings, result.skus, result.file) == (1, 2, tmp_path / "out.xlsx")
    assert ctx.progress.done == 2


def test_stopping_leaves_the_file_before(db, make_sellable, tmp_path):
    record = make_sellable()
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"yesterday's")
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        export_listings(db, path, [record.id], ctx=ctx)
    assert path.read_bytes() == b"yesterday's"
    assert [file.name for file in tmp_path.glob("out*")] == ["out.xlsx"]


def test_an_ending_nobody_can_write_says_which_can(db, tmp_path):
    with pytest.raises(UnknownKind) as caught:
        export_listings(db, tmp_path / "out.pdf", [])
    assert caught.value.params["known"] == ".xlsx, .csv, .zip"


def test_a_folder_that_is_not_there_is_told(db, make_sellable, tmp_path):
    with pytest.raises(WorkbookError):
        export_listings(db, tmp_path / "gone" / "out.xlsx", [make_sellable().id])


def test_columns_are_written_in_the_order_they_are_asked_for(db, hostile, tmp_path):
    keys = ("price", "attribute:Material", "title", "property:Color", "other:Supplier", "images")
    result = export_listings(db, tmp_path / "out.xlsx", hostile[:1], ExportOptions(keys))
    assert result.skus == 2
    rows = cells(tmp_path / "out.xlsx")
    assert list(rows[0]) == ["Price (USD)", "Category attribute:Material", "Title", "Color", "Supplier", "Images"]
    assert [row["Color"] == "Black" for row in rows] == [True, False]
    assert {row["Category attribute:Material"] for row in rows} == {"Oak"}
    assert rows[1]["Images"].endswith(".jpg")


@pytest.mark.parametrize("seed", range(3))
def test_a_cell_does_not_depend_on_the_columns_around_it(db, hostile, tmp_path, seed):
    """What variants share is read once, wherever its columns stand."""
    export_listings(db, tmp_path / "usual.xlsx", hostile)
    usual = cells(tmp_path / "usual.xlsx")
    with db.read() as session:
        found = FoundColumns.of(session.connection(), hostile, KEYS).columns(KEYS, per_listing=False)
    keys = random.Random(seed).sample([column.key for column in found], k=len(found) - seed)
    export_listings(db, tmp_path / "mixed.xlsx", hostile, ExportOptions(tuple(keys)))
    mixed = cells(tmp_path / "mixed.xlsx")
    assert mixed == [{header: row[header] for header in mixed[0]} for row in usual]
    assert len(mixed[0]) == len(keys)
    for only in ("title", "stock", "properties"):
        export_listings(db, tmp_path / "only.xlsx", hostile, ExportOptions((only,)))
        narrow = cells(tmp_path / "only.xlsx")
        assert narrow == [{header: row[header] for header in narrow[0]} for row in usual]


def test_a_row_a_listing_sums_what_is_known_and_never_guesses(db, make_sellable, tmp_path):
    known = make_sellable("Ash", skus=(("A1", 300, 1), ("A2", 250, 2)))
    unknown = make_sellable("Birch", skus=(("B1", None, None), ("B2", 100, 5)))
    bare = make_sellable("Cedar", skus=())
    ids = [known.id, unknown.id, bare.id]
    options = ExportOptions(("title", "sku_code", "price", "stock", "properties"), per_listing=True)
    result = export_listings(db, tmp_path / "out.xlsx", ids, options)
    assert (result.listings, result.skus) == (3, 4)
    rows = [tuple(row.values()) for row in cells(tmp_path / "out.xlsx")]
    assert [row[1:5] for row in rows] == [("A1\nA2", 2.5, 3, 3), ("B1\nB2", 1, 1, None), (None,) * 4]
    assert rows[0][5] == "A1\nA2"


def test_a_filter_stands_for_its_listings(db, make_sellable, tmp_path):
    make_sellable("Ash lamp"), make_sellable("Birch mug")
    assert export_listings(db, tmp_path / "out.csv", Query("birch")).listings == 1


def test_columns_as_a_person_writes_them():
    assert read_columns(["Title", " 价格", "sku_code", "title", "attribute: Material", ""]) == (
        *("title", "price", "sku_code"),
        "attribute:Material",
    )
    for wrong in (["colour"], [""], ["size:L"], ["attribute:"]):
        with pytest.raises(UnknownColumn):
            read_columns(wrong)
    assert all(column_name(key) and "." not in column_name(key) for key in KEYS)
