"""Nothing is cut and nothing overlaps: both languages, small and large text, narrow and wide windows."""

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from app.views.cells import Cell, Column
from app.views.filter_fields import FilterField
from app.views.language import language
from app.views.main_window import TABS, MainWindow
from app.views.notices import Banner, Offer
from app.views.side_panel import SidePanel
from app.views.tab_page import TabPage
from app.views.theme import apply_theme
from app.views.widgets.form import Field, Section
from tests.views.layout_checks import assert_nothing_is_cut, assert_nothing_overlaps, place, shown

CASES = [
    (code, pixels, width) for code in ("zh", "en") for pixels, width in ((13, 1440), (13, 1024), (16, 1440), (16, 1024))
]


class Page(TabPage):
    key, noun, can_sync = "listings", "listings", True
    source = None

    def __init__(self, context):
        super().__init__(context)
        self.filters.set_fields([FilterField("status", "table.name", "text")])
        self.filters.set_segments((("all", "table.columns", ""), ("live", "status.listing.live", "green")))
        columns = [Column("title", "filter.name", lambda row: Cell(row.title), stretch=True, fixed=True)]
        columns += [
            Column(f"c{n}", "action.undo", lambda row: Cell(status="listing.unknown"), width=60) for n in range(4)
        ]
        self.set_table(self.source, columns)
        self.toolbar.add_primary("publish")
        for id in ("undo", "redo", "export"):
            self.toolbar.add(id)
        self.add_history_tools()
        self.toolbar.add_more("fix")
        panel, body = SidePanel(), QWidget()
        panel.title.setText("Bedside Table Lamp")
        field, section = (
            Field("first.practice", QLineEdit(), parent=body),
            Section("first.tour", QLabel("x"), parent=body),
        )
        field.show_problem("139 characters, 128 at most. Cut it at a word.")
        field.setGeometry(14, 10, 370, 80)
        section.setGeometry(0, 120, 380, 60)
        body.setMinimumHeight(200)
        panel.add_tab("a", "filter.name", body)
        panel.add_tab("b", "action.fix", QWidget())
        self.set_panel(panel)
        self.add_view_tools()


def assert_nothing_sticks_out(window):
    for child in shown(window, QAbstractButton):
        box = place(child, window)
        assert box.right() < window.width(), f"{child.text() or child.accessibleName()} sticks out"


@pytest.fixture
def window(qtbot, context, runner, fake_source):
    Page.source = fake_source(300)
    pages = {key: (Page if key == "listings" else type(f"Page{key}", (TabPage,), {"key": key})) for key, _ in TABS}
    made = MainWindow(context, pages)
    qtbot.addWidget(made)
    gate = threading.Event()

    def work(*, ctx):
        ctx.report(194, 312, failed=8, note="activity.none")
        while not gate.wait(0.01):
            ctx.checkpoint()

    context.jobs.add(runner.start(work), "first.tour_1", can_pause=True)
    made.app_bar.tabs["orders"].show_badge(12846, "amber")
    context.notices.banner(
        Banner("x", "first.title", detail_key="first.drop_text", offers=(Offer("empty.retry", print),))
    )
    yield made
    gate.set()
    made.activity._late.stop()
    qtbot.waitUntil(lambda: runner.is_idle)


@pytest.mark.parametrize(("code", "pixels", "width"), CASES)
def test_the_window(window, qapp, qtbot, context, code, pixels, width):
    language.set_language(code)
    apply_theme(qapp, "light", body_px=pixels)
    window.resize(width, 700)
    window.show()
    qtbot.waitUntil(lambda: window.page.table.paged.is_ordered)
    window.page.table.select_ids([1, 2, 3])
    window.activity.open_panel()
    for _ in range(3):
        QApplication.processEvents()
    assert_nothing_is_cut(window)
    assert_nothing_overlaps(window)
    assert_nothing_sticks_out(window)
    header = window.page.table.header
    assert header.height() >= header.fontMetrics().height()
    window.activity.close_panel()
    QApplication.processEvents()
    assert_nothing_is_cut(window)


@pytest.mark.parametrize(("code", "pixels", "width"), CASES)
def test_the_first_page(window, qapp, code, pixels, width):
    language.set_language(code)
    apply_theme(qapp, "dark", body_px=pixels)
    window.show_first_run(True)
    window.resize(width, 900)
    window.show()
    for _ in range(3):
        QApplication.processEvents()
    assert_nothing_is_cut(window)
    assert_nothing_overlaps(window.first_run)


@pytest.mark.parametrize(("code", "pixels", "width"), CASES)
def test_palette_veil_and_toast(window, qapp, qtbot, context, code, pixels, width, tmp_path):
    language.set_language(code)
    apply_theme(qapp, "light", body_px=pixels)
    window.resize(width, 700)
    window.show()
    qtbot.waitUntil(lambda: window.page.table.paged.is_exact)
    context.notices.toast("first.title", offer=Offer("action.undo", print, shortcut="Ctrl Z"))
    window.palette_box.open_palette("x")
    QApplication.processEvents()
    assert_nothing_is_cut(window)
    for box in (window.palette_box, window.toast_box):
        assert window.rect().contains(box.geometry())
    window.palette_box.close_palette()
    window.drop_overlay.lift([Path(tmp_path / f"{n}.xlsx") for n in range(4)])
    QApplication.processEvents()
    assert_nothing_is_cut(window)
    window.drop_overlay.hide()
    window.toast_box.dismiss()


def test_a_pseudo_language_twice_as_long_does_not_clip(window, qapp, qtbot, monkeypatch):
    """Texts that grow by half are shown whole: no layout counts on a word's length."""
    from app.messages import messages

    plain = messages.text
    monkeypatch.setattr("app.views.language.tr", lambda key, **params: plain(key, **params) + "xx")
    language.set_language("zh")
    window.resize(1440, 800)
    window.show()
    for _ in range(3):
        QApplication.processEvents()
    assert_nothing_is_cut(window)
    assert_nothing_overlaps(window)
