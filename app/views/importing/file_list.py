"""The dropped files: what each was taken for, which one is in view, which are stored already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.messages import messages, tr
from app.services.listings.importing.preview import FileHead
from app.views.elide import elided
from app.views.errors import sentence
from app.views.icons import pixmap
from app.views.theme import current_theme
from app.views.widgets.live import Live

HEAD = Qt.ItemDataRole.UserRole + 1
EDGE = 14
ICON = 18
ICONS = {"package": "file-zip", "images": "photo", "unknown": "file-alert"}


@dataclass(frozen=True)
class FileLine:
    """What one line says: name, what it is, a count at the right; `tone` of the icon."""

    name: str
    detail: str
    count: str
    icon: str
    tone: str
    has_problem: bool = False


def file_line(head: FileHead, is_stored: bool = False) -> FileLine:
    """The line of one file in the user's language."""
    if is_stored:
        return FileLine(head.name, tr("import.file_stored"), "", "circle-check", "green")
    if head.problem is not None:
        return FileLine(head.name, sentence(head.problem), "", "file-alert", "red", has_problem=True)
    key = f"import.kind.{head.kind}"
    kind = tr(key if messages.has(key) else "import.kind.unknown")
    detail = tr("import.kind_and_sheet", kind=kind, sheet=head.sheet) if head.sheet else kind
    count = tr("import.rows", n=head.row_count) if head.row_count is not None else ""
    if head.image_count is not None:
        detail = tr("import.kind_and_images", kind=kind, n=head.image_count)
        count = tr("import.images_used", n=head.used_count or 0) if head.kind == "images" else count
    return FileLine(head.name, detail, count, ICONS.get(head.kind, "file-spreadsheet"), "green")


class FileList(Live, QListWidget):
    """Sheets can be chosen; what only holds pictures is named.

    Emits:
        chosen: path of the file the user wants to see.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads: tuple[FileHead, ...] = ()
        self._stored: frozenset[str] = frozenset()
        self._current = ""
        self.setItemDelegate(_FileDelegate(self))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.currentRowChanged.connect(self._on_row)
        self.dress()

    @property
    def lines(self) -> list[FileLine]:
        """What the list says, from top to bottom."""
        return [file_line(head, head.path in self._stored) for head in self._heads]

    def show_files(self, heads: Sequence[FileHead], current: str, stored: Collection[str] = ()) -> None:
        """Show these, without telling; *stored* are paths of files that were applied."""
        self._heads, self._current, self._stored = tuple(heads), current, frozenset(stored)
        self.retranslate()
        self._fit()

    def choose(self, path: str) -> None:
        """Choose as a click does."""
        self.setCurrentRow([head.path for head in self._heads].index(path))

    def retranslate(self) -> None:
        """Lines in the user's language."""
        if not hasattr(self, "_heads"):
            return
        self.setAccessibleName(tr("import.files", n=len(self._heads)))
        self.blockSignals(True)
        self.clear()
        for head, line in zip(self._heads, self.lines, strict=True):
            item = QListWidgetItem(f"{line.name}\n{line.detail}")
            item.setData(HEAD, line)
            item.setToolTip(f"{head.path}\n{line.detail}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, " ".join((line.name, line.detail, line.count)).strip())
            if not head.is_sheet or head.path in self._stored:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.addItem(item)
            if head.path == self._current:
                self.setCurrentItem(item)
        self.blockSignals(False)

    def restyle(self) -> None:
        """As high as its lines, at most three."""
        self._fit()
        self.viewport().update()

    def _fit(self) -> None:
        if hasattr(self, "_heads"):
            self.setFixedHeight(line_height() * min(max(len(self._heads), 1), 3))

    def _on_row(self, at: int) -> None:
        if at < 0 or not self.item(at).flags() & Qt.ItemFlag.ItemIsSelectable:
            return
        path = self._heads[at].path
        if path != self._current:
            self._current = path
            self.chosen.emit(path)


class _FileDelegate(QStyledItemDelegate):
    """Paints a line: icon, name over detail, count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines of text."""
        return QSize(0, line_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The list asks for each line."""
        theme, rect = current_theme(), QRect(option.rect)
        line: FileLine = index.data(HEAD)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.fillRect(rect, theme.color("sel" if is_chosen else "hover" if is_hovered else "sunken"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        painter.drawPixmap(EDGE, rect.center().y() - ICON // 2, pixmap(line.icon, ICON, line.tone))
        small = theme.metrics("small")
        count_width = small.horizontalAdvance(line.count) + 8 if line.count else 0
        texts = rect.adjusted(EDGE + ICON + 10, 0, -EDGE, 0)
        top, middle = rect.top() + (rect.height() - _texts_height()) // 2, int(Qt.AlignmentFlag.AlignVCenter)
        name = QRect(texts.left(), top, texts.width() - count_width, theme.metrics("body").height())
        painter.setFont(theme.font("body", strong=True))
        painter.setPen(theme.color("text"))
        strong = theme.metrics("body", strong=True)
        painter.drawText(name, middle, elided(strong, line.name, name.width(), "middle"))
        detail = QRect(texts.left(), name.bottom() + 2, texts.width() - count_width, small.height())
        painter.setFont(theme.font("small"))
        painter.setPen(theme.ink("red" if line.has_problem else "text2"))
        painter.drawText(detail, middle, elided(small, line.detail, detail.width()))
        painter.setPen(theme.color("text2"))
        painter.drawText(texts, middle | int(Qt.AlignmentFlag.AlignRight), line.count)
        if is_chosen and option.widget is not None and option.widget.hasFocus():
            painter.setPen(theme.pen("accentText", 2.0))
            painter.drawRect(rect.adjusted(1, 1, -1, -2))


def _texts_height() -> int:
    theme = current_theme()
    return theme.metrics("body").height() + 1 + theme.metrics("small").height()


def line_height() -> int:
    """A line in the text size in force."""
    return max(current_theme().height(46), _texts_height() + 8)
