"""The veil while files hover over the window: what each one is and what will become of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QWidget

from app.messages import tr
from app.views.theme import current_theme
from app.views.widgets.ground import column, row
from app.views.widgets.label import ElidedLabel, IconLabel, Label
from app.views.widgets.live import Live

LINGER_MS = 50
NAMED = 6
_KINDS = {
    "sheet": (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".htm", ".html"),
    "package": (".zip",),
    "picture": (".jpg", ".jpeg", ".png", ".webp"),
}
_ICONS = {"sheet": "file-spreadsheet", "package": "file-zip", "picture": "photo", "folder": "folder"}


@dataclass(frozen=True)
class FileCard:
    """A dropped file as the veil names it; `is_known` is False for one that will be skipped."""

    name: str
    detail: str
    icon: str
    is_known: bool = True


Describe = Callable[[Path], FileCard]


def describe_by_name(path: Path) -> FileCard:
    """What a file seems to be while it hovers; its content decides after the drop."""
    if path.is_dir():
        return FileCard(path.name, tr("drop.folder"), _ICONS["folder"])
    kind = next((kind for kind, endings in _KINDS.items() if path.suffix.lower() in endings), "")
    if not kind:
        return FileCard(path.name, tr("drop.unknown"), "file-alert", is_known=False)
    try:
        size = size_text(path.stat().st_size)
    except OSError:
        size = "–"
    return FileCard(path.name, tr(f"drop.{kind}", size=size), _ICONS[kind])


def size_text(count: int) -> str:
    """Bytes for people: `1.4 MB`."""
    if count < 1000:
        return f"{count} B"
    for unit in ("kB", "MB", "GB"):
        count_in_unit = count / 1000 ** (("kB", "MB", "GB").index(unit) + 1)
        if count_in_unit < 1000 or unit == "GB":
            return f"{count_in_unit:.1f} {unit}"
    return ""


class DropOverlay(Live, QWidget):
    """Covers the window while files hover over it, and takes the drop.

    Emits:
        dropped: the files, a list of `Path`.
    """

    dropped = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.describe: Describe = describe_by_name
        self.target = ""
        self._paths: list[Path] = []
        self._cards = QGridLayout()
        self._title = Label(role="figure", strong=True)
        self._hint = Label("drop.hint", ink="text2")
        self._linger = QTimer(self, interval=LINGER_MS, singleShot=True)
        self._linger.timeout.connect(self.hide)
        self._build()
        self.setAcceptDrops(True)
        self.hide()

    def _build(self) -> None:
        self._card = _Card(self)
        inner = column(self._card, edges=28, gap=10)
        for widget in (IconLabel("table-import", 44, "accentText"), self._title, self._hint):
            inner.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addSpacing(12)
        self._cards.setSpacing(12)
        inner.addLayout(self._cards)
        layout = column(self)
        layout.addStretch(1)
        line = row()
        line.addStretch(1)
        line.addWidget(self._card)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addStretch(1)

    @property
    def names(self) -> list[str]:
        """What the cards say, name and detail."""
        return [self._cards.itemAt(at).widget().accessibleName() for at in range(self._cards.count())]

    def watch(self, widget: QWidget) -> None:
        """Also lift the veil when files enter *widget*, which accepts drops itself (a line edit)."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files entering a watched child."""
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent) and paths_of(event):
            self.lift(paths_of(event))
            event.acceptProposedAction()
            return True
        return False

    def lift(self, paths: Sequence[Path]) -> None:
        """Show the veil for *paths*."""
        self._linger.stop()
        if list(paths) != self._paths or self.isHidden():
            self._paths = list(paths)
            self._name_files()
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()

    def retranslate(self) -> None:
        """Title and cards are finished texts."""
        if self._paths:
            self._name_files()

    def _name_files(self) -> None:
        while self._cards.count():
            self._cards.takeAt(0).widget().deleteLater()
        count = len(self._paths)
        key = "drop.title_to" if self.target else "drop.title"
        self._title.setText(tr(key, n=count, store=self.target))
        cards = [self.describe(path) for path in self._paths[:NAMED]]
        if count > NAMED:
            cards.append(FileCard(tr("drop.more", n=count - NAMED), "", "files"))
        for at, card in enumerate(cards):
            self._cards.addWidget(_FileBox(card, self._card), at // 3, at % 3)
        self._card.setFixedWidth(min(self.parentWidget().width() - 80, 360 + 300 * (min(len(cards), 3) - 1)))

    # -- Qt's drag events --------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """The veil is under the pointer now."""
        if paths_of(event):
            self._linger.stop()
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Files may be dropped everywhere."""
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Wait a moment: between two children the pointer leaves and enters."""
        self._linger.start()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files."""
        paths = paths_of(event)
        event.acceptProposedAction()
        self.hide()
        if paths:
            self.dropped.emit(paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the frame anew."""
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """65 % veil and a dashed frame 16 inside."""
        theme, painter = current_theme(), QPainter(self)
        painter.fillRect(self.rect(), theme.color("veil"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = theme.pen("accentText", 2.0)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 8, 8)
        painter.end()


class _Card(QWidget):
    """The card in the middle."""

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2", 1.2))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()


class _FileBox(QWidget):
    """One file: icon, name, what becomes of it."""

    def __init__(self, card: FileCard, parent: QWidget) -> None:
        super().__init__(parent)
        layout = row(self, edges=14, gap=12)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.addWidget(IconLabel(card.icon, 24, "green" if card.is_known else "amber"))
        texts = column(gap=1)
        name = ElidedLabel(middle=True, strong=True)
        name.setText(card.name)
        detail = ElidedLabel(role="small", ink="text2" if card.is_known else "amber")
        detail.setText(card.detail)
        texts.addWidget(name)
        texts.addWidget(detail)
        layout.addLayout(texts, 1)
        self.setAccessibleName(f"{card.name} {card.detail}".strip())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2", 1.2))
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


def paths_of(event: QDropEvent) -> list[Path]:
    """The local files a drag carries."""
    data = event.mimeData()
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
