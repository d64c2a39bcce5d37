"""The word lists from the user's side: edit in the cell, add, switch, import, try a title; listings checked anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QStyleOptionViewItem
from shiboken6 import isValid

from app.services.compliance.word_desk import WordDesk
from app.services.compliance.word_sheets import COLUMNS, WordSheet
from app.views.language import language
from app.views.listings.plain_table import PAD
from app.views.words.dialog import WordsDialog
from app.views.words.import_dialog import WordImportDialog, WordSheetRows
from app.views.words.rows import WordRows

WORD, SEVERITY, EXCEPTIONS, STORES = (COLUMNS.index(name) for name in ("word", "severity", "exceptions", "stores"))


@pytest.fixture
def zorbax(make_listing: Any, services: Any, db: Any) -> int:
    """A listing with a word that no list has."""
    services.words = WordDesk(lambda: db)
    listing = make_listing("Zorbax Table Lamp with Ceramic Base and Touch Control Switch")
    services.listings.recheck(None)
    return int(listing.id)


@pytest.fixture
def words(qtbot: Any, open_page: Any, settle: Callable[[], None], zorbax: int) -> Iterator[WordsDialog]:
    """The dialog as the page's action opens it."""
    page = open_page()
    page.actions_of_page["words"].trigger()
    settle()
    (dialog,) = page.findChildren(WordsDialog)
    yield dialog
    if isValid(dialog):
        dialog.close()
    settle()


def choose_list(dialog: WordsDialog, key: str) -> None:
    keys = [dialog.lists.item(at).data(Qt.ItemDataRole.UserRole).key for at in range(dialog.lists.count())]
    dialog.lists.setCurrentRow(keys.index(key))


def type_into(qtbot: Any, dialog: WordsDialog, column: int, text: str, row: int = 0) -> None:
    """As a person does: Enter, type, Enter."""
    dialog.table.setFocus()
    dialog.table.setCurrentIndex(dialog.model.index(row, column))
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    editor = dialog.table.viewport().focusWidget() or dialog.table.focusWidget()
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)


def found_in(services: Any, listing_id: int) -> list[tuple[str, str]]:
    findings = services.listings.detail(listing_id).findings
    return [(str(one.params["word"]), str(one.severity)) for one in findings if one.code.startswith("word.")]


def test_add_edit_try_and_check_anew(
    qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any, zorbax: int
) -> None:
    choose_list(words, "brands")
    assert words.model.rowCount() == services.words.lists().lists["brands"].count
    qtbot.keyClicks(words.search, "zorbax")
    assert words.model.rowCount() == 0
    words.add.click()
    settle()
    assert words.model.rows[0].word == "zorbax", "what was searched for becomes the word"
    type_into(qtbot, words, WORD, "Zorbax")
    settle()
    type_into(qtbot, words, EXCEPTIONS, "zorbax green; zorbax red")
    settle()
    entry = words.model.rows[0]
    assert (entry.word, entry.exceptions) == ("Zorbax", ("zorbax green", "zorbax red"))
    words.model.setData(words.model.index(0, SEVERITY), "Blocked")
    settle()
    type_into(qtbot, words, STORES, "Nowhere")
    settle()
    assert "no store “nowhere”" in words.hint.text() and words.model.rows[0].stores is None

    qtbot.keyClicks(words.trial, "ZORBAXES and zorbax-red")
    qtbot.waitUntil(lambda: words.found.text() == "Blocked: Zorbax (brand names)")
    jobs = words._context.jobs
    words.close()
    settle()
    qtbot.waitUntil(lambda: not jobs.running)
    settle()
    assert found_in(services, zorbax) == [("Zorbax", "block")]
    job = next(job for job in jobs if job.title_key == "words.job")
    assert job.summary == "1 listing checked anew, findings of 1 changed"


def test_remove_switch_and_lists_of_ones_own(
    qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any
) -> None:
    choose_list(words, "brands")
    nike = next(at for at, entry in enumerate(words.model.rows) if entry.word == "Nike")
    words.table.selectRow(nike)
    words.table.setFocus()
    qtbot.keyClick(words.table, Qt.Key.Key_Delete)
    settle()
    assert not words.model.rows[nike].is_on and services.words.try_text("Nike") == []
    words.of_list.make("chinese", "Team words")
    settle()
    assert words.lists.current is not None and words.lists.current.about.en == "Team words"
    words.add.click()
    settle()
    assert [entry.word for entry in words.model.rows] == ["New word"]
    item = words.lists.currentItem()
    item.setCheckState(Qt.CheckState.Unchecked)
    settle()
    assert not services.words.lists().lists["own-team words".replace(" ", "-")].is_on
    words.of_list.store_menu().actions()[2].trigger()
    settle()
    assert words.of_list.stores.text() == "1 store"
    words.of_list.remove.click()
    settle()
    assert "own-team-words" not in services.words.lists().lists


