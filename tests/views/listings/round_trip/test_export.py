"""Exporting as a user meets it: columns ticked and moved, sets kept, the file written from the selection or filter."""

from __future__ import annotations

import csv

import openpyxl
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QFileDialog

from app.services.listings.exporting import KEYS, ExportOptions
from app.views.language import language
from app.views.listings.export_dialog import BUILT_IN, ExportDialog
from app.views.theme import apply_theme


@pytest.fixture
def page(open_page, lamps):
    return open_page()


def opened(page):
    page.actions_of_page["export"].trigger()
    return next(one for one in page.findChildren(ExportDialog) if one.isVisible())


def written(page, dialog, path, settle):
    dialog.primary.click()
    files = page.findChild(QFileDialog)
    assert files.acceptMode() == QFileDialog.AcceptMode.AcceptSave and files.defaultSuffix() == path.suffix[1:]
    files.fileSelected.emit(str(path))
    files.close()
    settle()


def test_chosen_rows_and_columns_go_into_the_file(page, lamps, tmp_path, settle, qtbot):
    page.rows.select_ids(lamps[:2])
    dialog = opened(page)
    assert "2 listings" in dialog.windowTitle()
    dialog.none.click()
    assert not dialog.primary.isEnabled() and "one column" in dialog.hint.text()
    keys = [dialog.columns.item(at).data(Qt.ItemDataRole.UserRole) for at in range(dialog.columns.count())]
    for key in ("sku_code", "price"):
        dialog.columns.item(keys.index(key)).setCheckState(Qt.CheckState.Checked)
    dialog.columns.setCurrentRow(keys.index("price"))
    qtbot.keyClick(dialog.columns, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert dialog.columns.keys == ("price", "sku_code") and "2 columns" in dialog.hint.text()
    written(page, dialog, tmp_path / "out.xlsx", settle)
    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(values_only=True))
    assert rows[0] == ("Price (USD)", "Merchant code")
    assert sorted(row[1] for row in rows[1:]) == ["LM1-GY", "LM1-WH", "LM2-BK"]
    notice = page.context.notices.kept[0]
    assert (notice.text, notice.offer.text) == ("Exported 2 listings to out.xlsx.", "Open")
    job = next(iter(page.context.jobs))
    assert (job.title, job.summary) == ("Export 2 listings to out.xlsx", "2 listings · variants: 3")


