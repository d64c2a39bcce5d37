"""What one code stands for: items, quantities, dispatch country, kind, what is odd about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.messages import tr
from app.services.codes.records import Reading
from app.services.codes.virtual import Proposal
from app.services.codes.wording import country_text, doubt_text, error_text, items_text, kind_text
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column
from app.views.widgets.label import Label


class CodeDialog(Dialog):
    """Reads the code as its store means it. `lines` are the values in view, by name."""

    def __init__(self, context: ViewContext, parent: QWidget, store_id: int, code: str) -> None:
        super().__init__("codes.explain_title", parent, size=QSize(520, 280), code=code or "–")
        self._language = context.language.code
        self.lines: dict[str, Label] = {}
        self.doubts = Label(ink="amber", wrap=True)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        whole = column(self.body, edges=20, gap=12)
        whole.addLayout(self._grid)
        whole.addWidget(self.doubts)
        whole.addStretch(1)
        close = Button("dialog.close", kind="primary")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        handle = context.runner.call(context.services.codes.explain, store_id, code)
        handle.succeeded.connect(lambda found: self._show(*found))
        handle.failed.connect(lambda error: self.doubts.setText(sentence(error)))

    def _show(self, reading: Reading, proposal: Proposal | None) -> None:
        if reading.error:
            self.doubts.set_look(ink="red")
            self.doubts.setText(error_text(reading))
            return
        self._line("items", items_text(reading.components))
        self._line("kind", kind_text(reading))
        self._line("country", country_text(reading, self._language))
        self._line("key", reading.match_key)
        if proposal is not None:
            self._line("proposal", proposal.code)
        self.doubts.setText("\n".join(map(doubt_text, reading.warnings)))

    def _line(self, name: str, text: str) -> None:
        at = self._grid.rowCount()
        value = self.lines[name] = Label(wrap=True)
        value.setText(text)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAccessibleName(tr(f"codes.explain.{name}"))
        self._grid.addWidget(Label(f"codes.explain.{name}", ink="text2"), at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, at, 1)
