"""The coverage view by its buttons, boxes and lines; what fails on the way is told."""

from threading import Event

import pytest
from PySide6.QtCore import Qt
from shiboken6 import isValid

from app.services.coverage.assignments import members
from app.services.errors import AppError
from app.services.workbooks import OutColumn, OutSheet, write_xlsx
from app.views.covering.assign_dialog import AssignDialog
from app.views.covering.coverage_dialog import CoverageDialog
from app.views.covering.dialog import CoverDialog
from app.views.covering.opening import Covering
from tests.views.covering.conftest import MemoryDesk
from tests.views.file_choices import choose_files

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot, shops, services, context, window, settle):
    """The view over three stores."""
    window.show()
    made = CoverageDialog(context, window)
    made.begin()
    qtbot.waitUntil(lambda: made.pane.table is not None and made.pane.table.paged.total == 4)
    settle()
    yield made
    settle()
    if isValid(made):
        made.done(0)


@pytest.fixture
def choose(qtbot, settle):
    """Choose from a box with the keys, as far down as it takes."""

    def with_keys(box, id):
        box.setFocus()
        for _ in range(box.count()):
            if box.value == id:
                break
            qtbot.keyClick(box, Qt.Key.Key_Down)
        settle()
        assert box.value == id

    return with_keys


@pytest.fixture
def fails(services, monkeypatch):
    """This of the desk fails from now on."""

    def make(name):
        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(services.coverage, name, fail)

    return make


def codes(dialog):
    model = dialog.pane.table.paged
    return [model.index(at, 0).data() for at in range(model.rowCount())]


class TestNarrowing:
    def test_what_is_typed_and_chosen_narrows_and_nothing_found_shows_a_way_back(self, dialog, qtbot, settle, choose):
        qtbot.keyClicks(dialog.pane.search, "AB2")
        qtbot.waitUntil(lambda: codes(dialog) == ["AB2"])
        choose(dialog.pane.place, "gap:1")
        qtbot.waitUntil(dialog.pane.nothing.isVisible)
        assert not dialog.primary.isEnabled()
        qtbot.mouseClick(dialog.pane.nothing.button, LEFT)
        qtbot.waitUntil(lambda: codes(dialog) == ["AB1", "AB2", "AB3", "AB4"])
        assert (dialog.pane.search.text(), dialog.pane.place.value) == ("", "")

    def test_the_button_counts_what_is_in_view_or_chosen(self, dialog, qtbot, settle, choose):
        choose(dialog.pane.place, "gap:2")
        qtbot.waitUntil(lambda: dialog.primary.text() == "Cover 1 code…")
        choose(dialog.pane.place, "gap:3")
        n = len(codes(dialog))
        assert n > 1
        qtbot.waitUntil(lambda: dialog.primary.text() == f"Cover {n} codes…")
        dialog.pane.table.selectRow(0)
        qtbot.waitUntil(lambda: dialog.primary.text() == "Cover 1 code…")

    def test_nothing_is_covered_before_it_is_counted(self, dialog, qtbot, choose, settle):
        choose(dialog.pane.place, "gap:2")
        assert dialog.primary.isEnabled()
        dialog.pane.place.setFocus()
        while dialog.pane.place.value != "gap:3":
            qtbot.keyClick(dialog.pane.place, Qt.Key.Key_Down)
        assert not dialog.primary.isEnabled()
        settle()
        assert dialog.primary.isEnabled()

    def test_the_button_counts_before_all_rows_are_in_order(
        self, dialog, qtbot, settle, choose, make_listing, context, monkeypatch
    ):
        many = tuple((f"ZZ{number}", 1000, 5) for number in range(600))
        make_listing(title="New", product_id="13", status="live", skus=many)
        context.changes.tell({"listing"})
        settle()
        kind, may_go = type(dialog.pane.table.paged.source), Event()
        order = kind.ids

        def slowly(*args):
            assert may_go.wait(30)
            return order(*args)

        monkeypatch.setattr(kind, "ids", slowly)
        dialog.pane.place.setFocus()
        while dialog.pane.place.value != "gap:2":
            qtbot.keyClick(dialog.pane.place, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: dialog.primary.text() == "Cover 601 codes…")
        may_go.set()
        settle()
        assert dialog.primary.text() == "Cover 601 codes…"


