"""Warehouse templates as a workbook, their prices and freight templates; every wrong cell is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.expressions import FormulaError
from app.services.history.undo import undo
from app.services.warehouses.records import PriceSource, StoreFreight, WarehouseTemplateRecord
from app.services.warehouses.template_sheet import NoTemplateSheet, read_templates, write_templates
from app.services.warehouses.templates import (
    BadTemplate,
    copy_template,
    country_record,
    delete_template,
    find_template,
    get_template,
    save_template,
)

FULL = WarehouseTemplateRecord(
    None,
    "欧洲五国",
    True,
    5,
    "note",
    (
        replace(country_record("ES", stock=35, surcharge_minor=250), formula="price * 2.5"),
        replace(country_record("UK"), mark="_CGB"),
    ),
    PriceSource.FORMULA,
    margin_bp=550,
    discount_bp=2500,
    home_stock=999,
    zero_missing=True,
    freight=(StoreFreight(1, "700126548"),),
)


def test_everything_is_kept_copied_deleted_and_brought_back(db):
    stored = save_template(db, FULL).template
    assert get_template(db, stored.id) == replace(FULL, id=stored.id)
    assert find_template(db, " 欧洲五国 ") == stored
    copied = copy_template(db, stored.id, "Copy").template
    assert copied == replace(stored, id=copied.id, name="Copy")
    undo(db, delete_template(db, stored.id).uid)
    assert get_template(db, stored.id) == stored


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"discount_bp": 10_000}, "warehouse.share"),
        ({"margin_bp": -1}, "warehouse.share"),
        ({"home_stock": 1_000_000}, "warehouse.stock"),
        ({"countries": (replace(country_record("ES"), mark="_CFR"),)}, "warehouse.mark"),
        ({"countries": (replace(country_record("ES"), mark=""),)}, "warehouse.mark"),
        ({"countries": (replace(country_record("ES"), ships_from_id="x"),)}, "warehouse.ships_from_id"),
        ({"countries": (replace(country_record("ES"), surcharge_minor=10**9),)}, "warehouse.surcharge"),
        ({"countries": (country_record("CN"),)}, "warehouse.home"),
    ],
)
def test_what_makes_no_sense_is_refused(db, change, code):
    with pytest.raises(BadTemplate) as caught:
        save_template(db, replace(FULL, **change))
    assert caught.value.error_code == code


def test_a_formula_is_read_before_it_is_kept(db):
    with pytest.raises(FormulaError):
        save_template(db, replace(FULL, countries=(replace(country_record("ES"), formula="prise * 2"),)))


@pytest.mark.parametrize("name", ["templates.xlsx", "templates.csv"])
def test_a_workbook_is_written_and_read_back(db, tmp_path, name):
    stored = save_template(db, FULL).template
    other = save_template(db, WarehouseTemplateRecord(None, "Real", False, countries=(country_record("US"),))).template
    assert write_templates(db, tmp_path / name) == 2
    delete_template(db, other.id)
    save_template(db, replace(stored, note="changed", discount_bp=1))
    read = read_templates(db, tmp_path / name)
    assert (sorted(read.stored), read.errors) == (["Real", "欧洲五国"], [])
    assert get_template(db, stored.id) == stored
    assert replace(find_template(db, "real"), id=other.id) == other


def test_a_wrong_cell_leaves_its_template_out_and_no_other(db, tmp_path):
    path = tmp_path / "templates.csv"
    path.write_text(
        "Template,Country,Prices,Margin %,Overseas stock,Code mark\n"
        "Good,Spain,team rule,5,35,\n"
        "Good,GB,team rule,5,,_CGB\n"
        "Bad,Atlantis,,,35,\n"
        "Worse,ES,,five,35,\n"
        "Twice,ES,,,1,\n"
        "Twice,ES,,,2,\n"
        "Worst,ES,by dice,,1,\n",
        "utf-8",
    )
    read = read_templates(db, path)
    assert read.stored == ["Good"]
    assert [(error.error_code, error.params.get("row"), error.params.get("value")) for error in read.errors] == [
        ("warehouse.cell", "4", "Atlantis"),
        ("warehouse.cell", "5", "five"),
        ("warehouse.cell", "8", "by dice"),
        ("warehouse.country_twice", None, None),
    ]
    good = find_template(db, "Good")
    assert [(one.country, one.mark) for one in good.countries] == [("ES", "_CES"), ("UK", "_CGB")]
    assert (good.price_source, good.margin_bp) == (PriceSource.RULE, 500)


def test_another_sheet_is_none(db, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(NoTemplateSheet):
        read_templates(db, path)
