"""Rows of the Listings tab when figures were renewed, and the dialogs of prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.services.listings.figure_fields import OF_LISTINGS
from app.services.sql_conditions import fields_read
from app.views.listings.figures_keeper import FIGURE

if TYPE_CHECKING:
    from app.views.context import ViewContext
    from app.views.listings.page import ListingsPage


class FigureRows(QObject):
    """Follows new figures on *page*, the parent, and opens what explains and changes prices."""

    def __init__(self, context: ViewContext, page: ListingsPage) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        context.changes.happened.connect(self._on_change)
        acts = page.actions_of_page
        acts.on("explain_price", self.explain_current)
        acts.on("rates", self.show_rates)
        acts.on("charts", self.show_charts)

    def _on_change(self, tables: Any) -> None:
        if FIGURE in tables:
            self._renew()

    def _renew(self) -> None:
        """Rows are read again where they stand, or anew where they are sorted or chosen by figures."""
        query = self._page.make_query()
        read = {name for one in query.filters for name in fields_read(one)} | {query.sort, query.then}
        if read & OF_LISTINGS.keys() and self._page.isVisible():
            self._page.reload()
            return
        self._page.rows.paged.mark_stale()
        self._page.levels.renew()

    # -- dialogs -----------------------------------------------------------------------------------------------

    def explain_current(self) -> None:
        """The price of the variant in the current row; of a listing its first one, what is typed is stored first."""
        table = self._page.table
        index = table.currentIndex() if table is not None else None
        record = (
            table.paged.record(index.row()) if table is not None and index is not None and index.isValid() else None
        )
        if record is None:
            self._context.notices.toast("listings.choose_row", tone="gray")
            return
        listing_id, sku_id = getattr(record, "listing_id", record.id), getattr(record, "sku_id", 0)
        if self._page.levels.is_variants:
            sku_id = record.id
        self.explain(listing_id, sku_id)

    def explain(self, listing_id: int, sku_id: int = 0) -> None:
        """Open the price of a variant, of the first one without *sku_id*."""
        self._page.editor.editor.commit()
        self._page.editor.saver.when_stored(lambda: self._open_explain(listing_id, sku_id))

    def _open_explain(self, listing_id: int, sku_id: int) -> None:
        from app.views.listings.price_dialog import PriceDialog

        dialog = PriceDialog(self._context, self._page, listing_id, sku_id)
        dialog.saved.connect(self._page.renewing.on_saved)
        dialog.rates_wanted.connect(self.show_rates)
        dialog.open()

    def show_rates(self) -> None:
        """Exchange rates, commissions and the team's numbers."""
        from app.views.rates.dialog import RatesDialog

        RatesDialog(self._context, self._page).open()

    def show_charts(self) -> None:
        """Margins, prices against floors and freight of what is chosen, as charts."""
        from app.views.charts.dialog import ChartsDialog

        self._page.with_chosen(lambda chosen, count: ChartsDialog(self._context, chosen, count, self._page).open())
