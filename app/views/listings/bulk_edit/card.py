"""One change of a bulk edit: field, way, the form for it; can be moved and removed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.listings.bulk_edit.operations import Operation
from app.views.listings.bulk_edit.catalogue import FIELDS, make_form
from app.views.listings.bulk_edit.kept_changes import KeptForm
from app.views.listings.bulk_edit.parts import Form, OptionBox, Surroundings
from app.views.theme import current_theme
from app.views.widgets.buttons import IconButton
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label
from app.views.widgets.live import Live


class ChangeCard(Live, QWidget):
    """A small card.

    Emits:
        changed: it says something else now.
        moved: −1 up, +1 down.
        removed: take it away.
    """

    changed = Signal()
    moved = Signal(int)
    removed = Signal()

    def __init__(self, around: Surroundings, field: str, way: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self.number = Label(strong=True)
        self.field = OptionBox(lambda id: f"bulk_edit.field.{id}", tuple(FIELDS))
        self.way = OptionBox(lambda id: f"bulk_edit.way.{id}")
        self.up, self.down = (
            IconButton(f"chevron-{name}", f"bulk_edit.move_{name}", size=14) for name in ("up", "down")
        )
        self.remove = IconButton("trash", "bulk_edit.remove", size=14)
        self.form: Form | None = None
        self._lines = column(self, gap=6)
        self._lines.setContentsMargins(10, 8, 10, 10)
        head = row(gap=4)
        for widget in (self.number, self.field, self.up, self.down, self.remove):
            head.addWidget(widget, 1 if widget is self.field else 0)
        self._lines.addLayout(head)
        self._lines.addWidget(self.way)
        self.field.chosen.connect(self._on_field)
        self.way.chosen.connect(self._on_way)
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.remove.clicked.connect(self.removed)
        self.field.choose(field)
        self._show_field(way)
        self.dress()

    def read(self) -> Operation | None:
        """What the form says; None while it is incomplete or wrong."""
        return self.form.read() if self.form is not None else None

    def fill(self, operation: Operation) -> None:
        """Show *operation*; one that its form cannot say to the letter is used as it is."""
        if self.form is not None:
            self.form.fill(operation)
            if self.form.read() != operation:
                self._replace_form(KeptForm(self._around, operation))

    def place(self, at: int, count: int) -> None:
        """Which of how many it is."""
        self.number.setText(str(at + 1))
        self.up.setEnabled(at > 0)
        self.down.setEnabled(at + 1 < count)

    def show_choices(self) -> None:
        """What the stores have to choose from has arrived."""
        if self.form is not None:
            self.form.show_choices()

    def retranslate(self) -> None:
        """Names of the two choices, for screen readers."""
        if hasattr(self, "way"):
            self.field.setAccessibleName(tr("bulk_edit.column.field"))
            self.way.setAccessibleName(tr("bulk_edit.way"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and frame."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2", 1.2))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    def _on_field(self, _field: str) -> None:
        self._show_field("")
        self.changed.emit()

    def _on_way(self, _way: str) -> None:
        self._show_form()
        self.changed.emit()

    def _show_field(self, way: str) -> None:
        """The ways of a field; a field with one way only has nothing to choose."""
        ways = tuple(FIELDS[self.field.value or ""])
        self.way.clear()
        for one in ways:
            self.way.addItem("", one)
        self.way.retranslate()
        self.way.choose(way or ways[0])
        self.way.setVisible(len(ways) > 1)
        self._show_form()

    def _show_form(self) -> None:
        self._replace_form(make_form(self._around, self.field.value or "", self.way.value or ""))

    def _replace_form(self, form: Form) -> None:
        old, self.form = self.form, form
        if old is not None:
            self._lines.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.form.changed.connect(self.changed)
        self._lines.addWidget(self.form)
