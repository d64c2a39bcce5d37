"""Open in Excel: a workbook is written, opened, watched; what was saved there is shown as a bulk edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.views.errors import sentence
from app.views.listings.round_trip.watching import SavedFiles
from app.views.notices import Offer

if TYPE_CHECKING:
    from app.services.paging import Query
    from app.views.context import ViewContext


class ExcelOpener(QObject):
    """The round trip of one page.

    Args:
        show: goes to listings of these ids.

    Emits:
        applied: the `Applied` of a workbook that was taken back.
    """

    applied = Signal(object)

    def __init__(self, context: ViewContext, page: QWidget, show: Callable[[Sequence[int]], object]) -> None:
        super().__init__(page)
        self._context, self._page, self._show = context, page, show
        self._dialogs: dict[Path, Any] = {}
        self.saved = SavedFiles(self)
        self.saved.saved.connect(self.take_back)
        self.open_file: Callable[[Path], object] = lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def open(self, chosen: Sequence[int] | Query, count: int) -> None:
        """Write these listings as a workbook in the worker process, then open it."""
        handle = self._context.runner.call(self._context.services.round_trip.new_path)
        handle.succeeded.connect(lambda path: self._write(path, chosen, count))
        handle.failed.connect(self._tell)

    def _write(self, path: Path, chosen: Sequence[int] | Query, count: int) -> None:
        handle = self._context.runner.start_heavy(*self._context.services.round_trip.write_call(path, chosen))
        handle.succeeded.connect(lambda _: self._on_written(path))
        self._context.jobs.add(
            handle,
            "round_trip.job",
            icon="file-spreadsheet",
            summarise=lambda result: ("listings.job.export_summary", {"n": result.listings, "skus": result.skus}),
            offer_results=lambda _: [Offer("round_trip.take_back", lambda: self.take_back(path))],
            n=count,
        )

    def _on_written(self, path: Path) -> None:
        self.saved.watch(path)
        offer = Offer("listings.open_folder", lambda: self.open_file(path.parent))
        if self.open_file(path) is False:
            self._context.notices.toast("round_trip.no_program", offer=offer, tone="amber", file=path.name)
        else:
            self._context.notices.toast("round_trip.opened", offer=offer, file=path.name)

    def take_back(self, path: Path) -> None:
        """Show what the workbook at *path* would change; in the dialog that shows it already, where there is one."""
        from app.views.listings.round_trip.dialog import SheetDialog

        dialog = self._dialogs.get(path)
        if dialog is not None:
            dialog.read_again()
            return
        dialog = SheetDialog(self._context, path, self._show, self._page.window())
        self._dialogs[path] = dialog
        dialog.applied.connect(self.applied)
        dialog.closed.connect(lambda: self._dialogs.pop(path, None))
        dialog.begin()

    def _tell(self, error: Exception) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))
