"""What a person sees of the groups and does with them."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent

from app.views.row_drag import carried


def lines(page):
    found = []
    for item in page.grouping.pane.tree._items():
        depth = 0
        above = item.parent()
        while above is not None:
            depth, above = depth + 1, above.parent()
        found.append((depth, item.text(0), item.data(0, Qt.ItemDataRole.UserRole + 1)))
    return found


def item_of(page, name):
    return next(item for item in page.grouping.pane.tree._items() if item.text(0) == name)


def press(page, qtbot, name, key=Qt.Key.Key_Return):
    tree = page.grouping.pane.tree
    tree.setCurrentItem(item_of(page, name))
    qtbot.keyClick(tree, key)


def drop(page, name, data=None):
    tree = page.grouping.pane.tree
    at = QPointF(tree.visualItemRect(item_of(page, name)).center())
    data = data or carried()  # the event does not own it
    event = QDropEvent(at, Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    tree.dropEvent(event)
    return event.isAccepted()


def toast(page):
    return page.context.notices.kept[0].text
