"""The cover dialog by its fields, boxes, buttons and lines; what fails on the way is told and is no dead end."""

import pytest
from PySide6.QtCore import Qt
from shiboken6 import isValid

from app.messages import tr
from app.services.covering.rules import CoverRules
from app.services.errors import AppError
from app.views.covering.dialog import CoverDialog
from app.views.language import language
from tests.unit.covering.conftest import OUR_TEMPLATE
from tests.views.covering.conftest import MemoryDesk
from tests.views.file_choices import choose_files

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def shown():
    """Ids the dialog went to."""
    return []


@pytest.fixture
def open_dialog(qtbot, pair, services, context, window, settle, shown):
    """Opens the dialog on their store and ours, with these ids."""
    made = []
    services.covering = MemoryDesk(pair)
    window.show()

    def make(ids="1005001\n1005002"):
        dialog = CoverDialog(context, shown.extend, window)
        made.append(dialog)
        dialog.begin()
        qtbot.waitUntil(lambda: dialog.source.count() == 2)
        settle()
        if ids:
            type_ids(dialog, qtbot, ids)
            qtbot.waitUntil(lambda: dialog.sample is not None and dialog.report.table is not None)
        settle()
        return dialog

    yield make
    settle()
    for dialog in made:
        if isValid(dialog):
            dialog.done(0)


@pytest.fixture
def fails(services, monkeypatch):
    """This of the desk fails until it is called off."""

    def make(name, owner=None):
        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(owner or services.covering, name, fail)
        return monkeypatch.undo

    return make


def type_ids(dialog, qtbot, text):
    dialog.ids.lines.setFocus()
    dialog.ids.lines.selectAll()
    dialog.ids.lines.insertPlainText(text)


def press(qtbot, segments, key):
    qtbot.mouseClick(segments, LEFT, pos=segments.part_rect(key).center())


def lines(dialog, kind):
    return [line for line in dialog.report.lines if line.kind == kind]


def prices(dialog):
    return {line.after for line in lines(dialog, "replaced") if line.field == "sku.price"}


class TestRules:
    def test_what_is_typed_is_tried_a_moment_later(self, open_dialog, qtbot):
        dialog = open_dialog()
        dialog.form.sections["prices"].fold(False)
        qtbot.keyClicks(dialog.form.factor, "2")
        qtbot.waitUntil(lambda: prices(dialog) == {"37.80", "39.80"})

    def test_what_is_chosen_is_tried_a_moment_later(self, open_dialog, qtbot):
        dialog = open_dialog()
        dialog.form.sections["prices"].fold(False)
        qtbot.keyClicks(dialog.form.factor, "2")
        qtbot.waitUntil(lambda: bool(prices(dialog)))
        dialog.form.rounding.setFocus()
        while dialog.form.rounding.value != "end_99":
            qtbot.keyClick(dialog.form.rounding, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: prices(dialog) == {"37.99", "39.99"})

    def test_the_group_of_one_of_theirs_is_tried_a_moment_later(self, open_dialog, qtbot):
        dialog = open_dialog()
        assert any(line.field == "group_id" for line in lines(dialog, "unmapped"))
        box = dialog.form.maps["groups"]["5081"]
        box.setFocus()
        while box.value != "9001":
            qtbot.keyClick(box, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: not any(line.field == "group_id" for line in lines(dialog, "unmapped")))

    def test_what_is_covered_already_is_tried_as_chosen(self, open_dialog, qtbot, pair):
        pair.cover("1005001", CoverRules(default_group="-", default_template=OUR_TEMPLATE))
        dialog = open_dialog()
        assert len(lines(dialog, "skipped")) == 1
        press(qtbot, dialog.existing, "update")
        qtbot.waitUntil(lambda: not lines(dialog, "skipped"))

    def test_another_store_to_take_from_is_looked_at(self, open_dialog, qtbot):
        dialog = open_dialog()
        dialog.source.setFocus()
        qtbot.keyClick(dialog.source, Qt.Key.Key_Down)
        assert dialog.source.currentData() == dialog.target.currentData()
        assert dialog.report.state.texts[0] == tr("cover.choose_two")
        assert not dialog.primary.isEnabled()


