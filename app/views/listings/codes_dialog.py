"""The table of virtual bundle codes: typed, taken from a file, removed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from app.messages import tr
from app.services.codes.wording import items_text
from app.views.importing.save_file import ask_files
from app.views.listings.bulk_edit.parts import Line
from app.views.listings.plain_table import dress_table
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.codes.records import Component
    from app.services.codes.tables import CodeTable
    from app.views.context import ViewContext


class CodesDialog(Dialog):
    """Every press of a button is stored at once."""

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("codes.title", parent, size=QSize(760, 520))
        self._context, self._desk = context, context.services.codes
        self.table = QTableWidget(0, 2)
        self.name, self.items = Line("codes.name_hint"), Line("codes.items_hint")
        self.add, self.remove, self.open_file = Button("codes.add"), Button("codes.remove"), Button("codes.open_file")
        self.said = Label(role="small", ink="text2", wrap=True)
        self._build()
        self.hint.say("codes.hint")
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        self.add.clicked.connect(self.add_typed)
        self.items.returnPressed.connect(self.add_typed)
        self.remove.clicked.connect(self.remove_chosen)
        self.open_file.clicked.connect(
            lambda: ask_files(self, "codes.open_file", lambda files: self.take_file(files[0]))
        )
        self.load()

    def _build(self) -> None:
        self.retranslate()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        dress_table(self.table, row=26)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().resizeSection(0, current_theme().height(120))
        whole = column(self.body, edges=16, gap=10)
        typed = row(gap=8)
        typed.addWidget(self.name, 2)
        typed.addWidget(self.items, 5)
        typed.addWidget(self.add)
        whole.addLayout(typed)
        whole.addWidget(self.table, 1)
        below = row(gap=8)
        below.addWidget(self.said, 1)
        below.addWidget(self.remove)
        below.addWidget(self.open_file)
        whole.addLayout(below)

    def retranslate(self) -> None:
        """Heads of the columns."""
        if hasattr(self, "table"):
            self.table.setHorizontalHeaderLabels([tr("codes.column.code"), tr("codes.column.items")])

    def load(self) -> None:
        """Read the table again."""
        self._call(self._show, self._desk.virtual)

    def _show(self, entries: Mapping[str, tuple[Component, ...]]) -> None:
        self.table.setRowCount(len(entries))
        for at, (code, items) in enumerate(entries.items()):
            for where, text in enumerate((code, items_text(items))):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(at, where, item)

    def add_typed(self) -> None:
        """Keep what is typed."""
        self._call(self._on_added, self._desk.add, self.name.text(), self.items.text())

    def _on_added(self, changed: int) -> None:
        self.said.say("codes.saved", n=changed)
        self.name.clear()
        self.items.clear()
        self.name.setFocus()
        self.load()

    def remove_chosen(self) -> None:
        """Forget the chosen codes."""
        chosen = sorted({index.row() for index in self.table.selectedIndexes()})
        codes = [self.table.item(at, 0).text() for at in chosen]
        if not codes:
            self.said.say("rates.nothing_chosen")
            return
        self._call(lambda n: self._after("codes.removed", n), self._desk.remove, codes)

    def take_file(self, path: Path) -> None:
        """Keep the virtual codes of a file; rows that are none are counted."""
        self._call(self._on_table, self._desk.read_table, path)

    def _on_table(self, table: CodeTable) -> None:
        bad = len(table.bad)
        self._call(
            lambda n: self._after("codes.imported", len(table.virtual), changed=n, bad=bad),
            self._desk.save,
            table.virtual,
        )

    def _after(self, key: str, n: int, **params: object) -> None:
        self.said.say(key, n=n, **params)
        self.load()

    def _call(self, then: Any, function: Any, *args: object) -> None:
        handle = self._context.runner.call(function, *args)
        handle.succeeded.connect(then)
        handle.failed.connect(lambda error: self.said.tell(error))
