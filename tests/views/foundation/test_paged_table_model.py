"""First rows at once, exact counts, pages on demand, answers that came too late, unfolding, grouping."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.services.errors import OutOfReach
from app.services.heap import Debt
from app.services.paging import PAGE_ROWS, Filter, Query
from app.views import page_loader
from app.views.cells import Cell, Column
from app.views.language import language
from app.views.page_cache import PAGES
from app.views.page_loader import USUAL_VIEW
from app.views.paged_table_model import PagedTableModel, Role

COLUMNS = (
    Column("title", "filter.name", lambda row: Cell(row.title), lambda row: Cell(row.title, tone="text2"),
           sort_key="title", edit=lambda row: row.title),
    Column("price", "table.sort_up", lambda row: Cell(f"{row.price_minor / 100:.2f}"), align="right",
           sort_key="price_minor", unit_key="settings.all"),
    Column("status", "table.name", lambda row: Cell(status=f"listing.{row.status}", dot=row.id % 2 == 0)),
)  # fmt: skip


@pytest.fixture
def make(runner, qtbot):
    """Makes a model; Qt's tester watches it unless it would read every row of a large one."""
    models = []

    def build(source, *, watched=True):
        model = PagedTableModel(source, COLUMNS, runner)
        models.append(model)
        if watched:
            model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        return model

    yield build
    for model in models:
        model.stop()
    qtbot.waitUntil(lambda: runner.is_idle)


def asked(qtbot, model, query=None):
    with qtbot.waitSignal(model.ordered):
        model.ask(query or Query())
    return model


def loaded(qtbot, model, row):
    qtbot.waitUntil(lambda: model.record(row) is not None)
    return model.record(row)


def test_a_short_answer_needs_one_question(make, fake_source, qtbot):
    source = fake_source(5)
    model = asked(qtbot, make(source))
    assert model.rowCount() == model.total == 5
    assert model.is_exact
    assert [model.index(row, 0).data() for row in range(5)] == [f"Lamp {n:06d}" for n in range(1, 6)]
    assert source.asked == {"count": 0, "ids": 0, "rows": 0, "first": 1, "children": 0}


def test_first_rows_are_there_before_the_count(make, fake_source, qtbot):
    source = fake_source(1000)
    source.gate = threading.Event()
    model = make(source)
    with qtbot.waitSignal(model.replaced):
        model.ask(Query())
    assert model.rowCount() == USUAL_VIEW
    assert not model.is_exact
    assert model.index(0, 1).data() == "0.37"
    assert model.id_at(50) == 51
    source.gate.set()
    qtbot.waitUntil(lambda: model.is_exact and model.id_at(999) == 1000)
    assert model.rowCount() == 1000


def test_a_new_question_stops_the_count_of_the_one_before(make, fake_source, qtbot):
    source, begun, stopped = fake_source(1000), threading.Event(), threading.Event()
    plain = source.count

    def count(query, ctx):
        if not query.text:
            begun.set()
            ctx.stop.wait(10)
            stopped.set()
            ctx.checkpoint()
        return plain(query)

    source.count = count
    model = make(source)
    with qtbot.waitSignal(model.replaced):
        model.ask(Query())
    qtbot.waitUntil(begun.is_set)
    asked(qtbot, model, Query(text="0001"))
    qtbot.waitUntil(stopped.is_set)
    assert source.asked["ids"] <= 1, "nobody ordered what nobody asks for any more"
    assert model.total == 111


def test_any_row_can_be_reached(make, fake_source, qtbot):
    source = fake_source(5000)
    model = asked(qtbot, make(source))
    assert model.index(4321, 0).data() == "…"
    assert loaded(qtbot, model, 4321).id == 4322
    assert model.index(4321, 0).data() == "Lamp 004322"
    assert model.index(4321, 0).data(Role.ID) == 4322
    assert model.index(4321, 0).data(Role.ROW).id == 4322


def test_a_page_that_arrives_is_told_exactly(make, fake_source, qtbot):
    model = asked(qtbot, make(fake_source(1000)))
    with qtbot.waitSignal(model.dataChanged) as told:
        model.record(300)
    first, last = told.args[:2]
    page = 300 // PAGE_ROWS
    assert (first.row(), last.row()) == (page * PAGE_ROWS, (page + 1) * PAGE_ROWS - 1)
    assert (first.column(), last.column()) == (0, 2)


