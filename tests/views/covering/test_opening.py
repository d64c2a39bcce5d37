"""Where the dialogs of covering are opened from."""

import pytest

from app.views.covering.coverage_dialog import CoverageDialog
from app.views.covering.dialog import CoverDialog
from app.views.covering.opening import Covering
from tests.views.covering.conftest import MemoryDesk


@pytest.fixture
def covering(pair, services, context, window, settle, qtbot):
    services.covering = MemoryDesk(pair)
    window.show()
    return Covering(context, window, lambda ids: None)


def test_a_dropped_list_of_ids_opens_the_cover_dialog_and_a_sheet_does_not(covering, window, settle, tmp_path, qtbot):
    imported = []
    ids, sheet, book = tmp_path / "ids.txt", tmp_path / "sheet.csv", tmp_path / "book.xlsx"
    ids.write_text("1005001\n1005002\n", "utf-8")
    sheet.write_text("Title,Price\nLamp,3\n", "utf-8")
    covering.take_files([book], imported.append)
    covering.take_files([sheet], imported.append)
    covering.take_files([ids, sheet], imported.append)
    settle()
    assert sorted(imported, key=str) == sorted([[book], [sheet], [ids, sheet]], key=str)
    covering.take_files([ids], imported.append)
    qtbot.waitUntil(lambda: window.findChild(CoverDialog) is not None)
    dialog = window.findChild(CoverDialog)
    qtbot.waitUntil(lambda: dialog.ids.wanted.ids == ("1005001", "1005002") and dialog.sample is not None)
    settle()
    dialog.done(0)


def test_one_coverage_view_is_enough_and_a_gap_opens_covering(covering, window, settle, qtbot):
    view = covering.coverage()
    assert covering.coverage() is view
    qtbot.waitUntil(lambda: view.pane.table is not None)
    settle()
    view.cover_wanted.emit(2, 1, ("1005002",))
    dialog = window.findChild(CoverDialog)
    qtbot.waitUntil(lambda: dialog.sample is not None)
    assert (dialog.source.currentData(), dialog.target.currentData(), dialog.ids.text) == (2, 1, "1005002")
    settle()
    for one in (dialog, view):
        one.done(0)
    assert isinstance(view, CoverageDialog)
