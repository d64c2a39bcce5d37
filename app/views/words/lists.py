"""The lists at the left: name, how many words, and a box to switch each on or off."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.messages import tr
from app.services.compliance.word_lists import WordList
from app.views.language import language
from app.views.theme import current_theme
from app.views.widgets.live import Live

LIST = Qt.ItemDataRole.UserRole
LINE = 32


class ListBox(Live, QListWidget):
    """Choose a list, or switch it.

    Emits:
        chosen: the `WordList`.
        switched: the `WordList` and whether it is to be on.
    """

    chosen = Signal(object)
    switched = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lists: tuple[WordList, ...] = ()
        self.setObjectName("indented")  # its boxes stand over the labels below it
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(lambda *_: self._tell())
        self.itemChanged.connect(self._on_changed)
        self.dress()

    @property
    def current(self) -> WordList | None:
        """The chosen list."""
        item = self.currentItem()
        return item.data(LIST) if item is not None else None

    def show_lists(self, lists: Iterable[WordList], key: str = "") -> None:
        """Show these; the list *key*, else the one that was chosen, else the first stays chosen."""
        before = self.current
        wanted = key or (before.key if before is not None else "")
        self._lists = tuple(lists)
        self.blockSignals(True)
        self.clear()
        for one in self._lists:
            item = QListWidgetItem()
            item.setData(LIST, one)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if one.is_on else Qt.CheckState.Unchecked)
            self.addItem(item)
        self.restyle()
        keys = [one.key for one in self._lists]
        self.setCurrentRow(keys.index(wanted) if wanted in keys else 0)
        self.blockSignals(False)
        self.retranslate()
        self._tell()

    def retranslate(self) -> None:
        """Names in the user's language."""
        self.setAccessibleName(tr("words.lists"))
        self.blockSignals(True)
        for at in range(self.count()):
            one = self.item(at).data(LIST)
            name = one.about.shown(language.code)
            shown = tr("words.list_line", name=name[:1].upper() + name[1:], n=one.count)
            self.item(at).setText(shown)
            self.item(at).setToolTip(shown)
        self.blockSignals(False)

    def restyle(self) -> None:
        """The theme's quiet ground and selection, lines as high as elsewhere."""
        theme, palette = current_theme(), self.palette()
        for role, ink in (
            (QPalette.ColorRole.Base, "sunken"),
            (QPalette.ColorRole.Highlight, "sel"),
            (QPalette.ColorRole.HighlightedText, "text"),
        ):
            palette.setColor(role, theme.color(ink))
        self.setPalette(palette)
        for at in range(self.count()):
            self.item(at).setSizeHint(QSize(0, theme.height(LINE)))

    def _tell(self) -> None:
        if (one := self.current) is not None:
            self.chosen.emit(one)

    def _on_changed(self, item: QListWidgetItem) -> None:
        one, is_on = item.data(LIST), item.checkState() == Qt.CheckState.Checked
        if one is not None and one.is_on != is_on:
            self.switched.emit(one, is_on)
