"""A plan from the first look to the stored change, as the worker process keeps it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.messages import messages
from app.models import Category, FreightTemplate, ProductGroup
from app.services.db import Database
from app.services.errors import AppError, NotFound
from app.services.listings.importing import session
from app.services.listings.importing.preview import ImportHead, ImportRequest, PreviewColumn, PreviewRow, PreviewSource
from app.services.listings.importing.records import RowVerdict
from app.services.listings.round_trip.writing import write_to_edit
from app.services.paging import Filter, Query
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import WorkbookError
from app.services.workbooks.books import Book
from tests.unit.listings.importing.conftest import HEADERS, LAMP, Prepare, Sheet

MUG = ("CF1240", "Insulated Coffee Mug with Lid 350 ml", "CF1240-BK", 8.4, 588, 420)


def context() -> TaskContext:
    return TaskContext()


def rows_of(head: ImportHead, *verdicts: str, text: str = "") -> list[PreviewRow]:
    return session.rows(head.token, session.row_ids(head.token, verdicts, text, ctx=context()), ctx=context())


def texts(row: PreviewRow) -> dict[str, str]:
    return {letter: cell.text for letter, cell in row.cells.items()}


class TestHead:
    def test_what_was_recognised(self, sheet: Sheet, prepare: Prepare) -> None:
        head = prepare(sheet(LAMP, MUG))
        assert head.problem is None
        assert (head.file, head.sheet, head.header_row, head.first_row) == ("quote.xlsx", "Sheet", 1, 2)
        assert [column.spelled for column in head.columns] == [
            "product_key",
            "title",
            "sku_code",
            "price[USD]",
            "stock",
            "weight[g]",
        ]
        assert (head.counts.new, head.verdict_counts, head.error_count) == (2, {"new": 2}, 0)
        file = head.files[0]
        assert (file.kind, file.row_count, file.sheet, file.is_sheet) == ("listings", 2, "Sheet", True)
        assert not any(column.is_touched for column in head.columns)

    def test_a_missing_column_is_a_problem_with_everything_else_known(self, sheet: Sheet, prepare: Prepare) -> None:
        path = sheet(LAMP, headers=("Product key", "Title", "SKU", "wholesale", "Stock", "Weight (g)"))
        head = prepare(path)
        assert isinstance(head.problem, WorkbookError)
        assert head.problem.error_code == "workbook.no_column.price"
        assert head.missing == ("price",)
        assert len(head.columns) == 6
        with pytest.raises(NotFound):
            session.rows(head.token, [1], ctx=context())
        assert prepare(path, mapping={"wholesale": "price"}).problem is None

    def test_a_file_with_a_page_of_notes_is_opened_once(
        self, sheet: Sheet, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        book = openpyxl.load_workbook(sheet(LAMP))
        book.create_sheet("Notes").append(["Call the supplier", "on Monday"])
        book.create_sheet("More").append(HEADERS)
        book["More"].append(MUG)
        book.save(path := sheet(LAMP))
        opens: list[Any] = []
        open_book = Book._open
        monkeypatch.setattr(Book, "_open", lambda self: opens.append(self) or open_book(self))
        head = prepare(path)
        assert [(left.name, left.row_count) for left in head.sheets_left] == [("More", 1)]
        assert len(opens) == 1, "the strings of a large file are read once"

    def test_the_first_file_that_holds_listings(self, sheet: Sheet, prepare: Prepare, tmp_path: Path) -> None:
        codes = sheet(("A-1",), headers=("SKU",), name="codes.xlsx")
        broken = tmp_path / "broken.xlsx"
        broken.write_bytes(b"PK\x03\x04")
        head = prepare(codes, str(broken), sheet(LAMP))
        assert head.file == "quote.xlsx"
        assert [one.kind for one in head.files] == ["codes", "unknown", "listings"]
        assert isinstance(head.files[1].problem, WorkbookError)
        assert [one.may_hold_listings for one in head.files] == [False, False, True]

    def test_a_readable_one_before_a_broken_one(self, sheet: Sheet, prepare: Prepare, tmp_path: Path) -> None:
        broken = tmp_path / "broken.xlsx"
        broken.write_bytes(b"PK\x03\x04")
        codes = sheet(("A-1",), headers=("SKU",), name="codes.xlsx")
        head = prepare(str(broken), codes)
        assert head.file == "codes.xlsx"
        assert head.missing == ("price",)
        assert prepare(str(broken)).problem is not None

    def test_the_file_asked_for(self, sheet: Sheet, prepare: Prepare) -> None:
        first, second = sheet(LAMP), sheet(MUG, name="second.xlsx")
        head = prepare(first, second, path=second)
        assert (head.path, head.files[0].kind) == (second, "sheet")

    def test_nothing_but_pictures(self, prepare: Prepare, tmp_path: Path) -> None:
        head = prepare(str(tmp_path))
        assert isinstance(head.problem, AppError)
        assert head.problem.error_code == "import.no_sheet"
        assert [one.is_sheet for one in head.files] == [False]

    def test_what_the_system_refuses_is_told(self, sheet: Sheet, prepare: Prepare, monkeypatch) -> None:
        def refuse(path: Path) -> None:
            raise PermissionError(13, "Permission denied")

        path = sheet(LAMP)
        monkeypatch.setattr(session, "open_workbook", refuse)
        problem = prepare(path).problem
        assert isinstance(problem, session.FileUnreadable)
        assert problem.params == {"file": "quote.xlsx", "why": "Permission denied"}

    def test_a_stop_is_no_problem_but_a_stop(self, sheet: Sheet, tmp_path: Path, db: Database) -> None:
        ctx = context()
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            session.prepare(tmp_path / "shangjia.db", ImportRequest((sheet(LAMP),), 1), ctx=ctx)

    def test_survey(self, sheet: Sheet, tmp_path: Path) -> None:
        package = tmp_path / "package.zip"
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("products.csv", "SKU,Price\nA,1")
        paths = [sheet(LAMP), str(package), str(tmp_path / "gone.csv")]
        found = session.survey(paths, ctx=context())
        assert [(one.kind, one.sheet) for one in found] == [
            ("listings", "Sheet"),
            ("package", "package"),
            ("unknown", ""),
        ]
        assert found[2].problem is not None
        ctx = context()
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            session.survey(paths, ctx=ctx)


class TestRows:
    def test_by_verdict_and_text(self, sheet: Sheet, prepare: Prepare) -> None:
        head = prepare(sheet(LAMP, MUG, ("X1", "Broken", "X1-A", "free", 1, 1)))
        assert [row.id for row in rows_of(head)] == [1, 2, 3]
        assert [row.row for row in rows_of(head, "refused")] == [4]
        assert [row.row for row in rows_of(head, "new", "refused")] == [2, 3, 4]
        assert [row.row for row in rows_of(head, text="COFFEE")] == [3]
        assert [row.row for row in rows_of(head, text="lm4402-wh")] == [2]
        assert [row.row for row in rows_of(head, text="x1")] == [4]
        assert rows_of(head, "new", text="broken") == []

    def test_as_a_page_source(self, sheet: Sheet, prepare: Prepare) -> None:
        class Reader:
            def ids(self, token: str, verdicts: tuple[str, ...], text: str) -> Any:
                return session.row_ids(token, verdicts, text, ctx=context())

            def rows(self, token: str, ids: Any) -> list[PreviewRow]:
                return session.rows(token, ids, ctx=context())

        head = prepare(sheet(LAMP, MUG))
        source = PreviewSource(Reader(), head.token)
        query = Query("mug", (Filter("verdict", "in", ("new",)),))
        assert (source.count(query), list(source.ids(query))) == (1, [2])
        assert source.first_page(Query(), 1)[0].row == 2
        assert list(source.rows([2, 1])) == [2, 1]

    def test_the_oldest_plan_goes(self, sheet: Sheet, prepare: Prepare) -> None:
        path = sheet(LAMP)
        heads = [prepare(path) for _ in range(session.KEPT_PLANS + 1)]
        with pytest.raises(NotFound) as told:
            rows_of(heads[0])
        assert told.value.error_code == "import.plan_gone"
        assert len(rows_of(heads[1])) == 1

    def test_a_large_plan_goes_before_another_is_made(self, sheet: Sheet, prepare: Prepare, monkeypatch) -> None:
        monkeypatch.setattr(session, "KEPT_ROWS", 1)
        path = sheet(LAMP, MUG)
        first = prepare(path)
        second = prepare(path)
        assert list(session._plans) == [second.token] != [first.token]


class TestApply:
    def test_stores_it_and_lets_go_of_the_plan(self, sheet: Sheet, prepare: Prepare) -> None:
        path = sheet(LAMP, MUG)
        head = prepare(path)
        result = session.apply(head.token, ctx=context())
        assert result.change.listing_count == 2
        assert (result.counts.new, result.error_count) == (2, 0)
        with pytest.raises(NotFound):
            session.apply(head.token, ctx=context())
        assert prepare(path).verdict_counts == {"same": 2}

    def test_what_changed_meanwhile_is_compared_anew(self, sheet: Sheet, prepare: Prepare, db: Database) -> None:
        path = sheet(LAMP)
        first, second = prepare(path), prepare(path)
        session.apply(first.token, ctx=context())
        result = session.apply(second.token, ctx=context())
        assert (result.change, result.counts.unchanged) == (None, 1)

    def test_a_sheet_that_is_gone_by_then(self, sheet: Sheet, prepare: Prepare) -> None:
        path = sheet(LAMP)
        first, second = prepare(path), prepare(path)
        session.apply(first.token, ctx=context())
        Path(path).unlink()
        with pytest.raises(WorkbookError):
            session.apply(second.token, ctx=context())

    def test_a_stop_stores_nothing(self, sheet: Sheet, prepare: Prepare) -> None:
        path = sheet(LAMP)
        head = prepare(path)
        ctx = context()
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            session.apply(head.token, ctx=ctx)
        assert prepare(path).verdict_counts == {"new": 1}

    def test_pictures_of_variants_are_unpacked_too(self, sheet: Sheet, prepare: Prepare, tmp_path: Path) -> None:
        archive = tmp_path / "pictures.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for name in ("main.jpg", "white.jpg", "unused.jpg"):
                packed.writestr(name, name.encode() * 20)
        path = sheet((*LAMP, "White", "main.jpg", "white.jpg"), headers=(*HEADERS, "Color", "Images", "SKU image"))
        head = prepare(path, str(archive))
        assert (head.files[1].image_count, head.files[1].used_count) == (3, 2)
        assert not (tmp_path / "images").exists()
        session.apply(head.token, ctx=context())
        assert len(list((tmp_path / "images").iterdir())) == 2


class TestShown:
    """What a row shows of what would be replaced."""

    @pytest.fixture(autouse=True)
    def names(self, db: Database) -> None:
        gateway = "http://127.0.0.1:1"
        with db.write() as connection:
            for number, en, zh in (("100", "Lamps", "台灯"), ("200", "Mugs", "马克杯")):
                connection.add(
                    Category(
                        gateway=gateway,
                        category_id=number,
                        parent_id="",
                        name_en=en,
                        name_zh=zh,
                        path_en=en,
                        path_zh=zh,
                        level=1,
                        is_leaf=True,
                        fetched_ms=1,
                    )
                )
            for number, name in (("700", "Small parcels"), ("701", "Home lights")):
                connection.add(FreightTemplate(store_id=1, template_id=number, name=name, synced_ms=1))
            for number, name in (("10", "New"), ("11", "Old")):
                connection.add(ProductGroup(store_id=1, group_id=number, name=name, synced_ms=1))

    def changed(self, sheet: Sheet, prepare: Prepare, headers: Any, before: Any, after: Any, **wanted: Any) -> Any:
        """(before, after) of every cell that changes, by letter."""
        session.apply(prepare(sheet(before, headers=headers), **wanted).token, ctx=context())
        head = prepare(sheet(after, headers=headers), **wanted)
        assert head.verdict_counts == {"changed": 1}
        cells = rows_of(head)[0].cells
        found = {letter: (cell.before, cell.text) for letter, cell in cells.items() if cell.before is not None}
        assert {column.letter for column in head.columns if column.is_touched} == set(found)
        return found

    def test_numbers(self, sheet: Sheet, prepare: Prepare) -> None:
        after = (*LAMP[:3], 19.95, 99, 1250)
        assert self.changed(sheet, prepare, HEADERS, LAMP, after) == {
            "D": ("18.90", "19.95"),
            "E": ("120", "99"),
            "F": ("0.840", "1.250"),
        }

    def test_names_instead_of_ids(self, sheet: Sheet, prepare: Prepare) -> None:
        headers = (*HEADERS, "Category", "Freight template", "Group")
        before, after = (*LAMP, "Lamps", "Small parcels", "New"), (*LAMP, "Mugs", "701", "Old")
        assert self.changed(sheet, prepare, headers, before, after) == {
            "G": ("Lamps", "Mugs"),
            "H": ("Small parcels", "701"),
            "I": ("New", "Old"),
        }

    def test_names_in_the_language_asked_for(self, sheet: Sheet, prepare: Prepare) -> None:
        headers = (*HEADERS, "Category")
        found = self.changed(sheet, prepare, headers, (*LAMP, "Lamps"), (*LAMP, "马克杯"), language="zh")
        assert found == {"G": ("台灯", "马克杯")}

    def test_a_unit(self, sheet: Sheet, prepare: Prepare) -> None:
        headers = (*HEADERS, "Unit")
        found = self.changed(sheet, prepare, headers, (*LAMP, "piece"), (*LAMP, "set"))
        assert found["G"][1] == "set"
        assert "piece" in found["G"][0]

    def test_a_package_size_with_the_sides_that_stay(self, sheet: Sheet, prepare: Prepare) -> None:
        headers = (*HEADERS, "Package size")
        found = self.changed(sheet, prepare, headers, (*LAMP, "24x24x38"), (*LAMP, "24x30x38"))
        assert found == {"G": ("24 × 24 × 38", "24 × 30 × 38")}

    def test_only_the_property_that_differs(self, sheet: Sheet, prepare: Prepare) -> None:
        headers = (*HEADERS, "Color", "Size name", "Attribute: Power")
        before, after = (*LAMP, "White", "M", "5 W"), (*LAMP, "Black", "M", "7 W")
        assert self.changed(sheet, prepare, headers, before, after) == {"G": ("White", "Black"), "I": ("5 W", "7 W")}

    def test_columns_that_are_only_kept(self, sheet: Sheet, prepare: Prepare) -> None:
        headers = (*HEADERS, "FBA remark", "Cost CNY")
        before, after = (*LAMP, "rack 7", 31), (*LAMP, "rack 9", 32.5)
        assert self.changed(sheet, prepare, headers, before, after) == {
            "G": ("rack 7", "rack 9"),
            "H": ("31.00", "32.50"),
        }

    def test_pictures_by_their_names(self, sheet: Sheet, prepare: Prepare, tmp_path: Path) -> None:
        headers = (*HEADERS, "Images")
        found = self.changed(sheet, prepare, headers, (*LAMP, "a.jpg;b.jpg"), (*LAMP, "a.jpg;c.jpg"))
        assert found == {"G": ("a.jpg, b.jpg", "a.jpg, c.jpg")}
        assert rows_of(prepare(sheet((*LAMP, "z.jpg"), headers=headers)))[0].image == str(tmp_path / "z.jpg")

    def test_words_and_a_value_that_was_unknown(self, sheet: Sheet, prepare: Prepare) -> None:
        headers = (*HEADERS, "Keywords")
        before, after = (*LAMP[:4], None, 840, "lamp, light"), (*LAMP[:4], 7, 840, "lamp, touch")
        assert self.changed(sheet, prepare, headers, before, after) == {
            "E": ("", "7"),
            "G": ("lamp, light", "lamp, touch"),
        }

    def test_a_refused_cell_with_what_it_says(self, sheet: Sheet, prepare: Prepare) -> None:
        head = prepare(sheet((*LAMP[:3], "free", 1, 840)))
        row = rows_of(head)[0]
        assert row.verdict is RowVerdict.REFUSED
        assert row.cells["D"].text == "free"
        assert row.cells["D"].error is not None
        assert [column.letter for column in head.columns if column.is_touched] == ["D"]


class TestMarking:
    def test_with_the_header_the_user_pointed_at(self, sheet: Sheet, prepare: Prepare, tmp_path: Path) -> None:
        path = sheet(HEADERS, (*LAMP[:3], "free", 1, 840), MUG, headers=HEADERS)
        head = prepare(path, header_row=2)
        out = session.marked(head.token, str(tmp_path / "out.xlsx"), "zh", ctx=context())
        page = openpyxl.load_workbook(out).active
        assert page["G2"].value == "不能导入的原因"
        assert "不是价格" in page["D3"].comment.text
        assert page["G4"].value is None

    def test_what_was_corrected_stands_in_the_copy(self, sheet: Sheet, prepare: Prepare, tmp_path: Path) -> None:
        path = sheet((*LAMP[:3], "free", 1, 840), (*MUG[:3], "free", "?", 420))
        head = prepare(path, fixes={(2, "D"): "18.90", (3, "D"): "cheap"})
        assert head.error_count == 2
        out = session.marked(head.token, str(tmp_path / "out.xlsx"), "en", ctx=context())
        page = openpyxl.load_workbook(out).active
        assert (page["D2"].value, page["D2"].comment) == ("18.90", None)
        assert page["D3"].value == "free", "a correction that is refused as well stays the user's to make"
        assert "cheap" in page["D3"].comment.text
        assert prepare(out).error_count == 2

    def test_of_an_import_that_was_applied(self, sheet: Sheet, prepare: Prepare, tmp_path: Path, db: Database) -> None:
        path = sheet(LAMP, (*MUG[:3], "free", 1, 420))
        result = session.apply(prepare(path).token, ctx=context())
        database, out = tmp_path / "shangjia.db", str(tmp_path / "out.xlsx")
        assert session.export_errors(database, result.change.uid, path, out, "en", ctx=context()) == out
        assert "not a price" in openpyxl.load_workbook(out).active["D3"].comment.text
        with pytest.raises(NotFound):
            session.export_errors(database, "no such change", path, out, "en", ctx=context())

    def test_as_a_list_where_the_sheet_is_gone(self, sheet: Sheet, prepare: Prepare, tmp_path: Path) -> None:
        path = sheet(LAMP, (*MUG[:3], "free", 1, 420))
        result = session.apply(prepare(path).token, ctx=context())
        Path(path).unlink()
        out = str(tmp_path / "out.xlsx")
        session.export_errors(tmp_path / "shangjia.db", result.change.uid, path, out, "zh", ctx=context())
        rows = list(openpyxl.load_workbook(out).active.values)
        assert rows[0] == ("文件", "工作表", "行", "列", "表头", "内容", "原因")
        assert rows[1][:6] == ("quote.xlsx", "Sheet", "3", "D", "Price USD", "free")
        assert "不是价格" in rows[1][6]


def test_rechecking_a_store_counts_its_findings_anew(
    make_listing: Callable[..., Any], db: Database, tmp_path: Path
) -> None:
    record = make_listing("灯")
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET block_count = 0")
    try:
        session.recheck_store(tmp_path / "shangjia.db", 1, ctx=context())
    finally:
        session._databases.pop(tmp_path / "shangjia.db").dispose()
    with db.reader.connect() as reader:
        assert reader.exec_driver_sql("SELECT block_count FROM listing WHERE id = ?", (record.id,)).scalar_one() > 0


def test_a_column_spells_its_meaning() -> None:
    plain = PreviewColumn("A", "x", None)
    assert plain.spelled is None
    assert replace(plain, meaning="images", number=2).spelled == "images#2"
    assert replace(plain, meaning="weight", unit="kg").spelled == "weight[kg]"
    assert replace(plain, meaning="property", name="color").spelled == "property:color"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workbook_to_edit_that_is_imported_by_mistake_changes_nothing(
    db, prepare, make_sellable, tmp_path, monkeypatch, language
):
    monkeypatch.setattr(messages, "language", language)
    lamps = [make_sellable(title, product_key=title) for title in ("Ash lamp", "Birch lamp")]
    path = tmp_path / "lamps.xlsx"
    write_to_edit(db, path, [one.id for one in lamps])
    counts = prepare(str(path)).counts
    assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 2)
