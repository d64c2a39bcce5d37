"""The eyes of all tests about layouts see what they are for: texts that are cut, widgets over each other."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label
from tests.views.layout_checks import (
    assert_choices_are_whole,
    assert_nothing_is_cut,
    assert_nothing_overlaps,
    assert_nothing_sticks_out,
)

CHECKS = (assert_nothing_is_cut, assert_choices_are_whole, assert_nothing_overlaps, assert_nothing_sticks_out)
LONG = "A text that takes more than a few pixels"


def settle():
    """Everything is where its layout puts it, and nothing waits to be put there again."""
    for _ in range(3):
        QApplication.processEvents()


@pytest.fixture
def dialog(qtbot):
    """A dialog with one of everything, all of it whole."""
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(900, 700)
    host.show()
    made = Dialog("export.title", host, size=host.size() / 2, n=3)
    lines = column(made.body, edges=16, gap=8)
    made.label, made.button, made.box = Label("export.kind"), Button("export.keep_set"), QCheckBox(LONG)
    made.choice, made.line, made.note = QComboBox(), QLineEdit(), QLabel(LONG * 4)
    made.choice.addItem(LONG)
    made.line.setPlaceholderText(LONG)
    made.note.setWordWrap(True)
    for one in (made.label, made.button, made.box, made.choice, made.line, made.note):
        lines.addWidget(one)
    made.add_buttons("export.go")
    made.open()
    settle()
    yield made
    made.close()


def test_a_whole_dialog_passes(dialog):
    for check in CHECKS:
        check(dialog)


@pytest.mark.parametrize(
    ("spoil", "check", "said"),
    [
        (lambda one: one.label.setMaximumWidth(9), assert_nothing_is_cut, "is cut"),
        (lambda one: one.label.setMaximumHeight(5), assert_nothing_is_cut, r"\w"),
        (lambda one: one.note.setMaximumHeight(18), assert_nothing_is_cut, "is squeezed"),
        (lambda one: one.button.setMaximumWidth(20), assert_nothing_is_cut, " < "),
        (lambda one: one.box.setMaximumWidth(60), assert_choices_are_whole, LONG),
        (lambda one: one.choice.setMaximumWidth(60), assert_choices_are_whole, LONG),
        (lambda one: one.line.setMaximumWidth(60), assert_choices_are_whole, LONG),
        (lambda one: one.label.resize(one.body.size()), assert_nothing_overlaps, " over "),
        (lambda one: one.box.move(4000, 0), assert_nothing_sticks_out, "sticks out"),
    ],
)
def test_what_is_wrong_is_seen_and_named(dialog, spoil, check, said):
    spoil(dialog)
    with pytest.raises(AssertionError, match=said):
        check(dialog)


def test_widgets_in_lines_inside_of_a_layout_are_seen(dialog):
    inner = row()
    first, second = QLabel("a"), QLabel("b")
    inner.addWidget(first)
    inner.addWidget(second)
    dialog.body.layout().addLayout(inner)
    settle()
    assert_nothing_overlaps(dialog)
    second.setGeometry(first.geometry())
    with pytest.raises(AssertionError, match="QLabel over QLabel"):
        assert_nothing_overlaps(dialog)


def test_what_scrolls_up_and_down_only_must_not_be_wider_than_its_window(dialog):
    area, inside = QScrollArea(), QWidget()
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    QVBoxLayout(inside)
    dialog.body.layout().addWidget(area)
    assert_nothing_sticks_out(dialog)
    settle()
    inside.setMinimumWidth(5000)
    settle()
    with pytest.raises(AssertionError, match="QWidget 5000"):
        assert_nothing_sticks_out(dialog)
