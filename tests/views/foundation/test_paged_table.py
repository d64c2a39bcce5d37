"""The table as a user meets it: clicks, keys, the clipboard, columns, densities, what is kept over a refresh."""

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.services.paging import Filter, Query
from app.views.cells import Badge, Cell, Column
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.theme import apply_theme
from app.views.theme.density import TWO_LINE
from app.views.view_settings import MemorySettings

Key, Button, Mod = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier


def columns(boxes=False):
    return (
        Column("title", "filter.name",
               lambda row: Cell(row.title, is_checked=(row.status == "failed") if boxes else None),
               sort_key="title", width=200, fixed=True, stretch=True, min_width=150, edit=lambda row: row.title),
        Column("price", "action.undo", lambda row: Cell(f"{row.price_minor / 100:.2f}", copied=str(row.price_minor)),
               align="right", sort_key="price_minor", unit_key="action.redo", width=80, new_value_first=True),
        Column("status", "table.name", lambda row: Cell(status=f"listing.{row.status}"), width=120),
        Column("checks", "action.fix", lambda row: Cell(badges=(Badge("2", "red", "octagon"),)), width=60, hidden=True),
    )  # fmt: skip


class Page:
    def __init__(self, table, qtbot):
        self.table, self.model, self.qtbot = table, table.paged, qtbot

    def ask(self, query=None):
        with self.qtbot.waitSignal(self.model.ordered):
            self.model.ask(query or Query())

    def at(self, row, column=0):
        return self.table.visualRect(self.model.index(row, column)).center()

    def click(self, row, column=0, modifier=Mod.NoModifier, button=Button.LeftButton):
        self.qtbot.mouseClick(self.table.viewport(), button, modifier, self.at(row, column))

    def press(self, key, modifier=Mod.NoModifier):
        self.qtbot.keyClick(self.table, key, modifier)

    @property
    def ids(self):
        return list(self.table.selection().ids)


@pytest.fixture
def build(runner, qtbot):
    made = []

    def make(source, *, settings=None, boxes=False, name="t", **more):
        model = PagedTableModel(source, columns(boxes), runner)
        table = PagedTable(model, name, settings=settings if settings is not None else MemorySettings(), **more)
        model.setParent(table)
        qtbot.addWidget(table)
        table.resize(700, 500)
        with qtbot.waitExposed(table):
            table.show()
        page = Page(table, qtbot)
        made.append(page)
        page.ask()
        table.setFocus()
        return page

    yield make
    for page in made:
        page.model.stop()
    qtbot.waitUntil(lambda: runner.is_idle)


