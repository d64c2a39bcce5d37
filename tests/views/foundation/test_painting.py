"""What a cell looks like: marks, grounds, chips; nothing cut that must not be, and no slower than Qt's own way."""

import threading
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QAbstractTableModel, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QTableView

from app.services.paging import PAGE_ROWS, Group, Query
from app.views import page_loader
from app.views.cell_painter import CellPainter
from app.views.cells import Badge, Cell, Column
from app.views.page_loader import USUAL_VIEW
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.row_painter import Line, RowLook, RowPainter, Span
from app.views.theme import DENSITIES, current_theme

LEFT = Column("a", "filter.name", lambda row: row)
LEFT_TITLE = Column("title", "filter.name", lambda row: Cell(row.title))
RIGHT = Column("b", "filter.name", lambda row: row, align="right")


class Canvas:
    def __init__(self, theme, width=160, height=40, density=DENSITIES[1], picture=lambda *_: None):
        self.theme = theme
        self.painter = CellPainter(theme, density, picture)
        self.width, self.height = width, height

    def paint(self, cell, column=LEFT, selected=False):
        picture = QPixmap(self.width, self.height)
        picture.fill(self.theme.color("surface"))
        painter = QPainter(picture)
        self.painter.begin()
        self.painter.paint(painter, QRect(0, 0, self.width, self.height), cell, column, selected)
        painter.end()
        self.image = picture.toImage()
        return self

    def at(self, x, y):
        return self.image.pixelColor(x, y).name()

    def colours(self, left=0, right=None):
        columns = range(left, right if right is not None else self.width)
        return {self.at(x, y) for x in columns for y in range(self.height)}

    def ink_columns(self):
        ground = self.theme.color("surface").name()
        return [x for x in range(self.width) if any(self.at(x, y) != ground for y in range(self.height))]

    def paint_plain(self, cell, column, selected):
        picture = QPixmap(self.width, self.height)
        picture.fill(self.theme.color("surface"))
        painter = QPainter(picture)
        self.painter.begin()
        self.painter.paint_plain(painter, 0, self.width, column, [((self.height - 1) / 2, cell, selected)])
        painter.end()
        return picture.toImage()


@pytest.fixture
def canvas(each_theme):
    return Canvas(each_theme)


def name(canvas, token):
    return canvas.theme.ink(token).name()


def test_texts_left_and_numbers_right(canvas):
    assert canvas.paint(Cell("7")).ink_columns()[0] in (8, 9)
    assert canvas.paint(Cell("7"), RIGHT).ink_columns()[-1] in (149, 150, 151)
    assert name(canvas, "text") in canvas.colours()


@pytest.mark.parametrize("column", [LEFT, RIGHT])
@pytest.mark.parametrize("selected", [False, True])
def test_a_plain_cell_looks_the_same_the_short_way(canvas, column, selected):
    cells = (Cell("Lamp"), Cell("–", tone="text3"), Cell("−2.6 %", tone="red", strong=True), Cell("台灯 " * 30), Cell())
    for cell in cells:
        assert cell.is_plain
        image = canvas.paint(cell, column, selected).image
        assert canvas.paint_plain(cell, column, selected) == image
    assert not any(cell.is_plain for cell in (Cell(second="x"), Cell(is_checked=False), Cell(share=0.0)))


def test_pictures_are_made_anew_for_another_screen(canvas, monkeypatch):
    arrow = canvas.painter.icon("arrow-narrow-right", 14)
    canvas.painter.begin()
    assert canvas.painter.icon("arrow-narrow-right", 14) is arrow
    for module in ("icons", "cell_painter"):
        monkeypatch.setattr(f"app.views.{module}.device_ratio", lambda: 2.0)
    canvas.painter.begin()
    assert canvas.painter.icon("arrow-narrow-right", 14).width() == 2 * arrow.width()


def test_tones(canvas):
    assert name(canvas, "red") in canvas.paint(Cell("−2.6 %", tone="red", strong=True)).colours()


