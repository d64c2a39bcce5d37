"""Before a store is removed: what happens to each of its things, and the button that does it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from app.services.stores.leaving import Removal
from app.views.context import ViewContext
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import IconLabel, Label


class RemoveStoreDialog(Dialog):
    """Says it all first; with work under way there is nothing to press.

    Emits:
        removed: the copy of the database that was made before.
    """

    removed = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget, removal: Removal) -> None:
        super().__init__("stores.remove.title", parent, size=QSize(520, 320), name=removal.store.name)
        self._context, self._removal = context, removal
        self.problem = Label(ink="red", wrap=True)
        lines = column(self.body, gap=10)
        lines.setContentsMargins(20, 16, 20, 16)
        lines.addWidget(Label("stores.remove.question", role="title", strong=True, wrap=True, name=removal.store.name))
        for icon, tone, key, n in _facts(removal):
            line = row(gap=8)
            line.addWidget(IconLabel(icon, 16, tone))
            line.addWidget(Label(key, wrap=True, n=n), 1)
            lines.addLayout(line)
        lines.addWidget(self.problem)
        lines.addStretch(1)
        self.problem.hide()
        self.hint.say("stores.remove.hint")
        self.primary = self.add_buttons("stores.remove.verb")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.remove)
        self.primary.setEnabled(not removal.under_way)

    def remove(self) -> None:
        """Do it; a refusal stands in the dialog."""
        self.primary.setEnabled(False)
        handle = self._context.runner.call(self._context.services.store_desk.remove, self._removal.store.id)
        handle.succeeded.connect(self._on_removed)
        handle.failed.connect(self._on_failed)

    def _on_removed(self, copy: object) -> None:
        self.removed.emit(copy)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.problem.tell(error)
        self.problem.show()
        self.primary.setEnabled(True)


def _facts(removal: Removal) -> list[tuple[str, str, str, int]]:
    """Icon, tone, message and number of every line that says something."""
    lines = [
        ("alert-octagon", "red", "stores.remove.under_way", removal.under_way),
        ("world", "text2", "stores.remove.on_marketplace", removal.on_marketplace),
        ("alert-triangle", "amber", "stores.remove.changed", removal.changed),
        ("alert-triangle", "red", "stores.remove.only_here", removal.only_here),
        ("clipboard-list", "text2", "stores.remove.orders", removal.orders),
        ("truck-delivery", "text2", "stores.remove.templates", removal.templates),
    ]
    said = [line for line in lines if line[3]]
    return [*said, ("key", "text2", "stores.remove.tokens", 0), ("history", "text2", "stores.remove.copy", 0)]
