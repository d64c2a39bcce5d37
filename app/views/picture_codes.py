"""The part of the picture tour about codes, the company's tables, findings and word lists."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.paths import resources
from app.services.company_tables.kinds import TableKind
from app.views.listings.code_dialog import CodeDialog
from app.views.listings.codes_dialog import CodesDialog
from app.views.listings.delist_dialog import DelistDialog
from app.views.listings.findings_dialog import FindingsDialog
from app.views.picture_camera import Camera
from app.views.words.dialog import WordsDialog
from app.views.words.import_dialog import WordImportDialog

WORD_SHEET = "Word,Severity\nZorbax,block\nNike,warn\nFoo,nonsense\nAdidas,\n"
"""One new word, one changed, one that is refused, one as it was."""


class CodesTour(Camera):
    """What codes stand for, and what is found in listings by tables and lists of words."""

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
        inbox.take_files([resources() / "samples" / "company-tables"])
        await self._until(lambda: self._has_ended("tables.job"))
        inbox.tables.choose(TableKind.FORBIDDEN)
        await self._until(lambda: inbox.hits.rowCount() > 0)
        await self._rest(0.5)
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
        await self._rest(0.7)
        await self._everywhere("05-words")
        with tempfile.TemporaryDirectory() as folder:
            sheet = Path(folder) / "team-words.csv"
            sheet.write_text(WORD_SHEET, "utf-8")
            words.import_file(sheet)
            await self._until(lambda: self._dialog(WordImportDialog, needed=False) is not None)
        await self._everywhere("05-words-import")
        self._close_dialogs()
