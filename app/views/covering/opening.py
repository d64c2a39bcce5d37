"""Opening the dialogs of covering from wherever they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.views.context import ViewContext

if TYPE_CHECKING:  # with them comes the checker, for which the window need not wait
    from app.services.covering.records import CoverResult


class Covering(QObject):
    """One for the window.

    Args:
        show: goes to listings of these ids.

    Emits:
        undo_wanted: uid of a change.
    """

    undo_wanted = Signal(str)

    def __init__(self, context: ViewContext, window: QWidget, show: Callable[[Sequence[int]], object]) -> None:
        super().__init__(window)
        self._context, self._window, self._show = context, window, show

    def cover(self, from_id: int = 0, to_id: int = 0, ids: Sequence[str] = ()) -> Any:
        """The cover dialog, with what is known already."""
        from app.views.covering.dialog import CoverDialog

        dialog = CoverDialog(self._context, self._show, self._window)
        dialog.covered.connect(self._on_covered)
        dialog.undo_wanted.connect(self.undo_wanted)
        dialog.begin(from_id, to_id, ids)
        return dialog

    def coverage(self) -> Any:
        """The coverage view; one that is open comes to the front."""
        from app.views.covering.coverage_dialog import CoverageDialog

        for open_one in self._window.findChildren(CoverageDialog):
            if open_one.isVisible():
                open_one.raise_()
                return open_one
        dialog = CoverageDialog(self._context, self._window)
        dialog.cover_wanted.connect(self.cover)
        dialog.undo_wanted.connect(self.undo_wanted)
        dialog.begin()
        return dialog

    def take_files(self, paths: Sequence[Path], otherwise: Callable[[Sequence[Path]], object]) -> None:
        """Files were dropped on the window: lists of product ids are to be covered, all else is *otherwise*'s."""
        from app.services.covering.ids import LIST_ENDINGS

        if any(path.suffix.lower() not in LIST_ENDINGS for path in paths):
            otherwise(paths)
            return
        desk = self._context.services.covering
        handle = self._context.runner.call(lambda: all(map(desk.looks_like_ids, paths)))
        handle.succeeded.connect(lambda are_ids: self._cover_files(paths) if are_ids else otherwise(paths))
        handle.failed.connect(lambda _: otherwise(paths))

    def _cover_files(self, paths: Sequence[Path]) -> None:
        self.cover().read_files(paths)

    def _on_covered(self, result: CoverResult) -> None:
        if result.change is not None:
            self._context.changes.tell({"listing", "change", "freight_template"})
