"""The part of the picture tour that shows the listings workbench: what is done with many listings at once."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint

from app.samples.edited_book import edit_workbook
from app.samples.pictures import poor_pictures
from app.samples.products import Products
from app.services.listings.editing import ListingEdit
from app.services.warehouses.records import PriceSource
from app.views.charts.dialog import ChartsDialog
from app.views.covering.assign_dialog import AssignDialog
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from app.views.listings.images.dialog import ImagesDialog
from app.views.listings.paste_dialog import PasteDialog
from app.views.listings.price_dialog import PriceDialog
from app.views.listings.round_trip.dialog import SheetDialog
from app.views.listings.sale import OfflineQuestion
from app.views.listings.scheduled_dialog import ScheduledDialog
from app.views.listings.similar.dialog import SimilarDialog
from app.views.picture_camera import Camera
from app.views.rates.dialog import RatesDialog

EXPRESSION_AT = QPoint(420, 176)
"""Where the window an expression is written in stands, in the program's window: below the conditions."""
PASTED = [["cheap", "-3"], *([f"{price}.90", str(7 * price)] for price in range(21, 33)), ["8.99", "many"]]
"""Cells as from a sheet, some of them no numbers."""


class WorkbenchTour(Camera):
    """Covering, overseas variants, groups, bulk edit, cells, export, Excel, figures, likeness, pictures."""

    async def _cover(self) -> None:
        """One practice store covers the other: first who lists what, then a few products with rules."""
        self._window.show_tab("listings")
        await self._rows_are_here()
        view = self._desktop.covering.coverage()
        await self._until(lambda: view.pane.table is not None and view.pane.table.paged.is_loaded)
        view.pane.place.choose(f"gap:{view.stores[-1].id}")
        view.pane.ask()
        await self._rest(1.5)
        await self._everywhere("16-coverage")
        view.ask_member()
        await self._everywhere("16-assign")
        self._dialog(AssignDialog).close()
        rows, _ = view.chosen()
        from_id, to_id = view.stores[0].id, view.stores[-1].id
        found = await asyncio.to_thread(self._desktop.context.services.coverage.sources_for, rows, to_id)
        self._close_dialogs()
        dialog = self._desktop.covering.cover(from_id, to_id, found[0].product_ids[:6])
        await self._until(lambda: dialog.sample is not None)
        dialog.form.factor.setText("1.2")
        dialog.form.rounding.choose("end_99")
        dialog.form.sections["prices"].fold(False)
        await self._rest(1.0)
        await self._everywhere("16-cover")
        dialog.start()
        await self._until(lambda: dialog.result is not None)
        await self._rest(0.7)
        await self._everywhere("16-cover-report")
        self._close_dialogs()

    async def _group_and_schedule(self) -> None:
        """Groups beside the table, variants in it, a listing taken off sale at a time."""
        page = self._window.page
        page.grouping.show(True)
        await self._rest(0.5)
        await self._everywhere("16-groups")
        page.grouping.make_new()
        await self._everywhere("16-new-product-group")
        self._close_dialogs()
        page.grouping.choose()
        await self._until(self._dialogs)
        await self._everywhere("16-put-into-group")
        self._close_dialogs()
        page.grouping.show(False)
        page.levels.toggle()
        await self._rows_are_here()
        await self._everywhere("16-variants")
        page.levels.toggle()
        page.segments.choose("live")
        await self._rows_are_here()
        page.actions_of_page["take_off_sale"].trigger()
        await self._until(self._dialogs)
        question = self._dialog(OfflineQuestion)
        question.when.choose("at")
        await self._everywhere("16-take-off-sale")
        question.accept()
        await self._until(lambda: any(job.title_key == "sale.job_later.offline" for job in self._jobs))
        page.publisher.show_scheduled()
        scheduled = self._dialog(ScheduledDialog)
        await self._until(lambda: scheduled.batches)
        await self._everywhere("16-scheduled")
        scheduled.cancel_chosen()
        await self._until(lambda: not scheduled.batches)
        self._close_dialogs()
        page.segments.choose("all")

    async def _build_overseas(self) -> None:
        """A warehouse template in its editor; some listings with variants from its countries, priced by surcharge: no
        table says what the practice stores' goods cost."""
        self._window.show_tab("warehouses")
        await self._rows_are_here()
        page = self._window.page
        page.table.setCurrentIndex(page.table.paged.index(0, 0))
        page.facts.show_tab("edit")
        await self._until(lambda: page.editor.template is not None)
        await self._everywhere("07-warehouse-template")
        template = page.editor.template
        *priced, left = template.countries  # the last one has no surcharge: what can be done about it is in view
        entries = (*(replace(one, surcharge_minor=600 + 50 * at) for at, one in enumerate(priced)), left)
        dear = replace(template, price_source=PriceSource.SURCHARGE, countries=entries)
        await asyncio.to_thread(self._desktop.context.services.warehouses.save, dear)
        self._window.show_tab("listings")
        await self._rows_are_here()
        ids = [self._window.page.rows.paged.id_at(row) for row in range(8)]
        dialog = self._desktop.overseas.build_listings([number for number in ids if number is not None], len(ids))
        await self._until(lambda: dialog.options.template.count() > 1)
        await self._everywhere("07-overseas-empty")
        dialog.options.template.choose(str(template.id))
        dialog.options.template.chosen.emit(str(template.id))
        await self._until(lambda: dialog.head is not None)
        await self._rest(1.0)
        dialog.grid.go_to(0, left.country)
        await self._everywhere("07-overseas-builder")
        self._close_dialogs()

    async def _edit_in_bulk(self) -> None:
        """Prices, titles and templates of the whole filter; some are refused, and then all of it is stored."""
        page = self._window.page
        page.segments.choose("all")
        await self._rows_are_here()
        page.rows.clearSelection()
        page.acts.bulk_edit("price_minor", "multiply")
        dialog = self._dialog(BulkEditDialog)
        await self._everywhere("04-bulk-edit-empty")
        price = dialog.changes.cards[0].form
        price.value.insert("1.1")
        price.rounding.choose("end_99")
        price.rounding.chosen.emit("end_99")
        price.section.fold(False)
        price.limits["change_percent"].insert("12")
        title = dialog.changes.add_change("title", "replace").form
        title.find.insert("Lamp")
        title.replacement.insert("Light")
        dialog.changes.add_change("stock", "formula").form.formula.line.insert("stock / 0.9 + wieght")
        await self._rest(1.0)
        await self._everywhere("04-bulk-edit-error")
        formula = dialog.changes.cards[2].form.formula.line
        formula.clear()
        formula.insert("round(stock * 0.9)")
        await self._until(lambda: dialog.primary.isEnabled() and not dialog.checking.is_busy)
        await self._rest(0.7)
        await self._everywhere("04-bulk-edit")
        dialog.apply()
        await self._until(lambda: self._has_ended("bulk_edit.job"))
        await self._rest(0.7)
        await self._everywhere("04-bulk-edited")

    async def _edit_in_the_table(self) -> None:
        """An expression that is not right yet; a block of variants' cells pasted that cannot all be taken."""
        page = self._window.page
        page.filters.write_expression(self._window.mapToGlobal(EXPRESSION_AT))
        (editor,) = self._popups()
        editor.move(self._window.mapToGlobal(EXPRESSION_AT))  # the tour's screen may be smaller than its window
        await self._everywhere("01-expression")
        editor.line.insert("price > 20 and (stock < 5 or title ~")
        editor.accept()
        await self._everywhere("01-expression-wrong")
        editor.close()
        page.levels.toggle()
        await self._rows_are_here()
        table = page.table
        table.block_pasted.emit(0, table.header.visualIndex(table.column_at("price")), PASTED)
        await self._until(lambda: self._dialog(PasteDialog, needed=False) is not None)
        await self._everywhere("04-paste")
        self._close_dialogs()
        page.levels.toggle()
        await self._rows_are_here()

    async def _export(self) -> None:
        """The columns of an export."""
        self._window.page.acts.export()
        await self._everywhere("04-export")
        self._close_dialogs()

    async def _edit_in_excel(self) -> None:
        """The first listings as a workbook, a few cells changed as a person would, some of them wrongly."""
        page = self._window.page
        await self._rows_are_here()
        page.rows.select_ids(list(page.rows.paged.ids_between(0, 11)))
        written: list[Path] = []
        page.excel.open_file = written.append
        page.acts.open_in_excel()
        await self._until(lambda: written)
        await asyncio.to_thread(edit_workbook, written[0])
        await self._until(lambda: self._dialog(SheetDialog, needed=False) is not None)
        dialog = self._dialog(SheetDialog)
        await self._until(lambda: dialog.primary.isEnabled() and not dialog.checking.is_busy)
        await self._rest(0.7)
        await self._everywhere("04-open-in-excel")
        dialog.apply()
        await self._until(lambda: self._has_ended("bulk_edit.job"))

    async def _look_at_figures(self) -> None:
        """How a price came about, rates and commissions, the charts."""
        page = self._window.page
        figures, record = page.acts.figures, page.rows.paged.record(0)
        figures.explain(record.id)
        await self._until(lambda: page.findChild(PriceDialog) is not None)
        price = self._dialog(PriceDialog)
        await self._until(lambda: price.shown is not None)
        await self._everywhere("05-price")
        self._close_dialogs()
        figures.show_rates()
        rates = self._dialog(RatesDialog)
        await self._until(lambda: rates.rates.rowCount() > 0)
        await self._everywhere("05-rates")
        self._close_dialogs()
        figures.show_charts()
        await self._until(lambda: page.findChild(ChartsDialog) is not None)
        charts = self._dialog(ChartsDialog)
        await self._until(lambda: charts.shown is not None)
        await self._everywhere("05-charts")
        self._close_dialogs()

    async def _look_at_likeness(self) -> None:
        """Listings like each other side by side, what is wrong with pictures, a repair before → after."""
        page = self._window.page
        page.segments.choose("all")
        await self._rows_are_here()
        page.rows.clearSelection()
        page.actions_of_page["similar"].trigger()
        similar = self._dialog(SimilarDialog)
        await self._until(lambda: similar.found is not None)
        await self._rest(0.7)
        await self._everywhere("05-similar")
        self._close_dialogs()
        page.rows.select_ids(list(page.rows.paged.ids_between(0, 2)))
        page.actions_of_page["hold"].trigger()
        await self._until(self._dialogs)
        await self._everywhere("05-hold")
        self._close_dialogs()
        with tempfile.TemporaryDirectory() as folder:
            await self._look_at_pictures(Path(folder))

    async def _look_at_pictures(self, folder: Path) -> None:
        """Two listings get pictures as suppliers send them; afterwards they have theirs again."""
        page, listings = self._window.page, self._desktop.context.services.listings
        ids = list(page.rows.paged.ids_between(0, 7))
        poor = await asyncio.to_thread(poor_pictures, Products(3)[2], folder)
        edits = [ListingEdit(one, images=[str(path) for path in poor]) for one in ids[:2]]
        change = await asyncio.to_thread(listings.save, edits, "")
        page.rows.select_ids(ids)
        page.actions_of_page["images"].trigger()
        images = self._dialog(ImagesDialog)
        await self._until(lambda: images.report is not None)
        await self._rest(0.7)
        await self._everywhere("05-images")
        images.prepare()
        await self._until(lambda: not images.repairing.is_preparing)
        await self._rest(0.7)
        await self._everywhere("05-images-repair")
        self._close_dialogs()
        await asyncio.to_thread(listings.undo, change.uid)