class TestChoosing:
    def test_a_click_chooses_a_row_by_id(self, build, fake_source, qtbot):
        page = build(fake_source(50))
        shown = []
        page.table.current_changed.connect(shown.append)
        with qtbot.waitSignal(page.table.chosen):
            page.click(3)
        assert page.ids == [4]
        assert [row.id for row in shown] == [4]
        assert page.table.current_record() is shown[0]
        assert page.table.selection().count == 1

    def test_shift_extends_and_ctrl_takes_and_drops_whole_rows(self, build, fake_source):
        page = build(fake_source(50))
        page.click(2)
        page.click(5, modifier=Mod.ShiftModifier)
        assert page.ids == [3, 4, 5, 6]
        page.click(9, column=1, modifier=Mod.ControlModifier)
        assert page.ids == [3, 4, 5, 6, 10]
        page.click(3, column=1, modifier=Mod.ControlModifier)
        assert page.ids == [3, 5, 6, 10]

    def test_select_all_is_the_filter_and_loads_nothing(self, build, fake_source):
        source = fake_source(20_000)
        page = build(source)
        asked = dict(source.asked)
        page.press(Key.Key_A, Mod.ControlModifier)
        chosen = page.table.selection()
        assert chosen.is_all
        assert chosen.count == 20_000
        assert chosen.ids == ()
        assert chosen.query == page.model.query
        assert source.asked == asked

    def test_all_but_one(self, build, fake_source):
        page = build(fake_source(300))
        page.press(Key.Key_A, Mod.ControlModifier)
        page.click(4, modifier=Mod.ControlModifier)
        chosen = page.table.selection()
        assert not chosen.is_all
        assert chosen.count == 299
        assert 5 not in chosen.ids

    def test_arrows_move_and_shift_arrows_extend(self, build, fake_source):
        page = build(fake_source(50))
        page.click(0)
        page.press(Key.Key_Down)
        page.press(Key.Key_Down, Mod.ShiftModifier)
        assert page.ids == [2, 3]
        page.press(Key.Key_End, Mod.ControlModifier)
        assert page.table.currentIndex().row() == 49
        page.press(Key.Key_Home, Mod.ControlModifier)
        assert page.table.currentIndex().row() == 0

    def test_escape_drops_the_choice(self, build, fake_source):
        page = build(fake_source(50))
        page.click(3)
        page.press(Key.Key_Escape)
        assert not page.table.selection()

    def test_choosing_by_id_and_going_there(self, build, fake_source):
        page = build(fake_source(500))
        page.table.select_ids([5, 6, 400, 9999])
        assert page.ids == [5, 6, 400]
        assert page.table.go_to(450)
        assert page.table.currentIndex().row() == 449
        assert page.table.rowAt(page.table.viewport().height() // 2) > 300
        assert not page.table.go_to(9999)

    def test_a_right_click_keeps_a_choice_it_is_in(self, build, fake_source, qtbot):
        page = build(fake_source(50))
        page.click(2)
        page.click(5, modifier=Mod.ShiftModifier)
        page.click(3, button=Button.RightButton)
        assert page.ids == [3, 4, 5, 6]
        page.click(9, button=Button.RightButton)
        assert page.ids == [10]

    def test_tab_leaves_the_table(self, build, fake_source, qtbot):
        page = build(fake_source(50))
        page.click(0)
        row, window = page.table.currentIndex(), QWidget()
        layout, after = QVBoxLayout(window), QLineEdit()
        for widget in (page.table, after):
            layout.addWidget(widget)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        page.table.setFocus()
        page.press(Key.Key_Tab)
        assert after.hasFocus()
        assert page.table.currentIndex() == row
        page.table.setParent(None)
        window.deleteLater()

    def test_typing_searches_no_million_rows(self, build, fake_source):
        source = fake_source(5000)
        page = build(source)
        page.table.setCurrentIndex(page.model.index(0, 2))
        asked = dict(source.asked)
        page.press(Key.Key_L)
        assert page.table.currentIndex().row() == 0
        assert source.asked == asked


class TestKept:
    def test_choice_current_row_and_place_survive_a_refresh(self, build, fake_source, qtbot):
        source = fake_source(2000)
        page = build(source)
        page.table.go_to(1000)
        page.table.select_ids([1000, 1001, 1500])
        top = page.model.id_at(page.table.rowAt(0))
        offset = page.table.rowViewportPosition(page.table.rowAt(0))
        for id in range(1, 100):
            del source.data[id]
        with qtbot.waitSignal(page.model.ordered):
            page.model.reload()
        assert page.ids == [1000, 1001, 1500]
        assert page.model.id_at(page.table.currentIndex().row()) == 1000
        assert page.model.id_at(page.table.rowAt(0)) == top
        assert page.table.rowViewportPosition(page.table.rowAt(0)) == offset

    def test_choice_survives_sorting_even_beyond_the_first_page(self, build, fake_source):
        page = build(fake_source(2000))
        page.table.select_ids([3, 1777])
        page.ask(Query(sort="price_minor", descending=True))
        assert sorted(page.ids) == [3, 1777]
        assert page.table.verticalScrollBar().value() == 0

    def test_another_filter_drops_the_choice(self, build, fake_source):
        page = build(fake_source(2000))
        page.table.select_ids([3, 1777])
        page.ask(Query(text="Lamp 000003"))
        assert page.ids == []

    def test_all_stays_all_when_rows_come(self, build, fake_source, qtbot):
        source = fake_source(500)
        page = build(source)
        page.table.selectAll()
        source.data[9000] = source.data[1].__class__(9000, "Lamp new", 5)
        with qtbot.waitSignal(page.model.ordered):
            page.model.reload()
        assert page.table.selection().is_all
        assert page.table.selection().count == 501

    def test_a_choice_that_is_gone_is_gone(self, build, fake_source, qtbot):
        source = fake_source(500)
        page = build(source)
        page.table.select_ids([10, 20])
        del source.data[10]
        with qtbot.waitSignal(page.model.ordered):
            page.model.reload()
        assert page.ids == [20]


class TestClipboard:
    def test_the_current_cell(self, build, fake_source):
        page = build(fake_source(5))
        page.click(2, column=0)
        page.press(Key.Key_C, Mod.ControlModifier)
        assert QGuiApplication.clipboard().text() == "Lamp 000003"

    def test_a_block_as_excel_takes_it(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1, column=1)
        page.click(2, column=2, modifier=Mod.ShiftModifier)
        with qtbot.waitSignal(page.table.copied) as told:
            page.press(Key.Key_C, Mod.ControlModifier)
        assert QGuiApplication.clipboard().text() == "74\tLive\r\n111\tLive"
        assert told.args == [2]

    def test_whole_rows_with_headers_in_the_order_shown(self, build, fake_source):
        page = build(fake_source(5))
        page.table.header.moveSection(page.table.header.visualIndex(2), 1)
        page.click(0, modifier=Mod.ControlModifier)
        page.press(Key.Key_C, Mod.ControlModifier | Mod.ShiftModifier)
        lines = QGuiApplication.clipboard().text().split("\r\n")
        assert lines == ["Name\tTable\tUndo Redo", "Lamp 000001\tLive\t37"]

    def test_rows_not_seen_yet_are_read_first(self, build, fake_source, qtbot):
        page = build(fake_source(3000))
        page.table.selectAll()
        with qtbot.waitSignal(page.table.copied) as told:
            page.press(Key.Key_C, Mod.ControlModifier)
        assert told.args == [3000]
        lines = QGuiApplication.clipboard().text().split("\r\n")
        assert lines[2999].startswith("Lamp 003000\t")

    def test_too_many_rows_are_refused_and_say_so(self, build, fake_source, qtbot):
        page = build(fake_source(20_001))
        page.table.selectAll()
        QGuiApplication.clipboard().setText("before")
        with qtbot.waitSignal(page.table.copy_refused) as told:
            page.press(Key.Key_C, Mod.ControlModifier)
        assert told.args == [20_000]
        assert QGuiApplication.clipboard().text() == "before"

    def test_pasting_hands_the_block_to_the_page(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1, column=1)
        QGuiApplication.clipboard().setText('1.5\tLive\r\n"two\nlines"\t')
        with qtbot.waitSignal(page.table.block_pasted) as told:
            page.press(Key.Key_V, Mod.ControlModifier)
        assert told.args == [1, 1, [["1.5", "Live"], ["two\nlines", ""]]]

    def test_delete_and_fill_down_name_the_cells(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1, column=0)
        page.click(3, column=1, modifier=Mod.ShiftModifier)
        with qtbot.waitSignal(page.table.cells_cleared) as told:
            page.press(Key.Key_Delete)
        assert told.args == [[1, 2, 3], ["title", "price"]]
        with qtbot.waitSignal(page.table.filled_down) as told:
            page.press(Key.Key_D, Mod.ControlModifier)
        assert told.args == [[1, 2, 3], ["title", "price"]]


class TestEditing:
    def editor(self, page):
        return next(edit for edit in page.table.viewport().findChildren(QLineEdit) if edit.isVisible())

    @pytest.mark.parametrize("key", [Key.Key_F2, Key.Key_Return])
    def test_enter_and_f2_edit_and_enter_goes_down(self, build, fake_source, qtbot, key):
        page = build(fake_source(5))
        page.click(1)
        page.press(key)
        editor = self.editor(page)
        assert editor.text() == editor.selectedText() == "Lamp 000002"
        assert editor.accessibleName() == "Name"
        qtbot.keyClicks(editor, "New")
        with qtbot.waitSignal(page.model.edited) as told:
            qtbot.keyClick(editor, Key.Key_Return)
        assert told.args == [2, "title", "New"]
        assert page.table.currentIndex().row() == 2

    def test_typing_starts_editing(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1)
        page.press(Key.Key_N)
        assert self.editor(page).text() == "n"

    def test_escape_restores(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1)
        page.press(Key.Key_F2)
        editor = self.editor(page)
        qtbot.keyClicks(editor, "New")
        with qtbot.assertNotEmitted(page.model.edited):
            qtbot.keyClick(editor, Key.Key_Escape)
        assert page.table.currentIndex().row() == 1

    def test_an_input_method_may_begin_in_an_editable_cell_only(self, build, fake_source):
        page = build(fake_source(5))
        page.table.setCurrentIndex(page.model.index(1, 0))
        assert page.table.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        page.table.setCurrentIndex(page.model.index(1, 1))
        assert not page.table.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)

    def test_a_cell_that_cannot_be_edited_opens_the_row(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(3, column=1)
        with qtbot.waitSignal(page.table.opened) as told:
            qtbot.mouseDClick(page.table.viewport(), Button.LeftButton, Mod.NoModifier, page.at(3, 1))
        assert told.args == [4]
        with qtbot.waitSignal(page.table.opened) as told:
            page.press(Key.Key_Return)
        assert told.args == [4]


class TestRowsParts:
    def test_a_check_box_ticks_its_row(self, build, fake_source, qtbot):
        source = fake_source(5)
        source.change(2, status="failed")
        page = build(source, boxes=True)
        left = page.table.header.sectionViewportPosition(0) + 14
        with qtbot.waitSignal(page.table.ticked) as told:
            qtbot.mouseClick(page.table.viewport(), Button.LeftButton, pos=QPoint(left, page.at(0).y()))
        assert told.args == [[1], True]
        with qtbot.waitSignal(page.table.ticked) as told:
            qtbot.mouseClick(page.table.viewport(), Button.LeftButton, pos=QPoint(left, page.at(1).y()))
        assert told.args == [[2], False]

    def test_space_ticks_the_chosen_rows_alike(self, build, fake_source, qtbot):
        page = build(fake_source(5), boxes=True)
        page.click(0, column=1)
        page.click(2, column=1, modifier=Mod.ShiftModifier)
        with qtbot.waitSignal(page.table.ticked) as told:
            page.press(Key.Key_Space)
        assert told.args == [[1, 2, 3], True]

    def test_a_chevron_unfolds_and_keys_do_it_too(self, build, folding_source, qtbot):
        page = build(folding_source(50))
        chevron = QPoint(page.table.header.sectionViewportPosition(0) + 12, page.at(1).y())
        with qtbot.waitSignal(page.model.rowsInserted):
            qtbot.mouseClick(page.table.viewport(), Button.LeftButton, pos=chevron)
        assert page.model.is_unfolded(1)
        page.table.setCurrentIndex(page.model.index(1, 0))
        page.press(Key.Key_Left)
        assert not page.model.is_unfolded(1)
        with qtbot.waitSignal(page.model.rowsInserted):
            page.press(Key.Key_Right)
        page.table.setCurrentIndex(page.model.index(2, 0))
        assert page.table.selection().child_ids == [20001]
        assert not page.table.selection().ids

    def test_a_heading_folds_by_click_and_key(self, build, fake_source, qtbot):
        page = build(fake_source(250))
        page.ask(Query(group="g"))
        qtbot.mouseClick(page.table.viewport(), Button.LeftButton, pos=page.at(0))
        assert page.model.is_group_folded(0)
        page.table.setCurrentIndex(page.model.index(0, 0))
        page.press(Key.Key_Right)
        assert not page.model.is_group_folded(0)

    def test_f8_asks_for_the_next_finding(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        with qtbot.waitSignal(page.table.finding_wanted) as told:
            page.press(Key.Key_F8)
        assert told.args == [1]
        with qtbot.waitSignal(page.table.finding_wanted) as told:
            page.press(Key.Key_F8, Mod.ShiftModifier)
        assert told.args == [-1]


class TestColumns:
    def click_header(self, page, column, modifier=Mod.NoModifier):
        header = page.table.header
        middle = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        page.qtbot.mouseClick(header.viewport(), Button.LeftButton, modifier, QPoint(middle, header.height() // 2))

    def test_a_click_sorts_again_reverses_and_shift_adds(self, build, fake_source):
        page = build(fake_source(300))
        self.click_header(page, 1)
        assert (page.model.query.sort, page.model.query.descending) == ("price_minor", True)
        self.click_header(page, 1)
        assert page.model.query.descending is False
        self.click_header(page, 0, Mod.ShiftModifier)
        query = page.model.query
        assert (query.sort, query.then, query.then_descending) == ("price_minor", "title", False)
        self.click_header(page, 2)
        assert page.model.query is query

    def test_columns_can_be_hidden_but_not_the_first(self, build, fake_source):
        page = build(fake_source(3))
        assert not page.table.is_column_shown("checks")
        page.table.set_column_shown("checks", True)
        page.table.set_column_shown("price", False)
        page.table.set_column_shown("title", False)
        assert [page.table.is_column_shown(key) for key in ("title", "price", "status", "checks")] == [
            True, False, True, True,
        ]  # fmt: skip

    def test_the_column_menu(self, build, fake_source, qtbot):
        page = build(fake_source(3))
        page.table.header.menu_wanted.emit(1, QPoint(10, 10))
        menu = next(menu for menu in page.table.findChildren(QMenu) if menu.isVisible())
        texts = [action.text() for action in menu.actions() if action.text()]
        assert texts[:4] == ["Sort ascending", "Sort descending", "Fit column to content", "Hide “Undo”"]
        chooser = {action.data(): action for action in menu.actions() if action.data()}
        assert chooser["checks"].isChecked() is False
        assert not chooser["title"].isEnabled()
        chooser["checks"].trigger()
        assert page.table.is_column_shown("checks")
        menu.close()

    def test_widths_order_columns_sort_and_density_are_remembered(self, build, fake_source, qtbot):
        settings = MemorySettings()
        page = build(fake_source(3), settings=settings)
        header = page.table.header
        edge = QPoint(header.sectionViewportPosition(1) + header.sectionSize(1) - 1, 10)
        qtbot.mousePress(header.viewport(), Button.LeftButton, pos=edge)
        qtbot.mouseMove(header.viewport(), edge + QPoint(40, 0))
        qtbot.mouseRelease(header.viewport(), Button.LeftButton, pos=edge + QPoint(40, 0))
        header.moveSection(header.visualIndex(2), 1)
        page.table.set_column_shown("checks", True)
        page.table.sort_by(1)
        page.table.set_density("roomy")
        again = build(fake_source(3), settings=settings).table
        assert again.header.sectionSize(1) == 120
        assert again.header.visualIndex(2) == 1
        assert again.is_column_shown("checks")
        assert again.remembered_sort() == ("price_minor", True)
        assert again.density.key == "roomy"
        again.reset_columns()
        assert again.header.sectionSize(1) == 80
        assert not again.is_column_shown("checks")
        assert again.header.visualIndex(2) == 2

    def test_settings_of_an_older_version_do_no_harm(self, build, fake_source):
        settings = MemorySettings()
        settings.put(
            "table.t", {"widths": {"gone": 7}, "order": ["gone", "status"], "hidden": ["gone"], "sort": ["x", 1]}
        )
        table = build(fake_source(3), settings=settings).table
        assert table.remembered_sort() is None
        assert table.is_column_shown("status")
        settings.put("table.u", "nonsense")
        assert build(fake_source(3), settings=settings, name="u").table.is_column_shown("price")

    def test_the_stretching_column_takes_the_room_that_is_left(self, build, fake_source):
        table = build(fake_source(3)).table
        assert table.header.length() == table.viewport().width()
        table.resize(1000, 500)
        QApplication.processEvents()
        assert table.header.length() == table.viewport().width()
        table.resize(200, 500)
        QApplication.processEvents()
        assert table.header.sectionSize(0) == 150

    def test_fitting_a_column_to_its_content(self, build, fake_source):
        source = fake_source(3)
        source.change(2, price_minor=123456789012)
        table = build(source).table
        table.fit_column(1)
        wanted = table.cell_width(table.paged.cells(1)[1], table.paged.columns[1])
        assert table.header.sectionSize(1) >= wanted

    def test_a_number_is_never_cut_its_column_grows(self, build, fake_source, qtbot):
        source = fake_source(3)
        source.change(2, price_minor=123456789012)
        table = build(source).table
        qtbot.waitUntil(lambda: table.header.sectionSize(1) > 80)
        assert table.tip_of(table.paged.index(1, 1)) == ""


class TestLook:
    def test_density_steps(self, build, fake_source, qtbot):
        page = build(fake_source(3), default_density="compact")
        assert page.table.rowHeight(0) == 24
        with qtbot.waitSignal(page.table.density_changed):
            page.table.step_density(1)
        assert page.table.rowHeight(0) == 28
        page.table.step_density(1)
        page.table.step_density(1)
        assert page.table.density.key == "roomy"
        assert page.table.rowHeight(0) >= 40
        page.table.step_density(0)
        assert page.table.density.key == "compact"

    def test_a_density_of_the_pages_own(self, build, fake_source):
        table = build(fake_source(3), default_density=TWO_LINE).table
        assert table.rowHeight(0) >= 38
        table.step_density(1)
        assert table.density.key == "roomy"
        table.step_density(0)
        assert table.density is TWO_LINE

    def test_rows_grow_with_the_text(self, build, fake_source, qapp):
        table = build(fake_source(3), default_density="compact").table
        apply_theme(qapp, "light", body_px=16)
        assert table.rowHeight(0) >= table.fontMetrics().height()
        assert table.rowHeight(0) > 24

    def test_a_tip_only_where_the_text_was_cut(self, build, fake_source):
        source = fake_source(3)
        source.change(1, title="A very long title " * 20)
        table = build(source).table
        assert table.tip_of(table.paged.index(0, 0)).startswith("A very long title")
        assert table.tip_of(table.paged.index(1, 0)) == ""

    def test_it_is_painted_in_every_look(self, build, folding_source, each_theme, each_language, qtbot):
        page = build(folding_source(300))
        with qtbot.waitSignal(page.model.rowsInserted):
            page.model.unfold(0)
        page.click(1)
        picture = page.table.viewport().grab().toImage()
        colours = {picture.pixelColor(x, y).name() for x in range(0, 600, 3) for y in range(200)}
        for name in ("surface", "sunken", "sel"):
            assert each_theme.color(name).name() in colours, name

    def test_the_selection_pales_with_the_window(self, build, fake_source, monkeypatch):
        page = build(fake_source(3))
        page.click(1)
        monkeypatch.setattr(page.table, "isActiveWindow", lambda: False)
        picture = page.table.viewport().grab().toImage()
        middle = page.at(1, 1)
        pale = page.table._painter.cells.theme.color("selOff")
        assert picture.pixelColor(10, middle.y() - 8) == pale

    def test_rows_under_way_show_bars_only_after_a_while(self, build, fake_source, qtbot):
        page = build(fake_source(3000))
        page.model.source.gate = __import__("threading").Event()
        page.table.scrollTo(page.model.index(2500, 0))
        page.table.viewport().grab()
        assert not page.table._is_late
        page.table._on_late()
        page.table.viewport().grab()
        assert page.table._is_late
        page.model.source.gate.set()
        qtbot.waitUntil(lambda: page.model.record(2500) is not None)
        page.table.viewport().grab()
        assert not page.table._is_late


def test_filters_reach_the_source(build, fake_source):
    source = fake_source(300)
    source.change(7, status="failed")
    page = build(source)
    page.ask(Query(filters=(Filter("status", "=", "failed"),)))
    page.table.selectionModel().select(page.model.index(0, 0), QItemSelectionModel.SelectionFlag.Select)
    assert page.table.selection().is_all
