"""The changes of one listing: when, what, from which file, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.messages import tr
from app.services.clock import to_ms
from app.services.history.records import NO_LISTINGS, RIGHT, ChangeRecord
from app.services.history.wording import change_label
from app.views.listings.field_values import field_name
from app.views.numbers import moment, moment_tip
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, emptied, row
from app.views.widgets.label import ElidedLabel, Label


def change_text(change: ChangeRecord) -> str:
    """What a change did, and to how many listings if it is about listings, in the user's language."""
    what = change_label(change)
    if change.kind == RIGHT or change.kind in NO_LISTINGS:
        return what
    if "fields" in change.params:
        names = tr("history.list_gap").join(map(field_name, change.params["fields"]))
        what = tr("history.bulk_edit", fields=names)
    return tr("history.line", what=what, n=change.listing_count)


class HistoryList(Ground):
    """Changes, newest first. *of_one*: the history of one listing, which can be taken out of a change of many;
    *opens*: each change can be opened.

    Emits:
        open_wanted: uid of a change to be shown with its listings.
        undo_wanted: uid of a change to take back.
        undo_here_wanted: uid of a change of many listings to take back for this one only.
    """

    open_wanted = Signal(str)
    undo_wanted = Signal(str)
    undo_here_wanted = Signal(str)

    def __init__(
        self,
        empty_key: str = "listings.no_history",
        parent: QWidget | None = None,
        *,
        of_one: bool = False,
        opens: bool = False,
    ) -> None:
        super().__init__("surface", parent=parent)
        self._empty_key, self._of_one, self._opens = empty_key, of_one, opens
        self._lines = column(self, gap=0)
        self._lines.addStretch(1)
        self._changes: Sequence[ChangeRecord] | None = None
        self._rows: dict[str, tuple[ChangeRecord, QWidget]] = {}

    def show_changes(self, changes: Sequence[ChangeRecord], empty_key: str = "") -> None:
        """Show these; none says so, with *empty_key* instead of the list's own words. Rows that were shown stay as
        they are: making them anew for each cell that is typed would hold the window up."""
        self._empty_key = empty_key or self._empty_key
        if self._changes is None or not changes or list(changes) != list(self._changes):
            self._changes = changes
            self._show(self._rows)

    def retranslate(self) -> None:
        """Labels in the user's language."""
        if getattr(self, "_changes", None) is not None:
            self._show({})

    def _show(self, known: Mapping[str, tuple[ChangeRecord, QWidget]]) -> None:
        """Show the changes, in the rows that are *known* for them."""
        made: dict[str, tuple[ChangeRecord, QWidget]] = {}
        for change in self._changes or ():
            old = known.get(change.uid)
            made[change.uid] = old if old is not None and old[0] == change else (change, self._row(change))
        self._rows = made
        widgets = [widget for _, widget in made.values()] or [self._nothing()]
        emptied(self._lines, keep=1, spared=widgets)
        for number, widget in enumerate(widgets):
            self._lines.insertWidget(number, widget)
        stops = [button for widget in widgets for button in widget.findChildren(Button)]
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)  # rows that stayed were made before those above them

    def _row(self, change: ChangeRecord) -> QWidget:
        box = Ground("surface", "bottom")
        line = row(box, edges=14, gap=8)
        line.setContentsMargins(14, 8, 14, 8)
        at = Label(role="small", ink="text3")
        at.setText(moment(to_ms(change.created_at)))
        at.setToolTip(moment_tip(to_ms(change.created_at)))
        line.addWidget(at)
        what = ElidedLabel()
        what.setText(change_text(change))
        line.addWidget(what, 1)
        if change.kind == RIGHT:
            return box  # who gave a right is told, not undone
        if self._opens and change.source and change.source not in what.text():
            line.addWidget(self._source(change))
        if self._opens:
            show = Button("history.open", kind="link")
            show.clicked.connect(lambda: self.open_wanted.emit(change.uid))
            line.addWidget(show)
        if change.is_undone:
            line.addWidget(Label("history.undone", role="small", ink="text3"))
        else:
            self._add_buttons(line, change)
        return box

    @staticmethod
    def _source(change: ChangeRecord) -> QWidget:
        """The file a change came from."""
        made = ElidedLabel(role="small", ink="text3", middle=True)
        made.setText(change.source)
        made.setMaximumWidth(120)
        return made

    def _add_buttons(self, line: QHBoxLayout, change: ChangeRecord) -> None:
        """All of it, and for a change of many listings this one only."""
        is_part = self._of_one and change.listing_count > 1
        if is_part:
            here = Button("listings.undo_here", kind="link")
            here.clicked.connect(lambda: self.undo_here_wanted.emit(change.uid))
            line.addWidget(here)
        back = Button("listings.undo_all" if is_part else "action.undo", kind="link")
        back.clicked.connect(lambda: self.undo_wanted.emit(change.uid))
        line.addWidget(back)

    def _nothing(self) -> QWidget:
        box = Ground("surface")
        lines = column(box)
        lines.setContentsMargins(14, 16, 14, 16)
        lines.addWidget(Label(self._empty_key, ink="text2", wrap=True))
        return box
