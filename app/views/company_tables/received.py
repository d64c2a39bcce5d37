"""What of dropped files was not stored, with the reason and a way on, and which cells were not used."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.messages import tr
from app.services.company_tables.importing import Received
from app.services.company_tables.kinds import VERDICT_KINDS, TableKind
from app.services.company_tables.records import Failed, Imported
from app.services.company_tables.wording import guard_lines, kind_text
from app.views.errors import sentence
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground, column
from app.views.widgets.label import Label
from app.views.widgets.live import Live

HEIGHT = 116
MOST_NAMED = 20
"""Refused cells of a table that are named here; the command line has them all."""


class ReceivedBox(Live, QScrollArea):
    """Shown after a drop.

    Emits:
        again_wanted: path of a file, the kind a person says it is (or None), whether a table that lost most of its
            rows is to be stored all the same.
    """

    again_wanted = Signal(object, object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refused = Label(ink="red", wrap=True)
        self.cells = Label(role="small", ink="amber", wrap=True)
        self.ways: list[Button] = []
        self._received: Received | None = None
        self._buttons = QWidget()
        self._row = FlowLayout(self._buttons)
        held = Ground("surface")
        lines = column(held, gap=4)
        for part in (self.refused, self._buttons, self.cells):
            lines.addWidget(part)
        lines.addStretch(1)
        self.setWidget(held)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFixedHeight(current_theme().height(HEIGHT))
        self.hide()

    def show_received(self, received: Received) -> None:
        """Say what was not stored, with a way on, and which cells were not used; hide where all is well."""
        self._received = received
        self.cells.setText("\n".join(line for one in received.tables for line in (*guard_lines(one), *_cells(one))))
        self.refused.setText("\n".join(sentence(one.error) for one in received.failed))
        for label in (self.cells, self.refused):
            label.setVisible(bool(label.text()))
        self._offer(received.failed)
        self.setVisible(bool(self.cells.text() or self.refused.text()))

    def retranslate(self) -> None:
        """The same, in the new language."""
        if self._received is not None:
            self.show_received(self._received)

    def _offer(self, failed: tuple[Failed, ...]) -> None:
        for button in self.ways:
            self._row.removeWidget(button)
            button.deleteLater()
        self.ways = []
        for one in failed:
            if one.error.error_code == "tables.which_verdict":
                for kind in VERDICT_KINDS:
                    self._add("tables.as_kind", one, kind, table=kind_text(kind))
            elif one.error.error_code == "tables.shrunk":
                self._add("tables.anyway", one, None, file=one.path.name)
        self._buttons.setVisible(bool(self.ways))

    def _add(self, key: str, one: Failed, meant: TableKind | None, **params: str) -> None:
        button = Button(key, kind="small", **params)
        button.clicked.connect(lambda: self.again_wanted.emit(one.path, meant, meant is None))
        self.ways.append(button)
        self._row.addWidget(button)


def _cells(one: Imported) -> list[str]:
    if not one.error_count:
        return []
    named = [error.message(tr) for error in one.errors[:MOST_NAMED]]
    return [tr("tables.errors", file=one.file, n=one.error_count), *named]
