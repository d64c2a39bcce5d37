"""Which column of the sheet is which of our fields, each with a choice to correct it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from app.messages import tr
from app.services.listings.importing.preview import PreviewColumn
from app.views.elide import elided
from app.views.icons import pixmap
from app.views.importing.columns import field_name
from app.views.importing.meanings import meaning_menu
from app.views.theme import current_theme
from app.views.widgets.ground import Ground
from app.views.widgets.label import ElidedLabel, IconLabel
from app.views.widgets.live import Live

LINE = 24
PAD = 6


class MeaningButton(Live, QAbstractButton):
    """What one column means; a click, Enter or Alt+Down opens the menu of meanings.

    Emits:
        chosen: the meaning as `recognise` takes it, None for "kept as it is".
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = PreviewColumn("A", "", None)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)
        self.dress()

    def show_source(self, source: PreviewColumn) -> None:
        """Show what *source* means."""
        self.source = source
        self.retranslate()

    def open_menu(self) -> None:
        """The meanings, below the button."""
        menu = meaning_menu(self, self.source, self.chosen.emit)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def retranslate(self) -> None:
        """The field's name; also what is read aloud."""
        source = self.source
        self.setText(field_name(source.meaning, source.name, source.unit))
        self.setAccessibleName(tr("import.meaning_of", header=source.header or source.letter, meaning=self.text()))
        self.setToolTip(self.text())
        self.update()

    def restyle(self) -> None:
        """As high as the text asks for."""
        self.setFixedHeight(current_theme().height(LINE, "small"))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the text and the chevron; it takes what the list gives it."""
        width = current_theme().metrics("small").horizontalAdvance(self.text())
        return QSize(width + 2 * PAD + 16, self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Alt+Down open the menu; Space does by itself."""
        is_down = event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if is_down or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tint."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Text, chevron, and a ring while it has the focus."""
        theme, painter = current_theme(), QPainter(self)
        if self.underMouse() or self.hasFocus():
            painter.fillRect(self.rect(), theme.color("hover"))
        if self.hasFocus():
            painter.setPen(theme.pen("accentText", 2.0))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        font = theme.font("small")
        painter.setFont(font)
        painter.setPen(theme.color("text2" if self.source.meaning is None else "text"))
        room = QRect(PAD, 0, self.width() - 2 * PAD - 16, self.height())
        text = elided(theme.metrics("small"), self.text(), room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.drawPixmap(self.width() - PAD - 12, (self.height() - 14) // 2, pixmap("chevron-down", 14, "text3"))
        painter.end()


class MappingList(Ground):
    """Emits:
    changed: {name of a column as corrections call it: meaning}.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._shown: tuple[PreviewColumn, ...] = ()
        self._lines: list[tuple[ElidedLabel, IconLabel, MeaningButton]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 2, 8, 8)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 10)
        self._grid.setColumnStretch(2, 11)

    @property
    def buttons(self) -> list[MeaningButton]:
        """One a column, from left to right in the sheet."""
        return [line[2] for line in self._lines[: len(self._shown)]]

    def show_columns(self, columns: Sequence[PreviewColumn]) -> None:
        """One line a column."""
        self._shown = tuple(columns)
        self._grid.setEnabled(False)  # else every line that appears has all of them laid out again
        while len(self._lines) < len(columns):
            self._add_line()
        for at, line in enumerate(self._lines):
            for widget in line:
                widget.setVisible(at < len(columns))
            if at < len(columns):
                self._fill(line, columns[at])
        self._grid.setRowStretch(len(self._lines), 1)
        self._grid.setEnabled(True)
        self._grid.invalidate()

    def focus_first_kept(self) -> None:
        """The focus goes to the first column without a meaning: one of those is the missing field."""
        button = next((one for one in self.buttons if one.source.meaning is None), None)
        if button is None and self._shown:
            button = self.buttons[0]
        if button is not None:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_line(self) -> None:
        at = len(self._lines)
        self._grid.setRowStretch(at, 0)
        line = (ElidedLabel(role="small"), IconLabel("arrow-narrow-right", 14, "text3"), MeaningButton())
        for column, widget in enumerate(line):
            self._grid.addWidget(widget, at, column)
        line[2].chosen.connect(lambda meaning: self._tell(at, meaning))
        self._lines.append(line)

    def _fill(self, line: tuple[ElidedLabel, IconLabel, MeaningButton], source: PreviewColumn) -> None:
        label, _, button = line
        label.setText(source.header or source.letter)
        label.set_look(ink="text2" if source.meaning is None else "text")
        button.show_source(source)

    def _tell(self, at: int, meaning: str | None) -> None:
        self.changed.emit({self._shown[at].key: meaning})
