"""The part of the picture tour that shows the listings workbench: what is done with many listings at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from app.samples.edited_book import edit_workbook
from app.services.company_tables.kinds import TableKind
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from app.views.listings.code_dialog import CodeDialog
from app.views.listings.codes_dialog import CodesDialog
from app.views.listings.delist_dialog import DelistDialog
from app.views.listings.findings_dialog import FindingsDialog
from app.views.listings.images.dialog import ImagesDialog
from app.views.listings.round_trip.dialog import SheetDialog
from app.views.listings.sale import OfflineQuestion
from app.views.listings.scheduled_dialog import ScheduledDialog
from app.views.listings.similar.dialog import SimilarDialog
from app.views.picture_camera import Camera
from app.views.words.dialog import WordsDialog

COMPANY_TABLES = {
    "products.csv": "SKU,Cost price,Weight (g),Attributes\n"
    "BG2001-BK,12.5,240,general\nBK7915,8.3,85,battery\nBG2001-GY,,240,general\n",
    "floors.csv": "SKU,Floor\nBG2001-BK,99\n",
    "forbidden.csv": "SKU,IP type,Verdict\nBG2001-BK,design,block\nBK7915,trademark,licence\n",
    "unclear.csv": "SKU,Note\nBK7915,x\n",
}
"""Invented tables about goods of the practice store."""


def _write_tables(folder: Path) -> None:
    for name, text in COMPANY_TABLES.items():
        (folder / name).write_text(text, "utf-8")


class WorkbenchTour(Camera):
    """Covering, groups and schedule, bulk edit, export, Excel, codes, findings and words, likeness and pictures."""

    async def _cover(self) -> None:
        """One practice store covers the other: first who lists what, then a few products with rules."""
        self._window.show_tab("listings")
        await self._rows_are_here()
        view = self._desktop.covering.coverage()
        await self._until(lambda: view.pane.table is not None and view.pane.table.paged.is_loaded)
        view.pane.place.choose(f"gap:{view.stores[-1].id}")
        view.pane.ask()
        await asyncio.sleep(1.5)
        await self._everywhere("16-coverage")
        rows, _ = view.chosen()
        from_id, to_id = view.stores[0].id, view.stores[-1].id
        found = await asyncio.to_thread(self._desktop.context.services.coverage.sources_for, rows, to_id)
        self._close_dialogs()
        dialog = self._desktop.covering.cover(from_id, to_id, found[0].product_ids[:6])
        await self._until(lambda: dialog.sample is not None)
        dialog.form.factor.setText("1.2")
        dialog.form.rounding.choose("end_99")
        dialog.form.sections["prices"].fold(False)
        await asyncio.sleep(1.0)
        await self._everywhere("16-cover")
        dialog.start()
        await self._until(lambda: dialog.result is not None)
        await asyncio.sleep(0.7)
        await self._everywhere("16-cover-report")
        self._close_dialogs()

    async def _group_and_schedule(self) -> None:
        """Groups beside the table, variants in it, a listing taken off sale at a time."""
        page = self._window.page
        page.grouping.show(True)
        await asyncio.sleep(0.5)
        await self._everywhere("16-groups")
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
        await asyncio.sleep(1.0)
        await self._everywhere("04-bulk-edit-error")
        formula = dialog.changes.cards[2].form.formula.line
        formula.clear()
        formula.insert("round(stock * 0.9)")
        await self._until(lambda: dialog.primary.isEnabled() and not dialog.checking.is_busy)
        await asyncio.sleep(0.7)
        await self._everywhere("04-bulk-edit")
        dialog.apply()
        await self._until(lambda: self._has_ended("bulk_edit.job"))
        await asyncio.sleep(0.7)
        await self._everywhere("04-bulk-edited")

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
        await asyncio.sleep(0.7)
        await self._everywhere("04-open-in-excel")
        dialog.apply()
        await self._until(lambda: self._has_ended("bulk_edit.job"))

    async def _look_at_codes(self) -> None:
        """A pasted list of discontinued codes, what a code stands for, the virtual ones."""
        page = self._window.page
        page.acts.delist()
        delisting = self._dialog(DelistDialog)
        await self._everywhere("05-delist-empty")
        delisting.codes.setPlainText("discontinued\nBG2001-BK  old\nBK7915\nXX9999")
        await self._until(lambda: delisting.plan is not None)
        await self._everywhere("05-delist")
        self._close_dialogs()
        CodesDialog(self._desktop.context, page).open()
        codes = self._dialog(CodesDialog)
        codes.name.setText("CB000123")
        codes.items.setText("AB1234*2+CD5678*3")
        codes.add_typed()
        await self._until(lambda: codes.table.rowCount() == 1)
        await self._everywhere("05-virtual-codes")
        self._close_dialogs()
        CodeDialog(self._desktop.context, page, 1, "AB1234*2+CD5678*3_CUS").open()
        code = self._dialog(CodeDialog)
        await self._until(lambda: bool(code.lines))
        await self._everywhere("05-code")
        self._close_dialogs()
        await self._receive_tables()

    async def _receive_tables(self) -> None:
        """The company's tables: none yet, then dropped, with what they hit, and a code explained with its goods."""
        page = self._window.page
        inbox = page.acts.tables()
        await self._until(lambda: inbox.tables.rowCount() == len(TableKind))
        await self._everywhere("05-tables-empty")
        with TemporaryDirectory() as folder:
            await asyncio.to_thread(_write_tables, Path(folder))
            inbox.take_files([Path(folder)])
            await self._until(lambda: self._has_ended("tables.job"))
        inbox.tables.choose(TableKind.FORBIDDEN)
        await self._until(lambda: inbox.hits.rowCount() > 0)
        await asyncio.sleep(0.5)
        await self._everywhere("05-tables")
        self._close_dialogs()
        CodeDialog(self._desktop.context, page, 1, "BG2001-BK*2+BK7915_CUS", page.pictures).open()
        code = self._dialog(CodeDialog)
        await self._until(lambda: "cost" in code.lines)
        await self._everywhere("05-code-goods")
        self._close_dialogs()

    async def _look_at_findings(self) -> None:
        """Findings by rule, and the word lists with a title tried."""
        page = self._window.page
        page.actions_of_page["findings"].trigger()
        await self._until(lambda: self._dialog(FindingsDialog, needed=False) is not None)
        findings = self._dialog(FindingsDialog)
        await self._until(lambda: not findings.is_counting)
        await self._everywhere("05-findings")
        self._close_dialogs()
        page.checking.show_words()
        words = self._dialog(WordsDialog)
        await self._until(lambda: words.lists.count() > 0)
        words.lists.setCurrentRow(2)
        words.trial.insert("Apple green mug for Nike fans")
        await asyncio.sleep(0.7)
        await self._everywhere("05-words")
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
        await asyncio.sleep(0.7)
        await self._everywhere("05-similar")
        self._close_dialogs()
        page.actions_of_page["images"].trigger()
        images = self._dialog(ImagesDialog)
        await self._until(lambda: images.report is not None)
        await asyncio.sleep(0.7)
        await self._everywhere("05-images")
        images.options.squares.setChecked(True)
        images.prepare()
        await self._until(lambda: not images.repairing.is_preparing)
        await asyncio.sleep(0.7)
        await self._everywhere("05-images-repair")
        self._close_dialogs()
