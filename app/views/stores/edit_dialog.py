"""What a store is called here: name, alias, colour, listing quota."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from app.messages import tr
from app.services.stores.records import StoreRecord
from app.views.context import ViewContext
from app.views.theme import current_theme
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import column
from app.views.widgets.label import Label
from app.views.widgets.live import Live

COLOURS = 10
SIDE, GAP = 22, 6
MOST_QUOTA = 10_000_000


class ColourRow(Live, QWidget):
    """Ten hues side by side; click or arrow keys choose."""

    def __init__(self, colour: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour = colour % COLOURS
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.dress()

    def choose(self, colour: int) -> None:
        """Choose one, counted from 0."""
        self.colour = min(max(colour, 0), COLOURS - 1)
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        """A hue has no name: its number is read aloud."""
        self.setAccessibleDescription(tr("stores.colour_number", n=self.colour + 1))

    def sizeHint(self) -> QSize:
        """Ten squares."""
        return QSize(COLOURS * (SIDE + GAP), SIDE + 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        self.choose(int(event.position().x()) // (SIDE + GAP))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose the neighbour."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.choose(self.colour + by)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Squares; the chosen one has a frame."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(COLOURS):
            box = QRectF(number * (SIDE + GAP) + 2, 2, SIDE, SIDE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.store_color(number))
            painter.drawRoundedRect(box.adjusted(3, 3, -3, -3), 3, 3)
            if number == self.colour:
                painter.setPen(theme.pen("accentText" if self.hasFocus() else "text", 2.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box, 4, 4)
        painter.end()


class EditStoreDialog(Dialog):
    """Nothing of it leaves this computer.

    Emits:
        changed: the store's new record.
    """

    changed = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget, store: StoreRecord) -> None:
        super().__init__("stores.edit.title", parent, size=QSize(460, 300), name=store.name)
        self._context, self._store = context, store
        self.name, self.alias = QLineEdit(store.name), QLineEdit(store.alias)
        self.alias.setMaxLength(4)
        self.colour = ColourRow(store.colour)
        self.quota = QSpinBox(minimum=0, maximum=MOST_QUOTA)
        self.quota.setSpecialValueText(tr("stores.edit.quota_unknown"))
        self.quota.setGroupSeparatorShown(True)
        self.quota.setValue(store.own_quota or 0)
        self.problem = Label(ink="red", wrap=True)
        lines = column(self.body, gap=8)
        lines.setContentsMargins(20, 16, 20, 16)
        fields = (("name", self.name), ("alias", self.alias), ("colour", self.colour), ("quota", self.quota))
        for key, control in fields:
            lines.addWidget(Field(f"stores.edit.{key}", control))
        hint = "stores.edit.quota_hint" if store.told_at is None else "stores.edit.quota_told"
        lines.addWidget(Label(hint, role="small", ink="text2", wrap=True, n=store.listing_quota))
        lines.addWidget(self.problem)
        lines.addStretch(1)
        self.problem.hide()
        self.hint.say("stores.edit.hint")
        self.primary = self.add_buttons("stores.edit.verb")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.save)

    def save(self) -> None:
        """Store what stands in the fields; a refusal stands in the dialog."""
        handle = self._context.runner.call(
            self._context.services.store_desk.change,
            self._store.id,
            name=self.name.text(),
            alias=self.alias.text(),
            colour=self.colour.colour,
            quota=self.quota.value(),
        )
        handle.succeeded.connect(self._on_saved)
        handle.failed.connect(self._on_failed)

    def _on_saved(self, store: object) -> None:
        self.changed.emit(store)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.problem.tell(error)
        self.problem.show()
