"""The coverage view: every code, and what each store has of it; gaps, operators, the way to cover (domain.md 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.messages import tr
from app.services.coverage.assignments import Assigned
from app.services.coverage.covering import Source
from app.services.coverage.matrix import GAP, MEMBER, ONLY
from app.services.paging import Filter, Query
from app.services.stores.records import StoreAccess, StoreRecord
from app.views.context import ViewContext
from app.views.covering.assign_dialog import AssignDialog
from app.views.covering.coverage_columns import columns
from app.views.importing.save_file import ask_files, ask_where
from app.views.language import say
from app.views.listings.bulk_edit.parts import OptionBox
from app.views.notices import Offer
from app.views.numbers import integer
from app.views.paged_table import PagedTable
from app.views.preview_rows import PreviewRows
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column
from app.views.widgets.search_box import SearchBox

SIZE = QSize(1240, 780)
SEARCH_WIDTH = 200
READS = frozenset({"listing", "store", "order", "assignment", "change"})
NOBODY = "\x00"
"""Choice of the operators' box: codes that are nobody's."""
SHOWN_SHARES = 6


class CoveragePane(PreviewRows):
    """The matrix below its filters.

    Emits:
        asked: other filters are in force.
    """

    asked = Signal()

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "coverage", (("all", "cover.segment.all", ""),), "coverage.title", parent)
        self.segments.setParent(self)  # there is one axis only: nothing to choose
        self.segments.hide()
        self.search = SearchBox("coverage.search", SEARCH_WIDTH)
        self.place, self.member = OptionBox(), OptionBox()
        self.assign = Button("coverage.assign", icon_name="user", kind="small")
        self.take_sheet = Button("coverage.import", icon_name="table-import", kind="small")
        self.export = Button("coverage.export", icon_name="table-export", kind="small")
        for box, name in ((self.place, "coverage.place"), (self.member, "coverage.member")):
            box.setMinimumContentsLength(24)
            say(box, name, "accessibleName")
        say(self.place, "coverage.place_tip", "toolTip")
        for widget in (self.search, self.place, self.member, self.assign, self.take_sheet, self.export):
            self.tools.addWidget(widget)
        self.search.searched.connect(lambda _: self.ask())
        for box in (self.place, self.member):
            box.chosen.connect(lambda _: self.ask())
        self.nothing.acted.connect(self.clear)

    def show_choices(self, stores: Sequence[StoreRecord], members: Sequence[str]) -> None:
        """Stores and operators to narrow by."""
        places = [("", tr("coverage.everywhere"))]
        for kind, key in ((GAP, "coverage.gap_of"), (ONLY, "coverage.only")):
            places += [(f"{kind}:{store.id}", tr(key, store=store.name)) for store in stores]
        self.place.show_named(places)
        self.member.show_named(
            [("", tr("coverage.anybody")), (NOBODY, tr("coverage.nobody")), *((name, name) for name in members)]
        )
        for box in (self.place, self.member):
            if box.value is None:
                box.choose("")

    def show_matrix(self, source: Any, stores: Sequence[StoreRecord]) -> PagedTable:
        """A table over *source* with a column a store."""
        table = self._new_table(source, columns(stores))
        table.paged.counted.connect(self._on_counted)
        self.ask()
        self._show(table)
        return table

    def query(self) -> Query:
        """The question of the filters; the sort is the table's."""
        before = self.table.paged.query if self.table is not None else Query()
        filters = []
        if place := self.place.value:
            kind, _, store_id = place.partition(":")
            filters.append(Filter(kind, "=", int(store_id)))  # type: ignore[arg-type]
        if name := self.member.value:
            filters.append(Filter(MEMBER, "missing") if name == NOBODY else Filter(MEMBER, "=", name))
        return replace(before, text=self.search.text().strip(), filters=tuple(filters))

    @property
    def gap_store(self) -> int:
        """The store whose gaps are in view, 0 for none."""
        kind, _, store_id = (self.place.value or "").partition(":")
        return int(store_id) if kind == GAP else 0

    def ask(self) -> None:
        """Ask with the filters in force."""
        if self.table is not None:
            self.table.paged.ask(self.query())
        self.asked.emit()

    def clear(self) -> None:
        """Without filters."""
        self.search.clear()
        self.place.choose("")
        self.member.choose("")
        self.ask()

    def _on_counted(self, total: int) -> None:
        if self.table is None:
            return
        if not total:
            query = self.query()
            key = "coverage.no_match" if query.text or query.filters else "coverage.none"
            action = "empty.clear" if query.text or query.filters else ""
            self.nothing.show_state("tags", key, action_key=action, primary=False)
        self._show(self.table if total else self.nothing)