def test_pages_ahead_are_fetched_before_they_are_seen(make, fake_source, qtbot):
    source = fake_source(1000)
    model = asked(qtbot, make(source))
    assert model.record(PAGE_ROWS - 1) is not None
    qtbot.waitUntil(lambda: model._cache.entry(PAGE_ROWS) is not None)


def test_only_cells_that_are_looked_at_are_made(make, fake_source, qtbot):
    model = asked(qtbot, make(fake_source(10), watched=False))
    made = []
    model.columns[:] = [
        replace(column, cell=lambda row, key=column.key: made.append(key) or key) for column in model.columns
    ]
    model.retranslate()
    cells = model.cells(3)
    assert cells[1].text == model.columns[1].key
    assert cells[1] is cells[1]
    assert made == [model.columns[1].key]
    assert [cell.text for cell in cells] == [column.key for column in model.columns]
    assert len(made) == len(cells) == len(model.columns)


def test_a_tip_that_costs_is_made_when_somebody_points_at_it(make, fake_source, qtbot):
    model = asked(qtbot, make(fake_source(10), watched=False))
    made = []
    model.columns[1] = replace(model.columns[1], cell_tip=lambda row: made.append(row) or f"row {row.id}")
    model.retranslate()
    index = model.index(3, 1)
    assert model.cell(index).tip == "" and made == []
    said = f"row {model.record(3).id}"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == said
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole).endswith(said)
    assert model.index(3, 0).data(Qt.ItemDataRole.ToolTipRole) is None