def test_a_hint_on_a_selected_row_is_darkened(canvas):
    assert name(canvas, "text3") in canvas.paint(Cell("IIII", tone="text3")).colours()
    assert name(canvas, "text2") in canvas.paint(Cell("IIII", tone="text3"), selected=True).colours()


def test_changed_and_refused(canvas):
    changed = canvas.paint(Cell("4.95", is_changed=True), RIGHT)
    assert changed.at(1, 5) == name(canvas, "chgMark")
    assert changed.at(20, 5) == name(canvas, "chg")
    refused = canvas.paint(Cell("0,84", is_refused=True), RIGHT)
    assert refused.at(1, 5) == canvas.theme.tone("red").ground.name()
    both = canvas.paint(Cell("0,84", is_refused=True, is_changed=True), RIGHT)
    assert both.at(1, 5) == name(canvas, "chgMark")
    assert both.at(20, 5) == canvas.theme.tone("red").ground.name()
    excluded = canvas.paint(Cell("–", is_excluded=True), RIGHT)
    assert excluded.at(20, 5) == name(canvas, "header")


def test_only_states_that_wait_for_a_person_are_filled(canvas):
    assert canvas.theme.tone("red").ground.name() in canvas.paint(Cell(status="listing.rejected")).colours()
    live = canvas.paint(Cell(status="listing.live")).colours()
    assert canvas.theme.tone("green").ground.name() not in live
    assert name(canvas, "green") in live


def test_glyphs_of_plain_and_filled_states_stand_below_each_other(canvas):
    plain = canvas.paint(Cell(status="listing.live")).ink_columns()[0]
    red = name(canvas, "red")
    filled = canvas.paint(Cell(status="listing.failed"))
    first = min(x for x in range(160) for y in range(40) if filled.at(x, y) == red)
    assert abs(first - plain) <= 4


def test_badges(canvas):
    cell = Cell(badges=(Badge("2", "red", "octagon"), Badge("1", "amber", "triangle")))
    painted = canvas.paint(cell, RIGHT)
    colours = painted.colours()
    assert {canvas.theme.tone("red").ground.name(), canvas.theme.tone("amber").ground.name()} <= colours
    assert painted.ink_columns()[-1] in range(149, 153)
    beside = canvas.paint(Cell("Lamp", badges=(Badge("2", "red"),)))
    red = canvas.theme.tone("red").ground.name()
    first = min(x for x in range(160) for y in range(40) if beside.at(x, y) == red)
    text = canvas.theme.metrics().horizontalAdvance("Lamp")
    assert 8 + text < first < 8 + text + 14


def test_check_box_thumbnail_tile_icon_and_bar(canvas):
    ticked = canvas.paint(Cell("x", is_checked=True)).colours(0, 24)
    assert name(canvas, "accent") in ticked
    assert name(canvas, "accent") not in canvas.paint(Cell("x", is_checked=False)).colours(0, 24)
    waiting = canvas.paint(Cell("x", image="file.jpg"))
    assert waiting.at(18, 20) == name(canvas, "line")
    assert canvas.paint(Cell("x", tile=("AB", 0))).at(9, 12) != name(canvas, "surface")
    drawn = canvas.paint(Cell("x", icon="check", tone="green")).colours(0, 28)
    green = canvas.theme.ink("green").getRgb()[:3]
    assert min(max(abs(a - b) for a, b in zip(QColor(c).getRgb()[:3], green, strict=True)) for c in drawn) < 12
    assert name(canvas, "red") in canvas.paint(Cell("295 / 300", share=0.98, tone="red")).colours(0, 44)


def test_a_thumbnail_that_is_here_is_drawn(each_theme):
    picture = QPixmap(24, 24)
    picture.fill(Qt.GlobalColor.magenta)
    asked = []

    def give(key, size):
        asked.append((key, size))
        return picture

    painted = Canvas(each_theme, picture=give).paint(Cell("x", image="file.jpg"))
    assert painted.at(18, 20) == "#ff00ff"
    assert asked == [("file.jpg", 24)]


