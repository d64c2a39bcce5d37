"""Editing a cell in place: a 2 px accent frame, the value selected, Enter commits and goes down."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.views.theme import current_theme

Index = QModelIndex | QPersistentModelIndex


class CellEditors(QStyledItemDelegate):
    """Makes the line edits of a paged table; the table paints its cells itself."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line edit in the cell."""
        editor = QLineEdit(parent)
        editor.setAcceptDrops(False)  # files dropped on it belong to the window
        editor.setProperty("kind", "cell")
        editor.setFont(current_theme().font("body"))
        align = index.data(Qt.ItemDataRole.TextAlignmentRole)
        editor.setAlignment(Qt.AlignmentFlag(int(align)))
        title = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        editor.setAccessibleName(str(title))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The plain value, all of it selected."""
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand the text to the model, which tells the page."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """The whole cell, without the row's hairline."""
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(0, 0, 0, -1))
