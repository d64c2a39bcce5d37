"""Marketing groups to Excel and back: which file, then a job."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import tr
from app.views.errors import sentence
from app.views.importing.save_file import SHEETS, ask_files, saving_dialog
from app.views.notices import Offer

if TYPE_CHECKING:
    from app.services.listings.groups.tree import StoreGroups
    from app.services.listings.marketing.sheets import MarketingRead
    from app.views.context import ViewContext

MOST_LINES = 8
"""Lines named in a notice."""


class GroupSheets(QObject):
    """Asks for the file and does it in the worker process.

    Emits:
        changed: listings were put into groups by a sheet.
        undo_wanted: uid of that change.
    """

    changed = Signal()
    undo_wanted = Signal(str)

    def __init__(self, context: ViewContext, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page

    def fill_menu(self, menu: QMenu, stores: Sequence[StoreGroups]) -> None:
        """Both ways, store by store where there are several."""
        for key, act in (("groups.sheet.export", self.ask_where), ("groups.sheet.import", self.ask_which)):
            for store in stores:
                if store.is_writable or key == "groups.sheet.export":
                    text = tr(key) if len(stores) == 1 else tr(f"{key}_of", store=store.name)
                    menu.addAction(text, lambda act=act, id=store.store_id: act(id))

    def ask_where(self, store_id: int) -> None:
        """The file to write."""
        dialog = saving_dialog(self._page, "groups.sheet.export", SHEETS, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.write(Path(name), store_id))
        dialog.selectFile("marketing-groups")
        dialog.open()

    def ask_which(self, store_id: int) -> None:
        """The file to read."""
        ask_files(self._page, "groups.sheet.import", lambda files: self.read(files[0], store_id))

    def write(self, path: Path, store_id: int) -> None:
        """Write a store's marketing groups."""
        handle = self._start(self._context.services.groups.export_call(path, store_id), path)
        handle.succeeded.connect(lambda n: self._context.notices.toast("listings.saved_listings", file=path.name, n=n))

    def read(self, path: Path, store_id: int) -> None:
        """Read them back."""
        handle = self._start(self._context.services.groups.import_call(path, store_id), path)
        handle.succeeded.connect(self._on_read)

    def _start(self, call: tuple[Any, ...], path: Path) -> Any:
        handle = self._context.runner.start_heavy(*call)
        handle.failed.connect(
            lambda error: self._context.notices.toast("window.said", tone="red", text=sentence(error))
        )
        self._context.jobs.add(handle, "groups.sheet.job", icon="file-spreadsheet", file=path.name)
        return handle

    def _on_read(self, result: MarketingRead) -> None:
        left = sorted((*result.unknown, *result.refused))
        offer = None
        if result.change is not None:
            uid = result.change.uid
            offer = Offer("action.undo", lambda: self.undo_wanted.emit(uid), shortcut="Ctrl+Z")
        n = result.change.listing_count if result.change is not None else 0
        key = "groups.sheet.read_partly" if left else "groups.sheet.read"
        params = {"n": n, "left": len(left), "lines": tr("table.list_separator").join(map(str, left[:MOST_LINES]))}
        self._context.notices.toast(key, tone="amber" if left else "green", offer=offer, **params)
        self.changed.emit()
