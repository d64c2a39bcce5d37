"""The overseas builder as a user meets it: files, the grid, prices typed into it, rows put right, the result."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from app.services.history.undo import undo
from app.services.listings.loading import load_listing
from app.services.packages import read_package
from app.services.paging import Query
from app.services.warehouses.overseas.sheet import read_sheet
from app.views.language import language
from app.views.theme import apply_theme
from app.views.warehouses.builder.dialog import BuilderDialog, Subject
from app.views.warehouses.builder.opening import OverseasBuilding
from tests.unit.warehouses.overseas.conftest import LAMP_ROW, OTHER_ROW, SHEET


class User:
    """What a person does with the builder."""

    def __init__(self, qtbot, dialog):
        self.qtbot, self.dialog = qtbot, dialog

    def waits(self, condition=lambda: True):
        """Until the build is worked out and its rows are here."""
        dialog = self.dialog
        self.qtbot.waitUntil(lambda: dialog._is_ready and not dialog._call.is_busy and self._is_fresh() and condition())

    def _is_fresh(self):
        if self.dialog.head is None or self.dialog.grid.table is None:
            return True
        paged = self.dialog.grid.table.paged
        rows = range(paged.rowCount())
        return paged.is_ordered and not paged._loader.is_busy and all(paged.record(row) is not None for row in rows)

    def cells(self, row):
        """The texts of a line and what stands below them."""
        cells = self.dialog.grid.table.paged.cells(row)
        return [(cell.text, cell.second) for cell in cells or ()]

    def types(self, row, column, text):
        """Double-click, type, Enter."""
        table = self.dialog.grid.table
        index = table.paged.index(row, column)
        at = table.visualRect(index).center()
        self.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self.qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        editor = QApplication.focusWidget()
        editor.selectAll()
        self.qtbot.keyClicks(editor, text) if text else self.qtbot.keyClick(editor, Qt.Key.Key_Delete)
        self.qtbot.keyClick(editor, Qt.Key.Key_Return)


@pytest.fixture
def open_builder(qtbot, ready, window):
    """Open the builder over a subject."""
    opened = []

    def show(subject=None, **more):
        dialog = BuilderDialog(ready, subject or Subject(), window, **more)
        opened.append(dialog)
        dialog.open()
        user = User(qtbot, dialog)
        qtbot.waitUntil(lambda: dialog._is_ready)
        return user

    yield show
    for dialog in opened:
        if isValid(dialog) and dialog.isVisible():
            dialog.reject()
    qtbot.waitUntil(lambda: ready.runner.is_idle)


def test_a_package_and_a_sheet_become_a_new_package(qtbot, ready, open_builder, package, sheet, tmp_path):
    user = open_builder()
    dialog = user.dialog
    assert not dialog.primary.isEnabled()
    assert "Drop a data package" in dialog.grid.nothing.texts[0]
    dialog.take_files([package([LAMP_ROW, OTHER_ROW]), sheet(SHEET + "AB1234-WH,IT,2.10,5\n")])
    user.waits(lambda: dialog.head is not None and dialog.head.countries == ("ES", "FR", "IT"))
    user.waits()
    assert user.cells(0)[0][0] == "Lamp"
    assert user.cells(0)[4:6] == [("9.23", "– · sheet"), ("12.20", "– · sheet")]
    assert user.cells(1)[5:] == [("–", "not in sheet"), ("2.10", "below home")]
    assert user.cells(3)[4] == ("–", "not in sheet")
    assert dialog.options.checks["below_home"][1].text().endswith("1 found")

    user.types(2, 5, "20.5")
    user.waits(lambda: user.cells(2)[5] == ("20.50", "– · typed"))
    user.types(0, 4, "")
    user.waits(lambda: user.cells(0)[4] == ("–", "taken out"))
    user.types(0, 5, "dear")
    user.waits(lambda: "“dear” is no price" in dialog.hint.text())

    dialog.report.kinds.choose("unmatched")
    assert "XY0001" in dialog.report.list.item(0, 0).text()
    qtbot.keyClicks(dialog.report.code, "cd5678")
    qtbot.keyClick(dialog.report.code, Qt.Key.Key_Return)
    user.waits(lambda: user.cells(3)[4] == ("8.00", "– · sheet"))
    assert dialog.head.counts["unmatched"] == 0

    dialog.grid.segments.choose("code")
    user.waits(lambda: user.cells(3)[4] == ("CD5678_CES", "stock 35"))
    dialog.upload_to(tmp_path / "upload.csv")
    qtbot.waitUntil(lambda: (tmp_path / "upload.csv").exists())
    assert len(read_sheet(tmp_path / "upload.csv").offers) == dialog.head.counts["added"] == 6
    with qtbot.waitSignal(dialog.finished):
        dialog.write_to(tmp_path / "out.zip")
    made = read_package(tmp_path / "out.zip")
    assert [one.code for one in made.rows[1].variants] == ["CD5678", "CD5678_CES"]
    toast = ready.notices.kept[0]
    assert (toast.key, toast.offer.key) == ("overseas.written", "overseas.import_package")


def test_what_was_typed_can_be_forgotten_and_every_text_follows_the_language(
    qapp, open_builder, package, sheet, template
):
    user = open_builder(Subject(package=package([LAMP_ROW])), template_id=template.id)
    dialog = user.dialog
    user.waits(lambda: dialog.head is not None)
    assert dialog.head.countries == ("ES", "US")
    assert user.cells(0)[4:] == [("9.36", "– · template"), ("11.36", "– · template")]
    dialog.price("AB1234-BK", "ES", "9.99")
    user.waits(lambda: user.cells(0)[4][0] == "9.99")
    dialog.options.reset.click()
    user.waits(lambda: user.cells(0)[4][0] == "9.36")
    dialog.options.real.setText("Atlantis")
    dialog.options.real.setModified(True)
    dialog.options.real.editingFinished.emit()
    assert dialog.options.options() is None
    assert "Atlantis" in dialog.options.real_field.problem.text()
    language.set_language("zh")
    apply_theme(qapp, "dark")
    user.waits()
    assert dialog.primary.text() == "写成新数据包…"
    assert "通过" in dialog.options.checks["no_stock"][1].text()
    assert dialog.grid.table.paged.columns[4].title == "西班牙"


def test_what_cannot_be_read_is_said_and_a_template_alone_helps(open_builder, package, sheet, template):
    user = open_builder(Subject(package=package([LAMP_ROW])))
    dialog = user.dialog
    user.waits()
    assert "Choose an overseas sheet" in dialog.grid.nothing.texts[0]
    dialog.take_sheet(sheet("国家,价格\nES,9\n", "bad.csv"))
    user.waits(lambda: dialog.grid.state.isVisible() and "no column for “Merchant code”" in dialog.grid.state.texts[1])
    dialog.options.drop_sheet.click()
    dialog.options.template.choose(str(template.id))
    dialog.options._on_template()
    user.waits(lambda: dialog.head is not None)
    assert dialog.head.counts["added"] == 6
    assert dialog.primary.isEnabled()


def test_chosen_listings_change_at_once_and_come_back(qtbot, db, ready, open_builder, make_listing, template):
    listing = make_listing(skus=(("LM1-WH", 1890, 120), ("LM1-WH_CDE", 2100, 3)))
    user = open_builder(Subject(listings=Query(), count=1), template_id=template.id)
    dialog = user.dialog
    user.waits(lambda: dialog.head is not None)
    assert dialog.primary.text() == "Apply to 1 listing"
    assert dialog.head.counts["removed"] == 1
    with qtbot.waitSignal(dialog.applied) as told:
        dialog.primary.click()
    done = told.args[0]

    def codes():
        with db.read() as session:
            found = load_listing(session, listing.id)
        return [sku.code for sku in found.skus], found.handling_days

    assert codes() == (["LM1-WH", "LM1-WH_CES", "LM1-WH_CUS"], 5)
    assert undo(db, done.change.uid).restored == 1
    assert codes() == (["LM1-WH", "LM1-WH_CDE"], None)


class Stand:
    """The window as far as dropped files need it."""

    def __init__(self, key):
        self.page = type("Page", (), {"key": key})()


@pytest.mark.parametrize(
    ("tab", "names", "opens"),
    [("listings", ("sheet",), True), ("listings", ("package",), False), ("warehouses", ("package", "sheet"), True)],
)
def test_dropped_files_open_what_they_are(qtbot, ready, window, package, sheet, tab, names, opens):
    files = {"sheet": sheet(), "package": package([LAMP_ROW])}
    taken = []
    window.page = Stand(tab).page
    building = OverseasBuilding(ready, window, taken.append, taken.append)
    building.take_files([files[name] for name in names], taken.append)
    qtbot.waitUntil(lambda: bool(taken) or bool(window.findChildren(BuilderDialog)))
    found = window.findChildren(BuilderDialog)
    assert bool(found) == opens
    if not opens:
        assert taken == [[files["package"]]]
        return
    dialog = found[0]
    qtbot.waitUntil(lambda: dialog._is_ready and not dialog._call.is_busy)
    assert dialog.options.sheet == files["sheet"]
    if "package" in names:
        assert dialog.head.name == "package.zip/products.xls"
        with qtbot.waitSignal(dialog.import_wanted):
            dialog.instead.click()
        assert taken == [[files["package"]]]
    else:
        dialog.reject()
    qtbot.waitUntil(lambda: ready.runner.is_idle)


def test_a_problem_is_put_right_where_it_stands(qtbot, open_builder, package, sheet, template):
    """Sheet and template, one dialog: remedies of cells, rows of the sheet, stale variants, and the header above."""
    text = SHEET.replace("AB1234-BK,ES,9.23,35", "AB1234-BK,ES,2.10,35").replace("XY0001", "CD5679")
    user = open_builder(Subject(package=package([LAMP_ROW, OTHER_ROW])), template_id=template.id)
    dialog, grid, report = user.dialog, user.dialog.grid, user.dialog.report
    dialog.take_sheet(sheet(text))
    user.waits(lambda: dialog.head is not None and dialog.head.countries == ("ES", "FR", "US"))
    user.waits()

    def above(country):
        return grid.table.paged.columns[4 + dialog.head.countries.index(country)].subtitle()

    assert (above("ES"), above("US")) == ("1 open · _CES", "_CUS · surcharge")
    header = grid.table.paged.headerData
    tips = [header(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) for at in (2, 4, 6)]
    assert tips == [
        "Weight\ng",
        "Spain\nMark _CES; prices in USD from the sheet; 1 cell open",
        "United States\nMark _CUS; prices in USD by “ES+US”: Fixed surcharge; 0 cells open",
    ]

    report.kinds.choose("findings")
    assert "AB1234-BK" in report.list.item(0, 0).text()
    assert report.show_it.isVisibleTo(report)
    report.show_it.click()
    assert grid.bar.isVisible()
    assert "below the one at home" in grid.bar.text.text()
    assert [button.text() for button in grid.bar.buttons] == ["Take the template's 9.36", "Leave it out"]
    grid.bar.buttons[0].click()
    user.waits(lambda: user.cells(0)[4][0] == "9.36")
    assert above("ES") == "_CES · sheet"
    assert [button.text() for button in grid.bar.buttons] == ["Forget what was typed"]
    language.set_language("zh")
    user.waits()
    grid.go_to(0, "ES")
    assert [button.text() for button in grid.bar.buttons] == ["忘掉手填"]
    language.set_language("en")
    user.waits()
    grid.go_to(0, "")
    assert not grid.bar.isVisible(), "nothing is wrong at home"

    report.kinds.choose("unmatched")
    near = [button.text() for button in report.nearest if button.isVisibleTo(report)]
    assert near[0] == "CD5678"
    report.nearest[0].click()
    user.waits(lambda: user.cells(3)[4] == ("8.00", "– · sheet"))

    assert dialog.head.removed == [], "the template makes the stale one anew"
    dialog.options.reset.click()
    user.waits(lambda: user.cells(0)[4][0] == "2.10")


def test_a_stale_variant_is_kept_as_real_stock_with_one_click(open_builder, package, sheet):
    user = open_builder(Subject(package=package([LAMP_ROW])))
    dialog = user.dialog
    dialog.take_sheet(sheet())
    user.waits(lambda: dialog.head is not None and dialog.head.counts["removed"] == 1)
    dialog.report.kinds.choose("removed")
    assert dialog.report.keep.text() == "Keep United States as real stock"
    dialog.report.keep.click()
    user.waits(lambda: dialog.head.counts["removed"] == 0)
    assert dialog.options.real.text() == "US"
    dialog.options.keep_real("US")
    assert dialog.options.real.text() == "US"
    assert not dialog.report.keep.isVisibleTo(dialog.report)
