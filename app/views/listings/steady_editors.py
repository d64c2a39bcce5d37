"""Cell editors that keep what is typed while the rows around them are read again."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QWidget

from app.views.cell_editor import CellEditors

Index = QModelIndex | QPersistentModelIndex


class SteadyEditors(CellEditors):
    """Fills an editor once: Qt would fill an open one anew with every `dataChanged` over its cell, and the typed text
    would be gone."""

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The value, when the editor opens."""
        if not editor.property("filled"):
            editor.setProperty("filled", True)
            super().setEditorData(editor, index)
