"""A table and a window to use, for the tests of the window's shared parts."""

import pytest
from PySide6.QtCore import Qt
from shiboken6 import isValid

from app.services.paging import Query
from app.views.actions import ActionSpec
from app.views.cells import Badge, Cell, Column
from app.views.filter_fields import FilterField
from app.views.main_window import MainWindow
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.palette_entries import PaletteEntry
from app.views.side_panel import SidePanel
from app.views.tab_page import TabPage
from app.views.view_settings import MemorySettings
from app.views.widgets.label import Label

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


class TableUser:
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
    """Makes a shown table over a source, and a user who clicks and types in it."""
    made = []

    def make(source, *, settings=None, boxes=False, name="t", **more):
        model = PagedTableModel(source, columns(boxes), runner)
        table = PagedTable(model, name, settings=settings if settings is not None else MemorySettings(), **more)
        model.setParent(table)
        qtbot.addWidget(table)
        table.resize(700, 500)
        with qtbot.waitExposed(table):
            table.show()
        page = TableUser(table, qtbot)
        made.append(page)
        page.ask()
        table.setFocus()
        return page

    yield make
    for page in made:
        page.model.stop()
    qtbot.waitUntil(lambda: runner.is_idle)


PAGE_COLUMNS = (
    Column("title", "filter.name", lambda row: Cell(row.title), sort_key="title", stretch=True, fixed=True),
    Column("price", "action.undo", lambda row: Cell(str(row.price_minor)), align="right", sort_key="price_minor"),
)


class Listings(TabPage):
    key, noun, can_sync, reads = "listings", "listings", True, frozenset({"listing"})
    own_actions = (ActionSpec("test_mine", "action.find", "wand"),)
    source = None

    def __init__(self, context):
        super().__init__(context)
        self.calls = []
        self.filters.set_fields([FilterField("status", "table.name", "choice", lambda: [("failed", "Failed")])])
        self.set_table(self.source, PAGE_COLUMNS, default_density="compact")
        self.toolbar.add_primary("publish")
        self.toolbar.add("export")
        self.actions_of_page.on("publish", lambda: self.calls.append("publish"))
        self.actions_of_page.on("export", lambda: self.calls.append("export"))
        self.add_history_tools()
        panel = SidePanel()
        panel.add_tab("edit", "filter.name", Label("table.name"))
        panel.add_tab("checks", "action.fix", Label("table.columns"))
        self.set_panel(panel)
        self.add_view_tools()

    def default_sort(self):
        return "price_minor", True

    def on_selection(self, selection):
        self.actions_of_page.say("publish", "status_bar.select_all", n=self.selection().count)

    def on_current(self, record):
        self.panel.title.setText(record.title if record else "")

    def fill_menu(self, menu):
        menu.addAction(self.actions_of_page["publish"])

    def show_nothing(self):
        self.say_nothing("tags", "empty.nothing", action_key="action.import", act=lambda: self.calls.append("import"))

    def sync(self):
        self.calls.append("sync")

    def palette_entries(self, text):
        return [PaletteEntry("filters", "Price below 3", lambda: self.calls.append("filter"))]

    def files_meant_here(self, paths):
        return any(path.suffix == ".trk" for path in paths)

    def take_files(self, paths):
        self.calls.append(list(paths))


class Orders(TabPage):
    key, noun = "orders", "orders"


@pytest.fixture
def open_window(context, qtbot, runner, fake_source):
    """Makes a shown window with a Listings and an Orders page."""
    windows = []

    def make(source=None, size=(1400, 860), first_tab="listings", settings=None):
        Listings.source = source if source is not None else fake_source(300)
        if settings is not None:
            context.settings = settings
        pages = {"listings": Listings, "orders": Orders}
        window = MainWindow(context, pages, first_tab)
        qtbot.addWidget(window)
        windows.append(window)
        window.resize(*size)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        if first_tab == "listings":
            page = window.pages["listings"]
            qtbot.waitUntil(lambda: page.table.paged.is_ordered or page.empty.isVisible())
        return window

    yield make
    context.jobs.cancel_all()
    qtbot.waitUntil(lambda: not context.jobs.running)
    for window in (window for window in windows if isValid(window)):
        window.toast_box.dismiss()
        window.activity._late.stop()
        window.close()
    qtbot.waitUntil(lambda: runner.is_idle)
