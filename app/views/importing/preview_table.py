"""The right side of the import: counts as segments, search, the rows with before → after, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QWidget

from app.services.listings.importing.preview import ImportHead, PreviewColumn, PreviewSource
from app.services.paging import Filter, Query
from app.views.context import ViewContext
from app.views.importing.columns import ALWAYS, Place, column_keys, columns, shown_columns
from app.views.language import say
from app.views.preview_rows import PreviewRows
from app.views.widgets.search_box import SearchBox

SEGMENTS = (
    ("all", "import.segment.all", ""),
    ("new", "status.import.new", "green"),
    ("changed", "status.import.changed", "amber"),
    ("same", "status.import.same", ""),
    ("refused", "status.import.refused", "red"),
)
SEARCH_WIDTH = 190


class Preview(PreviewRows):
    """Rows of a plan.

    Emits:
        fixed: (Excel row, column letter, text) typed in place of a refused cell.
    """

    fixed = Signal(int, str, str)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "import", SEGMENTS, "import.rows_table", parent)
        self._source: PreviewSource | None = None
        self._shape: tuple[PreviewColumn, ...] = ()
        self._letters: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._head: ImportHead | None = None
        self._wanted: Place | None = None
        self.fixes: Mapping[Place, str] = {}
        self.pending: dict[Place, str] = {}
        self.search = SearchBox("import.search", SEARCH_WIDTH)
        self.only_changed = QCheckBox()
        self._build()
        self._connect()

    def _build(self) -> None:
        say(self.only_changed, "import.only_changed")
        for widget in (self.segments, self.search, self.only_changed):
            self.tools.addWidget(widget)

    def _connect(self) -> None:
        self.segments.chosen.connect(lambda _: self._ask())
        self.search.searched.connect(lambda _: self._ask())
        self.search.left_down.connect(self.focus_table)
        # after Enter has gone its way: the dialog asks who has the focus before it presses its primary
        self.search.entered.connect(lambda _: QTimer.singleShot(0, self, self.focus_table))
        self.only_changed.toggled.connect(lambda _: self._hide_columns())
        self.nothing.acted.connect(self._show_everything)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._focus_search)

    # -- states ------------------------------------------------------------------------------------------------

    def show_reading(self, file: str) -> None:
        """A file is being read and there is nothing to show of it yet."""
        self.state.show_working("table-import", "import.reading", file=file)
        self._show(self.state)

    # -- rows --------------------------------------------------------------------------------------------------

    def show_head(self, head: ImportHead, source: PreviewSource, fixes: Mapping[Place, str]) -> None:
        """Show the rows of a plan; place, selection and focus stay where only cells were corrected."""
        self._head, self.fixes, self.pending = head, dict(fixes), {}
        shape = tuple(shown_columns(head.columns))
        if self.table is None or _bare(shape) != _bare(self._shape):
            self._make_table(head, source)
        elif self._source is not None:
            self._source.token = source.token
            self.table.paged.reload()
        self._shape = shape
        self._show_counts(head)
        self._hide_columns()
        assert self.table is not None
        self._show(self.table)

    def _make_table(self, head: ImportHead, source: PreviewSource) -> None:
        self._source, self._hidden = source, set()
        keys = column_keys(head.columns)
        self._letters = {keys[one.letter]: one.letter for one in shown_columns(head.columns)}
        table = self._new_table(source, columns(head.columns, lambda: self.fixes, lambda: self.pending))
        model = table.paged
        model.edited.connect(self._on_edited)
        model.counted.connect(self._on_counted)
        table.finding_wanted.connect(self._go_to_refused)
        self._ask()

    def drop_table(self) -> None:
        """Rows of another file, or of none, come next."""
        super().drop_table()
        self._shape = ()

    def _show_counts(self, head: ImportHead) -> None:
        counts = {key: head.verdict_counts.get(key, 0) for key, _, _ in SEGMENTS}
        self.segments.show_counts({**counts, "all": head.counts.rows})

    def _ask(self) -> None:
        if self.table is not None:
            chosen = self.segments.current
            filters = () if chosen == "all" else (Filter("verdict", "in", (chosen,)),)
            self.table.paged.ask(Query(self.search.text().strip(), filters))

    def _on_counted(self, total: int) -> None:
        """No row in this segment: say which emptiness; else go where somebody wanted to go."""
        assert self.table is not None
        if total == 0:
            key = "import.no_match" if self.search.text().strip() else f"import.no_row.{self.segments.current}"
            self.nothing.show_state("search", key, action_key="import.show_everything", primary=False)
        self._show(self.table if total else self.nothing)
        if self._wanted is not None:
            self._go(*self._wanted)

    def _show_everything(self) -> None:
        self.search.set_quietly("")
        self.segments.set_current("all")
        self._ask()
        self.focus_table()

    def _hide_columns(self) -> None:
        """Leave out columns in which nothing would change; what the user hid by hand stays hidden."""
        if self.table is None or self._head is None:
            return
        untouched = {one.letter for one in self._head.columns if not one.is_touched and one.meaning not in ALWAYS}
        hidden = {key for key, letter in self._letters.items() if letter in untouched}
        wanted = hidden if self.only_changed.isChecked() else set()
        if wanted == self._hidden:
            return
        self.table.memory.dress(self.table.header)
        for key in wanted:
            self.table.header.setSectionHidden(self.table.column_at(key), True)
        self._hidden = wanted

    # -- cells -------------------------------------------------------------------------------------------------

    def show_pending(self, place: Place, text: str) -> None:
        """What was just typed stands in its cell until it was judged."""
        self.pending[place] = text
        if self.table is not None:
            self.table.paged.retranslate()

    def go_to(self, row: int, letter: str) -> None:
        """Make a refused cell the current one, in whatever segment it is."""
        if self.table is None:
            return
        self._wanted = (row, letter)
        if not self._go(row, letter) and (self.segments.current not in ("all", "refused") or self.search.text()):
            self.search.set_quietly("")
            self.segments.set_current("refused")
            self._ask()

    def _go(self, row: int, letter: str) -> bool:
        """Rows stand in the order of the sheet: look for Excel's number among those that are here, else near it."""
        assert self.table is not None
        model = self.table.paged
        at = self._position_of(row)
        if at is None:
            return False
        keys = [key for key, one in self._letters.items() if one == letter]
        place = self.table.column_at(keys[0]) if keys else 0
        self.table.setCurrentIndex(model.index(at, place))
        self.table.scrollTo(model.index(at, place))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._wanted = None
        return True

    def _position_of(self, row: int) -> int | None:
        """Place of Excel row *row* among the rows shown; ids count the rows of the sheet, so a few looks find it."""
        assert self.table is not None
        model = self.table.paged
        low, high = 0, model.rowCount() - 1
        while low <= high:
            middle = (low + high) // 2
            record = model.record(middle)
            if record is None:
                model.dataChanged.connect(self._go_on, Qt.ConnectionType.SingleShotConnection)
                return None
            if record.row == row:
                return middle
            low, high = (middle + 1, high) if record.row < row else (low, middle - 1)
        return None

    def _go_on(self, *_: object) -> None:
        if self._wanted is not None and self.table is not None:
            self._go(*self._wanted)

    def _go_to_refused(self, step: int) -> None:
        """F8: the next refused cell, row by row, round the end."""
        if self._head is None or self.table is None or not self._head.errors:
            return
        record = self.table.current_record()
        here = record.row if record is not None else 0
        rows = [(error.row, error.column) for error in self._head.errors]
        later = [place for place in rows if place[0] > here] if step > 0 else [p for p in rows if p[0] < here]
        target = (later[0] if step > 0 else later[-1]) if later else rows[0 if step > 0 else -1]
        self.go_to(*target)

    def current_place(self) -> Place | None:
        """(Excel row, column letter) of the current cell."""
        if self.table is None:
            return None
        record = self.table.current_record()
        key = self.table.paged.columns[max(self.table.currentIndex().column(), 0)].key
        return (record.row, self._letters.get(key, "")) if record is not None else None

    def _on_edited(self, id: int, key: str, text: str) -> None:
        assert self.table is not None
        at = self.table.paged.position_of(id)
        record = self.table.paged.record(self.table.paged.row_of(at)) if at is not None else None
        if record is not None:
            self.fixed.emit(record.row, self._letters[key], text)

    # -- focus -------------------------------------------------------------------------------------------------

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        rows = [self.table] if self.table is not None else []
        return [self.segments, self.search, self.only_changed, *rows, self.state.button]

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()


def _bare(shape: tuple[PreviewColumn, ...]) -> list[tuple[str, str | None, str]]:
    """What makes another table of it: not whether a cell changes."""
    return [(one.letter, one.spelled, one.header) for one in shape]
