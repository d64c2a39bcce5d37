"""The first page a newcomer sees: three ways in, one recommended; a drop hint; a tour with minutes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import IconLabel, Label
from app.views.widgets.live import Live

WIDTH = 932


class WayIn(Live, QWidget):
    """A card: icon, name, what it is, a button, a promise."""

    def __init__(self, name: str, icon: str, button_icon: str, *, recommended: bool = False) -> None:
        super().__init__()
        self._recommended = recommended
        self.setAccessibleName(name)
        layout = column(self, edges=20, gap=8)
        head = row()
        head.addWidget(IconLabel(icon, 24, "accentText" if recommended else "text2"))
        head.addStretch(1)
        if recommended:
            head.addWidget(Label("first.recommended", role="small", ink="accentText", strong=True))
        layout.addLayout(head)
        layout.addSpacing(8)
        layout.addWidget(Label(f"first.{name}", role="title", strong=True))
        layout.addWidget(Label(f"first.{name}_text", ink="text2", wrap=True))
        layout.addStretch(1)
        kind = "primary" if recommended else ""
        self.button = Button(f"first.{name}_button", icon_name=button_icon, kind=kind)
        self.button.setSizePolicy(self.button.sizePolicy().Policy.Expanding, self.button.sizePolicy().Policy.Fixed)
        layout.addWidget(self.button)
        layout.addWidget(Label(f"first.{name}_promise", role="small", ink="text2", wrap=True))
        self.setMinimumHeight(250)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame; the recommended one in the accent colour."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("accentText" if self._recommended else "line2", 1.4))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class DropHint(Live, QWidget):
    """The dashed zone that says the whole window takes files."""

    def __init__(self) -> None:
        super().__init__()
        layout = row(self, edges=24, gap=16)
        layout.setContentsMargins(24, 14, 24, 14)
        layout.addWidget(IconLabel("table-import", 24))
        texts = column(gap=2)
        texts.addWidget(Label("first.drop", strong=True))
        texts.addWidget(Label("first.drop_text", role="small", ink="text2", wrap=True))
        layout.addLayout(texts, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed frame."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = theme.pen("edge", 1.2)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.color("bar"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class TourStep(Live, QWidget):
    """A number in a ring, what is done, how long it takes."""

    def __init__(self, number: int, minutes: int) -> None:
        super().__init__()
        self._number = number
        layout = row(self, gap=8)
        layout.setContentsMargins(30, 0, 0, 0)
        texts = column(gap=0)
        texts.addWidget(Label(f"first.tour_{number}", strong=number == 1, wrap=True))
        texts.addWidget(Label("first.minutes", role="small", ink="text2", n=minutes))
        layout.addLayout(texts)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = "accentText" if self._number == 1 else "edge"
        box = QRectF(1, self.height() / 2 - 11, 22, 22)
        painter.setPen(theme.pen(ink, 1.4))
        painter.drawEllipse(box)
        painter.setPen(theme.color("accentText" if self._number == 1 else "text2"))
        painter.setFont(theme.font("small", strong=True))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(self._number))
        painter.end()


class FirstRunPage(Ground):
    """Emits:
    practice_wanted, store_wanted, data_wanted: the three ways in.
    """

    practice_wanted = Signal()
    store_wanted = Signal()
    data_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.practice = WayIn("practice", "school", "player-play", recommended=True)
        self.store = WayIn("store", "building-store", "plug-connected")
        self.data = WayIn("data", "database-import", "folder-open")
        self.practice.button.clicked.connect(self.practice_wanted)
        self.store.button.clicked.connect(self.store_wanted)
        self.data.button.clicked.connect(self.data_wanted)
        self._build()

    def _build(self) -> None:
        body = Ground("surface")
        inner = QWidget()
        inner.setMaximumWidth(WIDTH)
        content = column(inner, gap=8)
        for label in (
            Label("first.title", role="display", strong=True, wrap=True),
            Label("first.subtitle", ink="text2"),
        ):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            content.addWidget(label)
        content.addSpacing(16)
        cards = row(gap=16)
        for card in (self.practice, self.store, self.data):
            cards.addWidget(card, 1)
        content.addLayout(cards)
        content.addSpacing(8)
        content.addWidget(DropHint())
        content.addSpacing(20)
        content.addWidget(Label("first.tour", role="small", ink="text2", strong=True), 0, Qt.AlignmentFlag.AlignHCenter)
        steps = row(gap=20)
        for number, minutes in enumerate((2, 1, 1, 1), 1):
            steps.addWidget(TourStep(number, minutes), 1)
        content.addLayout(steps)
        outer = column(body, edges=24)
        outer.addStretch(2)
        line = row()
        line.addStretch(1)
        line.addWidget(inner, 20)
        line.addStretch(1)
        outer.addLayout(line)
        outer.addStretch(3)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(body)
        column(self).addWidget(area)
