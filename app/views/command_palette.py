"""Ctrl+K: every command, filter, listing, setting and help page by typing a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QWidget
from shiboken6 import isValid

from app.messages import tr
from app.views.language import say
from app.views.palette_entries import GROUPS, PaletteEntry, match
from app.views.palette_list import PaletteList, PaletteRows
from app.views.task_runner import TaskRunner
from app.views.theme import current_theme
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.keycap import KeyCap
from app.views.widgets.label import IconLabel, Label
from app.views.widgets.live import Live

WIDTH = 640
TOP_SHARE = 0.12
IN_VIEW = 11
SLOW_PAUSE_MS = 80
SHADOW = 12
PREFIXES = {">": "commands", "#": "listings", "@": "stores"}
Provider = Callable[[str], Sequence[PaletteEntry]]


class CommandPalette(Live, QWidget):
    """A child of the window, not a top-level popup: input methods and several screens work.

    Emits:
        closed: it disappeared; the focus went back to where it came from.
    """

    closed = Signal()

    def __init__(self, parent: QWidget, runner: TaskRunner) -> None:
        super().__init__(parent)
        self._runner = runner
        self._providers: list[Provider] = []
        self._slow: list[Provider] = []
        self._question = 0
        self._back_to: QWidget | None = None
        self.rows = PaletteRows(self)
        self.edit = QLineEdit()
        self.list = QListView()
        self.acts_on = Label(role="small", ink="text2")
        self._pause = QTimer(self, interval=SLOW_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._ask_slow)
        self._build()
        self.hide()
        self.dress()

    def _build(self) -> None:
        say(self.edit, "palette.hint", "placeholderText")
        say(self.edit, "palette.hint", "accessibleName")
        say(self.list, "palette.name", "accessibleName")
        self.edit.setProperty("kind", "plain")
        self.edit.setAcceptDrops(False)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._on_text)
        self.list.setModel(self.rows)
        self.list.setItemDelegate(PaletteList(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self._run(index, on_all=False))
        self.list.entered.connect(self._on_entered)
        head = row(edges=16, gap=10)
        head.addWidget(IconLabel("search", 18, "accentText"))
        head.addWidget(self.edit, 1)
        head.addWidget(self.acts_on)
        head.addWidget(KeyCap("Esc"))
        head.setContentsMargins(16, 10, 16, 10)
        layout = column(self)
        layout.setContentsMargins(SHADOW, SHADOW, SHADOW, SHADOW)
        layout.addLayout(head)
        layout.addWidget(self.list)
        layout.addWidget(self._make_foot())

    def _make_foot(self) -> QWidget:
        foot = Ground("bar", "top")
        line = FlowLayout(foot, gap=14)
        line.setContentsMargins(14, 6, 14, 6)
        keys = [("↑ ↓", "palette.move"), ("Enter", "palette.run"), ("Ctrl Enter", "palette.run_on_all")]
        for cap, key in [*keys, *((sign, f"palette.{group}") for sign, group in PREFIXES.items())]:
            pair = QWidget()
            inside = row(pair)
            inside.addWidget(KeyCap(cap))
            inside.addWidget(Label(key, role="small", ink="text2"))
            line.addWidget(pair)
        return foot

    # -- what it lists -----------------------------------------------------------------------------------------

    def set_providers(self, quick: Sequence[Provider], slow: Sequence[Provider] = ()) -> None:
        """Who answers: `quick` at once in the GUI thread, `slow` on a worker thread (they must not touch widgets)."""
        self._providers, self._slow = list(quick), list(slow)

    def open_palette(self, chosen: int = 0, text: str = "") -> None:
        """Open with *text* typed; *chosen*: how many rows commands act on, 0 for none."""
        if self.isHidden():
            self._back_to = self.window().focusWidget()
        if chosen:
            self.acts_on.say("status_bar.chosen", n=chosen)
        else:
            self.acts_on.setText("")
        self.edit.setText(text)
        self._on_text(text)
        self.place()
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Close and give the focus back."""
        if self.isHidden():
            return
        self._question += 1
        self._pause.stop()
        self.hide()
        if self._back_to is not None and isValid(self._back_to) and self._back_to.isVisible():
            self._back_to.setFocus(Qt.FocusReason.PopupFocusReason)
        self._back_to = None
        self.closed.emit()

    def _on_text(self, text: str) -> None:
        self._question += 1
        group, wanted = PREFIXES.get(text[:1], ""), text.strip()
        if group:
            wanted = text[1:].strip()
        entries = [entry for ask in self._providers for entry in ask(wanted) if match(entry.text, wanted) is not None]
        self._show(entries, group, wanted)
        if self._slow and wanted:
            self._pause.start()

    def _ask_slow(self) -> None:
        question, text = self._question, self.edit.text()
        group = PREFIXES.get(text[:1], "")
        wanted = text[1:].strip() if group else text.strip()
        for ask in self._slow:
            handle = self._runner.call(ask, wanted)
            handle.succeeded.connect(lambda found: self._add(question, found, group, wanted))

    def _add(self, question: int, found: Sequence[PaletteEntry], group: str, wanted: str) -> None:
        if question == self._question and found:
            self._show([*self.rows.entries, *found], group, wanted)

    def _show(self, entries: Sequence[PaletteEntry], group: str, wanted: str) -> None:
        kept = [entry for entry in entries if not group or entry.group == group]
        current = self.list.currentIndex().row()
        self.rows.show_entries(sorted(kept, key=lambda entry: GROUPS.index(entry.group)), wanted)
        first = self.rows.next_entry(-1, 1)
        stays = current > 0 and self.rows.entry(current) is not None
        self.list.setCurrentIndex(self.rows.index(current if stays else first))
        self.place()

    def place(self) -> None:
        """640 wide, at 12 % from the top."""
        theme, window = current_theme(), self.parentWidget()
        width = min(theme.height(WIDTH) + 2 * SHADOW, window.width() - 2 * SHADOW)
        rows = min(max(self.rows.rowCount(), 1), IN_VIEW)
        self.list.setFixedHeight(rows * self.list.itemDelegate().row_height() + 4)
        self.setFixedWidth(width)
        self.layout().activate()
        self.resize(width, self.layout().totalHeightForWidth(width))  # the keys at its foot may take two lines
        self.move(QPoint((window.width() - width) // 2, round(window.height() * TOP_SHARE) - SHADOW))

    # -- keys --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list while the text has the focus; leaving the text closes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event)
        if event.type() == QEvent.Type.FocusOut and not self.isHidden() and self.window().isActiveWindow():
            QTimer.singleShot(0, self, self.close_palette)
        return False

    def _press(self, event: QKeyEvent) -> bool:
        key, current = event.key(), self.list.currentIndex()
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(Qt.Key(key))
        if step is not None:
            self.list.setCurrentIndex(self.rows.index(self.rows.next_entry(current.row(), step)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(current, on_all=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            return False
        return True

    def _on_entered(self, index: QModelIndex) -> None:
        if self.rows.entry(index.row()) is not None:
            self.list.setCurrentIndex(index)

    def _run(self, index: QModelIndex, *, on_all: bool) -> None:
        entry = self.rows.entry(index.row()) if index.isValid() else None
        if entry is None or entry.why_not:
            return
        self.close_palette()
        (entry.do_on_all if on_all and entry.do_on_all is not None else entry.do)()

    # -- look --------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Ask again: entries are finished texts, of actions that hear of the language after this."""
        if not self.isHidden():
            QTimer.singleShot(0, self, lambda: self._on_text(self.edit.text()))
        self.setAccessibleName(tr("palette.name"))

    def restyle(self) -> None:
        """A larger font in the text."""
        self.edit.setFont(current_theme().font("title"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card with a soft shadow."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        color = theme.color("shadow")
        color.setAlpha(max(4, color.alpha() // 7))
        painter.setBrush(color)
        for spread in range(SHADOW, 0, -2):
            inset = SHADOW - spread
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset + 2, -inset, -inset), 10, 10)
        painter.setPen(theme.pen("line2", 1.2))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(SHADOW - 1, SHADOW - 1, 1 - SHADOW, 1 - SHADOW), 8, 8)
        painter.end()
