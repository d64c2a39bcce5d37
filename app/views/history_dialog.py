"""All changes, newest first, each with its way back: whole, for some of its listings or fields, or to before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from app.services.history.records import ChangeRecord
from app.services.listings.text import fold
from app.views.context import ViewContext
from app.views.listings.change_pane import ChangePane
from app.views.listings.history_list import HistoryList, change_text
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.search_box import SearchBox
from app.views.widgets.segments import Segments

PAGE = 50
"""So many changes are in view at a time: each is some buttons, and laying out thousands would hold the window up."""
ALL, MANY = "all", "many"
"""Whether changes of a single listing are shown: each cell that is typed is one."""


class HistoryDialog(Dialog):
    """Non-modal: the table stays in view while something is taken back.

    Attributes:
        shown: the changes in view, newest first.

    Emits:
        undo_wanted: uid of a change.
        part_wanted: (uid, ids of listings or None for all, names of fields or None for all).
        return_wanted: the `ChangeRecord` after which everything is to be taken back.
    """

    undo_wanted = Signal(str)
    part_wanted = Signal(str, object, object)
    return_wanted = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("history.title", parent, size=QSize(1120, 640))
        self._context = context
        self.shown: Sequence[ChangeRecord] = ()
        self._page, self._asked = 0, 0
        self.search = SearchBox("history.search", width=230)
        self.which = Segments([(key, f"history.{key}", "") for key in (ALL, MANY)])
        self.changes = HistoryList("history.none", opens=True)
        self.newer, self.older = (Button(f"history.{which}", kind="link") for which in ("newer", "older"))
        self.pane, self.nothing = ChangePane(context), EmptyState()
        self._stack = QStackedWidget()
        self._build()
        self.changes.undo_wanted.connect(self.undo_wanted)
        self.changes.open_wanted.connect(self.show_change)
        self.search.searched.connect(self._narrow)
        self.which.chosen.connect(self._narrow)
        self.newer.clicked.connect(lambda: self._turn(-1))
        self.older.clicked.connect(lambda: self._turn(1))
        self.pane.undo_wanted.connect(self.part_wanted)
        self.pane.return_wanted.connect(self.return_wanted)
        context.changes.happened.connect(self._on_change)
        self.load()

    def _build(self) -> None:
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        listed = Ground("surface")
        entries = column(listed)
        entries.addWidget(self.changes)
        pages = row(gap=12)
        pages.setContentsMargins(14, 8, 14, 8)
        pages.addStretch(1)
        for button in (self.newer, self.older):
            button.hide()
            pages.addWidget(button)
        pages.addStretch(1)
        entries.addLayout(pages)
        entries.addStretch(1)
        area.setWidget(listed)
        whole = row(self.body, gap=0)
        left = Ground("surface", "right")
        lines = column(left)
        lines.setContentsMargins(0, 0, 1, 0)  # the hairline
        head = row(gap=8)
        head.setContentsMargins(14, 10, 14, 8)
        head.addWidget(self.search)
        head.addWidget(self.which)
        head.addStretch(1)
        lines.addLayout(head)
        lines.addWidget(area)
        whole.addWidget(left, 4)
        self.nothing.show_state("history", "history.open_one")
        for widget in (self.nothing, self.pane):
            self._stack.addWidget(widget)
        whole.addWidget(self._stack, 6)
        self.hint.say("history.hint")
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)

    def load(self) -> None:
        """Read the page of changes again."""
        self._asked += 1
        asked, end = self._asked, (self._page + 1) * PAGE
        history = self._context.services.listings.history
        handle = self._context.runner.call(history, end + 1, self._matching())  # one more tells if there are older ones

        def show(changes: Sequence[ChangeRecord]) -> None:
            if asked == self._asked:
                self._on_changes(changes[end - PAGE : end], has_older=len(changes) > end)

        handle.succeeded.connect(show)
        handle.failed.connect(lambda error: self.hint.tell(error))

    def _turn(self, by: int) -> None:
        self._page += by
        self._area.verticalScrollBar().setValue(0)
        self.load()

    def _narrow(self, _: str) -> None:
        self._turn(-self._page)

    def _matching(self) -> Callable[[ChangeRecord], bool] | None:
        """Whether a change is asked for, by what is shown of it; None for all."""
        words, is_many = fold(self.search.text()).split(), self.which.current == MANY
        return partial(_matches, words, is_many) if words or is_many else None

    def show_change(self, uid: str) -> None:
        """Show one change with its listings."""
        change = next((one for one in self.shown if one.uid == uid), None)
        if change is None:
            return
        self.pane.show_change(change)
        self._stack.setCurrentWidget(self.pane)
        handle = self._context.runner.call(self._context.services.listings.count_since, change.created_at)
        handle.succeeded.connect(lambda count: self._on_counted(uid, count))
        handle.failed.connect(lambda error: self.hint.tell(error))

    def _on_counted(self, uid: str, count: int) -> None:
        if self.pane.change is not None and self.pane.change.uid == uid:
            self.pane.show_since(count)

    def _on_changes(self, changes: Sequence[ChangeRecord], *, has_older: bool) -> None:
        if self._page and not changes:
            self._turn(-1)  # what was on this page is gone
            return
        self.shown = changes
        self.changes.show_changes(changes, "history.none" if self._matching() is None else "history.no_match")
        self.newer.setVisible(self._page > 0)
        self.older.setVisible(has_older)
        if self.pane.change is not None:
            self.show_change(self.pane.change.uid)

    def _on_change(self, _tables: object) -> None:
        self.load()

    def done(self, result: int) -> None:
        """Let go of the rows."""
        self.pane.stop()
        super().done(result)


def _matches(words: Sequence[str], is_many: bool, change: ChangeRecord) -> bool:
    text = fold(" ".join((change_text(change), change.source, change.actor)))
    return all(word in text for word in words) and not (is_many and change.listing_count == 1)
