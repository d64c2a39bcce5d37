"""Packages into listings and back: nothing is lost, what was not touched comes out as it went in."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.services.listings.importing.preview import ImportRequest
from app.services.listings.importing.session import prepare, rows
from app.services.listings.loading import load_listing, load_listings
from app.services.listings.records import SkuRecord
from app.services.listings.writing import insert_skus, refresh_derived, replace_images, sku_row
from app.services.packages import read_package, write_package
from app.services.packages.rules import package_rules
from app.services.tasks import TaskContext
from app.services.workbooks import WorkbookError
from tests.listing_rows import add_listing
from tests.unit.packages.conftest import HEADER, LAMP, PLAIN, PRODUCT_ID, ROWS, info
from tests.unit.packages.test_editing import cells

NOTE = package_rules().kept_header


def write(db, sql, *params):
    with db.bulk() as connection:
        connection.exec_driver_sql(sql, params)


def test_a_package_becomes_listings_by_product_id(package, bring, stored):
    plan = bring(package())
    assert (plan.counts.rows, plan.counts.skus, plan.counts.new, plan.errors) == (2, 3, 2, [])
    lamp, plain = stored()
    assert (lamp.product_key, lamp.title, lamp.weight_g) == (PRODUCT_ID, "Lamp one", 350)
    assert [(sku.code, sku.price_minor, sku.stock) for sku in lamp.skus] == [
        ("AB1234-BK", 336, 999),
        ("AB1234-WH", 336, 999),
    ]
    assert [(part["name"], part["name_id"], part["value_id"]) for sku in lamp.skus for part in sku.properties] == [
        ("Color", "14", "193"),
        ("Color", "14", "29"),
    ]
    assert (lamp.extra["神秘列"], plain.extra["神秘列"]) == ("12.5", "00012")
    assert [image.rsplit("-", 1)[-1] for image in lamp.images] == ["a.jpg", "b.jpg"]
    assert [(sku.code, sku.properties) for sku in plain.skus] == [("CD5678", [])]
    assert bring(package()).counts.unchanged == 2


def test_listings_without_their_variants(db, package, bring, stored):
    bring(package())
    whole = stored()
    with db.read() as session:
        bare = load_listings(session, [one.id for one in whole], with_skus=False)
    assert [one.skus for one in bare] == [[], []]
    assert bare == [replace(one, skus=[]) for one in whole]


def test_untouched_listings_go_back_cell_by_cell(db, package, bring, stored, tmp_path):
    path = package()
    bring(path)
    out = tmp_path / "out.zip"
    report = write_package(db, out, [one.id for one in stored()])
    assert cells(out) == cells(path)
    assert (report.listings, report.skus, report.pictures, report.missing_pictures) == (2, 3, 2, [])
    with zipfile.ZipFile(out) as archive:
        assert archive.read("images/b.jpg") == b"blue"
    assert bring(out).counts.unchanged == 2


def test_columns_of_one_header_that_nobody_knows_stay_apart(db, package, bring, stored, tmp_path):
    header = (*HEADER[:5], "神秘列", "神秘列", "", "神秘列")
    path = package([(*ROWS[0][:5], 1, "b", "", "c"), (*ROWS[1][:5], "", "e", 7, "f")], header)
    bring(path)
    write_package(db, tmp_path / "out.zip", [one.id for one in stored()])
    assert cells(tmp_path / "out.zip") == cells(path)
    assert bring(tmp_path / "out.zip").counts.unchanged == 2
    for table in ("image", "sku", "listing"):
        write(db, f"DELETE FROM {table}")
    bring(tmp_path / "out.zip")
    write_package(db, tmp_path / "again.zip", [one.id for one in stored()])
    assert cells(tmp_path / "again.zip") == cells(path)


def test_only_what_was_changed_is_written_anew(db, package, bring, stored, tmp_path):
    odd = LAMP.replace('"商家编码":"AB1234-BK"', '"商家编码":"AB1234-BK","x":1.10').replace("}]}", '}], "y":[1]}')
    path = package(((*ROWS[0][:3], odd, *ROWS[0][4:]), ROWS[1]))
    bring(path)
    write(db, "UPDATE sku SET price_minor = 500, code = 'NEW' WHERE code = 'AB1234-WH'")
    write(db, "UPDATE listing SET weight_g = 777, title = 'New' WHERE product_key = ?", PRODUCT_ID)
    write_package(db, tmp_path / "out.zip", [one.id for one in stored()])
    before, after = cells(path), cells(tmp_path / "out.zip")
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1][1:5] == [
        ("str", "New"),
        ("float", 0.777),
        (
            "str",
            odd.replace(', "y"', ',"y"')
            .replace('"属性":{"14":"29"},', "")
            .replace(
                '{"价格":"3.36","库存":"999","商家编码":"AB1234-WH"}',
                '{"价格":"5.00","属性":{"14":"29"},"库存":"999","商家编码":"NEW"}',
            ),
        ),
        ("str", "AB1234-BK;NEW"),
    ]
    assert after[1][5:] == before[1][5:]


def test_a_listing_of_the_store_is_known_by_its_product_id(db, package, bring, stored, make_listing):
    live = make_listing(product_id=PRODUCT_ID, status="live", skus=(("AB1234-BK", 100, 1),))
    plan = bring(package())
    assert (plan.counts.new, plan.counts.changed) == (1, 1)
    found = next(one for one in stored() if one.id == live.id)
    assert [(sku.code, sku.price_minor) for sku in found.skus] == [("AB1234-BK", 336), ("AB1234-WH", 336)]
    assert found.product_id == PRODUCT_ID


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (LAMP.replace('"', "'"), "package_json_fix", {"position": "2"}),
        (LAMP[:50], "package_json_cut", {}),
        ('{"skuArray":[{"价格":"1","价格":"2"}]}', "package_json_twice", {"found": "价格"}),
        ("{}", "package_json_shape", {}),
        ("", "package_missing", {}),
        (info(("A1", "x", "1")), "package_value", {"number": "1", "key": "价格", "said": "x"}),
        (info(("A1", "1", "2"), ("A2", "1", "-1")), "package_value", {"number": "2", "key": "库存"}),
        (info(("A1", "", "2")), "package_value_missing", {"key": "价格"}),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_alone_with_its_place(package, bring, stored, text, code, said):
    plan = bring(package((("77", "Bad", 1, text, "A1"), ROWS[1]), HEADER))
    (error,) = plan.errors
    assert (error.row, error.column, error.header, error.code) == (2, "D", "价格信息", code)
    assert said.items() <= error.params.items()
    assert (plan.counts.new, plan.counts.refused_rows, [one.product_key for one in stored()]) == (1, 1, ["0010072"])


def test_hostile_rows_stop_none_of_those_between_them(package, bring, stored):
    """All hostile price infos in one package: each is named with its place, every product between them is stored."""
    from tests.unit.packages.test_hostile import JSONS

    rows = [(f"B{n}", "Bad", 1, text, "A1") for n, text in enumerate(JSONS)]
    good = [(f"G{n}", "Good", 1, info((f"C{n}", "5.99", str(n))), f"C{n}") for n in range(len(JSONS))]
    plan = bring(package([row for pair in zip(rows, good, strict=True) for row in pair], HEADER))
    assert {error.row for error in plan.errors} == {2 + 2 * n for n in range(len(JSONS))}
    assert {(error.file, error.sheet, error.column, error.header) for error in plan.errors} == {
        ("package.zip/products.xls", "商品", "D", "价格信息")
    }
    assert (plan.counts.new, plan.counts.refused_rows) == (len(good), len(rows))
    assert [(one.product_key, one.skus[0].code, one.skus[0].stock) for one in stored()] == [
        (f"G{n}", f"C{n}", n) for n in range(len(good))
    ]


def test_a_repair_needs_consent(package, bring, stored):
    path = package(((PRODUCT_ID, "Lamp", 1, LAMP.replace('"', "'"), "x"),), HEADER)
    assert (bring(path).errors[0].fix, stored()) == (LAMP, [])
    assert bring(path, is_repair=True).counts.new == 1
    assert [sku.code for sku in stored()[0].skus] == ["AB1234-BK", "AB1234-WH"]


def test_a_repair_that_was_agreed_to_goes_out_and_comes_back_without_asking_again(db, package, bring, stored, tmp_path):
    damaged = (PRODUCT_ID, "Lamp", 1, LAMP.replace('"', "'"), "AB1234-BK;AB1234-WH", 1, "", "")
    bring(package((ROWS[1], damaged), HEADER), is_repair=True)
    out = tmp_path / "again.zip"
    write_package(db, out, [record.id for record in stored()])
    assert [row.cells[3] for row in read_package(out).rows] == [ROWS[1][3], LAMP]
    again = bring(out)
    assert (again.counts.unchanged, again.counts.refused_rows) == (2, 0)


def test_in_the_window_the_proposal_is_a_correction_like_any_other(db, package, tmp_path):
    path = str(package(((PRODUCT_ID, "Lamp", 1, LAMP.replace('"', "'"), "x"), ROWS[1]), HEADER))
    database = tmp_path / "shangjia.db"
    head = prepare(database, ImportRequest((path,), 1), ctx=TaskContext())
    (error,) = head.errors
    assert (head.problem, head.counts.new, head.counts.refused_rows) == (None, 1, 1)
    assert error.fix == LAMP
    fixed = prepare(database, ImportRequest((path,), 1, fixes={(error.row, error.column): LAMP}), ctx=TaskContext())
    assert (fixed.counts.new, fixed.errors) == (2, ())
    shown = rows(fixed.token, [1, 2, 3], ctx=TaskContext())
    assert [row.cells["D"].text for row in shown] == ["3.36 · 999 · 14:193", "3.36 · 999 · 14:29", "5.99 · 999"]
    assert [row.cells["E"].text for row in shown] == ["AB1234-BK", "AB1234-WH", "CD5678"]


def test_rows_without_an_id_are_listings_of_their_own_and_equal_ids_one(package, bring, stored):
    both = (("", "Same title", 1, PLAIN, ""), ("", "Same title", 1, info(("EF1", "2", "3")), ""))
    assert bring(package(both)).counts.new == 2
    split = (("9", "Split", 1, info(("EF8", "2", "3")), ""), ("9", "Split", 1, info(("EF2", "2", "3")), ""))
    assert bring(package(split)).counts.new == 1
    assert [sku.code for sku in stored()[-1].skus] == ["EF8", "EF2"]


def test_prices_in_another_currency_are_refused(package, bring):
    plan = bring(package((("1", "A", PLAIN, "CNY"),), ("产品ID", "标题", "价格信息", "币种")))
    assert [error.code for error in plan.errors] == ["price_currency"]


def test_a_sheet_with_prices_and_notes_is_no_package(package, bring, stored):
    plan = bring(package((("1", "A", "3.5", "C1", "3 in a box"),), ("产品ID", "标题", "价格", "商家编码", "价格信息")))
    assert (plan.counts.new, stored()[0].extra) == (1, {"价格信息": "3 in a box"})
    plan = bring(package((("2", "A", "3.5", "C1", PLAIN),), ("产品ID", "标题", "价格", "商家编码", "价格信息")))
    assert [sku.code for sku in stored()[1].skus] == ["CD5678"]
    assert stored()[1].extra["价格"] == "3.5"


def test_a_damaged_note_is_no_obstacle(db, package, bring, stored, tmp_path):
    bring(package())
    for note in ("{", '{"columns":1}', "[]", '{"columns":[],"cells":[["a",1,2]]}'):
        write(db, f"UPDATE listing_body SET extra = json_set(extra, '$.{NOTE}', ?)", note)
        write_package(db, tmp_path / "out.zip", [one.id for one in stored()])
        assert [row.variants[0].code for row in read_package(tmp_path / "out.zip").rows] == ["AB1234-BK", "CD5678"]


def test_nothing_chosen_is_an_empty_package(db, tmp_path):
    report = write_package(db, tmp_path / "out.zip", [])
    assert (report.listings, len(report.files)) == (0, 1)
    with pytest.raises(WorkbookError, match="no_rows"):
        read_package(tmp_path / "out.zip")


def test_many_listings_are_split_and_a_long_text_is_named(db, make_listing, tmp_path, monkeypatch):
    ids = [make_listing(title=f"Lamp {n}", product_key=f"P{n}", images=()).id for n in range(5)]
    write(db, "UPDATE listing_body SET detail_html = ? WHERE id = ?", "y" * 400, ids[1])
    rules = replace(package_rules(), sheet_rows=3, cell_chars=300)
    for module in ("saving", "xls", "exporting"):
        monkeypatch.setattr(f"app.services.packages.{module}.package_rules", lambda: rules)
    report = write_package(db, tmp_path / "out.zip", ids, separator="|")
    assert [path.name for path in report.files] == ["out.zip", "out-2.zip"]
    assert [(cell.name, cell.header, cell.length) for cell in report.left_out] == [("Lamp 1", "产品描述", 400)]
    assert cells(report.files[0])[1][6] == ("str", "LM4402-WH|LM4402-GY")


def test_pictures_of_a_listing_of_ones_own_go_along_and_come_back(db, bring, stored, make_listing, tmp_path):
    from PIL import Image

    files = []
    for folder, color in (("one", "red"), ("two", "blue"), ("three", "green")):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (20, 20), color).save(tmp_path / folder / "1.jpg")
        files.append(str(tmp_path / folder / "1.jpg"))
    lamp = make_listing(product_key="LM/4402", images=(files[0], files[1], str(tmp_path / "gone.jpg")))
    properties = [{"name": "Color", "value": "Red", "name_id": "", "value_id": "", "image": files[2]}]
    write(db, "UPDATE sku SET properties = ? WHERE code = 'LM4402-WH'", json.dumps(properties))
    report = write_package(db, tmp_path / "out.zip", [lamp.id])
    assert (report.pictures, report.missing_pictures) == (3, ["images/LM_4402/gone.jpg"])
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()[1:]
        assert names == ["images/LM_4402/1.jpg", "images/LM_4402/2/1.jpg", "images/LM_4402/3/1.jpg"]
        assert archive.read(names[1]) == (tmp_path / "two" / "1.jpg").read_bytes()
    row = read_package(tmp_path / "out.zip").rows[0]
    assert str(tmp_path) not in str(row.cells), "where pictures lie on this computer is nobody's business"
    assert [variant.text("image") for variant in row.variants] == ["images/LM_4402/3/1.jpg", ""]
    assert bring(tmp_path / "out.zip").counts.unchanged == 1


def test_what_a_column_says_of_each_variant_comes_back(db, bring, stored, make_listing, tmp_path):
    costs = ["21.07", "28.83"]
    make_listing(product_key="TM6860", title="Tape", extra={"成本价(¥)": costs})
    make_listing(product_key="MP9839", title="Mat", extra={"成本价(¥)": "3.16"}, skus=(("MP9839", 900, 5),))
    out = tmp_path / "out.zip"
    write_package(db, out, [record.id for record in stored()])
    assert [str(row.cells).count("3.16") for row in read_package(out).rows] == [0, 1]
    plan = bring(out)
    assert (plan.counts.unchanged, plan.changes) == (2, {})
    for table in ("image", "sku", "listing"):
        write(db, f"DELETE FROM {table}")
    assert bring(out).counts.new == 2
    assert [record.extra["成本价(¥)"] for record in stored()] == [costs, "3.16"]
    write_package(db, tmp_path / "again.zip", [record.id for record in stored()])
    assert cells(tmp_path / "again.zip") == cells(out)


# -- whatever a listing is, it comes back --------------------------------------------------------------------------

word = st.text(alphabet="ab灯 -#:;,'\"é😀019", min_size=1, max_size=8).map(lambda text: text.strip(" '")).filter(bool)
part = st.builds(
    lambda name, value, ids: {"name": name, "value": value, "name_id": ids[0], "value_id": ids[1], "image": ""},
    word.filter(lambda text: not text.startswith("#")),
    word,
    st.sampled_from([("", ""), ("14", ""), ("14", "193"), ("5", "100014066"), ("200007763", "201336104")]),
)
skus = st.lists(
    st.builds(
        lambda price, stock, parts: (
            price,
            stock,
            list({one["name_id"] or one["name"]: one for one in parts}.values()),
        ),
        st.integers(1, 10_000_000),
        st.none() | st.integers(0, 999_999),
        st.lists(part, max_size=3),
    ),
    min_size=1,
    max_size=3,
)
listings = st.fixed_dictionaries(
    {
        "title": word,
        "keywords": st.just("") | word.map(lambda text: text.replace(",", "").replace(";", "").strip() or "k"),
        "unit": st.sampled_from(["", "100000015"]),
        "lot_size": st.integers(1, 9),
        "weight_g": st.none() | st.integers(1, 500_000),
        "length_cm": st.none() | st.integers(1, 700),
        "handling_days": st.none() | st.integers(1, 60),
        "detail_html": st.just("") | word,
        "attributes": st.dictionaries(st.sampled_from(["Material", "Power", "Form"]), word, max_size=2).map(
            lambda found: dict(sorted(found.items()))  # a column each: two orders cannot both be kept
        ),
        "extra": st.dictionaries(st.sampled_from(["神秘列", "Z 9"]), word, max_size=2),
        "images": st.lists(
            st.sampled_from(["https://img.example.com/1.jpg", "https://img.example.com/2.jpg"]), unique=True
        ),
        "skus": skus,
    }
)


def make(session, number, wanted):
    own = {key: value for key, value in wanted.items() if key not in ("skus", "images", "attributes")}
    attributes = [
        {"name": key, "value": value, "name_id": "", "value_id": ""} for key, value in wanted["attributes"].items()
    ]
    own |= {"attributes": attributes, "created_ms": 1, "updated_ms": 1}
    listing = add_listing(session, store_id=1, product_key=f"P{number}", **own)
    records = [
        SkuRecord(None, f"C{number}-{place}", *one, ships_from="ES" if "201336104" in str(one) else "")
        for place, one in enumerate(wanted["skus"])
    ]
    insert_skus(session.connection(), [sku_row(listing.id, place, sku) for place, sku in enumerate(records)])
    replace_images(session.connection(), listing.id, wanted["images"])
    refresh_derived(session.connection(), [load_listing(session, listing.id)], 1)
    return listing.id


NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Each example imports twice: a failure is told at once instead of after minutes."""
SAME = ("title", "keywords", "unit", "lot_size", "weight_g", "length_cm", "handling_days", "detail_html", "images")


