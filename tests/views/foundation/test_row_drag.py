"""Rows are dragged by the first column of a chosen row; everywhere else a drag chooses cells."""

from typing import ClassVar

import pytest
from PySide6.QtCore import QPoint, Qt

from app.services.paging import Query
from app.views import row_drag
from app.views.cells import Cell, Column
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.row_drag import ROWS, RowDrag

LEFT = Qt.MouseButton.LeftButton


class Drag:
    """Stands in for `QDrag`, which would wait for a real pointer."""

    made: ClassVar[list] = []

    def __init__(self, source):
        self.source, self.data = source, None

    def setMimeData(self, data):
        self.data = data

    def setPixmap(self, picture):
        self.picture = picture

    def setHotSpot(self, at):
        self.at = at

    def exec(self, action):
        Drag.made.append(self)


@pytest.fixture
def table(qtbot, runner, fake_source, monkeypatch):
    monkeypatch.setattr(row_drag, "QDrag", Drag)
    Drag.made = []
    columns = (
        Column("title", "table.name", lambda row: Cell(row.title), width=200),
        Column("price", "table.columns", lambda row: Cell(str(row.price_minor)), width=120),
    )
    made = PagedTable(PagedTableModel(fake_source(50), columns, runner), "test")
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    RowDrag(made)
    made.paged.ask(Query())
    qtbot.waitUntil(lambda: made.paged.is_ordered)
    return made


def at(table, row, column):
    return table.visualRect(table.paged.index(row, column)).center()


def drag(qtbot, table, row, column, by=60):
    start = at(table, row, column)
    qtbot.mousePress(table.viewport(), LEFT, pos=start)
    qtbot.mouseMove(table.viewport(), start + QPoint(0, 2))
    qtbot.mouseMove(table.viewport(), start + QPoint(0, by))
    qtbot.mouseRelease(table.viewport(), LEFT, pos=start + QPoint(0, by))


def test_chosen_rows_are_dragged_by_their_first_column(qtbot, table):
    table.select_ids([2, 3, 4])
    drag(qtbot, table, 2, 0)
    (made,) = Drag.made
    assert made.data.hasFormat(ROWS)
    assert not made.picture.isNull()
    assert sorted(table.selection().ids) == [2, 3, 4]


def test_elsewhere_and_of_rows_that_are_not_chosen_a_drag_chooses(qtbot, table):
    table.select_ids([2, 3, 4])
    drag(qtbot, table, 2, 1)
    drag(qtbot, table, 10, 0)
    table.select_ids([2])
    drag(qtbot, table, 1, 0)
    assert Drag.made == []


def test_a_press_that_is_no_drag_chooses_the_cell_as_usual(qtbot, table):
    table.select_ids([2, 3, 4])
    qtbot.mouseClick(table.viewport(), LEFT, pos=at(table, 3, 0))
    assert table.selection().ids == [4]
    assert table.currentIndex().row() == 3
