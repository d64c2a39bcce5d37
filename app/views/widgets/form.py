"""Fields of a side panel or dialog: label, control, what is wrong with it; sections that fold to one telling line."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QSizePolicy, QWidget

from app.messages import tr
from app.views.language import language
from app.views.theme import current_theme
from app.views.widgets.ground import Bar, column, row
from app.views.widgets.label import ElidedLabel, IconLabel, Label
from app.views.widgets.live import Live

LABEL_WIDTH = {"zh": 68, "en": 84}


class Field(Live, QWidget):
    """A label of 68 (84) pixels, twice that where `is_wide`, a control, and below it the reason it is refused."""

    def __init__(
        self,
        key: str,
        control: QWidget,
        *,
        extra: QWidget | None = None,
        is_wide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._key, self._is_wide = key, is_wide
        self.control = control
        self.label = Label(key, role="small", ink="text2", wrap=True)
        self.label.setBuddy(control)
        self.problem = Label(role="small", ink="red", wrap=True)
        self.problem.hide()
        if isinstance(control, QAbstractSpinBox):
            control.lineEdit().setTextMargins(5, 0, 0, 0)  # the style sheet's padding does not reach it
        control.setSizePolicy(QSizePolicy.Policy.Expanding, control.sizePolicy().verticalPolicy())
        line: QHBoxLayout = row(gap=8)
        line.addWidget(self.label, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(control, 1)
        if extra is not None:
            line.addWidget(extra)
        layout = column(self, gap=2)
        layout.addLayout(line)
        layout.addWidget(self.problem)
        self.dress()

    def show_problem(self, text: str) -> None:
        """Mark the control as refused and say why; an empty text clears it."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        mark_bad(self.control, bool(text))
        self.control.setAccessibleDescription(text)

    def retranslate(self) -> None:
        """The label's width and the control's name."""
        self.control.setAccessibleName(tr(self._key))
        self.restyle()

    def restyle(self) -> None:
        """Labels are wider in English and in larger text."""
        theme = current_theme()
        width = LABEL_WIDTH[language.code] + 6 * (theme.body_px - 13)
        self.label.setFixedWidth(2 * width if self._is_wide else width)
        self.control.setMinimumHeight(theme.height(26))


def mark_bad(control: QWidget, bad: bool) -> None:
    """Frame *control* in red, or take the frame away."""
    if bool(control.property("bad")) != bad:
        control.setProperty("bad", bad)
        control.style().unpolish(control)
        control.style().polish(control)


class SectionHead(Bar):
    """The head of a section that folds: a click, Enter or Space.

    Emits:
        pressed: fold or unfold.
    """

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__(30, "surface", "top", edges=14)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring while it has the focus."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(current_theme().pen("accentText", 2.0))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
            painter.end()


class Section(Live, QWidget):
    """A head of 30 pixels over a body; folded, the head tells the body's state in one line.

    Emits:
        folded: whether it is folded now.
    """

    folded = Signal(bool)

    def __init__(self, key: str, body: QWidget, *, foldable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = body
        self.head: Bar = SectionHead() if foldable else Bar(30, "surface", "top", edges=14)
        self.title = Label(key, role="small", strong=True)
        self.state = ElidedLabel(role="small", ink="text2")
        self._chevron = IconLabel("chevron-down", 14, parent=self.head)  # else it would be shown as a window
        self._chevron.setVisible(foldable)
        for widget in (self._chevron, self.title):
            self.head.row.addWidget(widget)
        self.head.row.addWidget(self.state, 1)
        layout = column(self)
        layout.addWidget(self.head)
        layout.addWidget(body)
        if isinstance(self.head, SectionHead):
            self.head.pressed.connect(self.toggle)
        self.dress()

    @property
    def is_folded(self) -> bool:
        """Whether only the head is shown."""
        return self.body.isHidden()

    def toggle(self) -> None:
        """Fold or unfold."""
        self.fold(not self.is_folded)

    def fold(self, folded: bool = True) -> None:
        """Hide or show the body."""
        if folded != self.is_folded:
            self.body.setVisible(not folded)
            self._chevron.set_icon("chevron-right" if folded else "chevron-down")
            self.folded.emit(folded)

    def retranslate(self) -> None:
        """The head is read as its title."""
        self.head.setAccessibleName(self.title.text())
