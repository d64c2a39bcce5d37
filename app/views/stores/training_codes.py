"""Shared-store codes of the practice market: issue one, pass it on, withdraw it. Codes are shown masked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.stores.shared_codes import PastedCode
from app.services.stores.training import SharedCode, SharedStore, TrainingState
from app.views.language import language
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, Label


class TrainingCodes(Ground):
    """A line for every store a code can be issued for, and below it the codes in force.

    Emits:
        issue_wanted: number of a store of the market.
        withdraw_wanted: the code.
        copied: the alias of the code that lies in the clipboard now.
        add_wanted: try it out.
    """

    issue_wanted = Signal(object)
    withdraw_wanted = Signal(str)
    copied = Signal(str)
    add_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.issue: dict[str, Button] = {}
        self.copy: dict[str, Button] = {}
        self.withdraw: dict[str, Button] = {}
        lines = column(self, gap=8)
        lines.setContentsMargins(14, 2, 14, 14)
        lines.addWidget(Label("training.codes.detail", role="small", ink="text2", wrap=True))
        self._place = column(gap=6)
        lines.addLayout(self._place)
        self._shown: QWidget | None = None
        self.add = Button("training.use", kind="small", icon_name="key")
        self.add.clicked.connect(self.add_wanted)
        line = row()
        line.addWidget(self.add)
        line.addStretch(1)
        lines.addLayout(line)

    def show_state(self, state: TrainingState) -> None:
        """Show the stores and codes of the market."""
        if self._shown is not None:
            self._shown.hide()
            self._shown.deleteLater()
        self.issue, self.copy, self.withdraw = {}, {}, {}
        self._shown = Ground("surface")
        lines = column(self._shown, gap=6)
        for store in state.stores:
            lines.addWidget(self._store_line(store))
            for code in state.codes:
                if code.alias == store.alias:
                    lines.addWidget(self._code_line(code))
        self._place.addWidget(self._shown)

    def _store_line(self, store: SharedStore) -> QWidget:
        line, button = QWidget(), Button("training.issue", kind="small")
        layout = row(line, gap=8)
        layout.addWidget(StoreName(store), 1)
        layout.addWidget(button)
        button.clicked.connect(lambda: self.issue_wanted.emit(store.number))
        self.issue[store.alias] = button
        return line

    def _code_line(self, code: SharedCode) -> QWidget:
        line, shown = QWidget(), Label(role="small", ink="text2")
        shown.setText(PastedCode(code.alias, code.code).masked)
        copy, withdraw = Button("training.copy", kind="link"), Button("training.withdraw", kind="link")
        layout = row(line, edges=0, gap=8)
        layout.setContentsMargins(16, 0, 0, 0)
        for widget in (shown, copy, withdraw):
            layout.addWidget(widget)
        layout.addStretch(1)
        copy.clicked.connect(lambda: self._copy(code))
        withdraw.clicked.connect(lambda: self.withdraw_wanted.emit(code.code))
        self.copy[code.code], self.withdraw[code.code] = copy, withdraw
        return line

    def _copy(self, code: SharedCode) -> None:
        """Alias and code, as colleagues send them."""
        QGuiApplication.clipboard().setText(f"{code.alias} {code.code}")
        self.copied.emit(code.alias)


class StoreName(ElidedLabel):
    """A store of the market in the language of the window."""

    def __init__(self, store: SharedStore) -> None:
        self._store = store
        super().__init__()

    def retranslate(self) -> None:
        """Its name, alias, and how much there is to read."""
        name = self._store.name if language.code == "zh" else self._store.name_en
        self.setText(tr("training.store", name=name, alias=self._store.alias, n=self._store.live))
