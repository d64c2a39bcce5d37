"""What is done with many rows besides publishing: checking anew, exporting, the blank sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.messages import tr
from app.services.paging import Query
from app.views.errors import sentence
from app.views.notices import Offer

if TYPE_CHECKING:
    from app.services.listings.exporting import ExportOptions
    from app.views.context import ViewContext

XLSX = "xlsx"

Chosen = Sequence[int] | Query
"""Listings: ids, or the filter itself."""
SHOWN_REMARKS = 5
"""What a package could not hold, told one by one; the command line tells all."""


class RowActions(QObject):
    """Runs them as jobs.

    Emits:
        checked: findings were counted anew.
    """

    checked = Signal()

    def __init__(self, context: ViewContext, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page

    def recheck(self, ids: Sequence[int]) -> None:
        """Check these listings anew, pictures included."""
        if not ids:
            return
        handle = self._context.runner.start(self._context.services.listings.recheck, list(ids))
        handle.succeeded.connect(lambda _: self.checked.emit())
        self._context.jobs.add(
            handle,
            "listings.job.recheck",
            icon="shield-check",
            summarise=lambda found: (
                "listings.job.recheck_summary",
                {"n": found.checked, "blocked": found.blocked, "held": found.held, "warned": found.warned},
            ),
            n=len(ids),
        )

    # -- files -------------------------------------------------------------------------------------------------

    def ask_how_to_export(self, chosen: Chosen, count: int) -> None:
        """Ask for columns and kind, then for the file."""
        from app.views.listings.export_dialog import ExportDialog

        dialog = ExportDialog(self._context, count, self._page.window())
        dialog.decided.connect(lambda options, kind: self._ask_where_to_export(chosen, count, options, kind))
        dialog.open()

    def _ask_where_to_export(self, chosen: Chosen, count: int, options: ExportOptions, kind: str) -> None:
        dialog = self._save_dialog("listings.export.title", "listings", f"export.kind_filter.{kind}")
        dialog.setDefaultSuffix(kind)
        dialog.fileSelected.connect(lambda name: self.export(Path(name), chosen, count, options))
        dialog.open()

    def export(self, path: Path, chosen: Chosen, count: int, options: ExportOptions) -> None:
        """Write these listings to *path* in the worker process."""
        handle = self._context.runner.start_heavy(*self._context.services.export_call(path, chosen, options))
        handle.succeeded.connect(lambda result: self._on_exported(path, result))
        self._context.jobs.add(
            handle,
            "listings.job.export",
            icon="table-export",
            summarise=lambda result: ("listings.job.export_summary", {"n": result.listings, "skus": result.skus}),
            offer_results=lambda _: [self._file_offer(path), self._folder_offer(path)],
            file=path.name,
            n=count,
        )

    def _on_exported(self, path: Path, result: Any) -> None:
        offer = self._file_offer(path)
        self._context.notices.toast("listings.saved_listings", offer=offer, file=path.name, n=result.listings)
        for key, params in result.package.remarks()[:SHOWN_REMARKS] if result.package is not None else ():
            self._context.notices.toast("window.said", tone="amber", text=tr(key, **params))

    def save_template(self) -> None:
        """Save the ready-made sheet."""
        dialog = self._save_dialog("listings.template.title", "shangjia-listings", "listings.template.kinds")
        dialog.fileSelected.connect(lambda name: self.write_template(Path(name)))
        dialog.open()

    def write_template(self, path: Path) -> None:
        """Write the ready-made sheet to *path*."""
        handle = self._context.runner.call(self._context.services.save_template, path)
        handle.succeeded.connect(lambda _: self._toast_saved(path))
        handle.failed.connect(self._tell)

    def _save_dialog(self, title_key: str, name: str, kinds_key: str) -> QFileDialog:
        dialog = QFileDialog(self._page, tr(title_key))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(tr(kinds_key).split(";;"))
        dialog.setDefaultSuffix(XLSX)
        dialog.selectFile(name)
        return dialog

    def _toast_saved(self, path: Path) -> None:
        self._context.notices.toast("listings.saved_file", offer=self._folder_offer(path), file=path.name)

    @staticmethod
    def _folder_offer(path: Path) -> Offer:
        folder = QUrl.fromLocalFile(str(path.parent))
        return Offer("listings.open_folder", lambda: QDesktopServices.openUrl(folder))

    @staticmethod
    def _file_offer(path: Path) -> Offer:
        file = QUrl.fromLocalFile(str(path))
        return Offer("export.open", lambda: QDesktopServices.openUrl(file))

    def _tell(self, error: BaseException) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))
