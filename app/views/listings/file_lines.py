"""Lines of text on which files may be dropped."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from app.views.drop_overlay import paths_of
from app.views.listings.bulk_edit.parts import Lines


class FileLines(Lines):
    """Takes texts as any other; of files it only tells.

    Emits:
        dropped: the files.
    """

    dropped = Signal(object)

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are taken, texts as usual."""
        if paths_of(event):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere on it."""
        if paths_of(event):
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take files by what is in them."""
        if paths := paths_of(event):
            event.acceptProposedAction()
            self.dropped.emit(paths)
        else:
            super().dropEvent(event)
