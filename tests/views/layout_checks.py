"""What must hold of every window and dialog at any size, language and text size: nothing cut, nothing over another."""

from itertools import combinations

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QWidget,
)

from app.views.importing.mapping_list import MeaningButton
from app.views.widgets.chip import Chip
from app.views.widgets.ground import Separator
from app.views.widgets.label import ElidedLabel
from app.views.widgets.live import Live

SHORTENING = (Chip, MeaningButton)
"""Buttons that shorten their text by themselves."""
LINE_EDGE = 2
"""What Qt leaves free beside the text of a line, on either side."""
FLEXIBLE = ("StorePicker", "CommandBox")


def shown(window, kind):
    """Visible widgets of *window*, wherever they are scrolled."""
    return [child for child in window.findChildren(kind) if child.isVisible() and child.window() is window]


def in_view(window, kind):
    """Visible widgets of *window* that are not scrolled out of view, not even in part."""
    return [child for child in shown(window, kind) if child.visibleRegion().boundingRect().size() == child.size()]


def place(widget, window):
    """Where *widget* stands in *window*."""
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def laid_out(parent):
    """Visible widgets in the layout of *parent*, those of layouts inside of it too."""
    found, layouts = [], [parent.layout()]
    while layouts:
        layout = layouts.pop()
        items = [layout.itemAt(at) for at in range(layout.count())] if layout is not None else []
        found += [item.widget() for item in items if item.widget() is not None and item.widget().isVisible()]
        layouts += [item.layout() for item in items if item.layout() is not None]
    return found


def settle_layouts():
    """Give texts that were set in the turn before the room they asked for; nothing else happens meanwhile."""
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def assert_nothing_is_cut(window, seen=shown):
    """Buttons and labels have the room their text needs."""
    settle_layouts()
    for button in seen(window, QAbstractButton):
        if isinstance(button, Live) and not isinstance(button, SHORTENING) and button.text():
            least = button.minimumSizeHint() if button.objectName() == "shrinks" else button.sizeHint()
            flexible = type(button).__name__ in FLEXIBLE
            assert flexible or button.width() >= least.width(), f"“{button.text()}” {button.width()} < {least.width()}"
            assert button.height() >= button.fontMetrics().height(), button.text()
    for label in seen(window, QLabel):
        if isinstance(label, ElidedLabel) or not label.text():
            continue
        if label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), f"“{label.text()}” is squeezed"
        else:
            assert label.width() >= label.sizeHint().width() - 1, f"“{label.text()}” is cut"
        assert label.height() >= label.fontMetrics().height() - 1, label.text()


def assert_nothing_overlaps(window):
    """Neighbours in a layout keep apart."""
    for parent in [window, *window.findChildren(QWidget)]:
        if not parent.isVisible() or parent.window() is not window.window():
            continue
        inside = laid_out(parent)
        for first, second in combinations(inside, 2):
            overlap = place(first, window).intersected(place(second, window))
            assert overlap.isEmpty(), f"{type(first).__name__} over {type(second).__name__} in {type(parent).__name__}"


def assert_nothing_sticks_out(window):
    """What stands in a layout stands inside of what the layout fills; what scrolls one way only is no wider."""
    settle_layouts()
    for parent in [window, *shown(window, QWidget)]:
        if isinstance(parent, QScrollArea) and parent.widget() is not None:
            is_fixed = parent.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            room, taken = parent.viewport().width(), parent.widget().width()
            assert not is_fixed or taken <= room, f"{type(parent.widget()).__name__} {taken} > {room}"
        for child in laid_out(parent):
            if isinstance(child, Separator):
                continue  # one that ends a line of wrapped chips is put out of sight
            assert parent.rect().contains(child.geometry()), (
                f"{type(child).__name__} {child.geometry()} sticks out of {type(parent).__name__} {parent.rect()}"
            )


def assert_choices_are_whole(window):
    """What is chosen in a list, what an empty line asks for and the words of check boxes can be read to the end; a name
    of a store's that is too long for its list at least where the pointer rests."""
    settle_layouts()
    for box in shown(window, QComboBox):
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, box).width()
        taken = box.fontMetrics().horizontalAdvance(box.currentText())
        is_told = box.toolTip() == box.currentText()
        assert is_told or taken <= room + 1, f"“{box.currentText()}” {taken} > {room}"
    for button in shown(window, QAbstractButton):
        if button.text() and not isinstance(button, Live):
            least = button.sizeHint().width()
            assert button.width() >= least, f"“{button.text()}” {button.width()} < {least}"
    for line in shown(window, QLineEdit):
        option = QStyleOptionFrame()
        line.initStyleOption(option)
        inside = line.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, line).width()
        margins = line.textMargins()
        room = inside - margins.left() - margins.right() - 2 * LINE_EDGE
        taken = line.fontMetrics().horizontalAdvance(line.placeholderText())
        assert line.text() or taken <= room, f"“{line.placeholderText()}” {taken} > {room}"