class TestReport:
    def test_searched_found_nothing_and_shown_again(self, open_dialog, qtbot):
        dialog = open_dialog()
        report, n = dialog.report, len(dialog.report.lines)
        qtbot.keyClicks(report.search, "1005002")
        expected = sum("1005002" in line.product_id for line in report.lines)
        qtbot.waitUntil(lambda: report.table.paged.total == expected < n)
        qtbot.keyClicks(report.search, "x")
        qtbot.waitUntil(report.nothing.isVisible)
        qtbot.mouseClick(report.nothing.button, LEFT)
        qtbot.waitUntil(lambda: report.table.isVisible() and report.table.paged.total == n)
        assert report.search.text() == ""

    def test_it_goes_into_a_workbook(self, open_dialog, qtbot, settle, tmp_path):
        dialog = open_dialog()
        qtbot.mouseClick(dialog.report.export, LEFT)
        choose_files(dialog.report, tmp_path / "report.xlsx")
        settle()
        assert (tmp_path / "report.xlsx").exists()
        dialog.export_to(str(tmp_path / "no" / "such" / "report.xlsx"))
        settle()
        assert "such" in dialog.hint.text()

    def test_a_line_opens_its_draft(self, open_dialog, qtbot, settle, shown):
        dialog = open_dialog()
        with qtbot.waitSignal(dialog.covered) as covered:
            qtbot.mouseClick(dialog.primary, LEFT)
        settle()
        table = dialog.report.table
        qtbot.waitUntil(lambda: table.paged.is_loaded)
        at = next(row for row, line in enumerate(dialog.report.lines) if line.listing_id)
        table.setCurrentIndex(table.paged.index(at, 1))
        table.setFocus()
        qtbot.keyClick(table, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(shown))
        assert shown[0] in covered.args[0].copied.values()


class TestFiles:
    def test_a_list_of_ids_is_chosen(self, open_dialog, qtbot, tmp_path):
        dialog = open_dialog(ids="")
        (tmp_path / "ids.txt").write_text("1005001\n")
        qtbot.mouseClick(dialog.open_file, LEFT)
        choose_files(dialog, tmp_path / "ids.txt")
        qtbot.waitUntil(lambda: dialog.ids.text == "1005001")


class TestTrouble:
    def test_stores_that_cannot_be_read(self, open_dialog, services, context, window, settle, monkeypatch):
        def fail():
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(services, "stores", fail)
        dialog = CoverDialog(context, print, window)
        dialog.begin()
        settle()
        assert "disk full" in dialog.hint.text()
        dialog.done(0)

    def test_rules_that_cannot_be_read(self, open_dialog, qtbot, settle, fails):
        dialog = open_dialog(ids="")
        fails("rules")
        dialog.target.setFocus()
        dialog.target.activated.emit(dialog.target.currentIndex())
        settle()
        assert "disk full" in dialog.hint.text()

    def test_ids_that_cannot_be_read(self, open_dialog, qtbot, fails):
        dialog = open_dialog()
        fails("read_text")
        type_ids(dialog, qtbot, "1005002")
        qtbot.waitUntil(lambda: "disk full" in dialog.ids.told.text())
        assert not dialog.primary.isEnabled()

    def test_products_that_cannot_be_read_are_read_with_the_next_ids(self, open_dialog, qtbot, settle, fails):
        dialog = open_dialog(ids="")
        again = fails("sample")
        type_ids(dialog, qtbot, "1005001")
        qtbot.waitUntil(lambda: dialog.report.state.texts[0] == tr("cover.not_read"))
        assert "disk full" in dialog.report.state.texts[1]
        again()
        type_ids(dialog, qtbot, "1005001\n1005002")
        qtbot.waitUntil(lambda: bool(lines(dialog, "replaced")))

    def test_rules_that_cannot_be_tried(self, open_dialog, qtbot, fails):
        dialog = open_dialog()
        fails("mapped", type(dialog.sample))
        qtbot.keyClicks(dialog.form.factor, "2")
        qtbot.waitUntil(lambda: "disk full" in dialog.report.state.texts[1])

    def test_a_run_tells_how_far_it_is_and_is_stopped_by_its_button(
        self, open_dialog, qtbot, services, pair, monkeypatch
    ):
        dialog = open_dialog()

        def slowly(source, target, rules, wanted, ctx, *, update=False):
            ctx.report(1, 2)
            assert ctx.stop.wait(30)
            ctx.checkpoint()

        monkeypatch.setattr(services.covering, "run", slowly)
        qtbot.mouseClick(dialog.primary, LEFT)
        qtbot.waitUntil(lambda: "1 of 2" in dialog.report.state.texts[1])
        qtbot.mouseClick(dialog.report.state.button, LEFT)
        qtbot.waitUntil(lambda: dialog.report.state.texts[0] == tr("cover.stopped"))
        assert pair.sql("SELECT id FROM listing") == []


def test_what_was_read_of_the_ids_follows_the_language(open_dialog):
    dialog = open_dialog("1005001\nrubbish")
    english = dialog.ids.told.text()
    language.set_language("zh")
    assert dialog.ids.told.text() == f"{tr('cover.ids_count', n=1)} · {tr('cover.ids_junk', n=1, lines='2')}" != english
    assert dialog.primary.text() == tr("cover.start", n=1)