class TestButtons:
    def test_an_operator_is_asked_for(self, dialog, qtbot, settle, shops):
        qtbot.mouseClick(dialog.pane.assign, LEFT)
        asked = dialog.findChild(AssignDialog)
        qtbot.keyClicks(asked.member.lineEdit(), "Anna")
        qtbot.mouseClick(asked.primary, LEFT)
        settle()
        assert members(shops) == {"Anna": 4}

    def test_sheets_are_chosen_and_written(self, dialog, qtbot, settle, tmp_path, shops, context):
        columns = [OutColumn("Merchant code", is_text=True), OutColumn("Operator")]
        write_xlsx(tmp_path / "team.xlsx", [OutSheet("Sheet", columns, [("AB1", "Anna")])])
        qtbot.mouseClick(dialog.pane.take_sheet, LEFT)
        choose_files(dialog, tmp_path / "team.xlsx")
        settle()
        assert members(shops) == {"Anna": 1}
        assert context.notices.kept[0].offer.text == "Undo"
        qtbot.mouseClick(dialog.pane.export, LEFT)
        choose_files(dialog, tmp_path / "coverage.xlsx")
        settle()
        assert (tmp_path / "coverage.xlsx").exists()
        assert "coverage.xlsx" in context.notices.kept[0].text


class TestTrouble:
    def test_a_sheet_that_is_gone_is_told_beside_one_that_is_read(self, dialog, settle, tmp_path, shops):
        columns = [OutColumn("Merchant code", is_text=True), OutColumn("Operator")]
        write_xlsx(tmp_path / "team.xlsx", [OutSheet("Sheet", columns, [("AB1", "Anna")])])
        before = dialog.hint.text()
        dialog.import_files([tmp_path / "gone.xlsx", tmp_path / "team.xlsx"])
        settle()
        assert members(shops) == {"Anna": 1}
        assert "gone.xlsx" in dialog.hint.text()
        dialog.pane.ask()
        settle()
        assert dialog.hint.text() == before, "told until something else is asked for"

    def test_counts_that_cannot_be_read(self, dialog, settle, fails, context):
        fails("shares")
        context.changes.tell({"store"})
        settle()
        assert "disk full" in dialog.hint.text()

    def test_a_folder_that_is_gone(self, dialog, settle, tmp_path):
        dialog.export_to(tmp_path / "no" / "such" / "coverage.xlsx")
        settle()
        assert "such" in dialog.hint.text()

    def test_stores_that_cannot_be_read(self, dialog, settle, fails, context):
        fails("members")
        context.changes.tell({"store"})
        settle()
        assert "disk full" in dialog.hint.text()

    def test_sources_that_cannot_be_read(self, dialog, qtbot, settle, fails, choose):
        choose(dialog.pane.place, "gap:3")
        fails("sources_for")
        qtbot.mouseClick(dialog.primary, LEFT)
        settle()
        assert "disk full" in dialog.hint.text()

    def test_rows_that_cannot_be_read(self, dialog, qtbot, settle, monkeypatch):
        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(type(dialog.pane.table.paged.source), "first_page", fail)
        qtbot.keyClicks(dialog.pane.search, "AB")
        qtbot.waitUntil(lambda: "disk full" in dialog.hint.text())


class TestWindow:
    @pytest.fixture
    def covering(self, pair, services, context, window):
        services.covering = MemoryDesk(pair)
        window.show()
        return Covering(context, window, lambda ids: None)

    def test_what_was_covered_is_told_everywhere_and_can_be_undone(self, covering, context, window, qtbot, settle):
        told, undone = [], []
        context.changes.happened.connect(told.append)
        covering.undo_wanted.connect(undone.append)
        dialog = covering.cover(2, 1, ["1005001"])
        qtbot.waitUntil(lambda: dialog.sample is not None)
        settle()
        with qtbot.waitSignal(dialog.covered) as covered:
            qtbot.mouseClick(dialog.primary, LEFT)
        assert "listing" in frozenset().union(*told)
        context.notices.kept[0].offer.do()
        assert undone == [covered.args[0].change.uid]
        settle()
        dialog.done(0)

    def test_an_assignment_can_be_undone(self, covering, shops, context, window, qtbot, settle):
        undone = []
        covering.undo_wanted.connect(undone.append)
        view = covering.coverage()
        qtbot.waitUntil(lambda: view.pane.table is not None)
        settle()
        view.assign([1], "Anna")
        settle()
        context.notices.kept[0].offer.do()
        assert len(undone) == 1
        view.done(0)

    def test_a_file_that_cannot_be_read_is_imported_as_any_other(
        self, covering, services, window, settle, tmp_path, monkeypatch
    ):
        imported, gone = [], tmp_path / "gone.txt"
        covering.take_files([gone], imported.append)
        settle()

        def fail(_):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(services.covering, "looks_like_ids", fail)
        covering.take_files([gone], imported.append)
        settle()
        assert imported == [[gone], [gone]]
        assert window.findChild(CoverDialog) is None