def test_a_sheet_is_compared_before_it_counts(
    qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any, tmp_path: Path
) -> None:
    choose_list(words, "brands")
    path = tmp_path / "feedback.csv"
    path.write_text("Word,Severity\nZorbax,block\nNike,warn\nFoo,nonsense\nAdidas,\n", "utf-8")
    words.import_file(path)
    settle()
    (preview,) = words.findChildren(WordImportDialog)
    texts = [[preview.model.index(row, at).data() for at in range(4)] for row in range(preview.model.rowCount())]
    assert texts == [
        ["4", "Refused", "Foo", "Row 4, column B: “nonsense” is no severity. Use block, hold, warn or allow."],
        ["2", "New", "Zorbax", "Severity: – → Blocked"],
        ["3", "Changed", "Nike", "Severity: – → Warning"],
    ]
    assert preview.primary.text() == "Import 2 words"
    reason = preview.model.index(0, 3)
    for code, name in (("zh", "品牌词"), ("en", "brand names")):
        language.set_language(code)
        assert name in preview.windowTitle(), "the list's name follows the language"
        width = preview.table.fontMetrics().horizontalAdvance(reason.data()) + 2 * PAD
        assert width <= preview.table.columnWidth(3), "the remedy is not cut off"
    qtbot.mouseClick(preview.primary, Qt.MouseButton.LeftButton)
    settle()
    assert [(one.word, str(one.severity)) for one in services.words.try_text("zorbax nike")] == [
        ("Zorbax", "block"),
        ("Nike", "warn"),
    ]
    words.export_to(tmp_path / "out.xlsx")
    settle()
    assert "out.xlsx" in words.hint.text() and (tmp_path / "out.xlsx").exists()
    words.import_file(tmp_path / "missing.csv")
    settle()
    assert "missing.csv" in words.hint.text()


def test_models_and_both_languages(words: WordsDialog, settle: Callable[[], None]) -> None:
    QAbstractItemModelTester(words.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    sheet = WordSheetRows(WordSheet("a", "brands", (), ()), {})
    QAbstractItemModelTester(sheet, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert isinstance(words.model, WordRows)
    choose_list(words, "brands")
    for width in (1180, 760):
        words.resize(width, 560)
        assert words.table.columnWidth(WORD) >= 120, "the word keeps its room"
    assert words.table.isColumnHidden(COLUMNS.index("source")) and not words.table.isColumnHidden(EXCEPTIONS)
    words.model.search("nike")
    box = words.table.itemDelegate().createEditor(
        words.table.viewport(), QStyleOptionViewItem(), words.model.index(0, SEVERITY)
    )
    assert isinstance(box, QComboBox) and box.itemText(0) == "As the list"
    box.deleteLater()
    language.set_language("zh")
    try:
        assert words.windowTitle() == "词库"
        assert words.model.headerData(WORD, Qt.Orientation.Horizontal) == "词"
        assert "品牌词" in words.lists.currentItem().text()
    finally:
        language.set_language("en")
        settle()


def test_a_word_for_one_store_stands_beside_the_general_one(
    qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any
) -> None:
    choose_list(words, "brands")
    qtbot.keyClicks(words.search, "nike")
    (store,) = list(words._stores.values())[:1]
    words.model.setData(words.model.index(0, STORES), store)
    settle()
    shown = [(entry.word, entry.stores is None, entry.is_shipped) for entry in words.model.rows if entry.word == "Nike"]
    assert shown == [("Nike", False, False), ("Nike", True, True)], "the cell that was typed into is still in its row"
    words.model.setData(words.model.index(0, SEVERITY), "Allowed")
    settle()
    assert [entry.severity for entry in words.model.rows][:2] == ["allow", ""]
    words.add.click()
    settle()
    assert len(words.model.rows) == 2, "adding what is there changes nothing"
    words.model.set_categories(frozenset({"1"}))
    assert not words.model.setData(words.model.index(0, COLUMNS.index("categories")), "999999")
    assert "no category “999999”" in words.hint.text()
