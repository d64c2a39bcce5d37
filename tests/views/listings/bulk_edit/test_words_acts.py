"""The word lists by their boxes, menus and keys, and what is said when something cannot be read or stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QInputDialog, QMenu

from app.services.errors import AppError
from app.views.words.dialog import WordsDialog
from tests.views.file_choices import choose_files
from tests.views.listings.bulk_edit.test_words import SEVERITY, choose_list, words, zorbax

__all__ = ["words", "zorbax"]

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def fails(services: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """This of the desk fails from now on."""

    def make(name: str) -> None:
        def fail(*_: Any, **__: Any) -> Any:
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(services.words, name, fail)

    return make


def menu_of(qtbot: Any, owner: Any, button: Any) -> QMenu:
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: any(menu.isVisible() for menu in owner.findChildren(QMenu)))
    return next(menu for menu in owner.findChildren(QMenu) if menu.isVisible())


class TestOfAList:
    def test_its_severity_is_chosen(
        self, qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any
    ) -> None:
        choose_list(words, "brands")
        box = words.of_list.severity
        before = box.value
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() == 0 else Qt.Key.Key_Up)
        settle()
        assert services.words.lists().lists["brands"].severity == box.value != before

    def test_its_stores_are_ticked_and_all_again(
        self, qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any
    ) -> None:
        choose_list(words, "brands")
        of_list = words.of_list
        for at, stores in ((2, (1,)), (0, None)):
            menu = menu_of(qtbot, of_list, of_list.stores)
            menu.actions()[at].trigger()
            menu.close()
            settle()
            assert services.words.lists().lists["brands"].stores == stores
        qtbot.waitUntil(lambda: not of_list.findChildren(QMenu))

    def test_a_list_is_made_and_removed(
        self, qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any
    ) -> None:
        of_list = words.of_list
        menu = menu_of(qtbot, of_list, of_list.new)
        menu.actions()[0].trigger()
        menu.close()
        qtbot.waitUntil(lambda: not of_list.findChildren(QMenu))
        (asked,) = of_list.findChildren(QInputDialog)
        asked.setTextValue("Team words")
        asked.accept()
        settle()
        assert "own-team-words" in services.words.lists().lists
        assert words.lists.current is not None and words.lists.current.about.en == "Team words"
        qtbot.waitUntil(lambda: not of_list.findChildren(QInputDialog))
        qtbot.mouseClick(of_list.remove, LEFT)
        settle()
        assert "own-team-words" not in services.words.lists().lists

    def test_it_is_switched_off_with_the_keys(
        self, qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any
    ) -> None:
        choose_list(words, "brands")
        words.lists.setFocus()
        qtbot.keyClick(words.lists, Qt.Key.Key_Space)
        settle()
        assert not services.words.lists().lists["brands"].is_on


def test_the_severity_of_a_word_is_chosen_in_its_cell(
    qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any
) -> None:
    choose_list(words, "brands")
    qtbot.keyClicks(words.search, "nike")
    words.table.setFocus()
    words.table.setCurrentIndex(words.model.index(0, SEVERITY))
    qtbot.keyClick(words.table, Qt.Key.Key_Return)
    (box,) = words.table.viewport().findChildren(QComboBox)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    settle()
    assert words.model.rows[0].severity != ""
    assert [one.severity for one in services.words.try_text("Nike")] == [words.model.rows[0].severity]


class TestTrouble:
    def test_what_cannot_be_stored_is_told_and_goes_back(
        self, qtbot: Any, words: WordsDialog, settle: Callable[[], None], services: Any, fails: Callable[[str], None]
    ) -> None:
        choose_list(words, "brands")
        fails("save_list")
        words.lists.setFocus()
        qtbot.keyClick(words.lists, Qt.Key.Key_Space)
        settle()
        assert "disk full" in words.hint.text()
        assert words.lists.currentItem().checkState() == Qt.CheckState.Checked

    @pytest.mark.parametrize("what", ["lists", "try_text"])
    def test_what_cannot_be_read_is_told(
        self, qtbot: Any, words: WordsDialog, settle: Callable[[], None], fails: Callable[[str], None], what: str
    ) -> None:
        fails(what)
        if what == "lists":
            words.read()
        else:
            qtbot.keyClicks(words.trial, "nike")
        qtbot.waitUntil(lambda: "disk full" in words.hint.text())

    def test_a_written_list_is_named(
        self, qtbot: Any, words: WordsDialog, settle: Callable[[], None], tmp_path: Path
    ) -> None:
        choose_list(words, "brands")
        qtbot.mouseClick(words.to_file, LEFT)
        choose_files(words, tmp_path / "brands.csv")
        settle()
        assert "brands.csv" in words.hint.text()