def essence(record):
    """What a listing says: ids where it has them, else names."""
    own = tuple(getattr(record, name) for name in SAME)
    attributes = sorted((one["name"], one["value"]) for one in record.attributes)
    extra = {name: value for name, value in record.extra.items() if name != NOTE}
    variants = [
        (
            sku.code,
            sku.price_minor,
            sku.stock,
            [(p["name_id"] or p["name"], p["value_id"], p["value"]) for p in sku.properties],
        )
        for sku in record.skus
    ]
    return own, attributes, extra, variants


@settings(
    max_examples=10, deadline=None, phases=NO_SHRINKING, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(listings, min_size=1, max_size=4))
def test_any_listing_written_and_read_back_is_the_same(db, bring, stored, tmp_path, wanted):
    for table in ("image", "sku", "listing"):
        write(db, f"DELETE FROM {table}")
    with db.write() as session:
        ids = [make(session, number, one) for number, one in enumerate(wanted)]
    before = [essence(record) for record in stored()]
    out = tmp_path / "out.zip"
    assert write_package(db, out, ids).listings == len(wanted)
    plan = bring(out)
    assert (plan.errors, plan.counts.unchanged, plan.changes) == ([], len(wanted), {})
    for table in ("image", "sku", "listing"):
        write(db, f"DELETE FROM {table}")
    assert bring(out).counts.new == len(wanted)
    assert [essence(record) for record in stored()] == before
    again = tmp_path / "again.zip"
    write_package(db, again, [record.id for record in stored()])
    assert cells(again) == cells(out)
