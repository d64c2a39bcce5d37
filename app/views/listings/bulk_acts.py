"""What is done with many listings at once from the Listings tab: bulk edit, findings, delisting, export, Excel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.views.actions import Actions
from app.views.listings.code_dialog import CodeDialog
from app.views.listings.codes_dialog import CodesDialog
from app.views.listings.delist_dialog import DelistDialog
from app.views.listings.edit_targets import with_target
from app.views.listings.figure_rows import FigureRows
from app.views.listings.holding import Holding
from app.views.listings.looks import Looks
from app.views.listings.prices.quarantine_dialog import QuarantineDialog
from app.views.listings.prices.rules_dialog import PriceRulesDialog
from app.views.listings.prices.simulator_dialog import SimulatorDialog
from app.views.listings.unfinished import Left
from app.views.notices import Offer

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.history.records import ChangeRecord
    from app.services.listings.bulk_edit.records import Applied
    from app.services.listings.bulk_edit.targets import Target
    from app.services.listings.delisting.records import Delisted
    from app.services.paging import Query
    from app.views.actions import Actions
    from app.views.company_tables.dialog import TablesDialog
    from app.views.context import ViewContext
    from app.views.listings.bulk_edit.dialog import BulkEditDialog
    from app.views.listings.editor import ListingEditor
    from app.views.listings.page import ListingsPage


class BulkActs(QObject):
    """Opens the dialogs over what is chosen on *page*, and says what became of it.

    Args:
        page: the Listings tab; the parent.
    """

    def __init__(self, context: ViewContext, page: ListingsPage) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self.figures = FigureRows(context, page)
        self.looks = Looks(context, page, self.way_back)
        self.holding = Holding(context, page, self.way_back)

    def follow(self, editor: ListingEditor) -> None:
        """Open what the variants of the editor ask for: what a code stands for, how a price came about."""
        editor.explain_wanted.connect(self.explain_code)
        editor.price_wanted.connect(self.figures.explain)

    def listen(self, actions: Actions) -> None:
        """Do what these actions of the page say."""
        actions.on("bulk_edit", self.bulk_edit)
        actions.on("replace_text", lambda: self.bulk_edit("title", "replace"))
        actions.on("export", self.export)
        actions.on("open_in_excel", self.open_in_excel)
        actions.on("findings", self.show_findings)
        actions.on("similar", lambda: self._page.with_chosen(self.looks.show_similar))
        actions.on("images", lambda: self._page.with_chosen(self.looks.show_images))
        actions.on("hold", lambda: self._page.with_ids(self.holding.ask))
        actions.on("release_hold", lambda: self._page.with_ids(self.holding.release))
        actions.on("tables", self.tables)
        actions.on("delist", self.delist)
        actions.on("virtual_codes", self.show_virtual_codes)
        actions.on("match_freight", self.match_freight)
        actions.on("quarantine", self.show_quarantine)
        actions.on("simulate", self.simulate)
        actions.on("price_rules", self.show_price_rules)

    def show_quarantine(self) -> None:
        """Prices the guard holds, in the chosen stores."""
        dialog = QuarantineDialog(self._context, self._page, self._page.store_ids)
        dialog.released.connect(self._on_released)
        dialog.rows_wanted.connect(self._page.show_rows)
        dialog.open()

    def _on_released(self, change: ChangeRecord) -> None:
        self._page.reload()
        offer = self.way_back(change)
        self._context.notices.toast("quarantine.released", offer=offer, tone="green", n=change.listing_count)

    def simulate(self) -> None:
        """How discounts stack on an order of the chosen listings."""
        self._page.with_ids(lambda ids: SimulatorDialog(self._context, self._page, ids).open())

    def show_price_rules(self) -> None:
        """The team's own price rules; one of them sets the prices of the chosen rows after a preview."""
        dialog = PriceRulesDialog(self._context, self._page)
        dialog.wanted.connect(lambda text: with_target(self._page, partial(self._price_by_rule, text)))
        dialog.open()

    def _price_by_rule(self, formula: str, target: Target, count: int) -> None:
        from app.views.listings.bulk_edit.dialog import BulkEditDialog

        dialog = BulkEditDialog(self._context, target, count, self._page.show_rows, self._page)
        dialog.applied.connect(self.on_bulk_edited)
        dialog.begin_with([("price_minor", "formula", formula)])

    def bulk_edit(self, field: str = "price_minor", way: str = "") -> None:
        """Change any fields of the chosen rows, or of all of the filter, after a preview; begins with *field*."""
        with_target(self._page, lambda target, count: self.bulk_edit_of(target, count, field, way))

    def bulk_edit_of(self, target: Target, count: int, field: str, way: str = "") -> BulkEditDialog:
        """The same for these listings or variants, whatever is in view."""
        from app.views.listings.bulk_edit.dialog import BulkEditDialog

        dialog = BulkEditDialog(self._context, target, count, self._page.show_rows, self._page)
        dialog.applied.connect(self.on_bulk_edited)
        dialog.begin(field, way)
        return dialog

    def show_findings(self) -> None:
        """Findings of the chosen rows, or of all of the filter, grouped by rule."""
        self._page.with_chosen(self._page.checking.show_findings)

    def on_bulk_edited(self, applied: Applied) -> None:
        """A bulk edit was stored: say what it did, with a way back."""
        counts = {"n": applied.changed, "refused": len(applied.refused), "moved": len(applied.moved)}
        left = [name for name in ("refused", "moved") if counts[name]]
        key = "bulk_edit.done_partly" if len(left) > 1 else f"bulk_edit.done_{left[0]}" if left else "bulk_edit.done"
        self._context.notices.toast(
            key, offer=self.way_back(applied.change), tone="amber" if left else "green", **counts
        )

    def delist(self, codes: str = "") -> DelistDialog:
        """Discontinued codes out of all listings, after a preview."""
        dialog = DelistDialog(self._context, self._page)
        dialog.delisted.connect(self._on_delisted)
        dialog.codes.setPlainText(codes)
        dialog.open()
        return dialog

    def tables(self, paths: Sequence[Path] = ()) -> TablesDialog:
        """The inbox of company tables, one at a time, and the dialogs that its hits lead to; *paths* are stored."""
        from app.views.company_tables.dialog import TablesDialog

        for open_one in self._page.window().findChildren(TablesDialog):
            if open_one.isVisible():
                open_one.raise_()
                if paths:
                    open_one.take_files(paths)
                return open_one
        dialog = TablesDialog(self._context, self._page)
        dialog.delist_wanted.connect(lambda codes: self.delist(codes).finished.connect(dialog.load))
        for wanted, field, way in (
            (dialog.replace_wanted, "title", "replace"),
            (dialog.price_wanted, "price_minor", "formula"),
        ):
            wanted.connect(partial(self._edit_hits, dialog, field, way))
        dialog.take_off_wanted.connect(self._page.sale.take_off)
        dialog.hold_wanted.connect(self.holding.ask)
        self.holding.changed.connect(dialog.load)
        dialog.show_wanted.connect(self._page.show_rows)
        dialog.repriced.connect(self._on_repriced)
        dialog.open()
        if paths:
            dialog.take_files(paths)
        return dialog

    def _edit_hits(self, tables: TablesDialog, field: str, way: str, ids: Sequence[int]) -> None:
        """A bulk edit of what a table hits; the inbox looks anew once it was stored."""
        self.bulk_edit_of(ids, len(ids), field, way).applied.connect(tables.load)

    def _on_repriced(self, change: ChangeRecord) -> None:
        self._context.notices.toast("tables.repriced", offer=self.way_back(change), n=change.listing_count)

    def match_freight(self) -> None:
        """Templates and channels for the chosen rows, or all of the filter: proposed, looked at, applied."""
        self._page.with_chosen(self._open_matching)

    def _open_matching(self, chosen: Sequence[int] | Query, count: int) -> None:
        from app.views.freight.match_dialog import MatchDialog

        dialog = MatchDialog(self._context, chosen, count, self._page)
        dialog.applied.connect(self._on_matched)
        dialog.open()

    def _on_matched(self, done: Sequence[Applied]) -> None:
        """Each template was a bulk edit of its own."""
        for one in done:
            self.on_bulk_edited(one)
        self._page.reload()

    def try_freight(self, listing_id: int) -> None:
        """What freight of a listing costs, and what is left."""
        from app.views.freight.trial_dialog import TrialDialog

        handle = self._context.runner.call(self._context.services.freight.names, self._page.store_ids)
        handle.succeeded.connect(
            lambda names: TrialDialog(self._context, names, self._page, listing_id=listing_id).open()
        )
        handle.failed.connect(self._page.on_problem)

    def _on_delisted(self, done: Delisted) -> None:
        """Send what was queued, each store as a job of its own; what could not be queued is said."""
        self._page.reload()
        for one in done.waiting:
            left = Left(one.store_id, one.store, one.listings, one.batch_id, action=one.action)
            self._page.publisher.start(left, way_back=self.way_back(done.change))
        counts = {"n": done.listings, "skus": done.skus, "off": done.off, "skipped": len(done.skipped)}
        key, tone = ("delist.done_partly", "amber") if done.skipped else ("delist.done", "green")
        self._context.notices.toast(key, offer=self.way_back(done.change), tone=tone, **counts)

    def show_virtual_codes(self) -> None:
        """The codes that stand for bundles."""
        CodesDialog(self._context, self._page).open()

    def explain_code(self, store_id: int, code: str) -> None:
        """What a code of a store stands for."""
        CodeDialog(self._context, self._page, store_id, code, self._page.pictures).open()

    def export(self) -> None:
        """Write the chosen rows, or all of the filter, to a file, with columns that are chosen first."""
        self._page.with_chosen(self._page.row_actions.ask_how_to_export)

    def open_in_excel(self) -> None:
        """Open the chosen rows, or all of the filter, as a workbook; what is saved there comes back as a bulk edit."""
        self._page.with_chosen(self._page.excel.open)

    def way_back(self, change: ChangeRecord | None) -> Offer | None:
        """The button that takes a change back; None where nothing was changed."""
        if change is None:
            return None
        undo, uid = self._page.editor.undo_wanted, change.uid
        return Offer("action.undo", lambda: undo.emit(uid), shortcut="Ctrl+Z")
