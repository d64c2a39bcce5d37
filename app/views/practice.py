"""The practice market in the window: opening it, the demo, the trainers' panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.paths import resources
from app.views.language import language

if TYPE_CHECKING:
    from app.views.context import ViewContext
    from app.views.main_window import MainWindow
    from app.views.task_runner import TaskHandle


class Practice(QObject):
    """What the window does with the practice market.

    Emits:
        opened: its two stores are connected and their data is here.
        import_wanted: paths of workbooks to import.
        store_added: the store that a shared code connected.
        failed: the exception.
    """

    opened = Signal()
    import_wanted = Signal(object)
    store_added = Signal(object)
    failed = Signal(object)

    def __init__(self, context: ViewContext, window: MainWindow) -> None:
        super().__init__(window)
        self._context, self._window = context, window

    def open(self) -> TaskHandle:
        """Start the practice market, connect its two stores, read their data."""
        handle = self._context.runner.start(self._context.services.open_practice, language.code)
        self._context.jobs.add(handle, "desktop.job.practice", icon="school")
        handle.succeeded.connect(lambda _: self.opened.emit())
        handle.failed.connect(self.failed)
        return handle

    def play_demo(self) -> None:
        """The demo: the practice store, then the import of the demo workbook, ready to be applied. Who has been at
        work here already finds it as it was left."""
        services = self._context.services
        handle = self._context.runner.call(lambda: (services.stores(), services.listings.history()))
        handle.succeeded.connect(lambda found: self._begin_demo(*found))

    def _begin_demo(self, stores: Sequence[Any], changes: Sequence[Any]) -> None:
        if not stores:
            self.open().succeeded.connect(lambda _: self._import_demo())
        elif not changes:
            self._import_demo()

    def _import_demo(self) -> None:
        self.import_wanted.emit([resources() / "samples" / "demo-listings.xlsx"])

    def show_training(self) -> None:
        """How the practice market behaves, beside the work."""
        from app.views.stores.training_dialog import TrainingDialog

        window = self._window
        page: Any = window.pages.get("stores")
        practice = page.practice_store_id() if page is not None and window.page is page else None
        for older in window.findChildren(TrainingDialog):
            older.close()  # two would not know of each other's switches
        dialog = TrainingDialog(self._context, window, practice)
        dialog.add_wanted.connect(self._add_shared_store)
        dialog.show()

    def _add_shared_store(self, gateway: str) -> None:
        """Paste a shared code of the practice market."""
        from app.views.stores.add_dialog import SHARED, AddStoreDialog

        dialog = AddStoreDialog(self._context, self._window, SHARED)
        dialog.gateway.setText(gateway)
        dialog.gateway.editingFinished.emit()
        dialog.added.connect(self.store_added)
        dialog.open()
