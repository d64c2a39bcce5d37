"""What must hold of every window and dialog at any size, language and text size: nothing cut, nothing over another."""

from itertools import combinations

from PySide6.QtCore import QEvent, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.views.importing.mapping_list import MeaningButton
from app.views.widgets.chip import Chip
from app.views.widgets.label import ElidedLabel
from app.views.widgets.live import Live

SHORTENING = (Chip, MeaningButton)
"""Buttons that shorten their text by themselves."""
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
        layout = parent.layout()
        if layout is None or not parent.isVisible() or parent.window() is not window.window():
            continue
        inside = [layout.itemAt(n).widget() for n in range(layout.count())]
        inside = [widget for widget in inside if widget is not None and widget.isVisible()]
        for first, second in combinations(inside, 2):
            overlap = place(first, window).intersected(place(second, window))
            assert overlap.isEmpty(), f"{type(first).__name__} over {type(second).__name__} in {type(parent).__name__}"
