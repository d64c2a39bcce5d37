"""Saved filters by their menu: kept, renamed, shared, deleted; written to a file and taken from one."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QMenu

from app.services.paging import Filter
from tests.views.file_choices import choose_files

CHEAP, EMPTY = Filter("price", "<", "6"), Filter("stock", "=", 0)


@pytest.fixture
def page(open_page, make_sellable, settle):
    """Two filters are kept."""
    make_sellable("Ash Bedside Lamp")
    made = open_page()
    for name, condition in (("cheap", CHEAP), ("sold out", EMPTY)):
        made.filters.set_filters([condition])
        made.filters.save_as(name)
    made.filters.clear_all()
    settle()
    return made


@pytest.fixture
def choose(page, qtbot):
    """Open the menu and choose what begins so, in the menus below it one after the other."""

    def run(*texts):
        qtbot.mouseClick(page.filters.saved, Qt.MouseButton.LeftButton)
        whole = menu = next(one for one in page.filters.findChildren(QMenu) if one.isVisible())
        for text in texts:
            action = next(one for one in menu.actions() if one.text().startswith(text))
            menu = action.menu()
        action.trigger()
        whole.close()

    return run


def answer(page, text):
    """Type *text* where a name is asked for, and Enter."""
    asked = next(one for one in page.findChildren(QInputDialog) if one.isVisible())
    asked.setTextValue(text)
    asked.accept()


def test_what_is_in_force_is_kept_and_called_otherwise(page, choose, settle):
    page.filters.set_filters([CHEAP, EMPTY])
    settle()
    choose("Save")
    answer(page, "both")
    assert list(page.filters.saved_filters()) == ["cheap", "sold out", "both"]
    choose("Rename", "both")
    answer(page, "cheap, sold out")
    page.filters.clear_all()
    choose("cheap, sold out")
    settle()
    assert page.filters.filters == (CHEAP, EMPTY)


def test_one_is_deleted(page, choose):
    choose("Delete", "cheap")
    assert list(page.filters.saved_filters()) == ["sold out"]


def test_one_or_all_are_shared_and_taken_from_the_clipboard(page, choose, settle):
    choose("Copy", "cheap")
    assert QGuiApplication.clipboard().text().splitlines() == ["cheap: price < 6"]
    choose("Copy", "All")
    assert QGuiApplication.clipboard().text().splitlines() == ["cheap: price < 6", "sold out: stock = 0"]
    QGuiApplication.clipboard().setText("dear: price > 60")
    choose("Paste")
    settle()
    assert list(page.filters.saved_filters()) == ["cheap", "sold out", "dear"]
    assert page.filters.filters == (Filter("price", ">", "60"),)


class TestFiles:
    def test_all_are_written_and_taken(self, page, choose, settle, tmp_path: Path):
        choose("Export")
        choose_files(page.window(), tmp_path / "ours.txt")
        settle()
        assert "ours.txt" in page.context.notices.kept[0].text
        for name in ("cheap", "sold out"):
            choose("Delete", name)
        choose("Import")
        choose_files(page.window(), tmp_path / "ours.txt")
        settle()
        assert list(page.filters.saved_filters()) == ["cheap", "sold out"]

    def test_what_cannot_be_written_is_told(self, page, choose, settle, tmp_path: Path):
        choose("Export")
        choose_files(page.window(), tmp_path / "no folder" / "ours.txt")
        settle()
        assert "ours.txt" in page.filters.problem.text()
