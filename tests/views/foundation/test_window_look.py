"""The window's look and its end: language, theme, sizes, folding, jobs, closing, what it imports."""

import threading

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from app.views.language import language
from app.views.theme import current_theme

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


def press(qtbot, window, key, modifier=Mod.ControlModifier):
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def menu_of(widget):
    return next(menu for menu in widget.findChildren(QMenu) if menu.isVisible())


class TestToast:
    def test_it_never_covers_the_counts(self, open_window, qtbot, context, runner):
        """Also while the activity panel opens below it and grows by a job."""
        window = open_window()

        def is_above_the_counts():
            status = window.page.status
            return window.toast_box.geometry().bottom() < status.mapTo(window, QPoint(0, 0)).y()

        context.notices.toast("count.listings", n=762)
        assert is_above_the_counts()
        for count in (1, 2, 3):
            context.jobs.add(runner.call(int), "filter.name")
            window.activity.open_panel()
            qtbot.waitUntil(lambda count=count: window.activity.height() >= 30 + 32 * count)
            assert is_above_the_counts()
        qtbot.waitUntil(lambda: not context.jobs.running)
        window.look.set_body_px(16)
        window.activity.close_panel()
        qtbot.waitUntil(is_above_the_counts)


class TestLook:
    def test_language_theme_and_text_size_from_the_menu(self, open_window, qtbot, context):
        window = open_window()
        window.open_settings_menu()
        menu = menu_of(window)
        parts = {action.text(): action.menu() for action in menu.actions() if action.menu()}
        assert list(parts) == ["Language", "Theme", "Text size", "Row height"]
        choose = {action.text(): action for part in parts.values() for action in part.actions()}
        assert choose["English"].isChecked()
        choose["Dark"].trigger()
        choose["16 px"].trigger()
        choose["Roomy"].trigger()
        choose["中文"].trigger()
        menu.close()
        assert current_theme().is_dark
        assert current_theme().body_px == 16
        assert window.page.table.density.key == "roomy"
        assert language.code == "zh"
        assert window.windowTitle() == "上架"
        stored = [context.settings.get(f"window.{name}") for name in ("theme", "body_px", "language")]
        assert stored == ["dark", 16, "zh"]

    def test_the_remembered_look_is_put_on(self, open_window, context):
        context.settings.put("window.theme", "dark")
        context.settings.put("window.body_px", 15)
        context.settings.put("window.language", "zh")
        window = open_window()
        window.look.apply()
        assert (current_theme().name, current_theme().body_px, language.code) == ("dark", 15, "zh")
        context.settings.put("window.theme", "pink")
        context.settings.put("window.body_px", 90)
        window.look.apply()
        assert current_theme().body_px == 13

    def test_flipping_by_palette(self, open_window):
        window = open_window()
        window.actions_of_window["theme"].trigger()
        assert current_theme().is_dark
        window.actions_of_window["language"].trigger()
        assert language.code == "zh"
        window.actions_of_window["theme"].trigger()
        assert not current_theme().is_dark

    def test_narrow_windows_fold(self, open_window, qtbot):
        window = open_window(size=(1024, 640))
        page = window.page
        buttons = page.toolbar._folding
        assert [button.text() for button in buttons] == [""]
        assert page.table.width() == window.width()
        assert page.panel.geometry().right() <= window.width()
        window.resize(1400, 800)
        QApplication.processEvents()
        assert buttons[0].text() == "Export the selection…"
        assert page.table.width() < window.width()

    def test_the_panel_is_as_wide_as_it_was_left(self, open_window, context, qtbot):
        window = open_window()
        panel = window.page.panel
        assert panel.width() == 404
        panel.resized.emit(370)
        assert panel.width() == 370
        assert context.settings.get("page.listings.panel_width") == 370
        again = open_window(settings=context.settings)
        assert again.page.panel.width() == 370

    def test_dragging_the_panels_edge_stays_within_bounds(self, open_window, qtbot):
        window = open_window()
        panel = window.page.panel
        qtbot.mousePress(panel, Left, pos=QPoint(2, 300))
        qtbot.mouseMove(panel, QPoint(-200, 300))
        qtbot.mouseRelease(panel, Left, pos=QPoint(-200, 300))
        assert panel.width() == 420
        qtbot.mousePress(panel, Left, pos=QPoint(2, 300))
        qtbot.mouseMove(panel, QPoint(200, 300))
        qtbot.mouseRelease(panel, Left, pos=QPoint(200, 300))
        assert panel.width() == 360

    def test_the_panels_tabs(self, open_window, qtbot):
        panel = open_window().page.panel
        assert panel.tabs.isVisible()
        panel.tabs.setFocus()
        qtbot.keyClick(panel.tabs, Key.Key_Right)
        assert panel.tabs.current == "checks"
        assert panel.tabs.accessibleName() == "Fix the current finding"
        panel.tabs.show_count("checks", 3)
        qtbot.mouseClick(panel.tabs, Left, pos=QPoint(20, 10))
        assert panel.tabs.current == "edit"
        assert not panel.tabs.grab().isNull()
        with qtbot.waitSignal(panel.closed):
            qtbot.mouseClick(panel.close_button, Left)
        assert panel.isHidden()


