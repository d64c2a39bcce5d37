"""One change with its listings: taken back whole, for chosen rows, in chosen fields, or with all that came after."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.clock import to_ms
from app.services.history.contents import ChangeContents
from app.services.history.records import NO_LISTINGS, ChangeRecord
from app.services.paging import Query
from app.views.context import ViewContext
from app.views.language import say
from app.views.listings.change_columns import columns
from app.views.listings.field_values import field_name
from app.views.listings.history_list import change_text
from app.views.numbers import moment, moment_tip
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.widgets.buttons import Button
from app.views.widgets.chip import Chip
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, Label


class ChangePane(Ground):
    """Emits:
    undo_wanted: (uid, ids of listings or None for all, names of fields or None for all).
    return_wanted: the `ChangeRecord` whose time is to be gone back to: everything after it is taken back.
    """

    undo_wanted = Signal(str, object, object)
    return_wanted = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._context = context
        self.change: ChangeRecord | None = None
        self.table: PagedTable | None = None
        self.chips: dict[str, Chip] = {}
        self.title = ElidedLabel(role="title", strong=True)
        self.detail = ElidedLabel(role="small", ink="text2")
        self.problem = Label(role="small", ink="red", wrap=True)
        self.hint = Label("history.part_hint", role="small", ink="text2", wrap=True)
        self.undo = Button(icon_name="arrow-back-up")
        self.back = Button(kind="link")
        self._build()

    def _build(self) -> None:
        self._whole = column(self, gap=6)
        self._whole.setContentsMargins(0, 12, 0, 0)
        head = column(gap=4)
        head.setContentsMargins(14, 0, 14, 0)
        for label in (self.title, self.detail, self.problem, self.hint):
            head.addWidget(label)
        self._fields = QWidget()
        self._flow = FlowLayout(self._fields, line_gap=6)
        head.addWidget(self._fields)
        buttons = row(gap=10)
        buttons.addWidget(self.undo)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        head.addLayout(buttons)
        self._whole.addLayout(head)
        self._whole.addStretch(1)
        self.problem.hide()
        self.undo.clicked.connect(self._on_undo)
        self.back.clicked.connect(lambda: self.return_wanted.emit(self.change))

    def show_since(self, count: int) -> None:
        """So many changes and undos came after the change in view."""
        self.back.setVisible(count > 0)
        say(self.back, "history.undo_after", n=count)

    def show_change(self, change: ChangeRecord) -> None:
        """Show *change*. What came after it is counted by the caller, as that takes time."""
        is_other = self.change is None or self.change.uid != change.uid
        self.change = change
        if is_other:
            self.back.hide()
            self._show_fields(())
            self._read(change.uid)
        elif self.table is not None:
            self.table.paged.ask(Query())
        self.retranslate()

    def retranslate(self) -> None:
        """Sentences that are made of others."""
        change = getattr(self, "change", None)
        if change is None:
            return
        self.title.setText(change_text(change))
        at = moment(to_ms(change.created_at))
        parts = (at, change.actor and tr("history.by", who=change.actor))
        at = " · ".join(filter(None, parts))
        self.detail.setText(tr("history.from_file", at=at, file=change.source) if change.source else at)
        self.detail.setToolTip(moment_tip(to_ms(change.created_at)))
        for name, chip in self.chips.items():
            chip.show_parts(field_name(name))
        self._say_undo()

    def stop(self) -> None:
        """The dialog closes, or another change is shown."""
        table, self.table = self.table, None
        if table is not None:
            table.paged.stop()
            self._whole.removeWidget(table)
            table.hide()
            table.paged.deleteLater()
            table.deleteLater()

    # -- reading -----------------------------------------------------------------------------------------------

    def _read(self, uid: str) -> None:
        self.stop()
        self.problem.hide()
        handle = self._context.runner.call(self._contents, uid)
        handle.succeeded.connect(lambda found: self._on_contents(uid, *found))
        handle.failed.connect(self._on_failed)

    def _contents(self, uid: str) -> tuple[ChangeContents, tuple[str, ...]]:
        """On a thread of the runner."""
        contents = self._context.services.listings.change_contents(uid)
        return contents, contents.fields()

    def _on_contents(self, uid: str, contents: ChangeContents, fields: tuple[str, ...]) -> None:
        if self.change is None or uid != self.change.uid or self.table is not None:
            return
        self._show_fields(fields)
        model = PagedTableModel(contents, columns(), self._context.runner, self)
        self.table = PagedTable(model, "change", settings=self._context.settings, default_density="compact")
        say(self.table, "history.rows_table", "accessibleName")
        model.load_failed.connect(self._on_failed)
        self.table.chosen.connect(self._say_undo)
        self._whole.insertWidget(1, self.table, 100)
        model.ask(Query())

    def _on_failed(self, error: Exception) -> None:
        self.problem.tell(error)
        self.problem.show()

    def _show_fields(self, fields: tuple[str, ...]) -> None:
        """Chips to leave fields out; one field alone is no choice."""
        for chip in self.chips.values():
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = {}
        for name in fields if len(fields) > 1 else ():
            chip = Chip(field_name(name), removable=False)
            chip.setCheckable(True)
            chip.toggled.connect(self._say_undo)
            self._flow.addWidget(chip)
            self.chips[name] = chip
        self._fields.setVisible(bool(self.chips))

    # -- what is chosen ----------------------------------------------------------------------------------------

    @property
    def _chosen_ids(self) -> list[int] | None:
        """Listings that are chosen, None for all of them."""
        if self.table is None:
            return None
        selection = self.table.selection()
        if not selection.ids or selection.is_all:
            return None
        return list(selection.ids)

    @property
    def _chosen_fields(self) -> list[str] | None:
        chosen = [name for name, chip in self.chips.items() if chip.isChecked()]
        return chosen if chosen and len(chosen) < len(self.chips) else None

    def _say_undo(self, *_: object) -> None:
        if self.change is None:
            return
        ids, fields = self._chosen_ids, self._chosen_fields
        n = self.change.listing_count if ids is None else len(ids)
        if self.change.kind in NO_LISTINGS:
            say(self.undo, "history.undo_change" if ids is None else "history.undo_picked", n=n)
        elif fields is None:
            say(self.undo, "history.undo_all" if ids is None else "history.undo_chosen", n=n)
        else:
            names = tr("history.list_gap").join(map(field_name, fields))
            say(self.undo, "history.undo_fields", n=n, fields=names)
        self.undo.setEnabled(not self.change.is_undone)
        say(self.undo, "history.undone" if self.change.is_undone else "history.undo_tip", "toolTip")

    def _on_undo(self) -> None:
        if self.change is not None:
            self.undo_wanted.emit(self.change.uid, self._chosen_ids, self._chosen_fields)