def test_what_is_in_view_is_read_before_what_comes_next(make, fake_source, qtbot):
    source = fake_source(1000)
    model = asked(qtbot, make(source, watched=False))
    pages = []
    model.dataChanged.connect(lambda first, _last: pages.append(first.row() // PAGE_ROWS))
    model.record(5 * PAGE_ROWS)
    model.record(6 * PAGE_ROWS)
    qtbot.waitUntil(lambda: len(pages) == 4)
    assert sorted(pages[:2]) == [5, 6]
    assert sorted(pages[2:]) == [4, 7]


def test_a_first_answer_has_as_many_rows_as_are_in_view(make, fake_source, qtbot):
    source = fake_source(1000)
    source.gate = threading.Event()
    model = make(source)
    for in_view, rows in ((0, PAGE_ROWS), (PAGE_ROWS + 1, 2 * PAGE_ROWS), (3 * PAGE_ROWS, 3 * PAGE_ROWS)):
        model.show_at_once(lambda in_view=in_view: in_view, lambda: False)
        with qtbot.waitSignal(model.replaced):
            model.ask(Query(sort="price_minor", descending=rows > PAGE_ROWS))
        assert model.rowCount() == rows
        assert all(model.record(row) is not None for row in range(rows))
        assert not model.is_exact
    source.gate.set()
    qtbot.waitUntil(lambda: model.is_exact)


def test_counting_waits_until_the_first_rows_are_painted(make, fake_source, qtbot, monkeypatch):
    monkeypatch.setattr(page_loader, "UNPAINTED_S", 10)
    source = fake_source(1000)
    model = make(source, watched=False)
    model.show_at_once(lambda: 31, lambda: True)
    with qtbot.waitSignal(model.replaced):
        model.ask(Query())
    model.painted()
    assert source.asked["count"] == 0, "they are not on the screen before the event loop turns"
    qtbot.waitUntil(lambda: model.is_ordered)
    with qtbot.waitSignal(model.replaced):
        model.ask(Query(text="00"))
    with qtbot.waitSignal(model.replaced):
        model.ask(Query(text="0001"))
    model.painted()
    qtbot.waitUntil(lambda: model.is_ordered)
    assert source.asked["count"] == 2, "nobody counted for the question that was not painted"
    assert model.total == 111


def test_a_window_that_nobody_sees_is_counted_for_all_the_same(make, fake_source, qtbot, monkeypatch):
    monkeypatch.setattr(page_loader, "UNPAINTED_S", 0.001)
    model = make(fake_source(1000))
    model.show_at_once(lambda: 31, lambda: True)
    model.ask(Query())
    qtbot.waitUntil(lambda: model.is_ordered)
    assert model.total == 1000


def test_memory_holds_what_was_looked_at_not_the_table(make, fake_source, qtbot):
    source = fake_source(PAGE_ROWS * (PAGES + 20))
    model = asked(qtbot, make(source, watched=False))
    for page in range(PAGES + 20):
        loaded(qtbot, model, page * PAGE_ROWS + PAGE_ROWS // 2)
    assert len(model._cache) <= PAGES


def test_scrolling_past_does_not_fetch_everything(make, fake_source, qtbot):
    source = fake_source(PAGE_ROWS * 40)
    model = asked(qtbot, make(source, watched=False))
    source.gate = threading.Event()
    for page in range(1, 39):
        model.record(page * PAGE_ROWS + PAGE_ROWS // 2)
    source.gate.set()
    loaded(qtbot, model, 38 * PAGE_ROWS + PAGE_ROWS // 2)
    qtbot.waitUntil(lambda: not model._loader.is_busy)
    assert source.asked["rows"] <= 10


def test_a_view_across_two_pages_is_one_question(make, fake_source, qtbot):
    source = fake_source(PAGE_ROWS * 40)
    model = asked(qtbot, make(source, watched=False))
    before, first = source.asked["rows"], PAGE_ROWS * 20 - 3
    model.look_at(first, first + PAGE_ROWS - 1)
    qtbot.waitUntil(lambda: not model._loader.is_busy)
    assert source.asked["rows"] == before + 1
    shown = [model.id_at(row) for row in range(first, first + PAGE_ROWS)]
    assert [model.record(row).id for row in range(first, first + PAGE_ROWS)] == shown


def test_the_answer_to_an_older_question_is_dropped(make, fake_source, qtbot):
    source = fake_source(1000)
    model = make(source)
    for text in ("lamp 00001", "lamp 000012", "lamp 0000123"):
        model.ask(Query(text=text))
    with qtbot.waitSignal(model.ordered):
        model.ask(Query(text="Lamp 000777"))
    qtbot.waitUntil(lambda: not model._loader.is_busy)
    assert [model.id_at(row) for row in range(model.rowCount())] == [777]
    assert source.asked["first"] <= 3


def test_rows_stay_until_the_next_answer(make, fake_source, qtbot):
    source = fake_source(1000)
    model = asked(qtbot, make(source))
    model.ask(Query(text="Lamp 000777"))
    assert model.rowCount() == 1000
    assert not model.is_loaded
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert model.is_loaded


def test_sorting_is_asked_of_the_source(make, fake_source, qtbot):
    model = asked(qtbot, make(fake_source(1000)))
    with qtbot.waitSignal(model.ordered):
        model.sort(1, Qt.SortOrder.DescendingOrder)
    prices = [float(model.index(row, 1).data()) for row in range(50)]
    assert prices == sorted(prices, reverse=True)
    assert model.query.sort == "price_minor"
    asks = dict(model.source.asked)
    model.sort(2)
    assert model.source.asked == asks


def test_filters_narrow(make, fake_source, qtbot):
    source = fake_source(300)
    source.change(7, status="failed")
    model = asked(qtbot, make(source), Query(filters=(Filter("status", "=", "failed"),)))
    assert [model.id_at(row) for row in range(model.rowCount())] == [7]


def test_an_error_leaves_the_rows(make, fake_source, qtbot):
    source = fake_source(10)
    model = asked(qtbot, make(source))
    source.error = OutOfReach()
    with qtbot.waitSignal(model.load_failed) as told:
        model.ask(Query(text="x"))
    assert told.args == [source.error]
    assert model.rowCount() == 10


def test_stale_rows_are_read_again_and_others_keep_their_cells(make, fake_source, qtbot):
    source = fake_source(1000)
    model = asked(qtbot, make(source))
    kept = model.cells(5)
    source.change(3, title="Renamed")
    reads = source.asked["rows"]
    model.mark_stale([3])
    qtbot.waitUntil(lambda: model.index(2, 0).data() == "Renamed")
    assert model.cells(5) is kept
    assert source.asked["rows"] == reads + 1


def test_marking_many_rows_is_one_reading(make, fake_source, qtbot):
    source = fake_source(100)
    model = asked(qtbot, make(source))
    for id in range(1, 101):
        source.change(id, title=f"New {id}")
        model.mark_stale([id])
    qtbot.waitUntil(lambda: model.index(99, 0).data() == "New 100")
    assert source.asked["rows"] <= 2  # its page and the one beside it


def test_reloading_an_unchanged_order_resets_nothing(make, fake_source, qtbot):
    source = fake_source(1000)
    model = asked(qtbot, make(source))
    source.change(2, title="Renamed")
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.ordered):
        model.reload()
    qtbot.waitUntil(lambda: model.index(1, 0).data() == "Renamed")


def test_reloading_finds_rows_that_came_and_went(make, fake_source, qtbot):
    source = fake_source(500)
    model = asked(qtbot, make(source))
    for id in range(1, 301):
        del source.data[id]
    with qtbot.waitSignals([model.replacing, model.replaced, model.ordered]):
        model.reload()
    assert model.total == 200
    assert model.id_at(0) == 301
    assert loaded(qtbot, model, 0).id == 301
    assert model.position_of(1) is None
    assert model.position_of(500) == 199


def test_a_row_deleted_meanwhile_is_shown_as_waiting_not_as_another(make, fake_source, qtbot):
    source = fake_source(500)
    model = asked(qtbot, make(source))
    del source.data[300]
    loaded(qtbot, model, 300)
    assert model.record(299) is None
    assert model.index(299, 0).data() == "…"


class TestQtSide:
    def test_header_carries_the_unit(self, make, fake_source):
        model = make(fake_source(1))
        title = model.headerData(1, Qt.Orientation.Horizontal)
        assert title == "Sort ascending All settings…"
        assert model.headerData(0, Qt.Orientation.Horizontal) == "Name"
        assert model.headerData(9, Qt.Orientation.Horizontal) is None
        assert model.headerData(0, Qt.Orientation.Vertical) is None
        right = model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        assert right & Qt.AlignmentFlag.AlignRight

    def test_editing_asks_the_page_and_changes_nothing_itself(self, make, fake_source, qtbot):
        model = asked(qtbot, make(fake_source(3)))
        index = model.index(1, 0)
        assert index.flags() & Qt.ItemFlag.ItemIsEditable
        assert index.data(Qt.ItemDataRole.EditRole) == "Lamp 000002"
        with qtbot.waitSignal(model.edited) as told:
            assert model.setData(index, "New name")
        assert told.args == [2, "title", "New name"]
        assert index.data() == "Lamp 000002"
        with qtbot.assertNotEmitted(model.edited):
            model.setData(index, "Lamp 000002")
        assert not model.index(1, 1).flags() & Qt.ItemFlag.ItemIsEditable
        assert not model.setData(model.index(1, 1), "9")

    def test_states_are_told_in_words(self, make, fake_source, qtbot, each_language):
        model = asked(qtbot, make(fake_source(3)))
        index = model.index(1, 2)
        word = {"zh": "在售", "en": "Live"}[each_language]
        assert index.data(Qt.ItemDataRole.AccessibleTextRole) == word
        unpublished = {"zh": "有改动未发布", "en": "Changes not published"}[each_language]
        assert unpublished in index.data(Qt.ItemDataRole.AccessibleDescriptionRole)

    def test_a_new_language_formats_anew(self, make, fake_source, qtbot):
        model = asked(qtbot, make(fake_source(3)))
        assert model.index(0, 2).data() == "Live"
        language.set_language("zh")
        with qtbot.waitSignals([model.dataChanged, model.headerDataChanged]):
            model.retranslate()
        assert model.index(0, 2).data() == "在售"

    def test_rows_have_no_children_for_qt(self, make, fake_source, qtbot):
        model = asked(qtbot, make(fake_source(3)))
        assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
        assert model.data(QModelIndex()) is None

    def test_busy_is_told(self, make, fake_source, qtbot):
        heard = []
        model = make(fake_source(300))
        model.busy_changed.connect(heard.append)
        asked(qtbot, model)
        qtbot.waitUntil(lambda: heard[-1:] == [False])
        assert heard[0] is True


def test_what_an_order_took_is_noted_to_be_given_back_also_where_it_was_stopped(make, fake_source, qtbot, monkeypatch):
    debt = Debt()
    monkeypatch.setattr(page_loader, "DEBT", debt)
    source = fake_source(1000)
    model = asked(qtbot, make(source))
    assert debt.is_open
    debt._since = None
    monkeypatch.setattr(source, "count", lambda query, ctx=None: 1000)
    source.gate = threading.Event()
    model.ask(Query(text="lamp"))
    qtbot.waitUntil(lambda: source.asked["ids"] == 2)
    model.stop()
    assert not debt.is_open
    source.gate.set()
    qtbot.waitUntil(lambda: debt.is_open)