class TestActivity:
    def job(self, window, runner, context, **more):
        gate = threading.Event()

        def work(*, ctx):
            ctx.report(194, 312)
            while not gate.wait(0.01):
                ctx.checkpoint()

        return context.jobs.add(runner.start(work), "filter.name", **more), gate

    def test_ctrl_j_opens_and_closes_the_panel(self, open_window, qtbot, runner, context):
        window = open_window()
        window.page.table.setFocus()
        press(qtbot, window, Key.Key_J)
        assert window.activity.isHidden()
        self.job(window, runner, context)
        press(qtbot, window, Key.Key_J)
        assert window.activity.isVisible()
        assert window.page.status.job_line.isHidden()
        assert window.actions_of_window["activity"].isChecked()
        press(qtbot, window, Key.Key_J)
        assert window.page.status.job_line.isVisible()
        context.jobs.cancel_all()
        qtbot.waitUntil(lambda: not context.jobs.running)

    def test_closing_while_jobs_run_is_asked_once(self, open_window, qtbot, runner, context):
        window = open_window()
        job, _ = self.job(window, runner, context)
        qtbot.waitUntil(lambda: job.progress.done == 194)
        assert not window.close()
        question = window._closing.question
        assert question.isVisible()
        assert "118" in question.question.text()
        assert not window.close()
        assert window._closing.question is question
        question.reject()
        assert window.isVisible()
        assert job.is_running
        context.jobs.cancel_all()
        qtbot.waitUntil(lambda: not context.jobs.running)

    def test_stop_and_quit_stops_then_closes(self, open_window, qtbot, runner, context):
        window = open_window()
        first, _ = self.job(window, runner, context)
        second, _ = self.job(window, runner, context)
        window.close()
        with qtbot.waitSignal(window.closed):
            window._closing.question.primary.click()
        assert {first.state, second.state} == {"cancelled"}
        assert not window.isVisible()

    def test_closing_in_peace(self, open_window, qtbot, context):
        window = open_window()
        window.resize(1111, 700)
        with qtbot.waitSignal(window.closed):
            window.close()
        again = open_window(settings=context.settings, size=(1111, 700))
        assert context.settings.get("window.geometry")
        assert again.size() == QSize(1111, 700)

    def test_damaged_geometry_does_no_harm(self, open_window, context):
        context.settings.put("window.geometry", "nonsense")
        assert open_window().isVisible()


def test_line_edits_of_a_page_are_watched_for_files(open_window):
    window = open_window()
    assert window.page.findChildren(QLineEdit)