def test_the_filter_itself_goes_to_the_worker(page, tmp_path, settle, lane):
    page.rows.clearSelection()
    dialog = opened(page)
    dialog.kinds.choose("csv")
    dialog.rows.choose("listing")
    dialog.sets.setCurrentIndex(1)
    dialog.sets.activated.emit(1)
    written(page, dialog, tmp_path / "out.csv", settle)
    chosen, options = lane.arguments[-1][2:4]
    assert not isinstance(chosen, list)  # a query, however many listings it stands for
    assert options.per_listing and options.columns[0] == "product_key"
    rows = list(csv.reader((tmp_path / "out.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 4 and "Lowest price (USD)" in rows[0]


def test_the_choice_and_sets_of_columns_are_kept(page, qtbot):
    dialog = opened(page)
    dialog.sets.setCurrentIndex(2)
    dialog.sets.activated.emit(2)
    chosen = dialog.columns.keys
    qtbot.keyClicks(dialog.name, "Parcel office")
    dialog.kinds.choose("csv")
    dialog.columns.setCurrentRow(0)
    dialog.down.click()
    moved = dialog.columns.keys
    assert moved != chosen and dialog.sets.currentIndex() == -1
    dialog.keep.click()
    assert dialog.sets.currentText() == "Parcel office" and dialog.drop.isEnabled()
    dialog.accept()
    page.findChild(QFileDialog).close()
    again = opened(page)
    assert (again.columns.keys, again.kinds.current, again.sets.currentText()) == (moved, "csv", "Parcel office")
    again.drop.click()
    assert again.sets.findText("Parcel office") == -1 and again.columns.keys == moved
    again.close()


def test_a_set_is_chosen_with_the_keys(page, qtbot):
    dialog = opened(page)
    assert dialog.columns.keys == BUILT_IN["all"]
    dialog.sets.setFocus()
    qtbot.keyClick(dialog.sets, Qt.Key.Key_Down)
    assert dialog.columns.keys == BUILT_IN["prices"]
    assert f"{len(BUILT_IN['prices'])} columns" in dialog.hint.text()
    dialog.close()


def test_a_package_leaves_nothing_to_choose(page, qtbot):
    dialog = opened(page)
    choices = (dialog.rows, dialog.sets, dialog.columns, dialog.all, dialog.none, dialog.up, dialog.down, dialog.name)
    for kind, are_enabled in (("zip", False), ("csv", True)):
        qtbot.mouseClick(dialog.kinds, Qt.MouseButton.LeftButton, pos=dialog.kinds.part_rect(kind).center())
        assert {widget.isEnabled() for widget in choices} == {are_enabled}
    dialog.close()


def test_columns_are_ticked_and_moved_one_at_a_time_or_all_at_once(page, qtbot):
    dialog = opened(page)
    columns, count = dialog.columns, lambda: int(dialog.hint.text().split()[0])
    columns.setCurrentRow(1)
    columns.setFocus()
    qtbot.keyClick(columns, Qt.Key.Key_Space)
    assert (count(), dialog.sets.currentIndex()) == (len(KEYS) - 1, -1)
    qtbot.mouseClick(dialog.all, Qt.MouseButton.LeftButton)
    assert (count(), columns.keys) == (len(KEYS), KEYS)
    qtbot.mouseClick(dialog.up, Qt.MouseButton.LeftButton)
    assert columns.keys == (KEYS[1], KEYS[0], *KEYS[2:])
    qtbot.mouseClick(dialog.down, Qt.MouseButton.LeftButton)
    assert dialog.sets.currentText() == "All columns"
    columns.model().moveRow(QModelIndex(), 0, QModelIndex(), 3)  # as the list does when a row is dropped
    assert (columns.keys[2], dialog.sets.currentIndex()) == (KEYS[0], -1)
    dialog.close()


def test_a_set_needs_a_name(page, qtbot):
    dialog = opened(page)
    assert not dialog.keep.isEnabled()
    qtbot.keyClicks(dialog.name, "Office")
    assert dialog.keep.isEnabled()
    dialog.name.clear()
    assert not dialog.keep.isEnabled()
    dialog.close()


def test_what_was_kept_by_another_version_does_no_harm(page):
    page.context.settings.put("export.last", {"columns": ["gone", "title", "other:Supplier"], "kind": "doc"})
    page.context.settings.put("export.sets", ["no", "object"])
    dialog = opened(page)
    assert dialog.columns.keys == ("title", "other:Supplier") and dialog.kinds.current == "xlsx"
    dialog.close()


def test_all_columns_are_the_first_time_and_cancel_writes_nothing(page, lane):
    dialog = opened(page)
    told = []
    dialog.decided.connect(lambda options, kind: told.append((options, kind)))
    assert dialog.columns.keys == KEYS
    dialog.reject()
    assert told == [] and "export_file" not in lane.calls
    assert ExportOptions() == ExportOptions(KEYS)


def test_the_dialog_in_chinese_dark_and_large(page, qapp):
    dialog = opened(page)
    language.set_language("zh")
    apply_theme(qapp, "dark", body_px=16)
    qapp.processEvents()
    assert dialog.columns.item(2).text() == "标题" and dialog.columns.keys == KEYS
    for button in (dialog.primary, dialog.keep, dialog.drop, dialog.up, dialog.down):
        assert button.width() >= button.sizeHint().width()
    assert dialog.columns.height() >= 6 * dialog.columns.sizeHintForRow(0)
    dialog.close()