def test_before_and_after(canvas):
    painted = canvas.paint(Cell("2.35", before="2.18"), RIGHT)
    assert {name(canvas, "text3"), name(canvas, "text")} <= painted.colours()
    assert painted.ink_columns()[0] < 100


def test_the_second_line_is_for_roomy_rows_only(each_theme):
    tight = Canvas(each_theme).paint(Cell("Lamp", second="IIIIIIIIIIIII"))
    roomy = Canvas(each_theme, density=DENSITIES[2]).paint(Cell("Lamp", second="IIIIIIIIIIIII"))
    assert len(roomy.ink_columns()) > len(tight.ink_columns())


def test_numbers_and_states_ask_for_room_texts_are_cut(canvas):
    canvas.width = 60
    canvas.paint(Cell("123,456,789.00"), RIGHT)
    assert canvas.painter.needed["b"] > 60
    canvas.painter.needed.clear()
    canvas.paint(Cell(status="listing.rejected"))
    assert canvas.painter.needed["a"] > 60
    canvas.painter.needed.clear()
    canvas.width = 40 + canvas.theme.metrics().horizontalAdvance("Off sale")
    reason = canvas.paint(Cell("Off sale · by the seller", status="listing.off"))
    assert canvas.painter.needed == {}  # a reason after the state's own word is cut like any text
    assert reason.ink_columns()[-1] < canvas.width
    canvas.width = 60
    canvas.paint(Cell("A very long title that does not fit"))
    assert canvas.painter.needed == {}
    assert canvas.image.pixelColor(57, 20) == canvas.theme.color("surface")


class TestRows:
    def paint(self, look, cells=("a", "b"), unfolds=False):
        theme = current_theme()
        painter = CellPainter(theme, DENSITIES[1], lambda *_: None)
        rows = RowPainter(painter, (LEFT, RIGHT), unfolds)
        picture = QPixmap(200, 28)
        picture.fill(theme.color("surface"))
        device = QPainter(picture)
        spans = [Span(0, 0, 100), Span(1, 100, 100)]
        place = QRect(0, 0, 200, 28)
        rows.paint_ground(device, place, look)
        rows.paint(device, spans, [Line(place, [Cell(text) for text in cells], look)] if cells else [])
        device.end()
        return picture.toImage()

    @pytest.mark.parametrize(
        ("look", "ground"),
        [
            (RowLook(), "surface"),
            (RowLook(is_selected=True), "sel"),
            (RowLook(is_selected=True, is_active=False), "selOff"),
            (RowLook(is_hovered=True), "hover"),
            (RowLook(is_child=True), "sunken"),
            (RowLook(is_child=True, is_selected=True), "sel"),
        ],
    )
    def test_grounds(self, look, ground):
        assert self.paint(look).pixelColor(90, 3) == current_theme().color(ground)

    def test_one_hairline(self):
        assert self.paint(RowLook()).pixelColor(90, 27) == current_theme().color("line")

    def test_a_row_under_way_is_only_ground(self):
        image = self.paint(RowLook(), cells=None)
        assert {image.pixelColor(x, y).name() for x in range(200) for y in range(27)} == {
            current_theme().color("surface").name()
        }

    def test_children_are_indented_and_rows_that_unfold_have_a_chevron(self):
        def first(image):
            ground = image.pixelColor(199, 2)
            return min(x for x in range(200) for y in range(26) if image.pixelColor(x, y) != ground)

        assert first(self.paint(RowLook(), unfolds=True)) < first(self.paint(RowLook())) + 10
        assert first(self.paint(RowLook(is_child=True), unfolds=True)) >= 44

    def test_plain_cells_stand_where_each_alone_would(self):
        """Lines of texts and numbers, one of them selected, among cells that are more than a text."""
        theme, columns = current_theme(), (LEFT, LEFT, RIGHT)
        cells = CellPainter(theme, DENSITIES[1], lambda *_: None)
        rows = RowPainter(cells, columns, False)
        spans = [Span(2, 0, 70), Span(0, 70, 60), Span(1, 130, 70)]
        table = [
            [Cell("Lamp"), Cell("LM1", tone="text3"), Cell("12.50")],
            [Cell("Cup"), Cell("", dot=True), Cell("7", badges=(Badge("3"),))],
            [Cell("Hat"), Cell("HT7719-BK-XL-LONG", strong=True), Cell("–", tone="text3")],
        ]
        together, alone = QPixmap(200, 84), QPixmap(200, 84)
        for picture, is_together in ((together, True), (alone, False)):
            picture.fill(theme.color("surface"))
            device = QPainter(picture)
            cells.begin()
            lines = [
                Line(QRect(0, at * 28, 200, 28), row, RowLook(is_selected=at == 2)) for at, row in enumerate(table)
            ]
            for line in lines:
                rows.paint_ground(device, line.rect, line.look)
                for span in () if is_together else spans:
                    rows._paint_cell(device, line.rect, span, line.cells[span.logical], line.look)
            if is_together:
                rows.paint(device, spans, lines)
            device.end()
        assert together.toImage() == alone.toImage()

    def test_a_heading_says_name_and_count_in_its_tone(self):
        theme = current_theme()
        rows = RowPainter(CellPainter(theme, DENSITIES[1], lambda *_: None), (LEFT,), False)
        picture = QPixmap(300, 28)
        device = QPainter(picture)
        group = Group("late", "status.clerk.overdue", 3, tone="red")
        rows.paint_group(device, QRect(0, 0, 300, 28), group, False)
        device.end()
        image = picture.toImage()
        colours = {image.pixelColor(x, y).name() for x in range(300) for y in range(27)}
        assert {theme.color("header").name(), theme.ink("red").name(), theme.tone("red").ground.name()} <= colours


