"""What the previews of dialogs share: segments with counts over a paged table, or why there are no rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.views.cells import Column
from app.views.context import ViewContext
from app.views.language import say
from app.views.listings.pictures import read_picture
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.theme import Density
from app.views.thumbnails import Thumbnails
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground, column
from app.views.widgets.segments import Part, Segments
from app.views.widgets.state_pane import StatePane


class PreviewRows(Ground):
    """A bar of tools, below it a table, a state in its place, or that no row matches.

    Emits:
        failed: the exception of a page that could not be read.
        acted: the button of the state that stands in place of rows.
    """

    failed = Signal(object)
    acted = Signal()
    density: ClassVar[str | Density] = "compact"

    def __init__(
        self, context: ViewContext, name: str, segments: Sequence[Part], rows_key: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("surface", parent=parent)
        self._context, self._name, self._rows_key = context, name, rows_key
        self.table: PagedTable | None = None
        self.segments = Segments(segments)
        self.state, self.nothing = StatePane(), EmptyState()
        self.pictures = Thumbnails(context.runner, read_picture, self)
        self._stack = QStackedWidget()
        self._whole = column(self, gap=0)
        self._top = QWidget()
        self.tools = FlowLayout(self._top, gap=12, line_gap=6)
        self.tools.setContentsMargins(12, 8, 12, 8)
        self._whole.addWidget(self._top)
        for state in (self.state, self.nothing):
            self._stack.addWidget(state)
        self._whole.addWidget(self._stack, 1)
        self._top.hide()
        self.state.acted.connect(self.acted)

    def show_problem(
        self, title_key: str, said: str | Callable[[], str], action_key: str = "", *, icon: str = "file-alert"
    ) -> None:
        """Why there are no rows; *said* is a finished sentence, or what makes it in each language."""
        self.state.show_problem(title_key, said, action_key, icon=icon)
        self._show(self.state)

    @property
    def shows_rows(self) -> bool:
        """Whether rows are in view, or that none match."""
        return self._stack.currentWidget() in (self.table, self.nothing)

    def _show(self, widget: QWidget) -> None:
        self._top.setVisible(widget in (self.table, self.nothing))
        self._stack.setCurrentWidget(widget)

    def _new_table(self, source: Any, columns: Sequence[Column]) -> PagedTable:
        """A table over *source* in place of the one before; it is asked and shown by the caller."""
        has_focus = self.table is not None and self.table.hasFocus()
        self.drop_table()
        model = PagedTableModel(source, columns, self._context.runner, self)
        table = self.table = PagedTable(
            model,
            self._name,
            settings=self._context.settings,
            thumbnails=self.pictures,
            default_density=self.density,
        )
        say(table, self._rows_key, "accessibleName")
        model.load_failed.connect(self.failed)
        self._stack.addWidget(table)
        if has_focus:
            table.setFocus()
        return table

    def drop_table(self) -> None:
        """Other rows, or none, come next."""
        table, self.table = self.table, None
        if table is not None:
            table.paged.stop()
            self._stack.removeWidget(table)
            table.hide()
            table.paged.deleteLater()
            table.deleteLater()

    def focus_table(self) -> None:
        """The focus goes to the current row, the first one if there is none."""
        if self.table is not None:
            if not self.table.currentIndex().isValid() and self.table.paged.rowCount():
                self.table.setCurrentIndex(self.table.paged.index(0, 0))
            self.table.setFocus()
