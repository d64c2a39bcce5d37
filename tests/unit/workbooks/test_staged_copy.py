"""A large sheet is read while it is checked: calamine never sees a byte that is not proved."""

from __future__ import annotations

import random
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from app.services.workbooks import (
    ListingTable,
    WorkbookError,
    books,
    open_workbook,
    read_listings,
    recognise,
    staged_copy,
)
from app.services.workbooks.staged_copy import StagedCopy
from app.services.workbooks.xlsx_guard import Gate, XlsxGuard
from app.services.workbooks.zip_guard import SafeZip
from tests.unit.workbooks.makers import sheet_xml, write_rows, write_xlsx_parts

Read = Callable[..., ListingTable]
HEADER = ("商家编码", "标题", "价格")
SHEET = "xl/worksheets/sheet1.xml"


def noisy_rows(count: int) -> list[tuple[object, ...]]:
    """Rows that pack badly, so that a small sheet has many blocks."""
    dice = random.Random(1)
    return [HEADER, *((f"A{n}", f"{dice.getrandbits(400):x}", dice.randrange(1, 9999) / 100) for n in range(count))]


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stage small sheets, too, and give the check no lead."""
    monkeypatch.setattr(staged_copy, "_WORTH_BYTES", 1)
    monkeypatch.setattr(staged_copy, "_LEAD_BYTES", 1)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "a.xlsx", noisy_rows(8000))


class Held:
    """A check that stops before each block until it is let go."""

    def __init__(self, archive: SafeZip, *, fails_at: int | None = None) -> None:
        self.info = archive.members[SHEET]
        self.archive = archive
        self.fails_at = fails_at
        self.turns = threading.Semaphore(0)

    def __call__(self, gate: Gate) -> None:
        for number, packed in enumerate(self.archive.packed(self.info)):
            self.turns.acquire()
            if number == self.fails_at:
                raise WorkbookError("workbook.bomb", file="a", member="b")
            gate.let_through(packed)


@pytest.fixture
def held(large: Path, tmp_path: Path) -> Iterator[Callable[..., tuple[StagedCopy, Held]]]:
    made: list[tuple[SafeZip, StagedCopy, Held]] = []

    def make(**how: int) -> tuple[StagedCopy, Held]:
        archive = SafeZip(large, "a.xlsx")
        check = Held(archive, **how)
        folder = tmp_path / f"copy{len(made)}"
        folder.mkdir()
        copy = StagedCopy(archive, check.info, check, folder)
        made.append((archive, copy, check))
        return copy, check

    yield make
    for archive, copy, check in made:
        check.turns.release(10_000)
        copy.stop()
        archive.close()


def let_all_through(check: Held) -> None:
    check.turns.release(10_000)


def test_a_staged_sheet_reads_like_the_original(large: Path, read: Read) -> None:
    table = read(large)
    assert len(table.rows) == 8000
    assert table.fields["title"] == [row[1] for row in noisy_rows(8000)[1:]]
    assert not table.cell_errors


def test_the_finished_copy_holds_the_same_parts(large: Path, held: Callable[..., tuple[StagedCopy, Held]]) -> None:
    copy, check = held()
    let_all_through(check)
    book = CalamineWorkbook.from_path(str(copy.path))
    copy.open_gate()
    copy.settle()
    assert book.get_sheet_by_index(0).end == (8000, 2)
    raw, original = copy.path.read_bytes(), zipfile.ZipFile(large)
    for info in original.infolist():
        with original.open(info) as part:
            content = part.read()
        assert len(content) == info.file_size
    assert raw.endswith(large.read_bytes()[_data_start(large) :][: original.getinfo(SHEET).compress_size])


def _data_start(path: Path) -> int:
    info = zipfile.ZipFile(path).getinfo(SHEET)
    return info.header_offset + 30 + len(info.filename)


def test_a_reader_that_is_faster_than_the_check_gets_an_error_never_wrong_data(
    held: Callable[..., tuple[StagedCopy, Held]],
) -> None:
    copy, check = held()
    book = CalamineWorkbook.from_path(str(copy.path))
    check.turns.release(2)
    copy.open_gate()
    for _ in range(3):
        with pytest.raises(Exception, match=r".") as caught:
            book.get_sheet_by_index(0)
        assert not isinstance(caught.value, AssertionError)
        check.turns.release(1)
    let_all_through(check)
    copy.settle()
    assert book.get_sheet_by_index(0).end == (8000, 2), "the same handle reads it once the check is through"


def test_what_was_proved_before_the_gate_opened_is_not_lost(held: Callable[..., tuple[StagedCopy, Held]]) -> None:
    copy, check = held()
    let_all_through(check)
    copy.settle()
    book = CalamineWorkbook.from_path(str(copy.path))
    copy.open_gate()
    assert book.get_sheet_by_index(0).end == (8000, 2)


def test_a_check_that_fails_never_completes_the_copy(held: Callable[..., tuple[StagedCopy, Held]]) -> None:
    copy, check = held(fails_at=3)
    book = CalamineWorkbook.from_path(str(copy.path))
    let_all_through(check)
    copy.open_gate()
    with pytest.raises(WorkbookError):
        copy.settle()
    with pytest.raises(Exception, match=r".") as caught:
        book.get_sheet_by_index(0)
    assert not isinstance(caught.value, AssertionError)


def test_a_check_that_begins_again_releases_nothing_twice(large: Path, tmp_path: Path) -> None:
    with SafeZip(large, "a.xlsx") as archive:
        info = archive.members[SHEET]
        blocks = list(archive.packed(info))

        def check(gate: Gate) -> None:
            for block in blocks[:3]:
                gate.let_through(block)
            gate.restart()
            for block in blocks:
                gate.let_through(block)

        copy = StagedCopy(archive, info, check, tmp_path)
        book = CalamineWorkbook.from_path(str(copy.path))
        copy.open_gate()
        copy.settle()
        assert book.get_sheet_by_index(0).end == (8000, 2)
        copy.stop()


def test_a_check_without_news_opens_the_gate_at_its_end(large: Path, tmp_path: Path) -> None:
    with SafeZip(large, "a.xlsx") as archive:
        copy = StagedCopy(archive, archive.members[SHEET], lambda gate: None, tmp_path)
        book = CalamineWorkbook.from_path(str(copy.path))
        copy.open_gate()
        copy.settle()
        assert book.get_sheet_by_index(0).end == (8000, 2)
        copy.stop()


def test_stopping_early_ends_the_thread_and_removes_the_copy(large: Path) -> None:
    with open_workbook(large) as opened:
        assert opened.sheets
    assert not [thread for thread in threading.enumerate() if thread.name == "sheet-check"]


def test_a_far_cell_at_the_end_of_a_large_sheet(tmp_path: Path) -> None:
    xml = sheet_xml(noisy_rows(8000)).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    path = write_xlsx_parts(tmp_path / "a.xlsx", xml)
    with open_workbook(path) as opened, pytest.raises(WorkbookError) as caught:
        recognise(opened)
    assert caught.value.error_code == "workbook.too_large"


def test_a_far_cell_in_front_of_an_early_end(tmp_path: Path) -> None:
    body = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    padding = "".join(f"<!--{text}-->" for _, text, _ in noisy_rows(8000)[1:])
    xml = sheet_xml([]).replace("</sheetData>", body + padding)
    path = write_xlsx_parts(tmp_path / "a.xlsx", xml)
    with open_workbook(path) as opened, pytest.raises(WorkbookError) as caught:
        recognise(opened)
    assert caught.value.error_code == "workbook.too_large"


def test_a_sheet_of_uncommon_form_is_read_when_its_measure_is_known(tmp_path: Path) -> None:
    xml = re.sub(r'<c r="(\w+)"', r"<c r='\1'", sheet_xml(noisy_rows(3000)))
    with open_workbook(write_xlsx_parts(tmp_path / "a.xlsx", xml)) as opened:
        assert len(read_listings(opened, recognise(opened)).rows) == 3000


def test_a_second_look_at_a_released_file_opens_it_again(large: Path) -> None:
    with open_workbook(large) as opened:
        found = recognise(opened)
        assert len(read_listings(opened, found).rows) == 8000
        opened.forget(found.sheet)
        assert len(read_listings(opened, found).rows) == 8000


def test_small_sheets_are_not_staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staged_copy, "_WORTH_BYTES", 1 << 40)

    def never(*_: object) -> None:
        raise AssertionError("a small sheet was staged")

    monkeypatch.setattr(books, "StagedCopy", never)
    with open_workbook(write_rows(tmp_path / "a.xlsx")) as opened:
        assert recognise(opened).header_row == 1


def test_the_gate_hears_of_every_byte_in_order(large: Path) -> None:
    class Listener(Gate):
        def __init__(self) -> None:
            self.heard = b""
            self.starts = 0

        def restart(self) -> None:
            self.starts += 1
            self.heard = b""

        def let_through(self, packed: bytes) -> None:
            self.heard += packed

    with SafeZip(large, "a.xlsx") as archive:
        guard, listener = XlsxGuard(archive), Listener()
        guard.check_small_parts()
        (info,) = guard.sheets
        guard.check_sheet(info, listener)
        assert listener.heard == b"".join(archive.packed(info))
        assert listener.starts == 1
