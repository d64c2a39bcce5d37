"""Sheets that are written: codes as text, nothing runs as a formula, cuts are reported."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import (
    Check,
    CutCell,
    OutColumn,
    OutSheet,
    Run,
    WorkbookError,
    open_workbook,
    read_table,
    recognise,
    sheet_xml,
    write_csv,
    write_xlsx,
)
from app.services.workbooks import limits as limits_module
from app.services.workbooks.xlsx_cells import XlsxCells
from app.services.workbooks.xlsx_parts import CellBook

CODE, TITLE, PRICE = OutColumn("商家编码", is_text=True), OutColumn("标题"), OutColumn("价格")


def cells(path: Path, sheet: int = 0) -> list[list[Any]]:
    with open_workbook(path) as opened:
        grid = opened.grid(opened.sheets[sheet].name)
        return [list(row) for row in grid.rows()] if grid else []


def test_rows_come_back_as_they_went_out(tmp_path: Path) -> None:
    rows = [("00123", "Lamp", 18.9), ("1234567890123456789", "灯 \U0001f4a1", None), (None, None, Decimal("4.20"))]
    report = write_xlsx(tmp_path / "a.xlsx", [OutSheet("商品", [CODE, TITLE, PRICE], iter(rows))])
    assert report.row_count == 3
    assert not report.cut
    assert cells(tmp_path / "a.xlsx") == [
        ["商家编码", "标题", "价格"],
        ["00123", "Lamp", 18.9],
        ["1234567890123456789", "灯 \U0001f4a1", ""],
        ["", "", 4.2],
    ]


def test_ids_given_as_numbers_become_text(tmp_path: Path) -> None:
    rows = [(4000123456789012345, 4000123456789012345, True), (5.0, 7, datetime.date(2026, 1, 2))]
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, TITLE, PRICE], rows)])
    assert cells(tmp_path / "a.xlsx")[1:] == [
        ["4000123456789012345", "4000123456789012345", True],
        ["5", 7.0, datetime.date(2026, 1, 2)],
    ]


def test_text_that_begins_like_a_formula_stays_text(tmp_path: Path) -> None:
    rows = [(code, code, 1) for code in ("=1+1", "+86", "-148", "@SUM(A1)", "=cmd|' /C calc'!A0")]
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, TITLE, PRICE], rows)])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    for row in sheet.iter_rows(min_row=2, max_col=2):
        assert [cell.data_type for cell in row] == ["s", "s"]
    assert [row[0] for row in cells(tmp_path / "a.xlsx")[1:]] == [row[0] for row in rows]


def test_a_csv_neutralises_formulas_and_reads_back_the_same(tmp_path: Path) -> None:
    rows = [("=1+1", "+x", 1), ("-148", "@a", -2.5), ("00123", "plain", Decimal("4.20")), (None, "\tx", 0)]
    report = write_csv(tmp_path / "a.csv", [CODE, OutColumn("标题"), OutColumn("=价格")], rows)
    assert report.row_count == 4
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines() == [
        "商家编码,标题,'=价格",
        "'=1+1,'+x,1",
        "'-148,'@a,-2.5",
        "00123,plain,4.20",
        ",'\tx,0",
    ]
    with open_workbook(tmp_path / "a.csv") as opened:
        table = read_table(opened, recognise(opened))
    assert table.columns[0].values == ["=1+1", "-148", "00123", None]
    assert table.columns[1].values[:3] == ["+x", "@a", "plain"]


def test_long_texts_are_cut_and_reported(tmp_path: Path) -> None:
    rows = [("A", "x" * 32_767, 1), ("B", "y" * 40_000, 2), ("C", "\U0001f4a1" * 20_000, 3)]
    report = write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, TITLE, PRICE], rows)])
    assert report.cut == [CutCell("s", 3, "B", 40_000), CutCell("s", 4, "B", 20_000)]
    written = [row[1] for row in cells(tmp_path / "a.xlsx")[1:]]
    assert [len(text) for text in written] == [32_767, 32_767, 16_383]


def test_broken_characters_do_not_stop_a_sheet(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, TITLE], [("A\x01", "half \ud83d pair"), ("B", "ok")])])
    assert cells(tmp_path / "a.xlsx")[1:] == [["A\x01", "half � pair"], ["B", "ok"]]
    write_csv(tmp_path / "a.csv", [CODE, TITLE], [("A", "half \ud83d pair")])
    assert "half ? pair" in (tmp_path / "a.csv").read_text("utf-8-sig")


def test_columns_of_one_name_stay_two_columns(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [TITLE, TITLE, TITLE], [("a", "b", "c")])])
    assert cells(tmp_path / "a.xlsx") == [["标题", "标题", "标题"], ["a", "b", "c"]]


def test_a_sheet_without_rows_has_its_header(tmp_path: Path) -> None:
    report = write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, TITLE], [])])
    assert report.row_count == 0
    assert cells(tmp_path / "a.xlsx") == [["商家编码", "标题"]]
    write_csv(tmp_path / "a.csv", [CODE, TITLE], [])
    assert cells(tmp_path / "a.csv") == [["商家编码", "标题"]]


def test_sheet_names_are_made_fit(tmp_path: Path) -> None:
    names = ["a/b:c*?", "a b c", "", "x" * 40, "x" * 40, "A B C", "'quoted'"]
    write_xlsx(tmp_path / "a.xlsx", [OutSheet(name, [CODE], [("1",)]) for name in names])
    with open_workbook(tmp_path / "a.xlsx") as opened:
        written = [sheet.name for sheet in opened.sheets]
    assert written[0] == "a b c"
    assert written[3] == "x" * 31
    assert len({name.casefold() for name in written}) == len(names)
    assert all(0 < len(name) <= 31 for name in written)


def test_mixed_types_in_one_column_keep_their_types(tmp_path: Path) -> None:
    rows = [(1,), ("text",), (2.5,), (None,), (True,), ("3",)]
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [PRICE], rows)])
    assert [row[0] for row in cells(tmp_path / "a.xlsx")[1:]] == [1.0, "text", 2.5, "", True, "3"]


def test_runs_are_the_rows_they_stand_for(tmp_path: Path) -> None:
    """What rows share is written once; the file is the same, cut texts are found at the same places."""
    runs = [
        Run((f"A{listing}", "x" * (40_000 if listing == 7 else 40)), [(listing + number / 10,) for number in range(4)])
        for listing in range(300)
    ]
    rows = [[*run.head, *tail] for run in runs for tail in run.rows]
    columns = [CODE, TITLE, PRICE]
    reports = [
        write_xlsx(tmp_path / f"{name}.xlsx", [OutSheet("s", columns, given)])
        for name, given in (("runs", iter(runs)), ("rows", rows))
    ]
    assert reports[0].row_count == reports[1].row_count == 1200
    assert reports[0].cut == reports[1].cut == [CutCell("s", row, "B", 40_000) for row in range(30, 34)]
    assert cells(tmp_path / "runs.xlsx") == cells(tmp_path / "rows.xlsx")
    whole = [Run(row, [()]) for row in rows[:3]]
    write_csv(tmp_path / "a.csv", columns, [*whole, *runs[1:2]])
    assert (tmp_path / "a.csv").read_text("utf-8-sig").count("\n") == 8


def test_runs_of_another_width_are_refused(tmp_path: Path) -> None:
    for runs in ([Run(("A",), [("t",)])], [Run(("A",), [("t", 1)]), Run(("A", "t"), [(1,)])]):
        with pytest.raises(ValueError, match="other columns"):
            write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, TITLE, PRICE], runs)])


def test_cells_of_many_rows_are_kept_only_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0

    class Book(CellBook):
        def __missing__(self, value: Any) -> bytes:
            nonlocal most
            most = max(most, len(self) + 1)
            return super().__missing__(value)

    monkeypatch.setattr(sheet_xml, "CellBook", Book)
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [PRICE], ((number,) for number in range(5_000)))])
    assert 1_000 < most <= 1_500
    assert [row[0] for row in cells(tmp_path / "a.xlsx")[1:]] == list(range(5_000))


@pytest.mark.parametrize(
    "odd", ["", " x", "x ", "a\nb", "<&>", "_x0041_", "\x1f", "\x00", "\tx", "\xa0x", "ж\u3000", "\x7f", 5, 0, True]
)
def test_texts_made_at_once_are_the_texts(tmp_path: Path, odd: Any) -> None:
    """Texts that hardly repeat are tested and spelt together: one odd one among them spoils none."""
    values = [*(f"text {number}" for number in range(600)), *(f"ж {number} & <b>" for number in range(600)), odd, None]
    values += [f"last {number}" for number in range(300)]
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [TITLE], [(value,) for value in values])])
    write_xlsx(tmp_path / "b.xlsx", [OutSheet("s", [TITLE], [(odd,)])])
    alone = cells(tmp_path / "b.xlsx")[1:]
    found = [row[0] for row in cells(tmp_path / "a.xlsx")[1:]]
    assert found == [*values[:1200], *(alone[0] if alone else [""]), "", *values[1202:]]


def test_rows_are_streamed(tmp_path: Path) -> None:
    """The writer must not ask for all rows before it writes the first."""
    alive = 0
    most = 0

    class Row(tuple[Any, ...]):
        __slots__ = ()

        def __new__(cls, number: int) -> Row:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)
            return super().__new__(cls, (f"A{number}", "t", number))

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    ctx = TaskContext()
    report = write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, TITLE, PRICE], map(Row, range(20_000)))], ctx)
    assert report.row_count == ctx.progress.done == 20_000
    assert most < 4_000


def test_too_many_rows_and_a_stop_leave_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"older")
    monkeypatch.setattr(sheet_xml, "limits", lambda: replace(limits_module.limits(), write_rows=1500))
    with pytest.raises(WorkbookError) as caught:
        write_xlsx(path, [OutSheet("s", [CODE], ((f"A{n}",) for n in range(5000)))])
    assert caught.value.error_code == "workbook.too_many_rows"
    assert caught.value.params["limit"] == 1499
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        write_xlsx(path, [OutSheet("s", [CODE], [("A",)])], ctx)
    with pytest.raises(TaskCancelled):
        write_csv(path, [CODE], [("A",)], ctx)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unwritable_place(tmp_path: Path) -> None:
    for write in (
        lambda path: write_xlsx(path, [OutSheet("s", [CODE], [("A",)])]),
        lambda path: write_csv(path, [CODE], [("A",)]),
    ):
        with pytest.raises(WorkbookError) as caught:
            write(tmp_path / "none" / "a.xlsx")
        assert caught.value.error_code == "workbook.no_folder"
        assert caught.value.params["folder"] == str(tmp_path / "none")
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(WorkbookError):
            write(tmp_path / "file" / "a.xlsx")


def test_an_error_in_the_rows_is_not_swallowed(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[str]]:
        yield ("A",)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE], rows())])
    assert not list(tmp_path.iterdir())


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8))
def test_any_text_survives_the_way_through_a_workbook(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, TITLE], rows)])
    assert [tuple(row) for row in cells(tmp_path / "a.xlsx")[1:]] == rows


def test_a_protected_sheet_locks_watches_and_hides(tmp_path: Path) -> None:
    note = Check("Price & more", "From 0 <up>", low=0.0, high=9.5)
    listed = Check("Unit", "One of these", area="'Lists & co'!$A$2:$A$3")
    columns = [
        OutColumn("id", is_text=True, width=9, is_locked=True),
        OutColumn("price", check=note),
        OutColumn("unit", is_text=True, check=listed),
    ]
    sheets = [
        OutSheet("main", columns, [("007", 1.5, "pcs"), (None, None, None)], is_protected=True, fixed_columns=1),
        OutSheet("Lists & co", [OutColumn("units")], [("pcs",), ("pair",)], state="hidden"),
        OutSheet("deep", [OutColumn("x")], [], state="veryHidden"),
    ]
    write_xlsx(tmp_path / "a.xlsx", sheets)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [sheet.sheet_state for sheet in book] == ["visible", "hidden", "veryHidden"]
    page = book["main"]
    assert page.protection.sheet and page.freeze_panes == "B2" and page.auto_filter.ref == "A1:C3"
    assert [page.cell(3, at).protection.locked for at in (1, 2, 3)] == [True, False, False]
    assert [page.cell(2, at).value for at in (1, 2, 3)] == ["007", 1.5, "pcs"]
    assert page.column_dimensions["A"].width == 9
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert (rules["B2:B3"].type, rules["B2:B3"].prompt) == ("decimal", "From 0 <up>")
    assert (rules["C2:C3"].type, rules["C2:C3"].formula1) == ("list", "'Lists & co'!$A$2:$A$3")
    assert not book["Lists & co"].protection.sheet


def test_what_was_written_can_be_marked_by_the_import(tmp_path: Path) -> None:
    """Cells are written without their place, which the reader of single cells must bear."""
    write_xlsx(tmp_path / "a.xlsx", [OutSheet("s", [CODE, PRICE], [("A", 1), ("B", 2.5)])])
    facts = XlsxCells(tmp_path / "a.xlsx", "a.xlsx", "s").facts({(1, 0), (2, 1)})
    assert (facts[1, 0].kind, facts[2, 1].value) == ("inlineStr", "2.5")
