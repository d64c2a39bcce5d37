"""The small widgets: keyboard, names for screen readers, what they show."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from shiboken6 import delete

from app.services.tasks import Progress
from app.views.language import language
from app.views.theme import apply_theme, current_theme
from app.views.widgets.badge import CountBadge
from app.views.widgets.buttons import Button, IconButton
from app.views.widgets.dialog import Confirmation, Dialog
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.flow import FlowLayout
from app.views.widgets.form import Field, Section, mark_bad
from app.views.widgets.ground import Bar, Ground, Separator
from app.views.widgets.label import ElidedLabel, IconLabel, Label
from app.views.widgets.progress_line import ProgressLine
from app.views.widgets.status_label import StatusLabel

Key, Left = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def show(qtbot):
    def put(widget, width=300, height=40):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return put


def pixels(widget):
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


class TestLabels:
    def test_role_colour_and_weight(self, show):
        label = show(Label("window.title", role="title", ink="red", strong=True))
        assert label.font().pixelSize() == 15
        assert label.font().weight() == 600
        assert label.palette().windowText().color() == current_theme().ink("red")
        label.set_look(role="small", ink="text2", strong=False)
        assert (label.font().pixelSize(), label.font().weight()) == (12, 400)

    def test_what_it_looks_like_already_costs_nothing(self, show, monkeypatch):
        shown = [show(Label(role="small", ink="text2")), show(IconLabel("alert-triangle", 16, "red"))]
        buttons = [show(Button("action.undo", icon_name="x")), show(IconButton("x", "action.undo"))]
        dressed = []
        for kind in {type(widget) for widget in (*shown, *buttons)}:
            monkeypatch.setattr(kind, "restyle", lambda self: dressed.append(type(self)))
        shown[0].set_look(role="small", ink="text2", strong=False)
        shown[1].set_icon("alert-triangle", "red")
        for button in buttons:
            button.set_icon_name("x")
        buttons[0].set_compact(False)
        assert dressed == []
        shown[0].set_look(ink="red")
        shown[1].set_icon("x")
        for button in buttons:
            button.set_icon_name("check")
        buttons[0].set_compact(True)
        assert dressed == [Label, IconLabel, Button, IconButton, Button]

    def test_titles_of_suppliers_are_never_markup(self, show):
        label = show(Label())
        label.setText("<b>Lamp</b>")
        assert label.textFormat() == Qt.TextFormat.PlainText

    def test_a_long_text_is_cut_and_told_in_the_tip(self, show):
        label = show(ElidedLabel(), width=60)
        label.setText("Bedside Table Lamp")
        label.grab()
        assert label.toolTip() == "Bedside Table Lamp"
        label.resize(400, 20)
        label.grab()
        assert label.toolTip() == ""

    def test_an_icon_that_speaks(self, show, each_language):
        mark = show(IconLabel("alert-triangle", name_key="status.finding.warn"))
        assert mark.accessibleName() == mark.toolTip() == {"zh": "提醒", "en": "Warning"}[each_language]
        assert mark.size() == QSize(16, 16)


class TestButtons:
    def test_kinds_differ_to_the_eye(self, show):
        theme = current_theme()
        assert theme.color("accent").name() in pixels(show(Button("action.publish", kind="primary")))
        plain, other = Button("action.publish"), QLineEdit()
        box = QWidget()
        layout = QVBoxLayout(box)
        for widget in (other, plain):
            layout.addWidget(widget)
        show(box, 300, 100)
        assert theme.color("accent").name() not in pixels(plain)
        plain.setFocus()
        assert theme.color("accentText").name() in pixels(plain)

    def test_following_an_action(self, show, qtbot):
        action = QAction("Publish 3")
        action.setToolTip("Publish\nNothing is chosen")
        button = show(Button(icon_name="send"))
        button.follow(action)
        assert (button.text(), button.accessibleName()) == ("Publish 3", "Publish 3")
        action.setText("Publish 4")
        action.setEnabled(False)
        assert button.text() == "Publish 4"
        assert not button.isEnabled()
        assert button.toolTip() == action.toolTip()
        action.setEnabled(True)
        with qtbot.waitSignal(action.triggered):
            qtbot.mouseClick(button, Left)

    def test_a_narrow_window_keeps_icon_name_and_tip(self, show):
        action = QAction("Bulk edit…")
        action.setToolTip("Bulk edit  Ctrl+E")
        button = show(Button(icon_name="edit"))
        button.follow(action)
        wide = button.sizeHint().width()
        button.set_compact(True)
        assert button.text() == ""
        assert button.sizeHint().width() < wide
        assert (button.accessibleName(), button.toolTip()) == ("Bulk edit…", "Bulk edit  Ctrl+E")
        button.set_compact(False)
        assert button.text() == "Bulk edit…"

    def test_an_icon_button_is_named(self, show, each_language):
        button = show(IconButton("bell", "window.notices", shortcut="F9"))
        name = {"zh": "通知", "en": "Notices"}[each_language]
        assert button.accessibleName() == name
        assert button.toolTip() == f"{name}  F9"
        assert min(button.width(), button.height()) >= 28
        language.set_language("en" if each_language == "zh" else "zh")
        assert button.accessibleName() != name

    def test_a_checkable_action_switches_its_icon_button(self, show):
        action = QAction("Panel", checkable=True)
        button = show(IconButton("layout-sidebar-right"))
        button.follow(action)
        action.setChecked(True)
        assert button.isChecked()

    def test_targets_are_large_enough(self, show):
        for kind in ("", "primary", "small", "link"):
            assert show(Button("action.publish", kind=kind)).height() >= 22


class TestMarks:
    def test_a_count_hides_at_zero_and_groups(self, show):
        box = show(QWidget())
        badge = CountBadge("red", box)
        badge.show_count(12846)
        assert (badge.text, badge.accessibleName()) == ("12,846", "12,846")
        assert not badge.isHidden()
        badge.show_count(0)
        assert badge.isHidden()

    def test_a_status_speaks_its_word(self, show):
        label = show(StatusLabel("listing.rejected"))
        assert label.accessibleName() == "Rejected"
        assert current_theme().tone("red").ground.name() in pixels(label)
        wide = label.sizeHint().width()
        language.set_language("zh")
        assert label.accessibleName() == "审核不通过"
        assert label.sizeHint().width() != wide
        label.show_status("listing.off", "Off sale · stock")
        assert label.accessibleName() == "Off sale · stock"
        assert show(StatusLabel()).sizeHint().width() == 0

    def test_the_status_it_shows_already_lays_nothing_out(self, show, monkeypatch):
        label, laid = show(StatusLabel("listing.rejected")), []
        monkeypatch.setattr(label, "updateGeometry", lambda: laid.append(True))
        label.show_status("listing.rejected")
        assert laid == []
        label.show_status("listing.live")
        assert laid == [True]

    def test_progress_with_failures_as_a_tail(self, show):
        line = show(ProgressLine(200))
        line.show_progress(Progress(5))
        assert line.isHidden()
        line.show_progress(Progress(50, 100, failed=10))
        assert line.share == 0.5
        assert line.accessibleName() == "50%"
        line.resize(200, 4)
        image = line.grab().toImage()
        at = [image.pixelColor(x, 2).name() for x in (10, 70, 90, 190)]
        theme = current_theme()
        assert at == [theme.ink(name).name() for name in ("accentText", "accentText", "red", "line2")]

    def test_a_bar_has_one_hairline(self, show):
        bar = show(Bar(42), 200, 42)
        image = bar.grab().toImage()
        theme = current_theme()
        assert image.pixelColor(100, 41) == theme.color("line")
        assert image.pixelColor(100, 40) == theme.color("bar")
        assert bar.minimumHeight() == 42
        ground = show(Ground("sunken", "left"), 50, 50).grab().toImage()
        assert ground.pixelColor(0, 20) == theme.color("line")
        assert ground.pixelColor(1, 20) == theme.color("sunken")


class TestFlow:
    def test_lines_wrap_and_the_height_follows(self, show):
        box = QWidget()
        layout = FlowLayout(box, gap=10, line_gap=4)
        layout.setContentsMargins(5, 3, 5, 3)
        children = [QPushButton() for _ in range(4)]
        for child in children:
            child.setFixedSize(90, 20)
            layout.addWidget(child)
        show(box, 210, 60)
        assert layout.heightForWidth(210) == 3 + 20 + 4 + 20 + 3
        assert layout.heightForWidth(1000) == 26
        layout.activate()
        assert [child.x() for child in children] == [5, 105, 5, 105]
        children[1].hide()
        layout.activate()
        assert children[2].pos().y() == children[0].pos().y()
        assert layout.takeAt(9) is None
        assert layout.takeAt(0).widget() is children[0]

    def test_a_divider_stands_only_between_two_things_of_a_line(self, show):
        box = QWidget()
        layout = FlowLayout(box, gap=10)
        first, second = QPushButton(), QPushButton()
        divider = Separator()
        for child in (first, divider, second):
            layout.addWidget(child)
        for child in (first, second):
            child.setFixedSize(90, 20)
        show(box, 300, 60)

        def is_seen():
            layout.activate()
            return box.rect().intersects(divider.geometry())

        assert is_seen()
        second.hide()
        assert not is_seen()
        second.show()
        assert is_seen()
        box.resize(150, 60)
        assert not is_seen()
        assert (second.x(), second.y()) == (0, 24)
        assert layout.count() == 3


class TestEmptyState:
    def test_it_says_what_to_do(self, show, qtbot, each_language):
        state = show(EmptyState(), 600, 400)
        assert state.button.isHidden()
        state.show_state("search", "empty.no_match", action_key="empty.clear", primary=False)
        assert state.texts[0] == {"zh": "没有符合的内容", "en": "Nothing matches"}[each_language]
        with qtbot.waitSignal(state.acted):
            qtbot.mouseClick(state.button, Left)
        state.show_text("alert-triangle", "empty.failed", "The disk is full.", "empty.retry")
        assert state.texts[1] == "The disk is full."
        state.show_state("photo", "empty.nothing")
        assert state.button.isHidden()


class TestForm:
    def test_a_refused_field_says_why_in_every_way(self, show):
        edit = QLineEdit()
        field = show(Field("filter.name", edit), 300, 60)
        assert edit.accessibleName() == "Name"
        field.show_problem("139 characters, 128 at most.")
        assert field.problem.isVisible()
        assert edit.accessibleDescription() == "139 characters, 128 at most."
        assert edit.property("bad")
        field.show_problem("")
        assert not field.problem.isVisible()
        assert not edit.property("bad")

    def test_labels_are_wider_in_english(self, show):
        field = show(Field("filter.name", QLineEdit()))
        english = field.label.width()
        language.set_language("zh")
        assert field.label.minimumWidth() < english

    def test_a_section_folds_by_mouse_and_key(self, show, qtbot):
        section = show(Section("filter.name", QLabel("body")), 300, 200)
        with qtbot.waitSignal(section.folded):
            qtbot.mouseClick(section.head, Left)
        assert section.is_folded
        section.head.setFocus()
        qtbot.keyClick(section.head, Key.Key_Space)
        assert not section.is_folded
        assert section.head.accessibleName() == "Name"

    def test_one_that_does_not_fold(self, show, qtbot):
        section = show(Section("filter.name", QLabel("body"), foldable=False), 300, 200)
        qtbot.mouseClick(section.head, Left)
        assert not section.is_folded

    def test_marking_is_seen(self, show):
        edit = show(QLineEdit())
        mark_bad(edit, True)
        assert current_theme().tokens.hex("redSoft").lower() in pixels(edit)
        mark_bad(edit, False)
        assert current_theme().tokens.hex("redSoft").lower() not in pixels(edit)


class TestDialogs:
    @pytest.fixture
    def window(self, show):
        window = show(QWidget(), 1000, 700)
        layout = QVBoxLayout(window)
        window.edit = QLineEdit()
        layout.addWidget(window.edit)
        window.edit.setFocus()
        return window

    def test_enter_presses_the_primary_and_the_focus_goes_back(self, window, qtbot):
        with qtbot.waitActive(window):
            window.activateWindow()
        dialog = Dialog("window.title", window)
        primary = dialog.add_buttons("action.publish")
        dialog.open()
        assert primary.isDefault()
        with qtbot.waitSignal(dialog.accepted):
            qtbot.keyClick(dialog, Key.Key_Return)
        qtbot.waitUntil(lambda: window.focusWidget() is window.edit)

    def test_what_had_the_focus_may_be_gone_by_then(self, window, qtbot):
        """The editor of a cell is closed by rows that arrive while a dialog is open."""
        dialog = Dialog("window.title", window)
        dialog.show()
        delete(window.edit)
        dialog.reject()
        assert not dialog.isVisible()

    def test_escape_cancels(self, window, qtbot):
        dialog = Dialog("window.title", window)
        dialog.add_buttons("action.publish")
        dialog.open()
        with qtbot.waitSignal(dialog.rejected):
            qtbot.keyClick(dialog, Key.Key_Escape)

    def test_it_never_outgrows_the_window(self, window):
        dialog = Dialog("window.title", window, size=QSize(3000, 3000))
        assert dialog.width() == 920
        assert dialog.height() == 644
        dialog.deleteLater()

    def test_a_confirmation_names_count_and_verb(self, window, qtbot, each_language):
        asked = Confirmation(window, "closing.question", "closing.stop", detail_key="closing.detail", n=118)
        asked.open()
        assert "118" in asked.question.text()
        assert asked.primary.text() == {"zh": "停下并退出", "en": "Stop and quit"}[each_language]
        with qtbot.waitSignal(asked.accepted):
            asked.primary.click()

    def test_a_confirmation_stands_under_its_verb_and_not_under_the_program_s_name(self, window, each_language):
        asked = Confirmation(window, "publish.take_off.ask", "publish.take_off.verb", n=3, store="Chenfan Digital")
        assert asked.windowTitle() == asked.primary.text() == {"zh": "下架", "en": "Take off sale"}[each_language]
        language.set_language("en" if each_language == "zh" else "zh")
        assert asked.windowTitle() == {"en": "下架", "zh": "Take off sale"}[each_language]

    def test_a_confirmation_cuts_no_sentence_off(self, window, qtbot, each_language):
        long = {"store": "Chenfan Digital and a second store with a name as long as this one", "n": 12_345}
        asked = Confirmation(
            window, "publish.resume.ask", "publish.resume.verb", detail_key="publish.resume.detail", **long
        )
        asked.open()
        for label in (asked.question, asked.detail):
            assert label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize("count", [2, 7])
def test_the_list_of_a_box_with_the_focus_has_room_for_all_of_it(show, qtbot, count):
    box = QComboBox()
    box.addItems([f"Entry {number}" for number in range(count)])
    show(box, 300, 27)
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    box.showPopup()
    view = box.view()
    last = view.visualRect(view.model().index(count - 1, 0))
    assert last.bottom() < view.viewport().height()
    assert view.verticalScrollBar().maximum() == 0
    box.hidePopup()


def test_widgets_follow_a_theme_switch(show, qapp):
    shown = [show(widget) for widget in (Button("action.publish", icon_name="send", kind="primary"), Bar(30))]
    before = [pixels(widget) for widget in shown]
    apply_theme(qapp, "dark")
    for widget, old in zip(shown, before, strict=True):
        assert pixels(widget) != old
