"""Columns and look of a table: sorting, hiding, widths, densities, tips, painting."""

import threading

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from app.views.theme import apply_theme, current_theme
from app.views.theme.density import TWO_LINE
from app.views.view_settings import MemorySettings

Key, Button, Mod = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier


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

    def test_a_click_that_sorts_chooses_nothing(self, build, fake_source, qtbot):
        page = build(fake_source(300))
        self.click_header(page, 1)
        qtbot.waitUntil(lambda: page.model.is_ordered)
        assert not page.table.selection()
        assert not page.table.currentIndex().isValid()
        page.click(3)
        chosen = page.ids
        self.click_header(page, 1)
        qtbot.waitUntil(lambda: page.model.is_ordered)
        assert page.ids == chosen

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

    def test_the_menu_by_keyboard_is_that_of_the_current_cell(self, build, fake_source, qtbot):
        page = build(fake_source(3))
        page.table.setCurrentIndex(page.table.paged.index(1, 1))
        page.table.show_column_menu()
        menu = next(menu for menu in page.table.findChildren(QMenu) if menu.isVisible())
        down = next(action for action in menu.actions() if action.text() == "Sort descending")
        down.trigger()
        assert (page.table.paged.query.sort, page.table.paged.query.descending) == ("price_minor", True)
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
        page.model.source.gate = threading.Event()
        page.table.go_to(2501)
        page.table.viewport().grab()
        assert not page.table._is_late
        page.table._on_late()
        page.table.viewport().grab()
        assert page.table._is_late
        page.model.source.gate.set()
        qtbot.waitUntil(lambda: page.model.record(2500) is not None)
        page.table.viewport().grab()
        assert not page.table._is_late


class TestTheCurrentRow:
    """A bar at its left edge, wherever its cells have a ground of their own."""

    def bars(self, page):
        picture, accent = page.table.viewport().grab().toImage(), current_theme().color("accentText")
        return [row for row in range(5) if picture.pixelColor(1, page.at(row).y()) == accent]

    def test_only_it_has_a_bar(self, build, fake_source):
        page = build(fake_source(5))
        page.click(2)
        assert self.bars(page) == [2]
        page.click(3, modifier=Qt.KeyboardModifier.ShiftModifier)
        assert self.bars(page) == [3]

    def test_a_changed_first_cell_leaves_it_in_view(self, build, fake_source):
        page = build(fake_source(5))
        page.click(1)
        cells = page.model.cells(1)
        cells[0] = cells[0]._replace(is_changed=True)
        assert self.bars(page) == [1]


class TestByHand:
    """What is done with the pointer on the header alone, and found again by a table made anew."""

    def drag(self, page, start, by):
        """Press the left button at *start* on the header, move by so many pixels in steps, let go."""
        viewport = page.table.header.viewport()
        page.qtbot.mousePress(viewport, Button.LeftButton, pos=start)
        for step in range(1, 6):
            page.qtbot.mouseMove(viewport, start + QPoint(by * step // 5, 0))
        page.qtbot.mouseRelease(viewport, Button.LeftButton, pos=start + QPoint(by, 0))

    def choose(self, page, column, text):
        """Right-click a header and choose what begins so."""
        header = page.table.header
        at = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, header.viewport().mapToGlobal(at))
        QApplication.sendEvent(header.viewport(), event)
        menu = next(one for one in page.table.findChildren(QMenu) if one.isVisible())
        next(action for action in menu.actions() if action.text().startswith(text)).trigger()
        menu.close()

    def test_a_width_alone_is_remembered(self, build, fake_source):
        settings = MemorySettings()
        page = build(fake_source(3), settings=settings)
        header = page.table.header
        self.drag(page, QPoint(header.sectionViewportPosition(1) + header.sectionSize(1) - 1, 10), 40)
        assert build(fake_source(3), settings=settings).table.header.sectionSize(1) == 120

    def test_an_edge_dragged_by_a_hair_does_not_sort(self, build, fake_source):
        page = build(fake_source(3))
        header, query = page.table.header, page.model.query
        self.drag(page, QPoint(header.sectionViewportPosition(1) + header.sectionSize(1) - 1, 10), -3)
        assert header.sectionSize(1) == 77
        assert page.model.query is query

    def test_an_order_alone_is_remembered(self, build, fake_source):
        settings = MemorySettings()
        page = build(fake_source(3), settings=settings)
        header = page.table.header
        self.drag(page, QPoint(header.sectionViewportPosition(2) + 20, 10), -header.sectionSize(1))
        assert header.visualIndex(2) == 1
        assert build(fake_source(3), settings=settings).table.header.visualIndex(2) == 1

    def test_the_menu_sorts_fits_hides_and_brings_back(self, build, fake_source):
        source = fake_source(3)
        source.change(2, price_minor=123456789012)
        page = build(source)
        self.choose(page, 1, "Sort ascending")
        assert (page.model.query.sort, page.model.query.descending) == ("price_minor", False)
        self.choose(page, 1, "Fit column")
        assert page.table.header.sectionSize(1) > 80
        self.choose(page, 1, "Hide")
        assert not page.table.is_column_shown("price")
        self.choose(page, 2, "Default columns")
        assert page.table.is_column_shown("price")
        assert page.table.header.sectionSize(1) == 80