class _Plain(QAbstractTableModel):
    def rowCount(self, parent=None):
        return 1000

    def columnCount(self, parent=None):
        return 10

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        return f"Lamp {index.row():06d}" if role == Qt.ItemDataRole.DisplayRole else None


def _fastest(*views, rounds=15):
    """The shortest repaint of each, in turns: what else the machine does weighs on all of them."""
    times = {view: [] for view in views}
    for _ in range(rounds):
        for view in views:
            begun = time.perf_counter()
            view.viewport().repaint()
            times[view].append(time.perf_counter() - begun)
    return [min(times[view]) for view in views]


def test_a_repaint_costs_less_than_qts_own_table(runner, fake_source, qtbot):
    """26 × 10 cells with marks and states against plain texts through Qt's delegate, in the same run."""

    def show(row):
        return Cell(row.title, dot=True) if row.id % 2 else Cell(status="listing.live")

    columns = [Column(f"c{n}", "filter.name", show) for n in range(10)]
    model = PagedTableModel(fake_source(1000), columns, runner)
    ours, plain = PagedTable(model, "speed", default_density="compact"), QTableView()
    plain_model = _Plain()
    plain.setModel(plain_model)
    plain.verticalHeader().setDefaultSectionSize(24)
    for view in (ours, plain):
        qtbot.addWidget(view)
        view.resize(1036, 680)
        view.show()
    with qtbot.waitSignal(model.ordered):
        model.ask(Query())
    qtbot.waitUntil(lambda: runner.is_idle)
    of_ours, of_plain = _fastest(ours, plain)
    assert of_ours < of_plain
    model.stop()


def _spied(runner, source, qtbot):
    """A table of 100 rows, and how many rows each of its paintings is of."""
    columns = [replace(LEFT_TITLE, key=key, hidden=key == "unseen") for key in ("seen", "unseen", "last")]
    model = PagedTableModel(source, columns, runner)
    table = PagedTable(model, "test")
    qtbot.addWidget(table)
    table.resize(400, 400)
    table.show()
    with qtbot.waitSignal(model.ordered):
        model.ask(Query())
    qtbot.waitUntil(lambda: runner.is_idle)
    for _ in range(5):
        QApplication.processEvents()
    painted = []
    table._paint_rows = lambda painter, first, last, spans: painted.append(last - first) or False
    return table, model, painted


