"""Editing in the table: a cell, a pasted block, filling down, clearing. Each is one change that can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.messages import tr
from app.services.listings.cells import CellEdit, CellPlan, CellRefusal, CellsSaved
from app.services.listings.records import ListingStatus
from app.services.listings.source import CHILD_ID_OFFSET, ListingRow
from app.services.pricing.terms import LINKED
from app.views.errors import sentence
from app.views.listings.paste_dialog import PasteDialog, Unread
from app.views.listings.values import COLUMN_OF_FIELD, FIELD_OF_COLUMN, cell_refusal, cell_value
from app.views.notices import Offer
from app.views.table_copy import repeated

if TYPE_CHECKING:
    from app.views.context import ViewContext
    from app.views.paged_table import PagedTable

MOST_CELLS = 20_000
Place = tuple[int, str]


class CellBlocks(QObject):
    """Turns what the table tells into edits.

    Args:
        id_offset: what the ids of the table's rows lack of those of cells: in a table of variants `CHILD_ID_OFFSET`.

    Emits:
        saved: what was stored (`CellsSaved`).
        undo_wanted: uid of a change to take back.
    """

    saved = Signal(object)
    undo_wanted = Signal(str)

    def __init__(self, context: ViewContext, table: PagedTable, *, id_offset: int = 0) -> None:
        super().__init__(table)
        self._context, self._table, self._offset = context, table, id_offset
        self._desk = context.services.listings
        table.paged.edited.connect(self._on_edited)
        table.block_pasted.connect(self._on_pasted)
        table.filled_down.connect(self._on_filled)
        table.cells_cleared.connect(self._on_cleared)

    # -- one cell ----------------------------------------------------------------------------------------------

    def _on_edited(self, row_id: int, column: str, text: str) -> None:
        """Enter or Tab in a cell editor. What cannot be read stays in the cell, marked, and is not stored."""
        field = FIELD_OF_COLUMN[column]
        try:
            value = cell_value(field, text)
        except ValueError:
            self._refuse(self._row_of(row_id), column, text)
            self._context.notices.toast("window.said", tone="red", text=cell_refusal(field, text))
            return
        if field not in LINKED:  # the price that follows is not known yet
            self._show_at_once(row_id, column, value)
        self._save([CellEdit(row_id + self._offset, field, value)], quietly=True)

    def _refuse(self, row: int, column: str, text: str) -> None:
        if row >= 0:
            why = partial(cell_refusal, FIELD_OF_COLUMN[column])
            self._table.paged.refuse(row, self._table.column_at(column), text, why)

    def _put_right(self, edits: Iterable[CellEdit]) -> None:
        """These cells hold what can be stored: none of them is marked any more."""
        for edit in edits:
            row_id = edit.row_id - self._offset
            was_marked = self._table.paged.refused.drop(row_id, COLUMN_OF_FIELD[edit.field])
            if was_marked and (row := self._row_of(row_id)) >= 0:
                self._table.paged.remake(row)

    def _show_at_once(self, row_id: int, column: str, value: Any) -> None:
        """Show the new value before it is stored: the old one must not come back for a moment."""
        row = self._row_of(row_id)
        entry = self._table.paged.entry(row) if row >= 0 else None
        if entry is None:
            return
        name = FIELD_OF_COLUMN[column]
        names = [name] if name != "price_minor" or not isinstance(entry.row, ListingRow) else _PRICES
        entry.row = replace(entry.row, **dict.fromkeys(names, value))
        self._table.paged.remake(row)

    def _row_of(self, row_id: int) -> int:
        """The visible row of a listing or variant: near the current one, else looked up."""
        model, current = self._table.paged, self._table.currentIndex().row()
        for row in (current, current - 1, current + 1):
            if 0 <= row < model.rowCount() and model.id_at(row) == row_id:
                return row
        at = model.position_of(row_id)
        return model.row_of(at) if at is not None else -1

    # -- blocks ------------------------------------------------------------------------------------------------

    def _on_pasted(self, row: int, visual: int, lines: Sequence[Sequence[str]]) -> None:
        """Ctrl+V: shows what will change where more than one row is meant."""
        if len(lines) == 1 and len(lines[0]) == 1:
            places = list(self._chosen_places())
            texts = dict.fromkeys(places or [(row, self._columns_from(visual)[0])], lines[0][0])
        else:
            lines, rows, columns = self._spread(row, visual, lines)
            row = rows[0]
            texts = {
                (at, column): text
                for at, line in zip(rows, lines, strict=True)
                for column, text in zip(columns, line, strict=False)
                if at < self._table.paged.rowCount()
            }
        beyond = max(0, row + len(lines) - self._table.paged.rowCount()) if len(lines) > 1 else 0
        self._put_texts(texts, shows_first=True, beyond=beyond)

    def _spread(
        self, row: int, visual: int, lines: Sequence[Sequence[str]]
    ) -> tuple[list[list[str]], Sequence[int], list[str]]:
        """A block repeated over what is chosen, with the rows and columns it goes to."""
        chosen_rows, chosen = self._table.chosen_block()
        row, columns = self._top_left(row, visual)
        wide = 1 if len(chosen) == len(self._table.spans()) else len(chosen)
        block = repeated(lines, len(chosen_rows) or 1, wide or 1)
        rows = chosen_rows if len(block) > len(lines) else range(row, row + len(block))
        return block, rows, chosen if len(block[0]) > len(lines[0]) else columns

    def _top_left(self, row: int, visual: int) -> tuple[int, list[str]]:
        """Where a block begins, row and columns: at the top left of what is chosen, whichever end was clicked last; in
        rows chosen as a whole in the current column."""
        rows, chosen = self._table.chosen_block()
        if chosen and len(chosen) < len(self._table.spans()):
            visual = self._table.header.visualIndex(self._table.column_at(chosen[0]))
        return rows[0] if rows else row, self._columns_from(visual)

    def _on_filled(self, rows: Sequence[int], columns: Sequence[str]) -> None:
        """Ctrl+D: the first chosen row's values for the rows below it; for one row those of the row above it."""
        if not rows or self._are_whole_rows(columns):
            return
        first, rest = (rows[0], rows[1:]) if len(rows) > 1 else (rows[0] - 1, rows)
        columns = [column for column in columns if column in FIELD_OF_COLUMN]
        model = self._table.paged
        row_id = model.id_at(first) if first >= 0 and columns else None
        record = model.record(first) if row_id is not None else None
        if row_id is None or record is not None:
            self._fill(record, columns, rest)
            return
        ids = [model.id_at(row) for row in rest]  # the row has left the window's memory
        handle = model.call(model.source.rows, [row_id])
        handle.succeeded.connect(lambda found: self._fill(found.get(row_id), columns, self._unmoved(rest, ids)))
        handle.failed.connect(self._tell)

    def _unmoved(self, rows: Sequence[int], ids: Sequence[int | None]) -> list[int]:
        """Those of *rows* that still are *ids*: the table may have been sorted meanwhile."""
        return [row for row, row_id in zip(rows, ids, strict=True) if self._table.paged.id_at(row) == row_id]

    def _fill(self, record: Any | None, columns: Sequence[str], rows: Sequence[int]) -> None:
        """Put what *record*, None for no such row, holds in *columns* into *rows*."""
        model = self._table.paged
        found = {column: model.edit_text(record, self._table.column_at(column)) for column in columns}
        sources = {column: text for column, text in found.items() if text is not None}
        if columns and not sources:
            self._tell_no_source(record, columns[0])
        elif rows:
            self._put_texts({(row, column): text for column, text in sources.items() for row in rows})

    def _tell_no_source(self, record: Any | None, column: str) -> None:
        """The cell above has nothing that could be copied, and why."""
        reason = self._why_no_source(record, column)
        if reason is None:
            self._context.notices.toast("listings.cells.nothing_above", tone="amber")
            return
        said = tr(f"listings.cell_refused.{reason}")
        self._context.notices.toast("listings.cells.no_source", tone="amber", reason=said)

    def _why_no_source(self, record: Any | None, column: str) -> CellRefusal | None:
        if record is None:
            return None
        if getattr(record, "status", "") == ListingStatus.SENDING:
            return CellRefusal.SENDING
        if column == "title" and record.id + self._offset >= CHILD_ID_OFFSET:
            return CellRefusal.NOT_OF_VARIANTS
        if not isinstance(record, ListingRow) or record.sku_count == 1:
            return None
        return CellRefusal.SEVERAL_VARIANTS if record.sku_count else CellRefusal.NO_VARIANT

    def _on_cleared(self, rows: Sequence[int], columns: Sequence[str]) -> None:
        """Delete: empties cells, never rows."""
        if not self._are_whole_rows(columns):
            self._put_texts({(row, column): "" for row in rows for column in columns if column not in LINKED})

    def _are_whole_rows(self, columns: Sequence[str]) -> bool:
        """Rows chosen as a whole are not meant cell by cell: say so instead of emptying all of them."""
        is_whole = len(columns) == len(self._table.spans())
        if is_whole:
            self._context.notices.toast("listings.cells.choose_cells", tone="amber")
        return is_whole

    def _columns_from(self, visual: int) -> list[str]:
        """Keys of the shown columns from the one at *visual* on."""
        header, columns = self._table.header, self._table.paged.columns
        return [columns[span.logical].key for span in self._table.spans() if header.visualIndex(span.logical) >= visual]

    def _chosen_places(self) -> Iterator[Place]:
        rows, columns = self._table.chosen_block()
        if len(columns) == len(self._table.spans()):
            return
        for row in rows:
            for column in columns:
                yield row, column

    def _put_texts(self, texts: dict[Place, str], *, shows_first: bool = False, beyond: int = 0) -> None:
        """Texts for cells, read as far as they can be; *beyond*: rows that were pasted and have no row here."""
        meant = {place: text for place, text in texts.items() if place[1] in FIELD_OF_COLUMN}
        if not meant:
            self._context.notices.toast("listings.cells.not_editable", tone="amber")
            return
        if len(meant) > MOST_CELLS:
            self._context.notices.toast("listings.cells.too_many", tone="amber", most=MOST_CELLS)
            return
        edits, unread = self._read(meant)
        if shows_first and (beyond or len({row for row, _ in meant}) > 1):
            self._ask(edits, unread, beyond)
            return
        for (row, column), text in unread:
            self._refuse(row, column, text)
        if unread:
            (_, column), text = unread[0]
            said = cell_refusal(FIELD_OF_COLUMN[column], text)
            self._context.notices.toast("window.said", tone="red", text=said)
        self._save(edits)

    def _read(self, texts: dict[Place, str]) -> tuple[list[CellEdit], list[tuple[Place, str]]]:
        edits, unread = [], []
        for (row, column), text in texts.items():
            row_id = self._table.paged.id_at(row)
            if row_id is None:
                continue  # a heading, or not known yet
            if column == "title" and row_id + self._offset >= CHILD_ID_OFFSET and not text:
                continue  # clearing a block over unfolded variants does not mean their missing titles
            try:
                field = FIELD_OF_COLUMN[column]
                edits.append(CellEdit(row_id + self._offset, field, cell_value(field, text)))
            except ValueError:
                unread.append(((row, column), text))
        return edits, unread

    def _ask(self, edits: list[CellEdit], unread: list[tuple[Place, str]], beyond: int) -> None:
        cells = [self._unread_cell(place, text) for place, text in unread]
        handle = self._context.runner.call(self._desk.plan_cells, edits)
        handle.succeeded.connect(lambda plan: self._show_plan(edits, plan, cells, beyond))
        handle.failed.connect(self._tell)

    def _unread_cell(self, place: Place, text: str) -> Unread:
        """A cell whose new text cannot be read, with what it is called and what it has now."""
        row, column = place
        title, code, now = (self._shown_at(row, key) for key in ("title", "code", column))
        is_variant = (self._table.paged.id_at(row) or 0) + self._offset >= CHILD_ID_OFFSET
        name = f"{title} · {code}" if is_variant and title and code else title or code
        return Unread(name, FIELD_OF_COLUMN[column], now, text)

    def _shown_at(self, row: int, column: str) -> str:
        model = self._table.paged
        return str(model.index(row, self._table.column_at(column)).data() or "")

    def _show_plan(self, edits: list[CellEdit], plan: CellPlan, unread: list[Unread], beyond: int) -> None:
        dialog = PasteDialog(plan, unread, self._table, beyond=beyond)
        dialog.accepted.connect(lambda: self._save(edits))
        dialog.open()

    # -- storing -----------------------------------------------------------------------------------------------

    def _save(self, edits: list[CellEdit], *, quietly: bool = False) -> None:
        if not edits:
            return
        self._put_right(edits)
        handle = self._context.runner.start(self._desk.save_cells, edits)
        handle.succeeded.connect(lambda saved: self._on_saved(saved, quietly))
        handle.failed.connect(lambda error: self._on_failed(edits, error))
        self._context.jobs.keep(handle)

    def _on_saved(self, saved: CellsSaved, quietly: bool) -> None:
        refused = saved.plan.refused
        if refused:
            reason = tr(f"listings.cell_refused.{refused[0].refused}")
            self._context.notices.toast("listings.cells.refused", tone="amber", n=len(refused), reason=reason)
            self._mark_stale(change.listing_id for change in refused)
        elif saved.change is not None and not quietly:
            uid = saved.change.uid
            offer = Offer("action.undo", lambda: self.undo_wanted.emit(uid), shortcut="Ctrl+Z")
            self._context.notices.toast("listings.cells.changed", offer=offer, n=len(saved.plan.changes))
        self.saved.emit(saved)

    def _on_failed(self, edits: list[CellEdit], error: Exception) -> None:
        self._mark_stale(edit.row_id for edit in edits)
        self._tell(error)

    def _mark_stale(self, ids: Iterable[int]) -> None:
        """Read rows again; of variants, whose listings are known only, all that are in view."""
        self._table.paged.mark_stale(None if self._offset else set(ids))

    def _tell(self, error: Exception) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))


_PRICES = ["price_min_minor", "price_max_minor"]
