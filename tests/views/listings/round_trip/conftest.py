"""The window, the worker's functions on a thread, and a program that opens workbooks as a person tells it to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt

from app.services.listings.exporting import ExportOptions
from app.services.listings.round_trip.desk import RoundTripDesk
from app.services.listings.round_trip.mark import read_mark
from app.services.workbooks import open_workbook
from app.views.listings.round_trip.dialog import SheetDialog
from tests.views.listings.bulk_edit.conftest import lamps, lane
from tests.views.listings.bulk_edit.conftest import services as with_bulk_edits

__all__ = ["lamps", "lane", "services", "with_bulk_edits"]


@pytest.fixture
def services(with_bulk_edits: Any, db: Any, tmp_path: Any, lane: Any) -> Any:
    """What the page is given, with the round trip and exports."""
    made = with_bulk_edits
    app = SimpleNamespace(db=db, database_path=db.path, data_dir=tmp_path, worker=lane)
    made.round_trip = RoundTripDesk(app)  # type: ignore[arg-type]

    def call(path: Any, chosen: Any, options: ExportOptions) -> Any:
        return "app.services.listings.exporting:export_file", db.path, path, chosen, options, "en"

    made.export_call = call
    return made


class Excel:
    """The program that opens what it is given, and what a person types there."""

    def __init__(self, page, qtbot, settle):
        self.page, self.qtbot, self.settle = page, qtbot, settle
        self.files = []
        page.excel.open_file = self.files.append
        page.excel.saved._timer.setInterval(1)

    def opens(self, *ids):
        """Choose rows and press the action; the workbook that was opened."""
        if ids:
            self.page.rows.select_ids(ids)
        self.page.actions_of_page["open_in_excel"].trigger()
        self.qtbot.waitUntil(lambda: bool(self.files))
        self.settle()
        return self.files[-1]

    def types(self, path, *cells):
        """Type (code of the variant, key, value) and save as Excel does: a new file beside the old one, renamed."""
        with open_workbook(path) as opened:
            headers = read_mark(opened).headers
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        places = {cell.value: cell.column for cell in page[1]}
        rows = {page.cell(row, places[headers["sku_code"]]).value: row for row in range(2, page.max_row + 1)}
        for code, key, value in cells:
            page.cell(rows[code], places[headers[key]]).value = value
        book.save(path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    @property
    def dialogs(self):
        return [one for one in self.page.findChildren(SheetDialog) if one.isVisible()]

    def sees(self):
        """The dialog once it shows what was saved."""
        self.qtbot.waitUntil(lambda: bool(self.dialogs))
        dialog = self.dialogs[0]
        self.qtbot.waitUntil(lambda: dialog.head is not None and not dialog.checking.is_busy)
        if dialog.preview.table is not None:
            self.qtbot.waitUntil(lambda: dialog.preview.table.paged.is_loaded)
        self.settle()
        return dialog

    def applies(self, dialog):
        told = []
        self.page.excel.applied.connect(told.append)
        self.qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
        self.qtbot.waitUntil(lambda: bool(told))
        self.settle()
        return told[0]


@pytest.fixture
def excel(open_page, lamps, qtbot, settle):
    page = open_page()
    yield Excel(page, qtbot, settle)
    page.excel.saved.stop()
    for dialog in page.findChildren(SheetDialog):
        dialog.close()
    settle()