def _updates(table):
    """Where the table asks to be painted anew, from now on."""
    viewport, asked = table.viewport(), []
    viewport.update = lambda *where: asked.append(where)
    return viewport, asked


def test_of_rows_that_changed_those_in_view_are_painted_and_no_others(runner, fake_source, qtbot):
    table, model, _ = _spied(runner, fake_source(100), qtbot)
    _viewport, asked = _updates(table)
    for first, last in ((70, 99), (3, 4)):
        table.dataChanged(model.index(first, 0), model.index(last, model.columnCount() - 1))
    height = table.rowHeight(0)
    [far], [near] = asked
    assert far.top() > table.viewport().height()
    assert (near.top(), near.height()) == (3 * height, 2 * height)


def test_an_answer_is_painted_once_and_counting_its_rows_paints_nothing(runner, fake_source, qtbot, monkeypatch):
    monkeypatch.setattr(page_loader, "UNPAINTED_S", 10)
    source = fake_source(1000)
    table, model, painted = _spied(runner, source, qtbot)
    source.gate = threading.Event()
    table.viewport().repaint()
    painted.clear()
    with qtbot.waitSignal(model.replaced):
        model.ask(Query(text="00"))
    qtbot.waitUntil(lambda: bool(painted))
    with qtbot.waitSignal(model.counted):
        source.gate.set()
    longest = table.verticalScrollBar().maximum()
    assert longest > 900 * table.rowHeight(0)
    qtbot.waitUntil(lambda: runner.is_idle)
    for _ in range(3):
        QApplication.processEvents()
    assert len(painted) == 1


def test_a_first_answer_fills_the_view(runner, fake_source, qtbot):
    source = fake_source(1000)
    table, model, _ = _spied(runner, source, qtbot)
    table.resize(300, 70 * table.rowHeight(0))
    in_view = table.rowAt(table.viewport().height() - 1) + 1
    assert in_view > USUAL_VIEW
    source.gate = threading.Event()
    with qtbot.waitSignal(model.replaced):
        model.ask(Query(text="00"))
    assert in_view <= model.rowCount() < in_view + PAGE_ROWS and not model.is_exact
    table.hide()
    assert table._rows_in_view() == USUAL_VIEW
    source.gate.set()
    qtbot.waitUntil(lambda: model.is_ordered)


def test_a_picture_that_arrives_is_painted_where_it_stands(runner, fake_source, qtbot):
    table, model, _ = _spied(runner, fake_source(100), qtbot)
    model.columns[:] = [replace(column, cell=lambda row: Cell(image=f"{row.id}.jpg")) for column in model.columns]
    model.retranslate()
    _viewport, asked = _updates(table)
    table._on_picture("99.jpg")
    table._show_pictures()
    assert asked == []
    for key in ("4.jpg", "77.jpg", "6.jpg"):
        table._on_picture(key)
    assert asked == [] and table._show_soon.isActive()  # several that come together: the rows are gone through once
    table._show_pictures()
    height = table.rowHeight(0)
    assert [(top, tall) for _left, top, _width, tall in asked] == [(at * height, height) for at in (3, 3, 5, 5)]


def test_rows_that_come_into_view_are_painted(runner, fake_source, qtbot):
    table, model, painted = _spied(runner, fake_source(3), qtbot)
    table.viewport().repaint()
    painted.clear()
    model._grow(5)
    qtbot.waitUntil(lambda: bool(painted))


def test_scrolling_paints_only_the_rows_that_come_into_view(runner, fake_source, qtbot):
    table, _model, painted = _spied(runner, fake_source(100), qtbot)
    table.viewport().repaint()
    whole = painted.pop()
    table.verticalScrollBar().setValue(table.verticalHeader().defaultSectionSize() * 2)
    qtbot.waitUntil(lambda: bool(painted))
    assert max(painted) <= 3 < whole
