"""The Listings tab at two levels: one row a listing, or one row a variant; the same filter, search and actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.services.listings.source import CHILD_ID_OFFSET
from app.views.listings.steady_editors import SteadyEditors
from app.views.listings.variant_columns import variant_columns
from app.views.widgets.segments import Segments

if TYPE_CHECKING:
    from app.views.context import ViewContext
    from app.views.listings.cell_blocks import CellBlocks
    from app.views.listings.page import ListingsPage
    from app.views.paged_table import PagedTable
    from app.views.table_selection import Selection

LISTINGS, VARIANTS = "listings", "variants"


class Levels(QObject):
    """Owns the switch and the table of variants, which is made when it is first shown.

    Emits:
        saved: cells of the variants' table were stored (`CellsSaved`).
        undo_wanted: uid of a change to take back.
    """

    saved = Signal(object)
    undo_wanted = Signal(str)

    def __init__(self, context: ViewContext, page: ListingsPage) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self._source: Any = None
        self.table: PagedTable | None = None
        self.blocks: CellBlocks | None = None
        self.switch = Segments([(key, f"listings.level.{key}", "") for key in (LISTINGS, VARIANTS)])
        self.switch.set_current(LISTINGS)
        self.switch.chosen.connect(self._on_chosen)

    @property
    def is_variants(self) -> bool:
        """Whether variants are in view."""
        return self.table is not None and self._page.table is self.table

    def toggle(self) -> None:
        """The other level."""
        self.switch.choose(LISTINGS if self.is_variants else VARIANTS)

    def show_listings(self) -> None:
        """Back to listings: for whoever wants to show some of them."""
        if self.is_variants:
            self.switch.choose(LISTINGS)

    def _on_chosen(self, level: str) -> None:
        if level == VARIANTS and self.table is None:
            self._make()
        self._page.use_table(self.table if level == VARIANTS and self.table is not None else self._page.rows)

    def _make(self) -> None:
        from app.views.listings.cell_blocks import CellBlocks

        self._source = self._context.services.listings.variant_source()
        self._source.names.language = self._context.language.code
        table = self.table = self._page.make_table(
            self._source,
            variant_columns(),
            default_density="compact",
            thumbnails=self._page.pictures,
            name="variants",
        )
        table.setItemDelegate(SteadyEditors(table))
        sort = table.remembered_sort()
        if sort is not None:
            table.paged.query = replace(table.paged.query, sort=sort[0], descending=sort[1])
        self.blocks = CellBlocks(self._context, table, id_offset=CHILD_ID_OFFSET)
        self.blocks.saved.connect(self.saved)
        self.blocks.undo_wanted.connect(self.undo_wanted)

    def retranslate(self) -> None:
        """Names of values in the new language, when the variants are looked at."""
        if self._source is not None:
            self._source.names.language = self._context.language.code
            self.renew()

    # -- what is chosen ----------------------------------------------------------------------------------------

    def with_listings(self, chosen: Selection, act: Callable[[list[int]], Any], failed: Callable[..., Any]) -> None:
        """Call *act* with the listings of the chosen variants, looked up off the GUI thread."""
        if chosen.is_all:
            handle = self._context.runner.start(self._source.listing_ids, chosen.query)
        else:
            handle = self._context.runner.call(self._source.listings_of, list(chosen.ids))
        handle.succeeded.connect(lambda found: act(list(found)))
        handle.failed.connect(failed)

    def of_unfolded(self, chosen: Selection) -> list[int]:
        """Rows of single variants that are chosen between those of listings, without their listing."""
        rows, ids = self._page.rows, frozenset(chosen.ids)
        if self.is_variants or not chosen.child_ids:
            return []
        records = (rows.paged.record(row) for row in rows.chosen_block()[0] if rows.paged.place(row).kind == "child")
        return [record.id for record in records if record is not None and record.listing_id not in ids]

    def renew(self) -> None:
        """Something was changed: rows of variants are read again when they are looked at."""
        if self.table is not None:
            self.table.paged.mark_stale()