class CoverageDialog(Dialog):
    """Non-modal: it stays open beside the work.

    Emits:
        cover_wanted: (from store, to store, product ids).
        undo_wanted: uid of a change.
    """

    cover_wanted = Signal(int, int, object)
    undo_wanted = Signal(str)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("coverage.title", parent, size=SIZE)
        self._context, self._desk = context, context.services.coverage
        self.stores: list[StoreRecord] = []
        self.pane = CoveragePane(context)
        column(self.body).addWidget(self.pane)
        self.primary = self.add_buttons("coverage.cover_nothing", cancel_key="dialog.close")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.cover)
        self.primary.setEnabled(False)
        self._shares: dict[int, int] = {}
        self._is_problem_told = False
        self._connect()

    def _connect(self) -> None:
        self.pane.asked.connect(self._wait_for_count)
        self.pane.assign.clicked.connect(self.ask_member)
        self.pane.take_sheet.clicked.connect(lambda: ask_files(self, "coverage.import", self.import_files))
        self.pane.export.clicked.connect(self.ask_where)
        self.pane.failed.connect(self._say_problem)
        self._context.changes.happened.connect(self._on_change)

    def begin(self) -> None:
        """Open, and read stores and operators."""
        self.show()
        self._read_choices(is_first=True)

    def _read_choices(self, *, is_first: bool = False) -> None:
        services, desk = self._context.services, self._desk
        handle = self._context.runner.call(lambda: (services.stores(), list(desk.members())))
        handle.succeeded.connect(lambda found: self._on_choices(*found, is_first=is_first))
        handle.failed.connect(self._say_problem)
        shares = self._context.runner.call(desk.shares)
        shares.succeeded.connect(self._on_shares)
        shares.failed.connect(self._say_problem)

    def _on_choices(self, stores: list[StoreRecord], members: list[str], *, is_first: bool) -> None:
        changed = [store.id for store in stores] != [store.id for store in self.stores]
        self.stores = stores
        self.pane.show_choices(stores, members)
        if is_first or changed:
            table = self.pane.show_matrix(self._desk.source(), stores)
            table.chosen.connect(self._show_primary)
            table.paged.counted.connect(self._show_primary)
        elif self.pane.table is not None:
            self.pane.table.paged.reload()
        self._show_primary()
        self._say_shares()

    def _on_shares(self, shares: dict[int, int]) -> None:
        self._shares = shares
        self._say_shares()

    def _say_shares(self) -> None:
        """How many codes each store has; a problem stays in view until something else is asked for."""
        if self._is_problem_told:
            return
        parts = [f"{store.name} {integer(self._shares.get(store.id, 0))}" for store in self.stores[:SHOWN_SHARES]]
        self.hint.setText(" · ".join(parts) + (" …" if len(self.stores) > SHOWN_SHARES else ""))

    def _on_change(self, tables: frozenset[str]) -> None:
        if tables & READS:
            self._read_choices()

    # -- what is chosen ----------------------------------------------------------------------------------------

    def chosen(self) -> tuple[Sequence[int] | Query, int]:
        """The chosen rows, all of the filter without any; and how many."""
        table = self.pane.table
        if table is None:
            return [], 0
        selection = table.selection()
        if not selection:
            return table.paged.query, table.paged.total
        return (selection.query if selection.is_all else list(selection.ids)), selection.count

    def _wait_for_count(self) -> None:
        """What the other filters leave is not known yet."""
        self._forget_problem()
        self.primary.setEnabled(False)
        say(self.primary, "coverage.cover_nothing")

    def _show_primary(self, *_: object) -> None:
        n = self.chosen()[1]
        store = next((one for one in self.stores if one.id == self.pane.gap_store), None)
        can_cover = store is not None and store.access == StoreAccess.OPERATE and n > 0
        self.primary.setEnabled(can_cover)
        say(self.primary, "coverage.cover" if can_cover else "coverage.cover_nothing", n=n)
        say(self.primary, "coverage.cover_tip", "toolTip")

    # -- operators ---------------------------------------------------------------------------------------------

    def ask_member(self) -> None:
        """Ask who sells the chosen codes."""
        rows, n = self.chosen()
        if not n:
            return
        names = [self.pane.member.itemData(at) for at in range(2, self.pane.member.count())]
        dialog = AssignDialog(n, names, self)
        dialog.named.connect(lambda name: self.assign(rows, name))
        dialog.open()

    def assign(self, rows: Sequence[int] | Query, name: str) -> None:
        """Give these codes to *name*, "" to nobody."""
        self._forget_problem()
        handle = self._context.runner.call(self._desk.assign, rows, name)
        self._context.jobs.keep(handle)
        handle.succeeded.connect(self._on_assigned)
        handle.failed.connect(self._say_problem)

    def import_files(self, paths: Sequence[Path]) -> None:
        """Take sheets of codes and operators."""
        self._forget_problem()
        for path in paths:
            handle = self._context.runner.call(self._desk.import_sheet, path)
            self._context.jobs.keep(handle)
            handle.succeeded.connect(self._on_assigned)
            handle.failed.connect(self._say_problem)

    def _on_assigned(self, done: Assigned) -> None:
        offer = None
        if done.change is not None:
            uid = done.change.uid
            offer = Offer("action.undo", lambda: self.undo_wanted.emit(uid), shortcut="Ctrl+Z")
        key = "coverage.assigned_partly" if done.refused else "coverage.assigned"
        rows = ", ".join(str(one.row) for one in done.refused[:5])
        tone = "amber" if done.refused else "green"
        self._context.notices.toast(key, tone=tone, offer=offer, n=done.codes, refused=len(done.refused), rows=rows)
        self._context.changes.tell({"assignment", "change"})

    # -- files and covering ------------------------------------------------------------------------------------

    def ask_where(self) -> QFileDialog:
        """Ask for the workbook of what is chosen."""
        suggested = Path.home() / f"{tr('coverage.sheet')}.xlsx"
        return ask_where(self, "coverage.export", suggested, lambda name: self.export_to(Path(name)))

    def export_to(self, path: Path) -> None:
        """Write what is chosen to *path*, as a job."""
        self._forget_problem()
        rows, n = self.chosen()
        handle = self._context.runner.start_heavy(*self._desk.export_call(path, rows))
        self._context.jobs.add(handle, "coverage.job.export", icon="table-export", file=path.name, n=n)
        handle.succeeded.connect(lambda n: self._context.notices.toast("coverage.exported", n=n, file=path.name))
        handle.failed.connect(self._say_problem)

    def cover(self) -> None:
        """Find where the chosen codes can be covered from."""
        store_id, (rows, _) = self.pane.gap_store, self.chosen()
        if not store_id:
            return
        self._forget_problem()
        handle = self._context.runner.call(self._desk.sources_for, rows, store_id)
        handle.succeeded.connect(lambda found: self._on_sources(store_id, found))
        handle.failed.connect(self._say_problem)

    def _on_sources(self, store_id: int, found: Sequence[Source]) -> None:
        if not found:
            self._context.notices.toast("coverage.no_source", tone="amber")
            return
        best = found[0]
        rest = sum(one.codes for one in found[1:])
        if rest:
            self._context.notices.toast("coverage.more_sources", tone="gray", n=best.codes, rest=rest)
        self.cover_wanted.emit(best.store_id, store_id, best.product_ids)

    def _say_problem(self, error: Exception) -> None:
        self._is_problem_told = True
        self.hint.tell(error)

    def _forget_problem(self) -> None:
        self._is_problem_told = False
        self._say_shares()

    def retranslate(self) -> None:
        """Choices that were made of names."""
        if hasattr(self, "stores") and self.stores:
            self._read_choices()

    def done(self, result: int) -> None:
        """Let go of the rows."""
        self.pane.drop_table()
        super().done(result)
