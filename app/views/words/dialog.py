"""The editor of the word lists: lists left, their words right, a box to try a title in below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.messages import tr
from app.services.compliance.word_desk import Match, WordsChanged
from app.services.compliance.word_lists import Entry, Lists, WordList
from app.services.compliance.word_sheets import COLUMNS, WordSheet, read_words, write_words
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.importing.save_file import SHEETS, ask_files, saving_dialog
from app.views.language import say
from app.views.listings.plain_table import dress_table
from app.views.rechecking import recheck_beside
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.search_box import SearchBox
from app.views.words.import_dialog import WordImportDialog
from app.views.words.lists import ListBox
from app.views.words.of_list import OfList
from app.views.words.rows import WordCells, WordRows

WIDTHS = {"severity": 96, "exceptions": 190, "categories": 90, "stores": 110, "source": 130, "as_of": 92, "is_on": 52}
WORD_WIDTH = 146
LEAVE_OUT = ("source", "categories", "as_of", "stores")
TRY_MS = 200
"""After so long without a key the text is tried."""
SETTLE_MS = 1_500
"""Several words typed one after the other are looked for together."""


class WordsDialog(Dialog):
    """Every edit is stored at once; the listings it concerns are checked anew in the background.

    Emits:
        stored: the `WordsChanged` of every edit.
    """

    stored = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("words.title", parent, size=QSize(1180, 700))
        self._context, self._desk = context, context.services.words
        self._lists, self._stores = Lists(), dict[int, str]()
        self._categories: frozenset[str] | None = None
        self._touched: list[Entry] = []
        self._new_word = ""
        self.lists = ListBox()
        self.of_list = OfList()
        self.model, self.table = WordRows(self), QTableView()
        self.search = SearchBox("words.search")
        self.add = Button("words.add", icon_name="plus")
        self.remove = Button("words.remove", icon_name="trash")
        self.from_file = Button("words.import", icon_name="table-import")
        self.to_file = Button("words.export", icon_name="table-export")
        self.trial = SearchBox("words.try", 420)
        self.found = Label(role="small", ink="text2", wrap=True)
        self._trying = QTimer(self, singleShot=True, interval=TRY_MS)
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._build()
        self._connect()
        self.read()

    def _build(self) -> None:
        left = Ground("sunken", "right")
        lines = column(left, gap=8)
        lines.addWidget(self.lists, 1)
        lines.addWidget(self.of_list)
        self._left = left
        right = column(gap=0)
        bar = row(gap=6)
        bar.setContentsMargins(12, 8, 12, 8)
        bar.addWidget(self.search)
        bar.addStretch(1)
        for button in (self.add, self.remove, self.from_file, self.to_file):
            bar.addWidget(button)
        right.addLayout(bar)
        right.addWidget(self.table, 1)
        below = row(gap=10)
        below.setContentsMargins(12, 8, 12, 8)
        below.addWidget(self.trial)
        below.addWidget(self.found, 1)
        right.addLayout(below)
        whole = row(self.body, gap=0)
        whole.addWidget(left)
        whole.addLayout(right, 1)
        dress_table(self.table)
        self.table.setModel(self.model)
        self.table.setItemDelegate(WordCells(self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        say(self.table, "words.table", "accessibleName")
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        self.hint.say("words.hint")
        self.restyle()

    def _connect(self) -> None:
        self.lists.chosen.connect(self._show_list)
        self.lists.switched.connect(self._switch)
        self.of_list.changed.connect(self._save_list)
        self.of_list.new_wanted.connect(self._save_list)
        self.of_list.remove_wanted.connect(self._remove_list)
        self.model.edited.connect(lambda entry: self._store(self._desk.save, [entry]))
        self.model.refused.connect(self._say_wrong)
        self.search.textChanged.connect(self.model.search)
        self.add.clicked.connect(self.add_word)
        self.remove.clicked.connect(self.remove_chosen)
        self.from_file.clicked.connect(
            lambda: ask_files(self, "words.import", lambda files: self.import_file(files[0]))
        )
        self.to_file.clicked.connect(self._ask_where)
        self.trial.textChanged.connect(lambda _: self._trying.start())
        self._trying.timeout.connect(self._try)
        self._settling.timeout.connect(self._recheck)

    # -- reading -----------------------------------------------------------------------------------------------

    def read(self, key: str = "") -> None:
        """Read the lists anew and show *key*, else the one in view."""
        handle = self._context.runner.call(lambda: (self._desk.lists(), self._desk.stores(), self._desk.categories()))
        handle.succeeded.connect(lambda found: self._on_read(*found, key))
        handle.failed.connect(self._on_failed)

    def _on_read(self, lists: Lists, stores: dict[int, str], categories: frozenset[str] | None, key: str) -> None:
        self._lists, self._stores, self._categories = lists, stores, categories
        self.model.set_categories(categories)
        self.of_list.set_stores(stores)
        self.lists.show_lists(lists.lists.values(), key)
        if self._new_word:
            self._go_to(self._new_word)
            self._new_word = ""
        self._try()

    def _show_list(self, one: WordList) -> None:
        at, bar = self.table.currentIndex(), self.table.verticalScrollBar().value()
        self.model.show_entries(self._lists.entries.get(one.key, []), self._stores, one.severity)
        self.of_list.show_list(one)
        if 0 <= at.row() < self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(at.row(), at.column()))
            self.table.verticalScrollBar().setValue(bar)

    def _go_to(self, word: str) -> None:
        at = next((at for at, entry in enumerate(self.model.rows) if entry.word == word), -1)
        if at >= 0:
            index = self.model.index(at, 0)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)

    # -- changing ----------------------------------------------------------------------------------------------

    def add_word(self) -> None:
        """What is searched for becomes a word; without it a word to be typed over."""
        one = self.lists.current
        if one is None:
            return
        self._new_word = self.search.text().strip() or self._free_name(one)
        new = Entry(one.key, self._new_word)
        known = next((entry for entry in self._lists.entries.get(one.key, ()) if entry.key == new.key), new)
        self._store(self._desk.save, [replace(known, is_on=True)])

    def _free_name(self, one: WordList) -> str:
        used = {entry.word for entry in self._lists.entries.get(one.key, ())}
        names = (tr("words.new_word") + (f" {n}" if n > 1 else "") for n in range(1, len(used) + 2))
        return next(name for name in names if name not in used)

    def remove_chosen(self) -> None:
        """Take the chosen words away; shipped ones are switched off."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        if rows:
            self._store(self._desk.remove, [self.model.rows[at] for at in rows])

    def _switch(self, one: WordList, is_on: bool) -> None:
        self._save_list(OfList.switched(one, is_on))

    def _save_list(self, one: WordList) -> None:
        self._store(self._desk.save_list, one, key=one.key)

    def _remove_list(self, one: WordList) -> None:
        self._store(self._desk.remove_list, one.key)

    def _store(self, act: Any, *args: Any, key: str = "") -> None:
        handle = self._context.runner.call(act, *args)
        handle.succeeded.connect(lambda done: self._on_stored(done, key))
        handle.failed.connect(self._on_failed)
        self._context.jobs.keep(handle)

    def _on_stored(self, done: WordsChanged, key: str) -> None:
        self._touched += done.touched
        if done.touched:
            self._settling.start()
        self.hint.set_look(ink="text2")
        self.hint.say("words.stored" if done.count else "words.hint", n=done.count)
        self.stored.emit(done)
        self.read(key)

    def _recheck(self) -> None:
        """Check the listings that carry one of the words anew: a job that outlives the dialog."""
        if not self._touched:
            return
        touched, self._touched = self._touched, []
        words = {entry.word for entry in touched}
        recheck_beside(self._context, self._desk.recheck_call(touched), "words.job", n=len(words))

    # -- sheets ------------------------------------------------------------------------------------------------

    def import_file(self, path: Path) -> None:
        """Compare a sheet with the list in view, and ask before anything is stored."""
        one = self.lists.current
        if one is not None:
            handle = self._context.runner.call(read_words, path, self._lists, one.key, self._stores, self._categories)
            handle.succeeded.connect(lambda sheet: self._show_sheet(sheet, one))
            handle.failed.connect(self._on_failed)

    def _show_sheet(self, sheet: WordSheet, one: WordList) -> None:
        dialog = WordImportDialog(sheet, one.about, self._stores, self)
        dialog.wanted.connect(lambda entries: self._store(self._desk.save, entries, sheet.file))
        dialog.open()

    def _ask_where(self) -> None:
        dialog = saving_dialog(self, "words.export", SHEETS, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the list in view to *path*."""
        one = self.lists.current
        if one is not None:
            handle = self._context.runner.call(write_words, path, self._lists, one.key, self._stores)
            handle.succeeded.connect(lambda n: self.hint.say("words.exported", n=n, file=path.name))
            handle.failed.connect(self._on_failed)

    # -- trying a title ----------------------------------------------------------------------------------------

    def _try(self) -> None:
        text = self.trial.text()
        if not text.strip():
            self.found.say("words.try_hint")
            return
        handle = self._context.runner.call(self._desk.try_text, text)
        handle.succeeded.connect(lambda matches: self._show_matches(text, matches))
        handle.failed.connect(self._on_failed)

    def _show_matches(self, text: str, matches: Sequence[Match]) -> None:
        if text != self.trial.text():
            return
        said = [
            tr("words.match", word=one.word, list=one.about, severity=tr(f"words.severity.{one.severity}"))
            for one in matches
        ]
        self.found.setText(" · ".join(said) or tr("words.no_match"))

    # -- the dialog itself -------------------------------------------------------------------------------------

    def _say_wrong(self, text: str) -> None:
        self.hint.setText(text)
        self.hint.set_look(ink="red")

    def _on_failed(self, error: Exception) -> None:
        self._new_word = ""
        self._say_wrong(sentence(error))
        self.lists.show_lists(self._lists.lists.values())  # a switch that was refused goes back

    def retranslate(self) -> None:
        """Names and columns in the new language."""
        if hasattr(self, "_left"):
            self.model.retranslate()
            self._try()

    def restyle(self) -> None:
        """Columns and rows as large as the text asks for."""
        if not hasattr(self, "_left"):
            return
        theme = current_theme()
        self._left.setFixedWidth(theme.height(272))
        self.fit_columns()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setDefaultSectionSize(theme.height(28))

    def fit_columns(self) -> None:
        """In a narrow window the word keeps its room: what is needed least is left out."""
        theme = current_theme()
        room = self.width() - self._left.width() - theme.height(WORD_WIDTH)
        left = dict(WIDTHS)
        for name in LEAVE_OUT:
            if sum(map(theme.height, left.values())) > room:
                left.pop(name)
        for name, width in WIDTHS.items():
            self.table.setColumnHidden(COLUMNS.index(name), name not in left)
            self.table.setColumnWidth(COLUMNS.index(name), theme.height(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width."""
        super().resizeEvent(event)
        if hasattr(self, "_left"):
            self.fit_columns()

    def keyPressEvent(self, event: Any) -> None:
        """Delete takes the chosen words away."""
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self.remove_chosen()
            event.accept()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table.hasFocus():
            self._edit_current(self.table.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def _edit_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.table.edit(index)

    def done(self, result: int) -> None:
        """What was changed is looked for now, if it was not yet."""
        self._trying.stop()
        self._settling.stop()
        self._recheck()
        super().done(result)
