"""Each button of the word lists does what it says, and words are heeded while the dialog stands open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from app.views.widgets.buttons import Button
from app.views.words.dialog import WordsDialog
from app.views.words.import_dialog import WordImportDialog
from tests.views.listings.bulk_edit.test_words import choose_list, found_in, words, zorbax

__all__ = ["words", "zorbax"]


def press(qtbot: Any, button: Button) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answered(dialog: WordsDialog, path: Path) -> None:
    """Answer the question for a file, as the user's system has it answered."""
    (files,) = dialog.findChildren(QFileDialog)
    assert files.isVisible()
    if files.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
        files.fileSelected.emit(str(path))
    else:
        files.filesSelected.emit([str(path)])
    files.close()


def test_a_word_is_added_heeded_and_removed_while_the_dialog_is_open(
    qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any, zorbax: int
) -> None:
    choose_list(words, "brands")
    qtbot.keyClicks(words.search, "Zorbax")
    press(qtbot, words.add)
    qtbot.waitUntil(lambda: [word for word, _ in found_in(services, zorbax)] == ["Zorbax"])
    qtbot.waitUntil(lambda: "words.job" in {job.title_key for job in words._context.jobs})
    settle()
    words.table.selectRow(0)
    press(qtbot, words.remove)
    qtbot.waitUntil(lambda: found_in(services, zorbax) == [])
    qtbot.waitUntil(lambda: words.model.rowCount() == 0)


def test_a_sheet_is_chosen_and_written_by_the_buttons(
    qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any, tmp_path: Path
) -> None:
    choose_list(words, "brands")
    sheet = tmp_path / "team.csv"
    sheet.write_text("Word,Severity\nZorbax,block\n", "utf-8")
    press(qtbot, words.from_file)
    answered(words, sheet)
    settle()
    (preview,) = words.findChildren(WordImportDialog)
    press(qtbot, preview.primary)
    settle()
    assert [one.word for one in services.words.try_text("zorbax")] == ["Zorbax"]
    press(qtbot, words.to_file)
    answered(words, tmp_path / "all.csv")
    settle()
    assert "Zorbax" in (tmp_path / "all.csv").read_text("utf-8-sig")


def test_what_cannot_be_read_is_said(
    qtbot: Any, words: WordsDialog, settle: Callable[[], None], tmp_path: Path
) -> None:
    choose_list(words, "brands")
    press(qtbot, words.from_file)
    answered(words, tmp_path / "missing.csv")
    settle()
    assert "missing.csv" in words.hint.text()
    press(qtbot, words.to_file)
    answered(words, tmp_path / "no folder" / "all.xlsx")
    settle()
    assert "all.xlsx" in words.hint.text()


def test_its_button_closes_it(qtbot: Any, words: WordsDialog, settle: Callable[[], None]) -> None:
    (close,) = [one for one in words.footer.findChildren(Button) if one.text() == "Close"]
    press(qtbot, close)
    settle()
    qtbot.waitUntil(lambda: not isValid(words) or not words.isVisible())
